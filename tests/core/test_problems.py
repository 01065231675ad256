"""After the call: the cause that closes it, the Five Whys of what recurs, countermeasures, and recurrence."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.closing import Asked, asks_for
from shopfloor.core.events import ScanRefused
from shopfloor.core.events_andon import CallClosed, ProblemOpened
from shopfloor.core.line_andon import AndonPolicy, Cause
from shopfloor.core.state_andon import Effort, Problem
from shopfloor.core.state_call import Call
from shopfloor.core.views import StationState, call_views, station_state
from tests.helpers.calls import REASONS, andon_line, only_call, touch
from tests.helpers.desk import Desk

DAY_S = 24 * 3600
KEY = "saw/tool"


def desk_of(*, cause: bool = False, whys_times: int = 3) -> Desk:
    """A desk whose tool calls may ask for a cause."""
    reasons = tuple(replace(r, cause=cause) if r.id == "tool" else r for r in REASONS)
    causes = (Cause(id="worn", name="Worn"), Cause(id="bearing", name="Bearing", parent="worn"))
    policy = AndonPolicy(whys_times=whys_times, whys_window_s=7 * DAY_S)
    return Desk(replace(andon_line(), reasons=reasons, causes=causes, andon=policy))


def call_and_clear(desk: Desk, *, after_s: float = 60) -> Call | None:
    """One call for the tool; it if it is not closed."""
    touch(desk, c.RaiseCall(station="saw", reason="tool"), after_s=after_s)
    touch(desk, c.ClearCall(station="saw"), after_s=60)
    return next(iter(desk.shop.calls.values()), None)


def problem(desk: Desk) -> Problem:
    """The saw's tool problem."""
    return desk.shop.problems[KEY]


def refused_because(answer: object) -> object:
    """Why a request was not possible."""
    assert isinstance(answer, ScanRefused)
    return answer.args.get("what")


def give(desk: Desk, cause: str, note: str = "") -> object:
    """Close the one open call with a cause."""
    return touch(desk, a.GiveCause(station="saw", call=only_call(desk).id, cause=cause, note=note))


def measure(desk: Desk, **changes: object) -> object:
    """Decide on a countermeasure."""
    wish = a.SetCountermeasure(
        station="saw", problem=KEY, what="oil it", owner="Ana", due_day="2026-03-01", effort=Effort.SMALL
    )
    return touch(desk, replace(wish, **changes))


def whys(desk: Desk, *answers: str) -> object:
    """Answer the Five Whys."""
    return touch(desk, a.AnswerWhys(station="saw", problem=KEY, whys=answers or ("dry", "nobody oils it")))


def test_a_call_that_asks_for_its_cause_does_not_stand_and_is_not_closed() -> None:
    desk = desk_of(cause=True, whys_times=0)
    call = call_and_clear(desk)
    assert call is not None
    assert (bool(call.cleared_us), call.closed_us) == (True, 0)
    assert asks_for(desk.shop, call) == (Asked.CAUSE,)
    assert call_views(desk.shop, desk.clock.now()) == ()
    assert station_state(desk.shop, "saw") in {StationState.IDLE, StationState.STARVED}
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    assert len(desk.shop.calls) == 2


def test_a_cause_of_the_list_or_a_note_closes_it() -> None:
    for cause, note in (("bearing", ""), ("", "a stone in it")):
        desk = desk_of(cause=True, whys_times=0)
        call_and_clear(desk)
        event = give(desk, cause, note)
        assert isinstance(event, CallClosed)
        assert (event.cause, event.note) == (cause, note)
        assert desk.shop.calls == {}


def test_neither_nothing_nor_an_unknown_cause_closes_it() -> None:
    desk = desk_of(cause=True, whys_times=0)
    call_and_clear(desk)
    assert refused_because(give(desk, "", " ")) == "cause_first"
    assert isinstance(give(desk, "moon"), ScanRefused)
    assert len(desk.shop.calls) == 1


def test_the_third_call_in_the_window_opens_the_problem_and_wants_whys() -> None:
    desk = desk_of()
    assert call_and_clear(desk) is None
    assert call_and_clear(desk) is None
    call = call_and_clear(desk)
    assert call is not None
    assert problem(desk).open
    assert asks_for(desk.shop, call) == (Asked.WHYS,)
    assert refused_because(give(desk, "")) == "whys_first"
    whys(desk)
    assert isinstance(give(desk, ""), CallClosed)
    assert call_and_clear(desk) is None


def test_calls_outside_the_window_do_not_count() -> None:
    desk = desk_of()
    for _ in range(4):
        assert call_and_clear(desk, after_s=4 * DAY_S) is None
    assert not problem(desk).open


def test_calls_of_another_station_do_not_count() -> None:
    desk = desk_of()
    for place in ("saw", "drill", "saw", "drill"):
        touch(desk, c.RaiseCall(station=place, reason="tool"), after_s=5)
        touch(desk, c.ClearCall(station=place), after_s=5)
    assert not any(p.open for p in desk.shop.problems.values())


def test_a_policy_of_none_never_asks() -> None:
    desk = desk_of(whys_times=0)
    for _ in range(5):
        assert call_and_clear(desk) is None


def opened(desk: Desk) -> Desk:
    """A desk whose problem has its whys."""
    touch(desk, a.OpenProblem(station="saw", at="saw", reason="tool"))
    whys(desk)
    return desk


def test_a_problem_is_solved_when_its_countermeasures_are_in_place() -> None:
    desk = opened(desk_of())
    close = a.CloseProblem(station="saw", problem=KEY)
    assert refused_because(touch(desk, close)) == "measures_first"
    measure(desk)
    assert refused_because(touch(desk, close)) == "measures_first"
    touch(desk, a.FinishCountermeasure(station="saw", problem=KEY, number=1))
    touch(desk, close)
    assert (problem(desk).open, problem(desk).countermeasures[0].done_us > 0) == (False, True)


def test_recurrence_opens_a_solved_problem_again() -> None:
    desk = opened(desk_of())
    measure(desk)
    touch(desk, a.FinishCountermeasure(station="saw", problem=KEY, number=1))
    touch(desk, a.CloseProblem(station="saw", problem=KEY))
    assert call_and_clear(desk) is None
    assert call_and_clear(desk) is None
    assert call_and_clear(desk) is not None
    event = next(r.event for r in reversed(desk.journal) if isinstance(r.event, ProblemOpened))
    assert (event.again, event.times) == (True, 3)
    assert (problem(desk).open, problem(desk).reopened) == (True, 1)


def test_a_countermeasure_has_an_owner_a_day_and_words() -> None:
    desk = opened(desk_of())
    for missing in ("what", "owner", "due_day"):
        assert refused_because(measure(desk, **{missing: " "})) == "measure_words"
    measure(desk)
    measure(desk, number=1, owner="Max")
    assert [(m.number, m.owner) for m in problem(desk).countermeasures] == [(1, "Max")]
    assert refused_because(measure(desk, number=7)) == "measure_number"


def test_what_is_in_place_is_not_changed_any_more() -> None:
    desk = opened(desk_of())
    measure(desk)
    finish = a.FinishCountermeasure(station="saw", problem=KEY, number=1)
    touch(desk, finish)
    assert refused_because(touch(desk, finish)) == "measure_number"
    assert refused_because(measure(desk, number=1)) == "measure_number"


def test_whys_are_one_to_five_in_words() -> None:
    desk = opened(desk_of())
    for answers in ((" ",), ("a", "b", "c", "d", "e", "f"), ("x" * 201,)):
        assert refused_because(whys(desk, *answers)) == "whys_first"
