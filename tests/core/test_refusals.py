"""What refuses a start, in its order; full lanes, soft limits, overrides, prints, badges and command codes."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import call_code, card_code, single_code
from shopfloor.core.events import (
    CallRaised,
    CardFinished,
    CardStarted,
    OverrideGranted,
    ScanRefused,
    SignedOff,
    SignedOn,
    StepUndone,
)
from shopfloor.core.line import CallKind, LaneOrder, LimitPolicy, Line, Reason
from shopfloor.core.state import CardState
from shopfloor.core.views import station_view
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import ANA, OLE
from tests.helpers.routes import bring, long_line, said, with_loop, with_station


def tight() -> Line:
    """Every limit at one: mill takes one card, the lane to it two, the line three."""
    line = with_station(with_station(long_line(), "mill", wip_limit=1), "saw", wip_limit=1)
    return replace(with_loop(line, "long", lane_limits=(2, 2)), wip_limit=3)


# What makes each rule true for card 1 of `long` at its next station, in the order of the rules.
def _hold(desk: Desk) -> None:
    desk.do(c.HoldCard(station="yard", card="long-01", reason="dent"))


def _stop(desk: Desk) -> None:
    desk.call("saw")
    desk.call("mill")


def _fill_saw(desk: Desk) -> None:
    bring(desk, "short", "in_process 1", number=1)


def _fill_line(desk: Desk) -> None:
    for number in (1, 2, 3):
        desk.scan("ring", number, "wash")


RULES: list[tuple[str, Callable[[Desk], None]]] = [
    ("held", _hold),
    ("stopped", _stop),
    ("wip_limit", _fill_saw),
    ("line_limit", _fill_line),
]


@pytest.mark.parametrize("first", range(len(RULES)))
@pytest.mark.parametrize("second", range(len(RULES)))
def test_of_two_rules_the_earlier_speaks(first: int, second: int) -> None:
    desk = Desk(tight())
    bring(desk, "long", "empty")
    for index in sorted({first, second}, key=lambda i: (i < 2, i)):  # once stopped, nothing can be started any more
        RULES[index][1](desk)
    assert said(desk.scan("long", 1, "saw")) == RULES[min(first, second)][0]


@pytest.mark.parametrize(
    ("place", "full_card", "expected"),
    [("saw", True, "stopped"), ("saw", False, "stopped"), ("yard", True, "wrong_station")],
)
def test_a_stop_comes_after_the_place_and_before_the_pull_signal(place: str, *, full_card: bool, expected: str) -> None:
    desk = Desk(tight())
    if not full_card:
        bring(desk, "long", "empty")
    _stop(desk)
    assert said(desk.scan("long", 1, place)) == expected


def test_no_pull_signal_comes_before_the_limits() -> None:
    desk = Desk(tight())
    _fill_saw(desk)
    assert said(desk.scan("long", 1, "saw")) == "no_pull_signal"


def test_the_station_limit_comes_before_the_order_of_the_lane() -> None:
    desk = Desk(replace(tight(), wip_limit=None))
    for number in (3, 2, 1):
        bring(desk, "long", "queued 2", number) if number != 3 else bring(desk, "long", "in_process 2", number)
    assert said(desk.scan("long", 1, "mill")) == "wip_limit"
    desk.scan("long", 3, "mill")
    assert said(desk.scan("long", 1, "mill")) == "not_oldest"
    assert said(desk.scan("long", 2, "mill")) == "start 2"


def test_the_line_limit_comes_before_the_order_for_an_inferred_release() -> None:
    desk = Desk(replace(tight(), wip_limit=2))
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "in_process 1", number=3)
    bring(desk, "long", "empty", number=1)
    assert said(desk.scan("long", 1, "mill")) == "line_limit"


def test_an_old_print_is_refused_before_the_state_of_the_card() -> None:
    desk = Desk(tight())
    _hold(desk)
    desk.shop.put([replace(desk.card("long", 1), print_version=2)])
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["print"], event.args["current"]) == ("old_print", 1, 2)
    assert said(desk.read(card_code("long", "long", 1, 2), "saw")) == "held"


@pytest.mark.parametrize("state", ["held", "lost", "retired"])
def test_the_state_of_the_card_is_told_before_the_wrong_place(state: str) -> None:
    desk = Desk(tight())
    bring(desk, "long", state)
    assert said(desk.scan("long", 1, "yard")) == state


def test_a_card_with_a_number_that_was_never_issued_is_unknown() -> None:
    assert said(Desk(tight()).scan("long", 5, "saw")) == "unknown_card"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("HELLO", "form"),
        (card_code("long", "long", 1, 1)[:-1] + "~", "form"),
        (card_code("other", "long", 1, 1), "foreign"),
        (call_code("long", "nothing"), "foreign"),
        ("K000001100", "check"),
    ],
)
def test_a_code_that_is_none_of_ours_says_why(text: str, why: str) -> None:
    event = Desk(tight()).read(text, "saw")
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["why"]) == ("unknown_code", why)
    assert event.code == text


def test_a_stop_refusal_names_the_call_and_since_when() -> None:
    line = replace(tight(), reasons=(Reason(id="fire", name="Fire", kind=CallKind.STOP),))
    desk = Desk(line)
    bring(desk, "long", "empty")
    desk.call("saw", "fire")
    since_us = desk.clock.now().at_us
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, ScanRefused)
    assert (event.args["call"], event.args["at"], event.args["since_us"]) == ("Fire", "Saw", since_us)


def test_a_full_station_names_the_cards_to_finish() -> None:
    desk = Desk(with_station(long_line(), "saw", wip_limit=2))
    for number in (1, 2):
        bring(desk, "short", "in_process 1", number)
    bring(desk, "long", "empty")
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, ScanRefused)
    assert (event.args["wip"], event.args["limit"], event.args["cards"]) == (2, 2, "B 1, B 2")


def test_the_line_limit_counts_queued_cards_and_not_later_stations() -> None:
    desk = Desk(replace(long_line(), wip_limit=1))
    bring(desk, "long", "queued 2")
    bring(desk, "short", "empty")
    assert said(desk.scan("short", 1, "saw")) == "line_limit"
    assert said(desk.scan("long", 1, "mill")) == "start 2"
    desk.scan("long", 1, "assembly")
    assert said(desk.scan("short", 1, "saw")) == "start 1"


def test_the_line_limit_holds_for_a_release_that_only_a_later_scan_proves() -> None:
    desk = Desk(replace(long_line(), wip_limit=1))
    bring(desk, "long", "in_process 1")
    before = bring(desk, "long", "empty", number=2)
    assert said(desk.scan("long", 2, "wash")) == "line_limit"
    assert desk.card("long", 2) == before


# Soft limits and order.


def test_a_soft_limit_accepts_and_marks() -> None:
    desk = Desk(with_station(long_line(), "saw", wip_limit=1, limit_policy=LimitPolicy.SOFT))
    bring(desk, "short", "in_process 1")
    bring(desk, "long", "empty")
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, CardStarted)
    assert (event.over, event.override_by) == (("wip_limit",), "")
    assert desk.card("long", 1).over_limit


def test_lane_order_warn_accepts_and_marks_the_event_but_no_limit() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_order=LaneOrder.WARN))
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "queued 2", number=1)
    event = desk.scan("long", 1, "mill")
    assert isinstance(event, CardStarted)
    assert event.over == ("not_oldest",)
    assert not desk.card("long", 1).over_limit


def test_empty_cards_start_in_any_order() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "empty", number=1)
    bring(desk, "long", "empty", number=2)
    assert said(desk.scan("long", 2, "saw")) == "start 1"


# Overrides.


def _with_people() -> Desk:
    desk = Desk(replace(tight(), people=(ANA, OLE)))
    bring(desk, "short", "in_process 1", number=2)
    bring(desk, "long", "empty")
    return desk


def test_a_leader_lets_the_next_start_pass_a_limit_once() -> None:
    desk = _with_people()
    desk.read(ANA.badge, "saw")
    granted = desk.do(c.GrantOverride(station="saw", reason="rush order"))
    assert isinstance(granted, OverrideGranted)
    desk.read(OLE.badge, "saw")
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, CardStarted)
    assert event.over == ("wip_limit",)
    assert (event.override_by, event.override_reason, event.by) == ("ana", "rush order", "ole")
    bring(desk, "long", "empty", number=2)
    assert said(desk.scan("long", 2, "saw")) == "wip_limit"


def test_an_override_that_was_not_needed_is_kept() -> None:
    desk = _with_people()
    desk.read(ANA.badge, "saw")
    desk.do(c.GrantOverride(station="saw", reason="rush order"))
    desk.scan("short", 2, "saw")
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, CardStarted)
    assert event.override_by == ""
    assert desk.shop.book("saw").override_by == "ana"


@pytest.mark.parametrize(("after_s", "rule"), [(60.0, ""), (60.000_001, "wip_limit")])
def test_an_override_is_stale_after_a_minute(after_s: float, rule: str) -> None:
    desk = _with_people()
    desk.read(ANA.badge, "saw")
    desk.do(c.GrantOverride(station="saw", reason="rush order"))
    assert rule_of(desk.scan("long", 1, "saw", after_s=after_s)) == rule
    shown = station_view(desk.shop, "saw", desk.clock.now()).override_by
    assert shown == ""


def test_an_override_at_one_station_says_nothing_at_another() -> None:
    desk = _with_people()
    desk.read(ANA.badge, "mill")
    desk.do(c.GrantOverride(station="mill", reason="rush order"))
    assert said(desk.scan("long", 1, "saw")) == "wip_limit"


def test_an_override_never_passes_a_stop_or_the_order() -> None:
    desk = Desk(replace(long_line(), people=(ANA,)))
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "queued 2", number=1)
    desk.read(ANA.badge, "mill")
    desk.do(c.GrantOverride(station="mill", reason="rush order"))
    assert said(desk.scan("long", 1, "mill")) == "not_oldest"
    desk.call("mill")
    assert said(desk.scan("long", 2, "mill")) == "stopped"


@pytest.mark.parametrize(("badge", "reason"), [("", "rush"), (OLE.badge, "rush"), (ANA.badge, " ")])
def test_an_override_needs_a_leader_and_a_reason(badge: str, reason: str) -> None:
    desk = _with_people()
    if badge:
        desk.read(badge, "saw")
    assert rule_of(desk.do(c.GrantOverride(station="saw", reason=reason))) == "no_right"
    assert said(desk.scan("long", 1, "saw")) == "wip_limit"


# Badges, commands, cards out of use.


def test_a_badge_signs_on_and_everything_after_is_by_that_person() -> None:
    desk = _with_people()
    assert isinstance(desk.read("p-0008", "saw"), SignedOn)
    assert rule_of(desk.read(OLE.badge, "saw")) == "already_done"
    event = desk.scan("short", 2, "saw")
    assert isinstance(event, CardFinished)
    assert event.by == "ole"
    assert isinstance(desk.read(single_code("signoff"), "saw"), SignedOff)
    assert rule_of(desk.read(single_code("signoff"), "saw")) == "already_done"
    event = desk.scan("short", 2, "assembly")
    assert getattr(event, "by", "") == "gun"


def test_command_codes_call_stop_and_undo() -> None:
    desk = Desk(replace(long_line(), reasons=(_reason(),)))
    event = desk.read(call_code("long", "material"), "saw")
    assert isinstance(event, CallRaised)
    assert (event.reason, event.call_kind) == ("material", "help")
    event = desk.read(single_code("stop"), "saw")
    assert isinstance(event, CallRaised)
    assert (event.reason, event.call_kind, event.scope) == ("", "stop", "station")
    bring(desk, "long", "empty")
    assert isinstance(desk.read(single_code("undo"), "assembly"), StepUndone)


def test_a_button_without_a_meaning_is_refused() -> None:
    event = Desk(long_line()).press("B9", "saw", "box")
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["why"]) == ("unknown_code", "button")


@pytest.mark.parametrize("state", ["full", "empty", "in_process 1", "queued 2"])
def test_a_held_card_comes_back_where_it_was(state: str) -> None:
    desk = Desk(long_line())
    before = bring(desk, "long", state)
    desk.do(c.HoldCard(station="saw", card=before.id, reason="dent"))
    desk.do(c.ReleaseCard(station="saw", card=before.id))
    assert replace(desk.card("long", 1), n=0) == replace(before, n=0)


def test_holding_needs_a_reason() -> None:
    desk = Desk(long_line())
    assert rule_of(desk.do(c.HoldCard(station="saw", card="long-01", reason=" "))) == "no_right"
    assert desk.card("long", 1).state is CardState.FULL


def test_a_held_card_comes_back_only_where_a_limit_has_a_place() -> None:
    desk = Desk(tight())
    bring(desk, "long", "in_process 1")
    desk.do(c.HoldCard(station="saw", card="long-01", reason="dent"))
    bring(desk, "short", "in_process 1")
    assert rule_of(desk.do(c.ReleaseCard(station="saw", card="long-01"))) == "wip_limit"


def test_a_held_card_can_be_lost_and_found() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "held")
    desk.do(c.LoseCard(station="saw", card="long-01"))
    assert desk.card("long", 1).state is CardState.LOST
    desk.do(c.FindCard(station="saw", card="long-01", full=True))
    assert desk.card("long", 1).state is CardState.FULL


def test_a_found_conwip_card_is_empty_because_nobody_would_empty_it() -> None:
    desk = Desk(long_line())
    bring(desk, "ring", "lost")
    desk.do(c.FindCard(station="saw", card="ring-01", full=True))
    assert desk.card("ring", 1).state is CardState.EMPTY


@pytest.mark.parametrize(("state", "retired"), [("full", True), ("empty", True), ("in_process 1", False)])
def test_a_card_retires_unless_it_is_in_process(state: str, *, retired: bool) -> None:
    desk = Desk(long_line())
    card = bring(desk, "long", state)
    desk.do(c.RetireCard(card=card.id))
    assert (desk.card("long", 1).state is CardState.RETIRED) == retired


def test_a_leader_may_retire_a_card_at_a_station() -> None:
    desk = Desk(replace(long_line(), people=(ANA, OLE)))
    desk.read(OLE.badge, "saw")
    assert rule_of(desk.do(c.RetireCard(card="long-01", station="saw"))) == "no_right"
    desk.read(ANA.badge, "saw")
    desk.do(c.RetireCard(card="long-01", station="saw"))
    assert desk.card("long", 1).state is CardState.RETIRED


def _reason() -> Reason:
    return Reason(id="material", name="Material missing", deadline_s=60)
