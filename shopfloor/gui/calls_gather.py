"""What the figures of the Calls page are made of: read on the thread that answers questions about the past."""

from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.ports import History
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.state_call import Call
from shopfloor.flow.andon.effect import BEFORE_US_MAX
from shopfloor.flow.andon.few import FewCalls, few_calls
from shopfloor.flow.andon.figures import AndonFigures, read_figures
from shopfloor.flow.andon.isa import Scoreboard, Suppressed, scoreboard
from shopfloor.flow.andon.problem_facts import ProblemFacts, problem_facts
from shopfloor.flow.andon.table import CallTable, open_records, read_table
from shopfloor.flow.calendar import WorkCalendar

DAY_US = 24 * 3600 * US_PER_S
# Before the first call there was nothing to compare with; a minute is a range that has no figure.
LEAST_US = 60 * US_PER_S


class Health(Struct, frozen=True, kw_only=True):
    """The alarm system itself, and the stations that call too little."""

    board: Scoreboard
    few: tuple[FewCalls, ...]


def gather_figures(history: History, now: Now, days: int) -> AndonFigures:
    """How calls were answered and what stood, in the last so many days."""
    return read_figures(history, from_us=_from_us(history, now, days), to_us=now.at_us + 1, now=now)


def gather_health(history: History, now: Now, days: int) -> Health:
    """The scoreboard of the last so many days, against what was before."""
    shop = _shop(history)
    calendar = WorkCalendar(shop.line)
    from_us, to_us = _from_us(history, now, days), now.at_us + 1
    past_us = max(_began_us(history, from_us), from_us - BEFORE_US_MAX)
    calls = _calls(history, shop, past_us, now)
    suppressed = Suppressed(shelves=tuple(shop.shelves.values()), out=tuple(shop.services.values()))
    return Health(
        board=scoreboard(calls, calendar, from_us, to_us, suppressed=suppressed),
        few=few_calls(shop.line, calls, calendar, from_us, to_us, past_us=past_us),
    )


def gather_problems(history: History, now: Now) -> dict[str, ProblemFacts]:
    """What the records say of each problem, by its id."""
    shop = _shop(history)
    calendar = WorkCalendar(shop.line)
    began_us = _began_us(history, now.at_us)
    first_us = [p.opened_us or now.at_us for p in shop.problems.values()]
    first_us += [m.done_us for p in shop.problems.values() for m in p.countermeasures if m.done_us]
    since_us = max(began_us, min(first_us, default=now.at_us) - BEFORE_US_MAX)
    calls = _calls(history, shop, since_us, now)
    return {
        problem.id: problem_facts(problem, shop.line, calls, calendar, since_us=began_us, now_us=now.at_us)
        for problem in shop.problems.values()
    }


def _shop(history: History) -> Shop:
    line, entities, _ = history.snapshot()
    found: Line = line or EMPTY_LINE
    return Shop(found, entities)


def _calls(history: History, shop: Shop, from_us: int, now: Now) -> CallTable:
    living = open_records((entity for entity in shop.entities() if isinstance(entity, Call)), now)
    return read_table(history, shop.line, from_us, now.at_us + 1, living)


def _from_us(history: History, now: Now, days: int) -> int:
    """So many days back, but not before there was a line: nothing was recorded then."""
    return min(max(now.at_us - days * DAY_US, _began_us(history, 0)), now.at_us - LEAST_US)


def _began_us(history: History, else_us: int) -> int:
    rows = history.digest("line")
    return rows[0].at_us if rows else else_us
