"""What a scan means: every cell of (card state, place), and what an outcome names."""

import pytest
from msgspec.structs import replace

from shopfloor.core.commands import FindCard, LoseCard, StepCard
from shopfloor.core.events import CardFinished, CardStarted, CardWithdrawn, Inferred, ScanRefused
from shopfloor.core.state import CardState
from tests.helpers.desk import Desk
from tests.helpers.lines import OLE
from tests.helpers.routes import ROUTE, bring, long_line, said, with_loop, with_station

PLACES = ("assembly", "saw", "mill", "wash", "yard")
ELSEWHERE = "wrong_station"

# One column a place, in the order of PLACES.
LONG = {
    "full": ("withdraw", "no_pull_signal", "no_pull_signal", "already_done", ELSEWHERE),
    "empty": ("already_done", "start 1", "start 2 < s1 f1", "start 3 < s1 f1 s2 f2", ELSEWHERE),
    "in_process 1": (
        "withdraw < f1 s2 f2 s3 f3",
        "finish 1, queued",
        "start 2 < f1",
        "start 3 < f1 s2 f2",
        ELSEWHERE,
    ),
    "queued 2": ("withdraw < s2 f2 s3 f3", "already_done", "start 2", "start 3 < s2 f2", ELSEWHERE),
    "in_process 2": ("withdraw < f2 s3 f3", "already_done", "finish 2, queued", "start 3 < f2", ELSEWHERE),
    "queued 3": ("withdraw < s3 f3", "already_done", "already_done", "start 3", ELSEWHERE),
    "in_process 3": ("withdraw < f3", "already_done", "already_done", "finish 3, full", ELSEWHERE),
    "held": ("held",) * 5,
    "lost": ("lost",) * 5,
    "retired": ("retired",) * 5,
    "new": ("not_in_circulation",) * 5,
}
SHORT = {
    "full": ("withdraw", "already_done", ELSEWHERE, ELSEWHERE, ELSEWHERE),
    "empty": ("already_done", "start 1", ELSEWHERE, ELSEWHERE, ELSEWHERE),
    "in_process 1": ("withdraw < f1", "finish 1, full", ELSEWHERE, ELSEWHERE, ELSEWHERE),
    "held": ("held",) * 5,
    "lost": ("lost",) * 5,
    "retired": ("retired",) * 5,
    "new": ("not_in_circulation",) * 5,
}
RING = {
    "empty": (ELSEWHERE, "start 1", "start 2 < s1 f1", "start 3 < s1 f1 s2 f2", ELSEWHERE),
    "in_process 1": (ELSEWHERE, "finish 1, queued", "start 2 < f1", "start 3 < f1 s2 f2", ELSEWHERE),
    "queued 2": (ELSEWHERE, "already_done", "start 2", "start 3 < s2 f2", ELSEWHERE),
    "in_process 2": (ELSEWHERE, "already_done", "finish 2, queued", "start 3 < f2", ELSEWHERE),
    "queued 3": (ELSEWHERE, "already_done", "already_done", "start 3", ELSEWHERE),
    "in_process 3": (ELSEWHERE, "already_done", "already_done", "finish 3, empty", ELSEWHERE),
    "held": ("held",) * 5,
    "lost": ("lost",) * 5,
    "retired": ("retired",) * 5,
    "new": ("not_in_circulation",) * 5,
}
CELLS = [
    (loop, state, place, expected)
    for loop, table in (("long", LONG), ("short", SHORT), ("ring", RING))
    for state, row in table.items()
    for place, expected in zip(PLACES, row, strict=True)
]


@pytest.mark.parametrize(("loop", "state", "place", "expected"), CELLS)
def test_a_scan_does_the_next_natural_thing(loop: str, state: str, place: str, expected: str) -> None:
    desk = Desk(long_line())
    bring(desk, loop, state)
    assert said(desk.scan(loop, 1, place)) == expected


@pytest.mark.parametrize(("loop", "state", "place", "expected"), CELLS[::7])
def test_a_touch_means_what_a_scan_means(loop: str, state: str, place: str, expected: str) -> None:
    desk = Desk(long_line())
    card = bring(desk, loop, state)
    assert said(desk.do(StepCard(station=place, card=card.id))) == expected


@pytest.mark.parametrize(
    ("state", "after", "step"),
    [
        ("empty", CardState.IN_PROCESS, 1),
        ("in_process 1", CardState.QUEUED, 2),
        ("queued 2", CardState.IN_PROCESS, 2),
        ("in_process 3", CardState.FULL, 0),
        ("full", CardState.EMPTY, 0),
    ],
)
def test_the_step_changes_the_card_as_it_says(state: str, after: CardState, step: int) -> None:
    desk = Desk(long_line())
    before = bring(desk, "long", state)
    where = "assembly" if state == "full" else ROUTE[max(before.step, 1) - 1]
    desk.scan("long", 1, where)
    card = desk.card("long", 1)
    assert (card.state, card.step) == (after, step)
    assert card.cycle == before.cycle + (state == "full")


def test_the_last_finish_of_a_conwip_card_begins_its_next_cycle() -> None:
    desk = Desk(long_line())
    before = bring(desk, "ring", "in_process 3")
    desk.scan("ring", 1, "wash")
    card = desk.card("ring", 1)
    assert (card.state, card.cycle) == (CardState.EMPTY, before.cycle + 1)


@pytest.mark.parametrize(
    ("loop", "state", "right"),
    [
        ("long", "full", "Assembly"),
        ("long", "empty", "Saw"),
        ("long", "in_process 2", "Mill"),
        ("long", "queued 3", "Wash"),
        ("ring", "empty", "Saw"),
    ],
)
def test_a_wrong_station_names_the_right_one(loop: str, state: str, right: str) -> None:
    desk = Desk(long_line())
    bring(desk, loop, state)
    event = desk.scan(loop, 1, "yard")
    assert isinstance(event, ScanRefused)
    assert event.rule == "wrong_station"
    assert event.args["station"] == right


def test_already_done_names_instant_station_and_who() -> None:
    desk = Desk(replace(long_line(), people=(OLE,)))
    desk.read(OLE.badge, "saw")
    bring(desk, "long", "in_process 1")
    desk.scan("long", 1, "saw")
    finished_us = desk.clock.now().at_us
    event = desk.scan("long", 1, "saw", after_s=60)
    assert isinstance(event, ScanRefused)
    assert event.args == {
        "card": "A 1",
        "what": "finished",
        "station": "Saw",
        "at_us": finished_us,
        "by": "Ole",
        "next": "Mill",
    }


def test_already_done_at_an_earlier_station_names_its_own_instant() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "queued 2")
    finished_us = desk.clock.now().at_us
    desk.scan("long", 1, "mill")
    desk.scan("long", 1, "mill")
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, ScanRefused)
    assert (event.args["station"], event.args["at_us"]) == ("Saw", finished_us)
    assert "by" not in event.args


def test_nobody_is_named_for_a_step_that_nobody_scanned() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    desk.scan("long", 1, "mill", device="gun-mill")
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, ScanRefused)
    assert event.args["what"] == "finished"
    assert "by" not in event.args


def test_already_taken_names_the_withdrawal() -> None:
    desk = Desk(long_line())
    desk.scan("long", 1, "assembly", device="gun-7")
    taken_us = desk.clock.now().at_us
    event = desk.scan("long", 1, "assembly", after_s=60)
    assert isinstance(event, ScanRefused)
    assert event.args["what"] == "withdrawn"
    assert (event.args["at_us"], event.args["station"], event.args["by"]) == (taken_us, "Assembly", "gun-7")


def test_an_empty_card_that_nobody_withdrew_has_no_instant() -> None:
    desk = Desk(long_line())
    card = bring(desk, "long", "in_process 2")
    desk.do(LoseCard(station="yard", card=card.id))
    desk.do(FindCard(station="yard", card=card.id, full=False))
    event = desk.scan("long", 1, "assembly")
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["what"], event.args["at_us"]) == ("already_done", "withdrawn", 0)


def test_a_full_card_that_was_withdrawn_since_is_not_done_any_more() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "full")
    assert said(desk.scan("short", 1, "saw")) == "already_done"
    desk.scan("short", 1, "assembly")
    assert said(desk.scan("short", 1, "saw")) == "start 1"


def test_inferred_steps_are_in_the_event_of_the_scan_that_proved_them() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    head = len(desk.journal)
    event = desk.scan("long", 1, "wash")
    assert len(desk.journal) == head + 1
    assert isinstance(event, CardStarted)
    assert event.inferred == (Inferred("finish", "saw", 1), Inferred("start", "mill", 2), Inferred("finish", "mill", 2))
    card = desk.card("long", 1)
    assert card.finished_us == (desk.clock.now().at_us,) * 2


def test_an_inferred_release_makes_no_lead_time() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "empty")
    desk.scan("long", 1, "mill")
    assert desk.card("long", 1).released_us == 0
    bring(desk, "long", "empty", number=2)
    desk.scan("long", 2, "saw")
    assert desk.card("long", 2).released_us == desk.clock.now().at_us


def test_inferred_steps_pass_no_lane() -> None:
    line = with_loop(long_line(), "long", lane_limits=(1, 1))
    desk = Desk(line)
    for number in (1, 2):
        bring(desk, "long", "empty", number)
    bring(desk, "long", "queued 2", number=3)
    desk.scan("long", 1, "saw")
    assert said(desk.scan("long", 1, "saw")) == "lane_full"
    assert said(desk.scan("long", 1, "wash")) == "start 3 < f1 s2 f2"
    assert [card.number for card in desk.shop.lane("long", 2)] == [3]


def test_nothing_is_inferred_when_the_real_step_is_refused() -> None:
    desk = Desk(with_station(long_line(), "mill", wip_limit=1))
    bring(desk, "long", "in_process 2", number=2)
    before = bring(desk, "long", "in_process 1")
    assert said(desk.scan("long", 1, "mill")) == "wip_limit"
    assert desk.card("long", 1) == before


def test_the_real_step_passes_the_order_of_its_lane() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "in_process 1")
    assert said(desk.scan("long", 1, "mill")) == "not_oldest"


def test_a_stop_records_finishes_and_withdrawals() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    bring(desk, "long", "full", number=2)
    desk.call("saw")
    desk.call("assembly")
    assert isinstance(desk.scan("long", 1, "saw"), CardFinished)
    assert isinstance(desk.scan("long", 2, "assembly"), CardWithdrawn)
