"""What most calls are for, and most of their time: rows from the largest on, with the share of all up to them."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import reduce

from msgspec import Struct


class Measure(StrEnum):
    """What rows are ranked by: calls, the time they were open, or the time they stopped (each minute counted once)."""

    COUNT = "count"
    CALL = "call"
    STOP = "stop"


class Amounts(Struct, frozen=True):
    """What belongs to a reason, a cause or a station."""

    count: int = 0
    call_ms: int = 0
    stop_ms: int = 0

    def of(self, measure: Measure) -> int:
        """The one that is ranked."""
        return {Measure.COUNT: self.count, Measure.CALL: self.call_ms, Measure.STOP: self.stop_ms}[measure]

    def plus(self, other: "Amounts") -> "Amounts":
        """Both together."""
        return Amounts(self.count + other.count, self.call_ms + other.call_ms, self.stop_ms + other.stop_ms)


class ParetoRow(Struct, frozen=True, kw_only=True):
    """`share` of all, `cumulative` with the rows above; `rows` are the second level, with shares of their own row.

    `id` "" has no reason, or no cause.
    """

    id: str
    name: str
    count: int
    call_ms: int
    stop_ms: int
    share: float
    cumulative: float
    rows: tuple["ParetoRow", ...] = ()


class Pareto(Struct, frozen=True, kw_only=True):
    """The same amounts in their three orders."""

    by_count: tuple[ParetoRow, ...]
    by_call_time: tuple[ParetoRow, ...]
    by_stop_time: tuple[ParetoRow, ...]


def pareto(
    amounts: Mapping[str, Amounts], *, names: Mapping[str, str], parents: Mapping[str, str] | None = None
) -> Pareto:
    """`parents` names the first level of an id that is of the second."""
    levels = parents or {}
    return Pareto(
        by_count=_two_levels(amounts, Measure.COUNT, names, levels),
        by_call_time=_two_levels(amounts, Measure.CALL, names, levels),
        by_stop_time=_two_levels(amounts, Measure.STOP, names, levels),
    )


def split(whole: int, shares: Mapping[str, int]) -> dict[str, int]:
    """A whole by shares of a hundred; what rounding leaves is the last one's, so that nothing is lost."""
    found, before, percent = {}, 0, 0
    for one, share in shares.items():
        percent += share
        up_to = whole * percent // 100
        found[one], before = up_to - before, up_to
    return found


def _two_levels(
    amounts: Mapping[str, Amounts], measure: Measure, names: Mapping[str, str], parents: Mapping[str, str]
) -> tuple[ParetoRow, ...]:
    groups: dict[str, dict[str, Amounts]] = {}
    for one, amount in amounts.items():
        groups.setdefault(parents.get(one) or one, {})[one] = amount

    def rows(group: str) -> tuple[ParetoRow, ...]:
        members = groups[group]
        return () if set(members) == {group} else _ranked(members, measure, names, lambda _: ())

    return _ranked({group: _sum(members.values()) for group, members in groups.items()}, measure, names, rows)


def _ranked(
    amounts: Mapping[str, Amounts],
    measure: Measure,
    names: Mapping[str, str],
    rows: Callable[[str], tuple[ParetoRow, ...]],
) -> tuple[ParetoRow, ...]:
    """From the largest on, those of nothing left out; equal ones by id."""
    order = sorted((one for one in amounts if amounts[one].of(measure)), key=lambda x: (-amounts[x].of(measure), x))
    total = sum(amounts[one].of(measure) for one in order)
    found = []
    up_to = 0
    for one in order:
        amount = amounts[one]
        up_to += amount.of(measure)
        found.append(
            ParetoRow(
                id=one,
                name=names.get(one, one),
                count=amount.count,
                call_ms=amount.call_ms,
                stop_ms=amount.stop_ms,
                share=amount.of(measure) / total,
                cumulative=up_to / total,
                rows=rows(one),
            )
        )
    return tuple(found)


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    return reduce(Amounts.plus, amounts, Amounts())
