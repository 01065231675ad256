"""What an A3 sheet is put together from: a headed section, facts, bars over time, a Pareto, a plan, rates."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from shopfloor.paper.sheet import ACTION, BLACK, GREY, HAIRLINE, PALE, WHITE, Align, Box, Mark, Shape, Words

LINE_MM = 0.25
TEXT_MM = 2.5  # capitals, as 10 point print has them
ROW_MM = 6.2  # a line of it
_SMALL_MM = 1.8
_FLAG_TEXT_MM = 5.0  # of flags nearer than that one number is shown
_LABEL_MM = 3.2  # lower bars have no words beside them
_HEAD_MM = 6.4
_GAP_MM = 2.4


class Area(Struct, frozen=True):
    """A rectangle on the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height

    def rows(self, *heights: float) -> list["Area"]:
        """The area cut from the top into these heights; the last may be 0 for what is left."""
        found, y = [], self.y
        for asked in heights:
            height = asked or self.bottom - y
            found.append(Area(self.x, y, self.width, height))
            y += height
        return found

    def columns(self, *shares: float, gap: float = 3) -> list["Area"]:
        """The area cut from the left by shares of its width."""
        room = self.width - gap * (len(shares) - 1)
        found, x = [], self.x
        for share in shares:
            width = room * share / sum(shares)
            found.append(Area(x, self.y, width, self.height))
            x += width + gap
        return found


class Tick(Struct, frozen=True):
    """A mark below an axis, at a share of its length."""

    at: float
    text: str


def text(
    area: Area,
    words: str,
    *,
    size_mm: float = TEXT_MM,
    lines: int = 1,
    bold: bool = False,
    colour: str = BLACK,
    align: Align = Align.LEFT,
    top: bool = False,
) -> Words:
    """Words in an area, smaller where they would not fit."""
    return Words(
        x=area.x, y=area.y, width=area.width, height=area.height, text=words, size_mm=size_mm, size_mm_min=1.4,
        lines=lines, bold=bold, colour=colour, align=align, top=top,
    )  # fmt: skip


def section(area: Area, number: int, title: str) -> tuple[list[Mark], Area]:
    """A frame with a number and a title; and the room inside it."""
    head, body = area.rows(_HEAD_MM, 0)
    marks: list[Mark] = [
        *frame(area),
        Box(x=area.x, y=area.y, width=_HEAD_MM, height=_HEAD_MM),
        text(Area(head.x, head.y, _HEAD_MM, _HEAD_MM), str(number), size_mm=2.8, bold=True, colour=WHITE,
             align=Align.CENTRE),
        text(Area(head.x + _HEAD_MM + _GAP_MM, head.y, head.width - _HEAD_MM - 2 * _GAP_MM, _HEAD_MM), title,
             size_mm=2.5, bold=True),
        Box(x=area.x, y=body.y, width=area.width, height=LINE_MM),
    ]  # fmt: skip
    return marks, Area(area.x + _GAP_MM, body.y + 1.8, area.width - 2 * _GAP_MM, body.height - 3)


def frame(area: Area) -> list[Mark]:
    """Four hairlines."""
    return [
        Box(x=area.x, y=area.y, width=area.width, height=LINE_MM),
        Box(x=area.x, y=area.bottom - LINE_MM, width=area.width, height=LINE_MM),
        Box(x=area.x, y=area.y, width=LINE_MM, height=area.height),
        Box(x=area.x + area.width - LINE_MM, y=area.y, width=LINE_MM, height=area.height),
    ]


def facts(area: Area, pairs: Sequence[tuple[str, str]]) -> Iterator[Mark]:
    """Values side by side under their small words."""
    for place, (label, value) in zip(area.columns(*[1] * len(pairs)), pairs, strict=True):
        above, below = place.rows(3.4, 0)
        yield text(above, label, size_mm=_SMALL_MM, colour=GREY)
        yield text(below, value, size_mm=3.4, bold=True)


def timeline(area: Area, counts: Sequence[int], ticks: Sequence[Tick], events: Sequence[Tick]) -> Iterator[Mark]:
    """Bars side by side with the most of them named, ticks below, and events as numbered flags above."""
    flags, plot, axis = area.rows(4.6, area.height - 9.2, 4.6)
    most = max(counts, default=0)
    yield Box(x=plot.x, y=plot.bottom, width=plot.width, height=LINE_MM)
    step = plot.width / max(len(counts), 1)
    for index, count in enumerate(counts):
        height = plot.height * count / most if most else 0
        if count:
            x = plot.x + index * step + step * 0.12
            yield Box(x=x, y=plot.bottom - height, width=step * 0.76, height=height, colour=GREY)
    if most:
        yield text(Area(plot.x, flags.y, 20, flags.height), str(most), size_mm=_SMALL_MM, colour=GREY)
    for tick in ticks:
        x = plot.x + tick.at * plot.width
        yield Box(x=x, y=plot.bottom, width=LINE_MM, height=1.2)
        yield text(Area(x + 0.6, axis.y + 0.6, 22, axis.height - 0.6), tick.text, size_mm=_SMALL_MM, colour=GREY)
    shown = -_FLAG_TEXT_MM
    for event in events:
        x = plot.x + event.at * plot.width
        yield Box(x=x, y=flags.y + 3.6, width=LINE_MM * 1.6, height=plot.bottom - flags.y - 3.6, colour=ACTION)
        yield Shape(points=((x - 2, flags.y), (x + 2, flags.y), (x, flags.y + 4.2)), colour=ACTION)
        if x - shown >= _FLAG_TEXT_MM:
            shown = x
            yield text(Area(x + 2.3, flags.y, 6, 3), event.text, size_mm=_SMALL_MM, bold=True, colour=ACTION)


def pareto(area: Area, rows: Sequence[tuple[str, int]], row_mm: float = 7.6) -> Iterator[Mark]:
    """Bars one below the other with their number and the cumulative share; the order is the caller's."""
    total = sum(count for _, count in rows)
    most = max((count for _, count in rows), default=0)
    running = 0
    for index, (label, count) in enumerate(rows):
        running += count
        place = Area(area.x, area.y + index * row_mm, area.width, row_mm)
        name, bar, share = place.columns(40, 38, 22, gap=1.5)
        yield text(name, label, size_mm=2.1, lines=2)
        width = bar.width * count / most if most else 0
        yield Box(x=bar.x, y=bar.y + 1.3, width=width, height=row_mm - 2.6, colour=GREY)
        said = f"{count} · {100 * running // total} %" if total else "0"
        yield text(share, said, size_mm=_SMALL_MM, align=Align.RIGHT)


def plan_row(area: Area, label: str, bar: tuple[float, float] | None, done: float | None) -> Iterator[Mark]:
    """A bar from the decision to the due day, as shares of the axis, and a black triangle where it was done."""
    name, axis = area.columns(26, 74, gap=2)
    yield text(name, label, size_mm=2.1)
    middle = area.y + area.height / 2
    yield Box(x=axis.x, y=middle, width=axis.width, height=LINE_MM / 2, colour=PALE)
    if bar is not None:
        start, end = (axis.x + axis.width * share for share in bar)
        yield Box(x=start, y=middle - 1.2, width=max(end - start, 0.6), height=2.4, colour=HAIRLINE)
    if done is not None:
        x = axis.x + axis.width * done
        yield Shape(points=((x - 1.6, middle + 2), (x + 1.6, middle + 2), (x, middle - 2)))


def rates(area: Area, before: float, after: float, labels: tuple[str, str]) -> Iterator[Mark]:
    """Two bars of one scale: pale before, black since."""
    most = max(before, after)
    for place, rate, label, colour in zip(area.rows(area.height / 2, 0), (before, after), labels, (HAIRLINE, BLACK),
                                          strict=True):  # fmt: skip
        bar, said = place.columns(55, 45, gap=2)
        width = bar.width * rate / most if most else 0
        yield Box(x=bar.x, y=bar.y + 0.4, width=max(width, LINE_MM), height=place.height - 0.8, colour=colour)
        if place.height >= _LABEL_MM:
            yield text(said, label, size_mm=_SMALL_MM)


def ruled(area: Area, step_mm: float = 7) -> Iterator[Mark]:
    """Lines to write on by hand."""
    y = area.y + step_mm
    while y <= area.bottom:
        yield Box(x=area.x, y=y, width=area.width, height=LINE_MM / 2, colour=PALE)
        y += step_mm
