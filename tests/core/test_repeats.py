"""The same code again: the repeat window, the rule after a restart, the question about a quick finish."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.events import CallRaised, CardFinished, CardStarted, Event, ScanRefused, ScanRepeated, ScanUnread
from shopfloor.core.line import CallKind
from shopfloor.core.shop import Shop
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import a_line
from tests.helpers.routes import bring, long_line, said, with_station


def scan(desk: Desk, number: int, after_s: float, place: str = "saw", device: str = "gun") -> str:
    """The outcome of a scan of a card of `long`, in short."""
    return said(desk.scan("long", number, place, after_s=after_s, device=device))


def _empties(count: int) -> Desk:
    desk = Desk(long_line())
    for number in range(1, count + 1):
        bring(desk, "long", "empty", number)
    return desk


@pytest.mark.parametrize(("after_s", "outcome"), [(0.2, "ScanRepeated"), (0.999, "ScanRepeated"), (1.0, "finish")])
def test_a_second_read_within_the_window_is_a_repeat(after_s: float, outcome: str) -> None:
    desk = _empties(1)
    assert scan(desk, 1, 2) == "start 1"
    assert scan(desk, 1, after_s).startswith(outcome)


def test_a_repeat_tells_what_was_read() -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    started_us = desk.clock.now().at_us
    event = desk.scan("long", 1, "saw", after_s=0.3)
    assert isinstance(event, ScanRepeated)
    assert (event.card, event.args["what"], event.args["at_us"]) == ("long-01", "started", started_us)


def test_repeats_do_not_extend_the_window() -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    outcomes = [scan(desk, 1, 0.3) for _ in range(4)]
    assert outcomes == ["ScanRepeated", "ScanRepeated", "ScanRepeated", "finish 1, queued"]


def test_the_window_is_of_the_station_and_all_its_devices() -> None:
    desk = _empties(1)
    scan(desk, 1, 2, device="gun-a")
    assert scan(desk, 1, 0.1, device="gun-b") == "ScanRepeated"


def test_the_window_of_one_station_says_nothing_at_another() -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    assert scan(desk, 1, 0.1, place="mill") == "start 2 < f1"


def test_another_code_between_does_not_end_the_window() -> None:
    desk = _empties(2)
    assert scan(desk, 1, 2) == "start 1"
    assert scan(desk, 2, 0.3) == "start 1"
    assert scan(desk, 1, 0.3) == "ScanRepeated"
    assert scan(desk, 2, 0.3) == "ScanRepeated"
    assert scan(desk, 1, 0.3) == "finish 1, queued"


def test_a_refused_read_has_a_window_too() -> None:
    desk = Desk(long_line())
    assert scan(desk, 1, 2) == "no_pull_signal"
    assert scan(desk, 1, 0.5) == "ScanRepeated"
    assert scan(desk, 1, 0.5) == "no_pull_signal"


def test_small_letters_and_blanks_are_the_same_code() -> None:
    desk = _empties(1)
    code = card_code("long", "long", 1, 1)
    desk.read(code, "saw")
    assert said(desk.read(f" {code.lower()} ", "saw", after_s=0.2)) == "ScanRepeated"


def test_a_letter_that_grows_to_two_is_another_code() -> None:
    desk = Desk(long_line())
    desk.read("STRASSE", "saw")
    assert rule_of(desk.read("straße", "saw", after_s=0.2)) == "unknown_code"


def test_ten_scans_in_two_seconds_are_ten_entries() -> None:
    desk = _empties(1)
    head = len(desk.journal)
    desk.clock.advance(5)
    for _ in range(10):
        scan(desk, 1, 0.2)
    assert len(desk.journal) == head + 10


@pytest.mark.parametrize("kind", [c.SignalKind.NO_READ, c.SignalKind.UNDECODABLE])
def test_every_unread_frame_is_an_entry_and_never_a_repeat(kind: c.SignalKind) -> None:
    desk = Desk(long_line())
    for _ in range(3):
        event = desk.do(c.ReadSignal(station="saw", device="gun", text="NR", signal=kind))
        assert isinstance(event, ScanUnread)
        assert (event.why, event.code) == (kind.value, "NR")
    assert desk.journal[-1].n == desk.journal[-3].n + 2


def test_the_window_is_a_matter_of_the_monotonic_clock() -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    desk.clock.step_wall(7200)
    assert scan(desk, 1, 0.5) == "ScanRepeated"
    desk.clock.step_wall(-7200)
    assert scan(desk, 1, 0.5) == "finish 1, queued"


def test_a_window_of_nothing_repeats_nothing() -> None:
    desk = Desk(replace(long_line(), repeat_window_s=0))
    bring(desk, "long", "empty")
    scan(desk, 1, 2)
    assert scan(desk, 1, 0) == "finish 1, queued"


# After a restart.


def restart(desk: Desk, *, down_s: float, lived_s: float = 0, boot: str = "") -> None:
    """The process ends `lived_s` after its last event and a new one begins with the same entities."""
    desk.clock.advance(lived_s)
    ended_us = desk.clock.now().at_us
    if boot:
        desk.clock.reboot(boot, after_s=down_s)
    else:
        desk.clock.advance(down_s)
    desk.shop = Shop(desk.shop.line, tuple(desk.shop.entities()))
    desk.shop.ready = desk.clock.now()
    desk.shop.ended_us = ended_us


@pytest.mark.parametrize("boot", ["", "boot-2"])
def test_the_last_scan_before_a_restart_may_be_repeated(boot: str) -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    started_us = desk.clock.now().at_us
    restart(desk, down_s=3600, boot=boot)
    event = desk.scan("long", 1, "saw", after_s=5)
    assert isinstance(event, ScanRepeated)
    assert (event.args["what"], event.args["at_us"], event.args["restart"]) == ("started", started_us, 1)
    assert scan(desk, 1, 20) == "ScanRepeated"


@pytest.mark.parametrize(("after_s", "outcome"), [(30, "ScanRepeated"), (30.01, "finish 1, queued")])
def test_the_rule_ends_30_s_after_the_start(after_s: float, outcome: str) -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    restart(desk, down_s=1)
    assert scan(desk, 1, after_s) == outcome


@pytest.mark.parametrize(("lived_s", "outcome"), [(30, "ScanRepeated"), (30.01, "finish 1, queued")])
def test_only_a_step_of_the_last_30_s_before_the_end_counts(lived_s: float, outcome: str) -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    restart(desk, down_s=1, lived_s=lived_s)
    assert scan(desk, 1, 2) == outcome


def test_another_code_at_the_station_ends_the_rule() -> None:
    desk = _empties(2)
    scan(desk, 1, 2)
    restart(desk, down_s=1)
    assert scan(desk, 2, 2) == "start 1"
    assert scan(desk, 1, 2) == "finish 1, queued"


def test_a_code_at_another_station_does_not_end_the_rule() -> None:
    desk = _empties(2)
    scan(desk, 1, 2)
    restart(desk, down_s=1)
    assert scan(desk, 2, 2, place="mill") == "start 2 < s1 f1"
    assert scan(desk, 1, 2) == "ScanRepeated"


def test_only_the_last_step_of_the_station_counts() -> None:
    desk = _empties(2)
    scan(desk, 1, 2)
    scan(desk, 2, 2)
    restart(desk, down_s=1)
    assert scan(desk, 1, 2) == "finish 1, queued"


def test_an_undone_step_may_be_done_again_after_a_restart() -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    desk.do(c.UndoStep(station="saw"))
    restart(desk, down_s=1)
    assert scan(desk, 1, 2) == "start 1"


def test_without_a_restart_the_rule_does_not_exist() -> None:
    desk = _empties(1)
    scan(desk, 1, 2)
    assert scan(desk, 1, 2) == "finish 1, queued"


def test_a_step_by_touch_is_no_code_that_could_be_repeated() -> None:
    desk = _empties(1)
    desk.do(c.StepCard(station="saw", card="long-01"))
    restart(desk, down_s=1)
    assert scan(desk, 1, 2) == "finish 1, queued"
    assert rule_of(desk.read("", "saw")) == "unknown_code"


# A quick finish.


def _quick(**changes: object) -> Desk:
    desk = Desk(with_station(long_line(), "saw", **changes))
    for number in (1, 2):
        bring(desk, "long", "empty", number)
    return desk


def finish(desk: Desk, after_s: float, number: int = 1) -> Event:
    """Scan a card at the saw."""
    return desk.scan("long", number, "saw", after_s=after_s)


def test_a_finish_sooner_than_the_least_asks_once() -> None:
    desk = _quick(cycle_min_s=20)
    finish(desk, 2)
    event = finish(desk, 12.5)
    assert isinstance(event, ScanRepeated)
    assert event.asked
    assert event.args["worked_s"] == 12
    assert isinstance(finish(desk, 2), CardFinished)


def test_a_finish_at_the_least_is_not_asked_about() -> None:
    desk = _quick(cycle_min_s=20)
    finish(desk, 2)
    assert isinstance(finish(desk, 20), CardFinished)


def test_the_question_is_a_read_with_a_window_of_its_own() -> None:
    desk = _quick(cycle_min_s=20)
    finish(desk, 2)
    finish(desk, 5)
    again = finish(desk, 0.5)
    assert isinstance(again, ScanRepeated)
    assert not again.asked
    assert isinstance(finish(desk, 0.6), CardFinished)


def test_the_question_is_asked_once_whatever_is_scanned_between() -> None:
    desk = _quick(cycle_min_s=20)
    finish(desk, 2, number=1)
    assert isinstance(finish(desk, 2, number=1), ScanRepeated)
    assert isinstance(finish(desk, 2, number=2), CardStarted)
    assert isinstance(finish(desk, 2, number=1), CardFinished)


def test_the_next_cycle_is_asked_about_again() -> None:
    desk = _quick(cycle_min_s=20)
    for _ in range(2):
        assert isinstance(finish(desk, 2), CardStarted)
        assert isinstance(finish(desk, 2), ScanRepeated)
        assert isinstance(finish(desk, 2), CardFinished)
        desk.scan("long", 1, "assembly")


@pytest.mark.parametrize(("after_s", "implausible"), [(4.999, True), (5, False), (50, False)])
def test_a_finish_under_a_tenth_of_the_target_is_implausible(after_s: float, *, implausible: bool) -> None:
    desk = _quick(cycle_target_s=50)
    finish(desk, 2)
    event = finish(desk, after_s)
    assert isinstance(event, CardFinished)
    assert event.implausible == implausible


def test_a_question_about_a_card_whose_lane_is_full_is_followed_by_that_refusal() -> None:
    line = with_station(long_line(), "saw", cycle_min_s=20)
    first, *others = line.loops
    desk = Desk(replace(line, loops=(replace(first, lane_limits=(1, None)), *others)))
    bring(desk, "long", "empty", 2)
    finish(desk, 2, number=2)
    finish(desk, 30, number=2)
    bring(desk, "long", "empty", 1)
    finish(desk, 2)
    assert isinstance(finish(desk, 2), ScanRepeated)
    event = finish(desk, 2)
    assert isinstance(event, ScanRefused)
    assert event.rule == "lane_full"


def test_two_boxes_with_the_same_text_are_two_buttons() -> None:
    line = a_line()
    second = replace(line.devices[0], id="box-2", map={"B1": "stop"})
    desk = Desk(replace(line, devices=(*line.devices, second)))
    assert isinstance(desk.press("B1", "press", "box"), CallRaised)

    stop = desk.press("B1", "press", "box-2", after_s=0.2)

    assert isinstance(stop, CallRaised)
    assert stop.call_kind is CallKind.STOP
    assert isinstance(desk.press("B1", "press", "box-2", after_s=0.2), ScanRepeated)
