"""Too few calls: a station that calls less than it should has not fewer problems, it has problems nobody sees.

A thousand pulls a shift fell to seven hundred, and the president of that plant asked why (reference 0.10). It is said
of stations and never of persons.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_call import CallSource
from shopfloor.core.text import Text
from shopfloor.flow.andon.chance import fewer_chance, split_chance
from shopfloor.flow.andon.packed import SOURCES, Flag
from shopfloor.flow.andon.table import CallTable
from shopfloor.flow.calendar import WorkCalendar

# A station that calls as often as ever is called too quiet in one of a hundred looks.
ALPHA = Fraction(1, 100)
_HOUR_US = 3600 * US_PER_S


class Basis(StrEnum):
    """What the calls of a station are compared with."""

    EXPECTED = "expected"
    PAST = "past"
    NOTHING = "nothing"


class Quiet(StrEnum):
    """Whether a station calls too little."""

    TOO_FEW = "too_few"
    AS_EXPECTED = "as_expected"
    NOT_JUDGED = "not_judged"


class FewCalls(Struct, frozen=True, kw_only=True):
    """One station. `expected`: calls in this range by its basis; `chance`: of at most so many, if nothing had changed.

    None for both where nothing is known to compare with.
    """

    station: str
    calls: int
    worked_us: int
    basis: Basis
    expected: Fraction | None
    chance: Fraction | None
    verdict: Quiet
    rule: Text


def few_calls(
    line: Line,
    calls: CallTable,
    calendar: WorkCalendar,
    from_us: int,
    to_us: int,
    *,
    past_us: int | None = None,
    alpha: Fraction = ALPHA,
) -> tuple[FewCalls, ...]:
    """Every station in [from, to) against what it is expected to call, else against its own [past_us, from).

    Calls of rules and contacts do not count: they come without anybody who sees a problem. Rejected calls do: somebody
    called. `past_us` None: there is no past. Suppliers outside are left out.
    """
    by_people = calls.where((calls.column("source") == SOURCES.index(CallSource.PERSON)) & ~calls.has(Flag.REOPENS))
    now = _by_station(by_people, from_us, to_us)
    worked_us = calendar.working_us(from_us, to_us)
    before: dict[str, int] = {}
    before_us = 0
    if past_us is not None and past_us < from_us:
        before = _by_station(by_people, past_us, from_us)
        before_us = calendar.working_us(past_us, from_us)
    found = []
    for station in line.stations:
        if station.outside:
            continue
        count, earlier = now.get(station.id, 0), before.get(station.id, 0)
        basis, expected, chance = Basis.NOTHING, None, None
        if station.calls_expected_h > 0:
            basis = Basis.EXPECTED
            expected = Fraction(str(station.calls_expected_h)) * worked_us / _HOUR_US
            chance = fewer_chance(count, expected)
        elif earlier and before_us:
            basis = Basis.PAST
            expected = Fraction(earlier * worked_us, before_us)
            split = split_chance(earlier, before_us // US_PER_S, count, worked_us // US_PER_S)
            chance = split.fewer if split is not None else None
        found.append(
            FewCalls(
                station=station.id,
                calls=count,
                worked_us=worked_us,
                basis=basis,
                expected=expected,
                chance=chance,
                verdict=_verdict(chance, alpha),
                rule=_rule(basis, alpha),
            )
        )
    return tuple(found)


def false_alarms(found: Sequence[FewCalls], alpha: Fraction = ALPHA) -> Fraction:
    """How many of the judged stations would be called too quiet by chance alone: at most so many, on average."""
    return alpha * sum(1 for one in found if one.verdict is not Quiet.NOT_JUDGED)


def _by_station(calls: CallTable, from_us: int, to_us: int) -> dict[str, int]:
    raised_us = calls.column("raised_us")
    return calls.where((raised_us >= from_us) & (raised_us < to_us)).word("station").sums()


def _verdict(chance: Fraction | None, alpha: Fraction) -> Quiet:
    if chance is None:
        return Quiet.NOT_JUDGED
    return Quiet.TOO_FEW if chance <= alpha else Quiet.AS_EXPECTED


def _rule(basis: Basis, alpha: Fraction) -> Text:
    level = f"{float(100 * alpha):g}"
    match basis:
        case Basis.EXPECTED:
            return Text(
                "Too few if so few calls by people, or fewer, have a chance of at most {level} % where those expected"
                " for the working time are Poisson (exact lower tail).",
                {"level": level},
            )
        case Basis.PAST:
            return Text(
                "Too few if so few of all calls by people, or fewer, fall into this range with a chance of at most"
                " {level} % where the rate is that of the station's own past (exact binomial, given their sum).",
                {"level": level},
            )
        case Basis.NOTHING:
            return Text("Not judged: no calls_expected_h in the line file, and no calls before this range.")
