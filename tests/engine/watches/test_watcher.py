"""When a watch calls and when not: delays, guard, stops that explain, shifts, changes of the line, other terminals."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.events import CallRaised
from shopfloor.core.health import Condition
from shopfloor.core.line import Reason, Shift, Station
from shopfloor.core.line_andon import Effect, Severity, WatchKind
from shopfloor.core.rules import Refusal
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.state_call import CallSource
from shopfloor.core.state_line import Post
from shopfloor.core.views import StationState, station_state
from shopfloor.engine.watches.picture import Picture
from shopfloor.engine.watches.posts import posts_of
from shopfloor.engine.watches.watcher import Watcher
from tests.helpers.desk import Desk
from tests.helpers.routes import with_loop
from tests.helpers.watching import AFTER_S, Watching, a_watch, watched_line

STARVED, LIMIT, SILENT = WatchKind.STARVED, WatchKind.LIMIT, WatchKind.SILENT


def starving(**changes: object) -> Watching:
    """The mill has nothing to do while the saw works."""
    line = watched_line(a_watch(STARVED, station="mill"), **changes)  # type: ignore[arg-type]
    w = Watching(line)
    w.bring("long", "in_process 1")
    w.look()
    return w


def full() -> Watching:
    """The saw's limit is reached."""
    w = Watching(watched_line(a_watch(LIMIT)))
    w.bring("short", "in_process 1", 1)
    w.bring("short", "in_process 1", 2)
    w.look()
    return w


def test_it_calls_when_it_has_held_for_so_long_and_not_before() -> None:
    w = starving()
    w.seconds(AFTER_S - 1)
    assert w.call(STARVED, "mill") is None
    (said,) = w.seconds()
    assert isinstance(said, CallRaised)
    assert (said.station, said.reason, said.args["for_s"]) == ("mill", "rule-starved", AFTER_S)


def test_a_station_that_another_terminal_took_over_is_watched_there_and_no_longer_here() -> None:
    w = starving()
    w.seconds(AFTER_S - 1)
    w.shop.put([Post(station="mill", terminal="office", origin="office~1", since_us=1, epoch=1)])
    w.seconds(2)
    assert w.call(STARVED, "mill") is None
    w.watcher = Watcher((), w._ask, terminal="office")
    w.seconds(AFTER_S + 1)
    assert w.call(STARVED, "mill") is not None


def test_a_condition_that_breaks_begins_anew() -> None:
    w = full()
    w.seconds(AFTER_S - 2)
    w.desk.scan("short", 1, "saw", after_s=0)
    w.seconds()
    w.bring("short", "in_process 1", 3)
    w.seconds(AFTER_S)
    assert w.call(LIMIT, "saw") is None
    w.seconds(2)
    assert w.call(LIMIT, "saw") is not None


def test_after_a_start_it_looks_and_calls_nobody() -> None:
    w = starving(guard_s=60)
    begun = w.desk.clock.now()
    while w.desk.clock.now().at_us - (w.shop.ready or begun).at_us < 59_000_000:
        assert w.seconds() == []
    w.seconds(2)
    assert w.call(STARVED, "mill") is not None


def test_a_stop_upstream_explains_it_and_the_time_begins_again_when_it_is_over() -> None:
    w = starving()
    w.seconds(AFTER_S - 1)
    w.desk.call("saw", "fault")
    w.seconds(5 * AFTER_S)
    assert w.call(STARVED, "mill") is None
    w.desk.do(c.ClearCall(station="saw"))
    w.seconds(AFTER_S)
    assert w.call(STARVED, "mill") is None
    w.seconds(2)
    assert w.call(STARVED, "mill") is not None


def test_a_call_that_stands_stays_while_a_stop_explains_it() -> None:
    w = starving()
    w.seconds(AFTER_S)
    w.desk.call("saw", "fault")
    w.seconds(3)
    call = w.call(STARVED, "mill")
    assert call is not None
    assert not call.returned_us


def test_its_own_stop_explains_that_nothing_moves() -> None:
    w = full()
    w.desk.call("saw", "fault")
    w.seconds(3 * AFTER_S)
    assert w.call(LIMIT, "saw") is None


def test_a_called_station_is_starved_all_the_same() -> None:
    w = starving()
    w.desk.call("mill", "tool")
    w.seconds(AFTER_S)
    assert w.call(STARVED, "mill") is not None


def test_at_night_nobody_is_called() -> None:
    clock = datetime.fromtimestamp(Desk(watched_line()).clock.now().at_us / 1e6, UTC)
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    later = f"{(clock.hour + 1) % 24:02}:00"
    shift = Shift(name="late", start=later, end=f"{(clock.hour + 9) % 24:02}:00", days=days)
    w = starving(shifts=(shift,))
    w.seconds(3 * AFTER_S)
    assert w.call(STARVED, "mill") is None
    w.desk.clock.advance(3_600 - clock.minute * 60)
    w.seconds(AFTER_S + 2)
    assert w.call(STARVED, "mill") is not None


def test_a_wall_clock_that_is_set_calls_nobody() -> None:
    w = starving()
    w.seconds(2)
    w.desk.clock.step_wall(3_600)
    w.seconds(2)
    assert w.call(STARVED, "mill") is None


@pytest.mark.parametrize("how", ["off", "gone", "reason gone", "station gone"])
def test_a_line_that_watches_it_no_longer_lets_the_call_end(how: str) -> None:
    stock = Reason(id="stock", name="Stock")
    line = watched_line(a_watch(STARVED, station="mill", reason="stock"))
    w = Watching(replace(line, reasons=(*line.reasons, stock)))
    w.bring("long", "in_process 1")
    w.look()
    w.seconds(AFTER_S)
    (call,) = w.shop.calls.values()
    assert (call.station, call.reason) == ("mill", "stock")
    match how:
        case "off":
            w.change(replace(w.shop.line, watches=(a_watch(STARVED, Effect.OFF, station="mill", reason="stock"),)))
        case "gone":
            w.change(replace(w.shop.line, watches=()))
        case "reason gone":
            w.change(watched_line())
        case _:
            w.shop.set_line(replace(watched_line(), stations=(Station(id="saw", name="Saw"),), loops=()))
    w.seconds(2)
    (call,) = w.shop.calls.values()
    assert call.returned_us
    assert w.commands() == []


def test_a_changed_effect_counts_at_once_for_what_holds_already() -> None:
    w = starving()
    w.seconds(AFTER_S)
    w.change(replace(w.shop.line, watches=(a_watch(STARVED, Effect.STOP, station="mill"),)))
    w.seconds()
    call = w.call(STARVED, "mill")
    assert call is not None
    assert call.stopped_us
    w = starving()
    w.seconds(AFTER_S)
    w.change(replace(w.shop.line, watches=(a_watch(STARVED, Effect.ADVISE, station="mill"),)))
    w.seconds()
    call = w.call(STARVED, "mill")
    assert call is not None
    assert call.returned_us
    assert len(w.shop.advices) == 1


def test_a_changed_name_of_the_line_does_not_begin_the_time_anew() -> None:
    w = starving()
    w.seconds(AFTER_S - 1)
    w.change(replace(w.shop.line, name="New name"))
    w.seconds()
    assert w.call(STARVED, "mill") is not None


def test_after_a_restart_an_open_call_stays_as_long_as_it_is_so() -> None:
    w = starving()
    w.seconds(AFTER_S)
    entries = len(w.desk.journal)
    again = Watching(w.shop.line, desk=w.desk)
    again.seconds(AFTER_S - 2)
    assert len(w.desk.journal) == entries
    again.desk.scan("long", 1, "saw")
    again.seconds()
    call = again.call(STARVED, "mill")
    assert call is not None
    assert call.returned_us


def test_what_comes_again_before_anybody_has_seen_it_is_the_same_call() -> None:
    w = Watching(watched_line(a_watch(SILENT)))
    w.health("gun-saw", Condition.LOST)
    w.look()
    w.seconds(AFTER_S)
    call = w.call(SILENT, "saw")
    w.health("gun-saw", Condition.UP)
    w.seconds()
    w.health("gun-saw", Condition.DENIED)
    w.seconds(AFTER_S + 1)
    again = w.call(SILENT, "saw")
    assert call is not None
    assert again is not None
    assert (again.id, again.returned_us) == (call.id, 0)


@pytest.mark.parametrize("condition", list(Condition))
def test_what_an_input_says_of_itself_decides_whether_it_is_silent(condition: Condition) -> None:
    w = Watching(watched_line(a_watch(SILENT)))
    w.health("gun-saw", condition)
    w.health("printer", Condition.LOST)
    w.look()
    w.seconds(AFTER_S)
    silent = condition in {Condition.LOST, Condition.BUSY, Condition.DENIED, Condition.TROUBLE}
    assert (w.call(SILENT, "saw") is not None) is silent
    assert w.call(SILENT, "mill") is None


def test_out_of_service_no_watch_calls_and_back_in_service_it_does() -> None:
    w = starving()
    w.desk.do(a.TakeOutOfService(station="mill", at="mill", why="repair"))
    w.seconds(3 * AFTER_S)
    assert w.call(STARVED, "mill") is None
    w.desk.do(a.ReturnToService(station="mill", at="mill"))
    w.seconds()
    assert w.call(STARVED, "mill") is not None


def test_a_call_that_somebody_made_is_left_alone() -> None:
    w = Watching(watched_line(a_watch(STARVED, station="mill", reason="material")))
    w.bring("long", "in_process 1")
    w.desk.call("mill", "material")
    w.look()
    w.seconds(2 * AFTER_S)
    (call,) = w.shop.calls.values()
    assert call.source is CallSource.PERSON
    w.desk.scan("long", 1, "saw")
    w.seconds()
    assert not w.shop.calls[call.id].returned_us


def test_a_supplier_that_is_late_is_no_watchs_call() -> None:
    w = Watching(watched_line(a_watch(SILENT, station="mill", reason="material")))
    late = a.ReportCondition(station="mill", reason="material", severity=Severity.HIGH)
    assert isinstance(w.desk.do(late), CallRaised)
    w.look()
    w.seconds(3)
    (call,) = w.shop.calls.values()
    assert not call.returned_us


def test_the_call_of_another_terminals_watch_is_left_alone() -> None:
    w = starving()
    w.seconds(AFTER_S)
    other = Watching(w.shop.line, ("saw", "wash"), desk=w.desk)
    w.desk.scan("long", 1, "saw")
    other.seconds(3)
    call = w.call(STARVED, "mill")
    assert call is not None
    assert not call.returned_us


def test_the_watch_that_names_the_station_goes_before_the_one_for_all() -> None:
    line = watched_line(a_watch(STARVED), a_watch(STARVED, Effect.OFF, station="mill"))
    posts = posts_of(line, ("saw", "mill", "wash"), Desk(line).shop.reasons)
    assert {post.station for post in posts} == {"saw", "wash"}


def test_a_red_loop_calls_where_it_is_made_or_used_if_that_is_outside() -> None:
    line = watched_line(a_watch(WatchKind.RED_LOOP, loop="short"))
    reasons = Desk(line).shop.reasons
    (post,) = posts_of(line, ("saw", "assembly"), reasons)
    assert (post.station, post.loop) == ("saw", "short")
    outside = replace(line, stations=tuple(replace(s, outside=s.id == "saw") for s in line.stations))
    (post,) = posts_of(outside, ("saw", "assembly"), reasons)
    assert post.station == "assembly"


def test_a_loop_without_a_store_or_with_too_few_cards_is_never_red() -> None:
    line = watched_line(a_watch(WatchKind.RED_LOOP, red=4))
    assert posts_of(line, ("saw", "assembly"), Desk(line).shop.reasons) == ()
    more = with_loop(line, "short", cards=5)
    assert [p.loop for p in posts_of(more, ("saw", "assembly"), Desk(line).shop.reasons)] == ["short"]


def test_a_report_that_was_not_recorded_is_made_again() -> None:
    w = starving()
    w.seconds(AFTER_S - 1)
    w.desk.clock.advance(1)
    (command,) = w.commands()
    assert w.commands() == []
    w.watcher.say_again()
    assert w.commands() == [command]


ALL = tuple(a_watch(kind, red=1, times=2) for kind in WatchKind)
STEPS = st.one_of(
    st.tuples(st.just("scan"), st.sampled_from(["long", "short", "ring"]), st.integers(1, 4)),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 15)),
    st.tuples(st.sampled_from(["LOST", "UP"]), st.just("gun-saw"), st.just(0)),
    st.tuples(st.sampled_from(["stop", "clear", "ack", "restart"]), st.just(""), st.just(0)),
)
PLACES = st.sampled_from(["saw", "mill", "wash", "assembly", "yard"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(STEPS, PLACES), max_size=40), own=st.sets(PLACES, min_size=1, max_size=3))
def test_whatever_happens_a_watch_calls_only_at_its_own_stations_and_once(
    steps: list[tuple[tuple[str, str, int], str]], own: set[str]
) -> None:
    w = Watching(watched_line(*ALL), tuple(own), usual=tuple(range(1, 40)))
    w.look()
    for (what, name, number), place in steps:
        match what:
            case "scan":
                w.desk.scan(name, number, place)
            case "wait":
                w.seconds(number)
            case "LOST" | "UP":
                w.health(name, Condition[what])
            case "restart":
                w = Watching(w.shop.line, tuple(own), desk=w.desk)
            case "stop":
                w.desk.call(place, "fault")
            case "clear":
                w.desk.do(c.ClearCall(station=place))
            case _:
                w.desk.do(c.AcknowledgeCall(station=place))
        w.look()
    open_now: set[tuple[str, str]] = set()
    for call in w.shop.calls.values():
        if not call.cleared_us:
            assert (call.station, call.reason) not in open_now
            open_now.add((call.station, call.reason))
    for recorded in w.desk.journal:
        if isinstance(recorded.event, CallRaised) and recorded.event.source is CallSource.RULE:
            assert recorded.event.station in own


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["long", "short", "ring"]), st.integers(1, 4), PLACES), max_size=60))
def test_the_picture_says_what_the_views_say(steps: list[tuple[str, int, str]]) -> None:
    desk = Desk(watched_line())
    for loop, number, place in steps:
        desk.scan(loop, number, place)
        picture = Picture(desk.shop, set(desk.shop.stations))
        for station in desk.shop.stations:
            state = station_state(desk.shop, station)
            assert picture.in_process(station) == desk.shop.in_process(station)
            assert (picture.blocked(station) is not None) == (state is StationState.BLOCKED)
            assert picture.starved(station) == (state is StationState.STARVED)
        for name in desk.shop.loops:
            cards = desk.shop.of_loop(name)
            assert picture.full(name) == sum(card.state.value in {"full", "in_use"} for card in cards)


def test_a_watcher_without_watches_says_nothing_and_asks_nothing() -> None:
    desk = Desk(watched_line())

    def ask(*_: object) -> None:
        raise AssertionError("expected no question")

    assert Watcher(("saw",), ask).judge(desk.shop, desk.clock.now()) == []


def test_an_unknown_reason_is_refused_only_while_it_is_so() -> None:
    desk = Desk(watched_line())
    so = a.ReportCondition(station="mill", reason="nobody knows", severity=Severity.LOW)
    assert isinstance(desk.do(so), Refusal)
    entries = len(desk.journal)
    desk.do(replace(so, severity=Severity.NONE))
    assert len(desk.journal) == entries
    assert rule_reason(STARVED) in desk.shop.reasons
