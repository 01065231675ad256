"""Each kind of watch, with each effect: what it calls for, and when that is over."""

from collections.abc import Callable

import pytest

from shopfloor.core import commands as c
from shopfloor.core.health import Condition
from shopfloor.core.line_andon import Effect, Severity, WatchKind
from shopfloor.core.state_andon import rule_reason, service_key
from shopfloor.core.state_call import CallSource
from shopfloor.core.words_watch import watch_words
from tests.helpers.watching import AFTER_S, Watching, a_watch, watched_line

USUAL = tuple(range(20, 60))


def _limit(w: Watching) -> None:
    w.bring("short", "in_process 1", 1)
    w.bring("short", "in_process 1", 2)


def _limit_over(w: Watching) -> None:
    w.desk.scan("short", 1, "saw")


def _starved(w: Watching) -> None:
    w.bring("long", "in_process 1")


def _starved_over(w: Watching) -> None:
    w.desk.scan("long", 1, "saw")


def _blocked(w: Watching) -> None:
    w.bring("long", "queued 2", 1)
    w.bring("long", "in_process 1", 2)
    w.desk.scan("long", 2, "saw")


def _blocked_over(w: Watching) -> None:
    w.desk.scan("long", 1, "mill")


def _red(w: Watching) -> None:
    for number in range(1, 5):
        w.bring("short", "empty", number)


def _red_over(w: Watching) -> None:
    w.desk.scan("short", 1, "saw")
    w.desk.scan("short", 1, "saw")


def _slow(w: Watching) -> None:
    w.seconds()  # the pace is learned before the work begins
    w.bring("short", "in_process 1")
    w.desk.clock.advance(60)


def _slow_over(w: Watching) -> None:
    w.desk.scan("short", 1, "saw")


def _silent(w: Watching) -> None:
    w.health("gun-saw", Condition.LOST)


def _silent_over(w: Watching) -> None:
    w.health("gun-saw", Condition.UP)


def _wrong(w: Watching) -> None:
    w.bring("ring", "in_process 1")
    w.seconds()
    for _ in range(3):
        w.desk.scan("ring", 1, "yard", after_s=2)


def _wrong_over(w: Watching) -> None:
    w.bring("short", "empty")
    w.desk.scan("short", 2, "assembly")


Step = Callable[[Watching], None]
SCENES: dict[WatchKind, tuple[str, Step, Step]] = {
    WatchKind.LIMIT: ("saw", _limit, _limit_over),
    WatchKind.STARVED: ("mill", _starved, _starved_over),
    WatchKind.BLOCKED: ("saw", _blocked, _blocked_over),
    WatchKind.RED_LOOP: ("saw", _red, _red_over),
    WatchKind.CYCLE: ("saw", _slow, _slow_over),
    WatchKind.SILENT: ("saw", _silent, _silent_over),
    WatchKind.WRONG_PART: ("yard", _wrong, lambda w: w.desk.clock.advance(AFTER_S + 1)),
}
KINDS = list(WatchKind)
WORDS = {
    WatchKind.LIMIT: "2 of 2 for 0:1",
    WatchKind.STARVED: "no card for 0:1",
    WatchKind.BLOCKED: "no place for 0:1",
    WatchKind.RED_LOOP: "B: 0 full for 0:1",
    WatchKind.CYCLE: "slower than 99 of 100: 7",
    WatchKind.SILENT: "gun-saw is silent",
    WatchKind.WRONG_PART: "wrong parts: 3 in 0:10",
}


def begun(kind: WatchKind, effect: Effect) -> Watching:
    """A line on which the condition has held for long enough."""
    station, begin, _ = SCENES[kind]
    watch = a_watch(kind, effect, station=station, loop="short" if kind is WatchKind.RED_LOOP else "")
    w = Watching(watched_line(watch), ("saw", "mill", "yard"), usual=USUAL)
    w.look()
    begin(w)
    w.look()
    w.seconds(AFTER_S if kind is not WatchKind.WRONG_PART else 1)
    return w


@pytest.mark.parametrize("kind", KINDS)
def test_help_calls_for_the_programs_own_reason_with_words(kind: WatchKind) -> None:
    w = begun(kind, Effect.HELP)
    call = w.call(kind, SCENES[kind][0])
    assert call is not None
    assert (call.source, call.severity, call.stopped_us) == (CallSource.RULE, Severity.MEDIUM, 0)
    assert str(watch_words(call.args)).startswith(WORDS[kind])
    assert len(w.shop.calls) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_stop_stops(kind: WatchKind) -> None:
    call = begun(kind, Effect.STOP).call(kind, SCENES[kind][0])
    assert call is not None
    assert call.stopped_us
    assert call.severity is Severity.CRITICAL


@pytest.mark.parametrize("kind", KINDS)
def test_advise_hints_and_calls_nobody_and_the_hint_ends(kind: WatchKind) -> None:
    station, _, over = SCENES[kind]
    w = begun(kind, Effect.ADVISE)
    assert list(w.shop.advices) == [service_key(station, rule_reason(kind))]
    over(w)
    w.seconds()
    assert not w.shop.advices
    assert not w.shop.calls


@pytest.mark.parametrize("kind", KINDS)
def test_off_does_nothing(kind: WatchKind) -> None:
    w = begun(kind, Effect.OFF)
    assert not w.shop.calls
    assert not w.shop.advices


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_over_closes_a_call_that_was_taken(kind: WatchKind) -> None:
    station, _, over = SCENES[kind]
    w = begun(kind, Effect.HELP)
    w.desk.do(c.AcknowledgeCall(station=station))
    over(w)
    w.seconds()
    assert not w.shop.calls


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_over_waits_for_somebody_where_nobody_has_taken_it(kind: WatchKind) -> None:
    station, _, over = SCENES[kind]
    w = begun(kind, Effect.HELP)
    over(w)
    w.seconds()
    call = w.call(kind, station)
    assert call is not None
    assert call.returned_us
    w.desk.do(c.AcknowledgeCall(station=station))
    assert not w.shop.calls


@pytest.mark.parametrize("kind", KINDS)
def test_as_long_as_it_is_so_nothing_is_said_twice(kind: WatchKind) -> None:
    w = begun(kind, Effect.HELP)
    entries = len(w.desk.journal)
    w.seconds(AFTER_S - 4)
    assert len(w.desk.journal) == entries
    assert w.commands() == []


def test_a_right_part_ends_the_call_for_wrong_ones() -> None:
    w = Watching(watched_line(a_watch(WatchKind.WRONG_PART, after_s=300)), ("saw", "assembly"))
    w.look()
    w.bring("ring", "in_process 1")
    for _ in range(3):
        w.desk.scan("ring", 1, "assembly")
    w.seconds()
    call = w.call(WatchKind.WRONG_PART, "assembly")
    assert call is not None
    _wrong_over(w)
    w.seconds()
    call = w.call(WatchKind.WRONG_PART, "assembly")
    assert call is not None
    assert call.returned_us


def test_two_wrong_parts_or_three_in_too_long_a_time_are_no_call() -> None:
    w = Watching(watched_line(a_watch(WatchKind.WRONG_PART, after_s=30)), ("yard",))
    w.look()
    w.bring("ring", "in_process 1")
    for _ in range(3):
        w.desk.scan("ring", 1, "yard", after_s=2)
        w.seconds(16)
    assert not w.shop.calls
    for _ in range(2):
        w.desk.scan("ring", 1, "yard", after_s=1)
    w.seconds()
    assert w.call(WatchKind.WRONG_PART, "yard") is not None


def test_a_right_part_between_wrong_ones_does_not_excuse_them() -> None:
    w = Watching(watched_line(a_watch(WatchKind.WRONG_PART, after_s=300)), ("assembly",))
    w.look()
    w.bring("ring", "in_process 1")
    w.desk.scan("ring", 1, "assembly")
    _wrong_over(w)
    w.desk.scan("ring", 1, "assembly")
    w.desk.scan("ring", 1, "assembly")
    w.seconds()
    assert w.call(WatchKind.WRONG_PART, "assembly") is not None


def test_a_run_of_slow_work_calls_at_once_and_ends_with_quicker_work() -> None:
    usual = tuple(600 + 3 * i for i in range(200))
    w = Watching(watched_line(a_watch(WatchKind.CYCLE, after_s=3_600)), ("saw",), usual=usual)
    w.look()
    w.complete("saw", "short", 5_000, count=20)
    w.seconds()
    call = w.call(WatchKind.CYCLE, "saw")
    assert call is not None
    assert str(watch_words(call.args)).endswith("shifts)")
    w.complete("saw", "short", 600, count=40)
    w.seconds()
    call = w.call(WatchKind.CYCLE, "saw")
    assert call is not None
    assert call.returned_us


def test_a_card_that_stood_in_a_stop_or_waits_for_its_place_is_not_slow() -> None:
    w = Watching(watched_line(a_watch(WatchKind.CYCLE)), ("saw",), usual=USUAL)
    w.look()
    w.bring("short", "in_process 1")
    w.desk.call("saw", "fault")
    w.seconds(100)
    w.desk.do(c.ClearCall(station="saw"))
    w.seconds(100)
    assert w.call(WatchKind.CYCLE, "saw") is None
    w.desk.scan("short", 1, "saw")
    _blocked(w)
    w.seconds(100)
    assert w.call(WatchKind.CYCLE, "saw") is None


def test_too_few_cycle_times_say_nothing() -> None:
    w = Watching(watched_line(a_watch(WatchKind.CYCLE)), ("saw",), usual=USUAL[:29])
    w.look()
    w.bring("short", "in_process 1")
    w.desk.clock.advance(500)
    w.seconds(20)
    assert not w.shop.calls
