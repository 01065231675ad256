"""What an event changes at the problems: reasons that recur at a station, until a countermeasure ends them."""

from typing import assert_never

from msgspec.structs import replace

from shopfloor.core import events_andon as e
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Countermeasure, Problem, service_key
from shopfloor.core.state_call import Call

TIMES_MAX = 50  # a reason that comes oftener in the window has long asked for its whys

ProblemEvent = e.ProblemOpened | e.WhysAnswered | e.CountermeasureSet | e.CountermeasureFinished | e.ProblemClosed


def remember_call(shop: Shop, event: e.CallRaised | e.CallNamed, at: Now) -> tuple[Problem, ...]:
    """The problem of a call's reason with this call among those that count; none for a stop without a reason."""
    if not event.reason:
        return ()
    problem = problem_of(shop, event.station, event.reason)
    return (replace(problem, times_us=(*counting(shop, problem, at), at.at_us)[-TIMES_MAX:]),)


def forget_call(shop: Shop, call: Call) -> tuple[Problem, ...]:
    """The problem of a call's reason without it: it was a mistake, or for something else.

    A problem that this very call made of its reason is none; one that had been solved stays open.
    """
    problem = shop.problems.get(service_key(call.station, call.reason))
    at_us = call.counted_us or call.raised.at_us
    if problem is None or at_us not in problem.times_us:
        return ()
    times = tuple(time_us for time_us in problem.times_us if time_us != at_us)
    made = problem.opened_us == at_us and not problem.reopened and not problem.whys and not problem.countermeasures
    return (replace(problem, times_us=times, open=problem.open and not made),)


def problem_of(shop: Shop, station: str, reason: str) -> Problem:
    """The problem of a station's reason; a new one if it never came."""
    key = service_key(station, reason)
    return shop.problems.get(key) or Problem(id=key, station=station, reason=reason)


def counting(shop: Shop, problem: Problem, now: Now) -> tuple[int, ...]:
    """When its calls came that count at `now`: within the policy's window, and since it was solved."""
    since_us = max(now.at_us - round(shop.line.andon.whys_window_s * US_PER_S), problem.closed_us)
    return tuple(at_us for at_us in problem.times_us if at_us > since_us)


def evolve_problem(shop: Shop, event: ProblemEvent, at: Now) -> tuple[Problem, ...]:
    """The problem after the event; nothing for one nobody knows."""
    if isinstance(event, e.ProblemOpened):
        problem = problem_of(shop, event.station, event.reason)
        again = problem.reopened + event.again
        return (replace(problem, open=True, opened_us=at.at_us, closed_us=0, reopened=again),)
    problem = shop.problems.get(event.problem) or Problem(id="", station="", reason="")
    if not problem.id:
        return ()
    match event:
        case e.WhysAnswered():
            return (replace(problem, whys=event.whys, whys_us=at.at_us, whys_by=event.by),)
        case e.CountermeasureSet():
            return (_with_measure(problem, event, at),)
        case e.CountermeasureFinished():
            done = tuple(
                replace(m, done_us=at.at_us) if m.number == event.number else m for m in problem.countermeasures
            )
            return (replace(problem, countermeasures=done),)
        case e.ProblemClosed():
            return (replace(problem, open=False, closed_us=at.at_us),)
        case _:
            assert_never(event)


def _with_measure(problem: Problem, event: e.CountermeasureSet, at: Now) -> Problem:
    known = {measure.number: measure for measure in problem.countermeasures}
    before = known.get(event.number)
    known[event.number] = Countermeasure(
        number=event.number,
        what=event.what,
        owner=event.owner,
        due_day=event.due_day,
        effort=event.effort,
        set_us=before.set_us if before else at.at_us,
        done_us=before.done_us if before else 0,
    )
    return replace(problem, countermeasures=tuple(known[number] for number in sorted(known)))
