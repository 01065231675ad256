"""The choices of the Flow page, and what a choice comes to: levels for the plot, figures beside it."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.core.update import DigestRow
from shopfloor.flow.board import board_span
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import Cycle, Lead, read_figure
from shopfloor.flow.stats import little, summary
from shopfloor.flow.xmr import VALUES_MIN, limits
from shopfloor.gui.clocks import is_short, time_text
from shopfloor.gui.flow_figures import FigureRow
from shopfloor.gui.points import Floats
from shopfloor.gui.station.words import data

DAY_US = 24 * 3600 * US_PER_S

DASHES: dict[int, tuple[float, ...]] = {50: (1, 3), 85: (6, 4), 95: (10, 3, 1, 3)}
LIMIT_DASH = (2.0, 2.0)


class What(StrEnum):
    """Which time is shown."""

    CYCLE = "cycle"
    LEAD = "lead"


class Span(StrEnum):
    """How far back."""

    SHIFT = "shift"
    DAY = "day"
    ALL = "all"


class Mark(Struct, frozen=True):
    """A horizontal line of the plot, in words that are not translated yet."""

    name: Text
    value_s: float
    dash: tuple[float, ...] = ()
    strong: bool = False


class Reading(Struct, frozen=True, kw_only=True):
    """All that is said about the points of a choice."""

    marks: tuple[Mark, ...]
    rows: tuple[FigureRow, ...]
    note: Text
    precise: bool


def read_point(what: What, row: DigestRow) -> tuple[float | None, int]:
    """(seconds, None if unknown; journal number of the step whose point this row takes back, 0 for none)."""
    if what is What.CYCLE:
        cycle = read_figure(row, Cycle)
        return _seconds(cycle.cycle_ms), cycle.undone
    lead = read_figure(row, Lead)
    return _seconds(lead.lead_ms), lead.undone


def span_of(span: Span, calendar: WorkCalendar, now_us: int) -> int | None:
    """Where a span begins; None for as far back as is known."""
    match span:
        case Span.SHIFT:
            return board_span(calendar, now_us)[1]
        case Span.DAY:
            return now_us - DAY_US
        case Span.ALL:
            return None


def read_cycles(values: Sequence[float], target_s: float | None, *, with_limits: bool) -> Reading:
    """Cycle times of a station against its target; there is at least one value."""
    found, precise = summary(values, target_s), is_short(target_s, values)
    marks = _percentile_marks(found.p50, found.p85, found.p95)
    rows = [FigureRow(Text("cards"), data(str(found.n)))]
    if target_s is not None:
        marks.append(Mark(Text("target"), target_s, strong=True))
        rows.append(FigureRow(Text("target"), time_text(target_s, precise=precise), (), strong=True))
    rows += _percentile_rows(found.p50, found.p85, found.p95, precise=precise)
    if found.within is not None:
        rows.append(FigureRow(Text("on target"), data(_percent(found.within))))
    rows.append(FigureRow(Text("last"), time_text(values[-1], precise=precise)))
    note = Text("Completion to completion at the station, breaks left out.")
    if with_limits and len(values) < VALUES_MIN:
        note = Text("Process limits need at least {n} cards.", {"n": VALUES_MIN})
    elif with_limits:
        bounds = limits(values)
        marks.append(Mark(Text("upper limit"), bounds.upper, LIMIT_DASH))
        rows.append(FigureRow(Text("upper limit"), time_text(bounds.upper, precise=precise), LIMIT_DASH))
        if bounds.lower > 0:
            marks.append(Mark(Text("lower limit"), bounds.lower, LIMIT_DASH))
            rows.append(FigureRow(Text("lower limit"), time_text(bounds.lower, precise=precise), LIMIT_DASH))
        note = Text(
            "Limits: mean ± 2.66 mean moving ranges. On times as skewed as these up to 3 in 100 lie above by luck."
        )
    return Reading(marks=tuple(marks), rows=tuple(rows), note=note, precise=precise)


def read_leads(at_s: Floats, values: Sequence[float], *, start_us: int, now_us: int, open_us: Sequence[int]) -> Reading:
    """Lead times of a loop's cards, and how many were on their way; `open_us`: when those now released began."""
    found, precise = summary(values), is_short(None, values)
    rows = [
        FigureRow(Text("cards"), data(str(found.n))),
        *_percentile_rows(found.p50, found.p85, found.p95, precise=precise),
        FigureRow(Text("last"), time_text(values[-1], precise=precise)),
    ]
    items: list[tuple[float, float | None]] = [
        (end - value, end) for end, value in zip(at_s.tolist(), values, strict=True)
    ]
    items += [(began / US_PER_S, None) for began in open_us]
    if now_us > start_us:
        window = little(items, start_us / US_PER_S, now_us / US_PER_S)
        rows.append(FigureRow(Text("on the way"), data(f"{window.wip:.1f}")))
        if window.gap is not None:
            rows.append(FigureRow(Text("Little gap"), data(_percent(window.gap, "+"))))
    return Reading(
        marks=tuple(_percentile_marks(found.p50, found.p85, found.p95)),
        rows=tuple(rows),
        note=Text("From the first start to the last finish of a card, breaks left out."),
        precise=precise,
    )


def open_since(shop: Shop, loop: str) -> list[int]:
    """When the loop's released cards were released, where that was scanned."""
    return [card.released_us for card in shop.released.values() if card.loop == loop and card.released_us]


def _percentile_marks(p50: float, p85: float, p95: float) -> list[Mark]:
    values = zip(DASHES.items(), (p50, p85, p95), strict=True)
    return [Mark(Text("{p} %", {"p": percent}), value, dash) for (percent, dash), value in values]


def _percentile_rows(p50: float, p85: float, p95: float, *, precise: bool) -> list[FigureRow]:
    values = zip(DASHES.items(), (p50, p85, p95), strict=True)
    return [
        FigureRow(Text("{p} % within", {"p": p}), time_text(value, precise=precise), dash)
        for (p, dash), value in values
    ]


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _percent(share: float, sign: str = "") -> str:
    return f"{share:{sign}.0%}".replace("-", "−").replace("%", " %")
