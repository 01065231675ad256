"""Hour by hour: what should have been made, what was, and what it takes to catch up."""

from collections.abc import Sequence

from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.update import DigestRow
from shopfloor.flow.calendar import Slot, WorkCalendar
from shopfloor.flow.digest import CallTime, Made, read_figures

_HOUR_US = 3600 * US_PER_S


class HourRow(Struct, frozen=True, kw_only=True):
    """One hour, in cards. `plan` is the whole hour's, `due` what of it should be made by now; None without a takt.

    `reason`: id of the call that took most time in an hour that is behind, None if nothing was called.
    """

    start_us: int
    end_us: int
    plan: int | None
    due: int | None
    made: int
    difference: int | None
    cumulative: int | None
    reason: str | None = None


class HourBoard(Struct, frozen=True, kw_only=True):
    """The shift that runs (or the local day, without shifts). `plan_now` is what should be made by now.

    `recovery_per_h`: cards an hour that would end the shift on plan; None if it is not behind or has no time left.
    """

    shift: str
    rows: tuple[HourRow, ...]
    plan: int | None
    plan_now: int | None
    made: int
    difference: int | None
    recovery_per_h: float | None


def output_loops(line: Line) -> frozenset[str]:
    """The loops whose cards are the line's output: those whose route ends at the station furthest down the line."""
    place = {station.id: index for index, station in enumerate(line.stations)}
    ends = {loop.id: place.get(loop.route[-1], -1) for loop in line.loops if loop.route}
    last = max(ends.values(), default=-1)
    return frozenset(loop for loop, end in ends.items() if end == last)


def board_span(calendar: WorkCalendar, now_us: int) -> tuple[str, int, int]:
    """Name, start and end of the shift that runs, or of the local day ("" for its name) if none does."""
    span = calendar.shift_at(now_us)
    if span is not None:
        return span.name, span.start_us, span.end_us
    return "", *calendar.day_bounds(now_us)


def hour_board(
    line: Line,
    calendar: WorkCalendar,
    now_us: int,
    *,
    made: Sequence[DigestRow],
    calls: Sequence[DigestRow] = (),
    began_us: int | None = None,
) -> HourBoard:
    """The board at `now_us` from the rows of "made" and "call"; rows of other times and loops are left out.

    What is made outside every shift is in no hour, but in the sum. Nothing is planned before `began_us`, when the
    line's journal began: nobody could have recorded it. The first hour is then a part of one.
    """
    shift, start_us, end_us = board_span(calendar, now_us)
    loops = output_loops(line)
    instants = [row.at_us for row, _ in read_figures((r for r in made if r.key in loops), Made)]
    times = [(row.at_us, figure) for row, figure in read_figures(calls, CallTime)]
    slots = calendar.hours(max(start_us, began_us or start_us), end_us)
    takt_us = round(line.takt_s * US_PER_S) if line.takt_s else None
    rows = _rows(slots, takt_us, now_us, calendar=calendar, instants=instants, calls=times)
    total = sum(1 for at_us in instants if start_us <= at_us < end_us)
    if takt_us is None:
        return HourBoard(
            shift=shift, rows=rows, plan=None, plan_now=None, made=total, difference=None, recovery_per_h=None
        )
    plan = sum(slot.working_us for slot in slots) // takt_us
    plan_now = sum(row.due or 0 for row in rows)
    left_us = calendar.working_us(max(now_us, start_us), end_us)
    behind = total < plan_now and left_us > 0
    return HourBoard(
        shift=shift,
        rows=rows,
        plan=plan,
        plan_now=plan_now,
        made=total,
        difference=total - plan_now,
        recovery_per_h=(plan - total) * _HOUR_US / left_us if behind else None,
    )


def _rows(
    slots: Sequence[Slot],
    takt_us: int | None,
    now_us: int,
    *,
    calendar: WorkCalendar,
    instants: Sequence[int],
    calls: Sequence[tuple[int, CallTime]],
) -> tuple[HourRow, ...]:
    """Plans are differences of whole cumulative plans, so that they are whole and add up to the shift's."""
    rows: list[HourRow] = []
    worked_us = cumulative = 0
    for slot in slots:
        made = sum(1 for at_us in instants if slot.start_us <= at_us < slot.end_us)
        begun = slot.start_us <= now_us
        plan = due = difference = None
        if takt_us is not None:
            plan = (worked_us + slot.working_us) // takt_us - worked_us // takt_us
            due = plan if now_us >= slot.end_us else 0
            if slot.start_us < now_us < slot.end_us:
                done_us = calendar.working_us(slot.start_us, now_us)
                due = (worked_us + done_us) // takt_us - worked_us // takt_us
            difference = made - due
            cumulative += difference
        worked_us += slot.working_us
        rows.append(
            HourRow(
                start_us=slot.start_us,
                end_us=slot.end_us,
                plan=plan,
                due=due,
                made=made,
                difference=difference if begun else None,
                cumulative=cumulative if begun and takt_us is not None else None,
                reason=_reason(slot, calls) if difference is not None and difference < 0 else None,
            )
        )
    return tuple(rows)


def _reason(slot: Slot, calls: Sequence[tuple[int, CallTime]]) -> str | None:
    """The reason of the call that took most of the hour, stopped time before called time; ties by id."""
    spent: dict[str, tuple[int, int]] = {}
    for cleared_us, call in calls:
        stop_us = _overlap(slot, cleared_us - call.stop_ms * 1000, cleared_us)
        call_us = _overlap(slot, cleared_us - call.call_ms * 1000, cleared_us)
        if call_us:
            before = spent.get(call.reason, (0, 0))
            spent[call.reason] = (before[0] + stop_us, before[1] + call_us)
    return min(spent, key=lambda reason: (-spent[reason][0], -spent[reason][1], reason), default=None)


def _overlap(slot: Slot, start_us: int, end_us: int) -> int:
    return max(0, min(slot.end_us, end_us) - max(slot.start_us, start_us))
