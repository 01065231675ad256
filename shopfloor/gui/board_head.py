"""Turns the hour board and the clocks into what the head and the hours of the board show."""

from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import reason_name
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.flow.board import HourBoard, HourRow
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.gui.board_strip import Figure, HeadFace, HourFace, signed
from shopfloor.gui.clocks import duration


def head_face(shop: Shop, calendar: WorkCalendar, hours: HourBoard, *, now_us: int, silent_s: int | None) -> HeadFace:
    """Name, shift, figures by importance, time of day."""
    return HeadFace(
        name=shop.line.name,
        shift=hours.shift,
        figures=tuple(_figures(shop, hours)),
        clock=calendar.local(now_us).strftime("%H:%M"),
        silent_s=silent_s,
    )


def hour_faces(shop: Shop, calendar: WorkCalendar, hours: HourBoard, *, now_us: int) -> tuple[HourFace, ...]:
    """The hours in words; empty hours are left out where no shift and no plan says that they count."""
    rows = list(hours.rows)
    if not shop.line.shifts:
        while rows and rows[0].made == 0 and rows[0].end_us <= now_us:
            del rows[0]
    if hours.plan is None:
        rows = [row for row in rows if row.start_us <= now_us]
    return tuple(_hour(shop, calendar, row, now_us) for row in rows)


def _figures(shop: Shop, hours: HourBoard) -> list[Figure]:
    found: list[Figure] = []
    if hours.plan_now is not None:
        found.append(Figure(Text("PLAN BY NOW"), str(hours.plan_now)))
    found.append(Figure(Text("MADE"), str(hours.made)))
    if hours.difference is not None:
        behind = hours.difference < 0
        label = Text("BEHIND") if behind else Text("AHEAD") if hours.difference else Text("ON PLAN")
        found.append(Figure(label, signed(hours.difference), behind))
    limit = shop.line.wip_limit
    count = len(shop.released)
    words = str(count) if limit is None else f"{count}/{limit}"
    found.append(Figure(Text("ON THE LINE"), words, limit is not None and count > limit))
    if shop.line.takt_s:
        found.append(Figure(Text("TAKT"), duration(round(shop.line.takt_s * US_PER_S))))
    if hours.recovery_per_h is not None:
        found.append(Figure(Text("TO CATCH UP, AN HOUR"), f"{hours.recovery_per_h:.1f}"))
    return found


def _hour(shop: Shop, calendar: WorkCalendar, row: HourRow, now_us: int) -> HourFace:
    start, end = calendar.local(row.start_us), calendar.local(row.end_us)
    whole = start.minute == 0 and end.minute == 0
    label = f"{start:%H}–{end:%H}" if whole else f"{start:%H:%M}"
    note = ""
    if row.reason is not None:
        note = reason_name(shop, row.reason)
    return HourFace(
        label=label,
        made=row.made,
        plan=row.plan,
        due=row.due,
        difference=row.difference,
        runs=row.start_us <= now_us < row.end_us,
        ahead=row.start_us > now_us,
        note=note,
    )
