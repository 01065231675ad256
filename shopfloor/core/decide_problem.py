"""After the call: causes, Five Whys, countermeasures, and what recurs."""

from shopfloor.core.closing import Asked, asks_for
from shopfloor.core.commands_andon import GiveCause, SetCountermeasure
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events_andon import (
    CallClosed,
    CallNamed,
    CallRaised,
    CountermeasureFinished,
    CountermeasureSet,
    ProblemClosed,
    ProblemOpened,
    WhysAnswered,
)
from shopfloor.core.evolve_problem import counting, problem_of
from shopfloor.core.moment import Now
from shopfloor.core.names import station_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Problem

WHYS_MAX = 5
TEXT_CHARS_MAX = 200  # what a sheet and an A3 can show
MEASURES_MAX = 12
SHARES_MAX = 5  # causes of one stop that people can still weigh against each other


def recurrence(shop: Shop, raised: CallRaised | CallNamed, now: Now) -> tuple[ProblemOpened, ...]:
    """The opening of the problem that this call makes recur often enough, or again after it was solved."""
    limit = shop.line.andon.whys_times
    if not raised.reason or limit <= 0:
        return ()
    problem = problem_of(shop, raised.station, raised.reason)
    times = len(counting(shop, problem, now)) + 1
    if problem.open or times < limit:
        return ()
    opened = ProblemOpened(
        station=raised.station,
        problem=problem.id,
        reason=raised.reason,
        times=times,
        again=bool(problem.closed_us),
    )
    return (opened,)


def give_cause(shop: Shop, source: Source, given: GiveCause) -> Decision:
    """Close a cleared call with its cause; one that asks for a second look, whys or a cause is not closed without."""
    call = shop.calls.get(given.call)
    if call is None or not call.cleared_us:
        args: dict[str, str | int] = {
            "what": "nothing",
            "verb": "cause",
            "station": station_name(shop, call.station if call else source.station),
        }
        return Refusal(Rule.ALREADY_DONE, args)
    asked = asks_for(shop, call)
    if Asked.VERIFY in asked:
        return _not_possible("verify_first")
    if Asked.WHYS in asked:
        return _not_possible("whys_first")
    known = {known.id for known in shop.line.causes}
    strange = [cause for cause in (given.cause, *given.shares) if cause and cause not in known]
    if strange:
        return Refusal(Rule.UNKNOWN_CODE, {"code": strange[0]})
    if given.shares and not _is_split(given.shares):
        return _not_possible("shares")
    note = given.note.strip()
    cause = max(given.shares, key=lambda one: given.shares[one]) if given.shares else given.cause
    if Asked.CAUSE in asked and not cause and not note:
        return _not_possible("cause_first")
    return (source.sign(CallClosed(station=call.station, call=call.id, cause=cause, note=note, shares=given.shares)),)


def open_problem(shop: Shop, source: Source, at: str, reason: str) -> Decision:
    """Begin to work on a station's reason."""
    refused = refuse_right(shop, source, Right.PROBLEM)
    if refused is not None:
        return refused
    if at not in shop.stations or reason not in shop.reasons:
        return Refusal(Rule.UNKNOWN_CODE, {"code": reason or at})
    problem = problem_of(shop, at, reason)
    if problem.open:
        return _not_possible("problem_open")
    again = bool(problem.closed_us)
    return (source.sign(ProblemOpened(station=at, problem=problem.id, reason=reason, again=again)),)


def answer_whys(shop: Shop, source: Source, problem_id: str, whys: tuple[str, ...]) -> Decision:
    """Answer the Five Whys: from one to five, each in words; the last is the root cause. Anybody may."""
    problem = shop.problems.get(problem_id)
    if problem is None:
        return Refusal(Rule.UNKNOWN_CODE, {"code": problem_id})
    answers = tuple(why.strip() for why in whys if why.strip())
    if not 1 <= len(answers) <= WHYS_MAX or any(len(why) > TEXT_CHARS_MAX for why in answers):
        return _not_possible("whys_first")
    return (source.sign(WhysAnswered(station=problem.station, problem=problem.id, whys=answers)),)


def set_measure(shop: Shop, source: Source, command: SetCountermeasure) -> Decision:
    """Add a countermeasure, or change one that is not in place yet."""
    problem = _open(shop, source, command.problem)
    if isinstance(problem, Refusal):
        return problem
    known = {measure.number: measure for measure in problem.countermeasures}
    before = known.get(command.number)
    words = (command.what.strip(), command.owner.strip(), command.due_day.strip())
    if not all(words) or any(len(word) > TEXT_CHARS_MAX for word in words):
        return _not_possible("measure_words")
    if (command.number and (before is None or before.done_us)) or (not command.number and len(known) >= MEASURES_MAX):
        return _not_possible("measure_number")
    event = CountermeasureSet(
        station=problem.station,
        problem=problem.id,
        number=command.number or max(known, default=0) + 1,
        what=words[0],
        owner=words[1],
        due_day=words[2],
        effort=command.effort,
    )
    return (source.sign(event),)


def finish_measure(shop: Shop, source: Source, problem_id: str, number: int) -> Decision:
    """Say that a countermeasure is in place."""
    problem = _open(shop, source, problem_id)
    if isinstance(problem, Refusal):
        return problem
    found = next((m for m in problem.countermeasures if m.number == number and not m.done_us), None)
    if found is None:
        return _not_possible("measure_number")
    return (source.sign(CountermeasureFinished(station=problem.station, problem=problem.id, number=number)),)


def close_problem(shop: Shop, source: Source, problem_id: str) -> Decision:
    """Say that a problem is solved: its whys are answered and its countermeasures are in place."""
    problem = _open(shop, source, problem_id)
    if isinstance(problem, Refusal):
        return problem
    if problem.whys_us < problem.opened_us:
        return _not_possible("whys_first")
    if not any(m.done_us for m in problem.countermeasures) or any(not m.done_us for m in problem.countermeasures):
        return _not_possible("measures_first")
    return (source.sign(ProblemClosed(station=problem.station, problem=problem.id)),)


def _is_split(shares: dict[str, int]) -> bool:
    """Whether two causes or more share the whole."""
    return 2 <= len(shares) <= SHARES_MAX and min(shares.values()) > 0 and sum(shares.values()) == 100 and all(shares)


def _open(shop: Shop, source: Source, problem_id: str) -> Problem | Refusal:
    refused = refuse_right(shop, source, Right.PROBLEM)
    if refused is not None:
        return refused
    problem = shop.problems.get(problem_id)
    if problem is None:
        return Refusal(Rule.UNKNOWN_CODE, {"code": problem_id})
    return problem if problem.open else _not_possible("problem_closed")


def _not_possible(what: str) -> Refusal:
    return Refusal(Rule.NOT_POSSIBLE, {"what": what})
