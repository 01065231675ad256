"""What a scan means, kind by kind: (state, place) -> what happens and what the card is then."""

import pytest

from shopfloor.core.events_loop import CardReceived
from shopfloor.core.line import LoopKind, Mark, Sequence
from shopfloor.core.state import CardState
from tests.helpers.desk import rule_of
from tests.helpers.kinds import desk_of, put

S = CardState
SOURCE = {LoopKind.SUPPLIER: "steelworks"}

# kind, state (and route step), place, what happens (a kind of event or a rule), the state after it
TABLE = [
    ("production", S.FULL, 0, "assembly", "card_withdrawn", S.EMPTY),
    ("production", S.FULL, 0, "source", "no_pull_signal", S.FULL),
    ("production", S.EMPTY, 0, "source", "card_started", S.IN_PROCESS),
    ("production", S.EMPTY, 0, "assembly", "already_done", S.EMPTY),
    ("production", S.IN_PROCESS, 1, "source", "card_finished", S.FULL),
    ("production", S.IN_PROCESS, 1, "assembly", "card_withdrawn", S.EMPTY),
    ("production", S.IN_USE, 0, "assembly", "card_withdrawn", S.EMPTY),
    ("production", S.IN_TRANSIT, 0, "assembly", "card_received", S.FULL),
    ("production", S.WAITING, 0, "assembly", "already_done", S.EMPTY),
    ("withdrawal", S.FULL, 0, "assembly", "card_withdrawn", S.EMPTY),
    ("withdrawal", S.FULL, 0, "source", "no_pull_signal", S.FULL),
    ("withdrawal", S.EMPTY, 0, "source", "card_started", S.IN_PROCESS),
    ("withdrawal", S.IN_PROCESS, 1, "source", "card_finished", S.IN_TRANSIT),
    ("withdrawal", S.IN_PROCESS, 1, "assembly", "card_received", S.FULL),
    ("withdrawal", S.IN_TRANSIT, 0, "assembly", "card_received", S.FULL),
    ("withdrawal", S.IN_TRANSIT, 0, "source", "no_pull_signal", S.IN_TRANSIT),
    ("withdrawal", S.EMPTY, 0, "assembly", "already_done", S.EMPTY),
    ("supplier", S.EMPTY, 0, "source", "card_acknowledged", S.EMPTY),
    ("supplier", S.EMPTY, 0, "assembly", "scan_repeated", S.EMPTY),
    ("supplier", S.IN_PROCESS, 1, "source", "card_finished", S.IN_TRANSIT),
    ("supplier", S.IN_TRANSIT, 0, "assembly", "card_received", S.FULL),
    ("supplier", S.FULL, 0, "assembly", "card_withdrawn", S.EMPTY),
    ("signal", S.FULL, 0, "assembly", "card_withdrawn", S.WAITING),
    ("signal", S.WAITING, 0, "source", "lot_incomplete", S.WAITING),
    ("signal", S.WAITING, 0, "assembly", "already_done", S.WAITING),
    ("signal", S.EMPTY, 0, "source", "card_started", S.IN_PROCESS),
    ("signal", S.IN_PROCESS, 1, "source", "card_finished", S.FULL),
    ("two-bin", S.FULL, 0, "assembly", "card_withdrawn", S.EMPTY),
    ("two-bin", S.EMPTY, 0, "source", "card_started", S.IN_PROCESS),
    ("two-bin", S.IN_PROCESS, 1, "source", "card_finished", S.FULL),
    ("conwip", S.EMPTY, 0, "source", "card_started", S.IN_PROCESS),
    ("conwip", S.IN_PROCESS, 1, "source", "card_finished", S.QUEUED),
    ("conwip", S.IN_PROCESS, 2, "deburr", "card_finished", S.EMPTY),
    ("conwip", S.EMPTY, 0, "assembly", "wrong_station", S.EMPTY),
    ("polca", S.EMPTY, 0, "source", "card_started", S.IN_PROCESS),
    ("polca", S.IN_PROCESS, 1, "source", "card_finished", S.QUEUED),
    ("polca", S.QUEUED, 2, "deburr", "card_started", S.IN_PROCESS),
    ("polca", S.IN_PROCESS, 2, "deburr", "card_finished", S.EMPTY),
    ("polca", S.EMPTY, 0, "deburr", "card_started", S.IN_PROCESS),
]
OUT_OF_USE = [(S.HELD, "held"), (S.LOST, "lost"), (S.RETIRED, "retired"), (S.NEW, "not_in_circulation")]


@pytest.mark.parametrize(("kind", "state", "step", "place", "outcome", "after"), TABLE)
def test_a_scan_does_the_next_natural_thing(
    kind: str, state: CardState, step: int, place: str, outcome: str, after: CardState
) -> None:
    desk = desk_of(LoopKind(kind))
    put(desk, 1, state, step=step)
    event = desk.scan("x", 1, SOURCE.get(LoopKind(kind), "press") if place == "source" else place)
    assert outcome in {event.kind, rule_of(event)}
    assert desk.card("x", 1).state is after


@pytest.mark.parametrize("kind", LoopKind)
@pytest.mark.parametrize(("state", "rule"), OUT_OF_USE)
def test_a_card_out_of_use_is_refused_everywhere(kind: LoopKind, state: CardState, rule: str) -> None:
    desk = desk_of(kind)
    put(desk, 1, state)
    for place in ("press", "deburr", "steelworks", "assembly", "far"):
        assert rule_of(desk.scan("x", 1, place)) == rule


@pytest.mark.parametrize("kind", LoopKind)
def test_any_other_place_is_the_wrong_station(kind: LoopKind) -> None:
    desk = desk_of(kind)
    assert rule_of(desk.scan("x", 1, "far")) == "wrong_station"


@pytest.mark.parametrize("kind", LoopKind)
def test_a_whole_turn_by_scans_alone_comes_back_to_where_it_began(kind: LoopKind) -> None:
    desk = desk_of(kind)
    before = [card.state for card in desk.shop.of_loop("x")]
    loop = desk.shop.loops["x"]
    numbers = [card.number for card in desk.shop.of_loop("x")]
    if loop.consumer:
        for number in numbers:
            desk.scan("x", number, loop.consumer)
    for number in numbers:
        for place in loop.route:
            for _ in range(3 if loop.acknowledge else 2):
                assert rule_of(desk.scan("x", number, place)) == ""
        if loop.transit:
            desk.scan("x", number, "assembly")
    assert [card.state for card in desk.shop.of_loop("x")] == before
    assert {card.cycle for card in desk.shop.of_loop("x")} == {1}


# How states are passed: the sequence of a loop.


def test_one_scan_fills_where_in_process_is_forbidden() -> None:
    desk = desk_of(sequence=Sequence(in_process=Mark.FORBIDDEN))
    desk.scan("x", 1, "assembly")
    assert desk.scan("x", 1, "press").kind == "card_finished"
    assert desk.card("x", 1).state is S.FULL
    assert rule_of(desk.scan("x", 1, "press")) == "already_done"


def test_one_scan_sends_where_the_loop_has_transit() -> None:
    desk = desk_of(LoopKind.WITHDRAWAL, sequence=Sequence(in_process=Mark.FORBIDDEN))
    desk.scan("x", 1, "assembly")
    desk.scan("x", 1, "press")
    assert desk.card("x", 1).state is S.IN_TRANSIT


def test_one_scan_passes_the_rules_of_a_start_and_of_a_finish() -> None:
    desk = desk_of(sequence=Sequence(in_process=Mark.OPTIONAL), route=("press", "deburr"), lane_limits=(1,), cards=3)
    for number in (1, 2, 3):
        desk.scan("x", number, "assembly")
    assert rule_of(desk.scan("x", 1, "press")) == ""
    assert rule_of(desk.scan("x", 2, "press")) == "lane_full"
    desk.call("press")
    assert rule_of(desk.scan("x", 3, "press")) == "stopped"


def test_what_is_mandatory_is_never_inferred() -> None:
    desk = desk_of(LoopKind.WITHDRAWAL, sequence=Sequence(in_process=Mark.MANDATORY, in_transit=Mark.MANDATORY))
    put(desk, 1, S.IN_PROCESS, step=1)
    refused = desk.scan("x", 1, "assembly")
    assert rule_of(refused) == "step_missing"
    assert desk.card("x", 1).state is S.IN_PROCESS
    desk.scan("x", 1, "press")
    assert desk.scan("x", 1, "assembly").kind == "card_received"


def test_a_mandatory_start_is_missed_at_the_next_station() -> None:
    desk = desk_of(route=("press", "deburr"), sequence=Sequence(in_process=Mark.MANDATORY))
    desk.scan("x", 1, "assembly")
    assert rule_of(desk.scan("x", 1, "deburr")) == "step_missing"
    assert desk.card("x", 1).state is S.EMPTY


def test_what_is_recommended_is_inferred_where_it_is_missing() -> None:
    desk = desk_of(LoopKind.WITHDRAWAL)
    put(desk, 1, S.IN_PROCESS, step=1)
    event = desk.scan("x", 1, "assembly")
    assert isinstance(event, CardReceived)
    assert [step.what for step in event.inferred] == ["finish"]


def test_an_optional_receipt_is_passed_over_by_the_withdrawal() -> None:
    desk = desk_of(LoopKind.WITHDRAWAL, sequence=Sequence(in_transit=Mark.OPTIONAL))
    put(desk, 1, S.IN_TRANSIT)
    assert desk.scan("x", 1, "assembly").kind == "card_withdrawn"


@pytest.mark.parametrize(("mark", "first"), [(Mark.MANDATORY, S.IN_USE), (Mark.RECOMMENDED, S.IN_USE),
                                             (Mark.OPTIONAL, S.EMPTY), (Mark.FORBIDDEN, S.EMPTY)])  # fmt: skip
def test_a_container_is_opened_first_where_that_is_asked_for(mark: Mark, first: CardState) -> None:
    desk = desk_of(sequence=Sequence(in_use=mark))
    desk.scan("x", 1, "assembly")
    assert desk.card("x", 1).state is first
    desk.scan("x", 1, "assembly")
    assert desk.card("x", 1).state is S.EMPTY
