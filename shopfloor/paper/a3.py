"""A problem on one sheet of A3: background, current condition, goal, cause, countermeasures, plan, check, follow-up."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from msgspec import Struct

from shopfloor.core.line import Scope
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import reason_name, station_name
from shopfloor.core.rule_reasons import RULE_REASONS
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.core.text import Text, Translate, english, render
from shopfloor.flow.andon.effect import effort_words, outcome_words
from shopfloor.flow.andon.problem_facts import ProblemFacts
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.paper import a3_parts as parts
from shopfloor.paper.a3_parts import Area, Tick
from shopfloor.paper.sheet import GREY, HAIRLINE, Align, Box, Mark, Page, Shape

WIDTH_MM, HEIGHT_MM = 420.0, 297.0

_EDGE_MM = 10.0
_GUTTER_MM = 6.0
_WHYS = 5
_TICKS = 5
_TALL_MM = 8.0  # lower rows have two lines of words
_DAY_US = 24 * 3600 * US_PER_S
_EFFORTS = {Effort.SMALL: Text("small"), Effort.MEDIUM: Text("medium"), Effort.LARGE: Text("large")}


class A3(Struct, frozen=True, kw_only=True):
    """What is drawn: the problem, its line, and what the records say."""

    shop: Shop
    problem: Problem
    facts: ProblemFacts
    calendar: WorkCalendar
    translate: Translate = english


def a3_page(sheet: A3) -> Page:
    """The sheet, A3 across."""
    inner = Area(_EDGE_MM, _EDGE_MM, WIDTH_MM - 2 * _EDGE_MM, HEIGHT_MM - 2 * _EDGE_MM)
    head, body = inner.rows(17, 0)
    left, right = body.columns(1, 1, gap=_GUTTER_MM)
    gap = 3.0
    marks = list(_head(sheet, head))
    drawn = ((left, _LEFT), (right, _RIGHT))
    number = 0
    for column, sections in drawn:
        y = column.y
        for height, title, draw in sections:
            number += 1
            area = Area(column.x, y, column.width, height or column.bottom - y)
            framed, room = parts.section(area, number, render(title, sheet.translate))
            marks += [*framed, *draw(sheet, room)]
            y += area.height + gap
    return Page(tuple(marks), WIDTH_MM, HEIGHT_MM)


def _head(sheet: A3, area: Area) -> Iterator[Mark]:
    problem, shop = sheet.problem, sheet.shop
    title, where, state = area.columns(60, 20, 20, gap=4)
    reason = reason_name(shop, problem.reason)
    if problem.reason in RULE_REASONS:
        reason = sheet.translate(reason)
    names: dict[str, str | int] = {"reason": reason, "station": station_name(shop, problem.station)}
    yield parts.text(Area(title.x, title.y, title.width, 11), _say(sheet, Text("{reason} at {station}", names)),
                     size_mm=5.5, bold=True)  # fmt: skip
    yield from parts.facts(Area(where.x, where.y, where.width, 11), [(_say(sheet, Text("Line")), shop.line.name)])
    if problem.open:
        words = Text("open since {day}", {"day": _day(sheet, problem.opened_us)})
    else:
        words = Text("solved {day}", {"day": _day(sheet, problem.closed_us)})
    yield from parts.facts(Area(state.x, state.y, state.width, 11), [("A3", _say(sheet, words))])
    yield Box(x=area.x, y=area.bottom - 4, width=area.width, height=0.6)


def _background(sheet: A3, area: Area) -> Iterator[Mark]:
    reason = sheet.shop.reasons.get(sheet.problem.reason)
    policy = sheet.shop.line.andon
    said = []
    if policy.whys_times:
        args: dict[str, str | int] = {"times": policy.whys_times, "days": _number(policy.whys_window_s / 86_400)}
        said.append(Text("A reason that comes {times} times within {days} days at a station is worked on.", args))
    if reason is not None and reason.deadline_s:
        seconds = {"s": _number(reason.deadline_s)}
        match reason.scope:
            case Scope.LINE:
                said.append(Text("Not cleared within {s} s, a call for it stops the line.", dict(seconds)))
            case Scope.SEGMENT:
                said.append(Text("Not cleared within {s} s, a call for it stops the segment.", dict(seconds)))
            case Scope.STATION:
                said.append(Text("Not cleared within {s} s, a call for it stops the station.", dict(seconds)))
    if sheet.problem.reopened:
        said.append(Text("It had been solved and recurred; times so far: {n}.", {"n": sheet.problem.reopened}))
    rows = area.rows(*[parts.ROW_MM] * len(said), 0)
    for row, words in zip(rows, said, strict=False):
        yield parts.text(row, _say(sheet, words))
    yield from parts.ruled(rows[-1])


def _condition(sheet: A3, area: Area) -> Iterator[Mark]:
    found = sheet.facts
    top, below = area.rows(11, 0)
    minutes = "–" if found.median_s is None else f"{found.median_s / 60:.1f} min"
    yield from parts.facts(
        top,
        [
            (_say(sheet, Text("Calls since {day}", {"day": _day(sheet, found.from_us)})), str(found.calls)),
            (_say(sheet, Text("Stopped")), f"{float(found.lost_min):.1f} min"),
            (_say(sheet, Text("Until cleared, median")), minutes),
            (_say(sheet, Text("Rejected, not counted")), str(found.rejected)),
        ],
    )
    chart, causes = below.columns(60, 40, gap=6)
    label, plot = chart.rows(4.4, 0)
    days = {"n": found.days_per_bar}
    title = Text("Calls, day by day") if found.days_per_bar == 1 else Text("Calls, {n} days a bar", dict(days))
    yield parts.text(label, _say(sheet, title), size_mm=2.1, bold=True)
    yield from parts.timeline(plot, [bar.calls for bar in found.bars], _ticks(sheet), _flags(sheet))
    label, rows = causes.rows(4.4, 0)
    yield parts.text(label, _say(sheet, Text("Causes, with cumulative share")), size_mm=2.1, bold=True)
    names = {cause.id: cause.name for cause in sheet.shop.line.causes}
    said = [(names.get(cause, cause) or _say(sheet, Text("no cause said")), count) for cause, count in found.causes]
    yield from parts.pareto(rows, said)


def _goal(sheet: A3, area: Area) -> Iterator[Mark]:
    policy = sheet.shop.line.andon
    args: dict[str, str | int] = {
        "times": max(policy.whys_times, 1),
        "days": _number(policy.whys_window_s / 86_400),
    }
    rows = area.rows(parts.ROW_MM, parts.ROW_MM, 0)
    yield parts.text(rows[0], _say(sheet, Text("Fewer than {times} calls within {days} days, and it stays so.", args)))
    proof = Text("Shown by the rate of calls before and after: by chance at most 5 %.")
    yield parts.text(rows[1], _say(sheet, proof))
    yield from parts.ruled(rows[2])


def _cause(sheet: A3, area: Area) -> Iterator[Mark]:
    whys = sheet.problem.whys
    rows = area.rows(*[area.height / _WHYS] * _WHYS)
    for index, row in enumerate(rows):
        indent = index * 5.0
        label = Area(row.x + indent, row.y, 16, row.height - 2.5)
        room = Area(label.x + label.width, row.y, row.width - indent - label.width, row.height - 2.5)
        root = bool(whys) and index == len(whys) - 1
        yield parts.text(label, _say(sheet, Text("Why {n}?", {"n": index + 1})), size_mm=2.1, bold=True, colour=GREY)
        yield from parts.frame(room) if index < len(whys) else parts.ruled(room, room.height)
        if index < len(whys):
            inside = Area(room.x + 2, room.y + 0.8, room.width - 4, room.height - 1.6)
            if root:
                inside, mark = inside.columns(80, 20, gap=2)
                yield parts.text(mark, _say(sheet, Text("root cause")), size_mm=1.8, bold=True, align=Align.RIGHT)
                yield Box(x=room.x, y=room.y, width=1, height=room.height)
            yield parts.text(inside, whys[index], lines=3, bold=root)
        if index + 1 < len(whys):
            x, y = room.x + 8, room.bottom
            yield Shape(points=((x - 1.5, y + 0.3), (x + 1.5, y + 0.3), (x, y + 2.2)), colour=GREY)


def _measures(sheet: A3, area: Area) -> Iterator[Mark]:
    widths = (5, 46, 17, 14, 10, 14)
    titles = (
        Text("No."),
        Text("What"),
        Text("Owner"),
        Text("Due"),
        Text("Effort"),
        Text("In place"),
    )
    measures = sheet.problem.countermeasures
    height = min(12.0, (area.height - 11) / max(len(measures), 1))
    head, *rows, rest = area.rows(5, *[height] * len(measures), 0)
    for place, title in zip(head.columns(*widths, gap=2), titles, strict=True):
        yield parts.text(place, _say(sheet, title), size_mm=1.6, colour=GREY)
    for row, one in zip(rows, measures, strict=True):
        yield Box(x=row.x, y=row.y, width=row.width, height=parts.LINE_MM / 2, colour=HAIRLINE)
        done = _day(sheet, one.done_us) if one.done_us else "–"
        cells = (str(one.number), one.what, one.owner, one.due_day, _say(sheet, _EFFORTS[one.effort]), done)
        for place, cell in zip(Area(row.x, row.y + 0.6, row.width, height - 1).columns(*widths, gap=2), cells,
                               strict=True):  # fmt: skip
            yield parts.text(place, cell, lines=3 if height > _TALL_MM else 2, bold=place.x == row.x)
    yield from parts.ruled(Area(rest.x, rest.y, rest.width, rest.height - 8), 9)
    lost = Text("Lost in the last {days} days: {min} min.", {
        "days": _number(sheet.shop.line.andon.whys_window_s / 86_400),
        "min": f"{float(sheet.facts.lost_window_min):.1f}",
    })  # fmt: skip
    words = f"{_say(sheet, lost)} {_say(sheet, effort_words(sheet.facts.effort))}"
    yield parts.text(Area(rest.x, rest.bottom - 5, rest.width, 5), words, size_mm=2.1, colour=GREY)


def _plan(sheet: A3, area: Area) -> Iterator[Mark]:
    measures = sheet.problem.countermeasures
    if not measures:
        yield from parts.ruled(area)
        return
    start_us, end_us = _span(sheet, measures)
    axis, *rows = area.rows(5, *[min(7.5, (area.height - 5) / len(measures))] * len(measures))
    _, scale = axis.columns(26, 74, gap=2)
    for index in range(_TICKS):
        at_us = start_us + (end_us - start_us) * index // _TICKS
        x = scale.x + scale.width * index / _TICKS
        yield parts.text(Area(x, scale.y, scale.width / _TICKS, 4), _day(sheet, at_us), size_mm=1.6, colour=GREY)
        yield Box(x=x, y=axis.bottom - 1, width=parts.LINE_MM / 2, height=rows[-1].bottom - axis.bottom + 1,
                  colour=HAIRLINE)  # fmt: skip

    def share(at_us: int) -> float:
        return min(1.0, max(0.0, (at_us - start_us) / (end_us - start_us)))

    for row, one in zip(rows, measures, strict=True):
        due_us = _due_us(sheet, one)
        bar = (share(one.set_us or start_us), share(due_us)) if due_us else None
        yield from parts.plan_row(row, f"{one.number}  {one.owner}", bar, share(one.done_us) if one.done_us else None)


def _check(sheet: A3, area: Area) -> Iterator[Mark]:
    found = sheet.facts.effects
    if not found:
        line, rest = area.rows(parts.ROW_MM, 0)
        yield parts.text(line, _say(sheet, Text("No countermeasure is in place yet.")))
        yield from parts.ruled(rest)
        return
    height = min(18.0, area.height / len(found))
    for row, one in zip(area.rows(*[height] * len(found)), found, strict=True):
        label, told, bars = row.columns(5, 58, 37, gap=2)
        yield parts.text(Area(label.x, label.y, label.width, height - 1), str(one.number), bold=True, top=True)
        words = _say(sheet, outcome_words(one))
        if one.together > 1:
            words += " " + _say(sheet, Text("Together with {n} more that came into place.", {"n": one.together - 1}))
        yield parts.text(Area(told.x, told.y, told.width, height - 1), words, lines=4, size_mm=2.2, top=True)
        before, after = (float(rate) if rate is not None else 0.0 for rate in (one.before_h, one.after_h))
        labels = (
            _say(sheet, Text("before: {rate} an hour", {"rate": f"{before:.2f}"})),
            _say(sheet, Text("since: {rate} an hour", {"rate": f"{after:.2f}"})),
        )
        yield from parts.rates(Area(bars.x, bars.y, bars.width, min(height - 1.5, 11)), before, after, labels)


def _follow_up(sheet: A3, area: Area) -> Iterator[Mark]:
    said = []
    if sheet.facts.others:
        listed = ", ".join(f"{station_name(sheet.shop, station)} ({count})" for station, count in sheet.facts.others)
        said.append(Text("The same is called at other stations: {stations}.", {"stations": listed}))
    else:
        said.append(Text("No other station calls for the same."))
    if sheet.problem.open:
        said.append(Text("It is solved when every countermeasure is in place; if it recurs, it opens again."))
    else:
        said.append(Text("It is solved; if it recurs, it opens again."))
    rows = area.rows(*[parts.ROW_MM] * len(said), 0)
    for row, words in zip(rows, said, strict=False):
        yield parts.text(row, _say(sheet, words))
    yield from parts.ruled(rows[-1])


# Section by section: height in mm (0: what is left of the column), title, and what is in it.
_LEFT = (
    (42.0, Text("Background"), _background),
    (92.0, Text("Current condition"), _condition),
    (31.0, Text("Goal"), _goal),
    (0.0, Text("Cause: five whys"), _cause),
)
_RIGHT = (
    (96.0, Text("Countermeasures"), _measures),
    (57.0, Text("Plan"), _plan),
    (62.0, Text("Check: before and after"), _check),
    (0.0, Text("Follow-up"), _follow_up),
)


def _ticks(sheet: A3) -> list[Tick]:
    bars = sheet.facts.bars
    step = max(1, -(-len(bars) // _TICKS))
    return [Tick(index / len(bars), _day(sheet, bars[index].start_us)) for index in range(0, len(bars), step)]


def _flags(sheet: A3) -> list[Tick]:
    """Where countermeasures came into place."""
    bars = sheet.facts.bars
    if not bars:
        return []
    start_us, end_us = bars[0].start_us, bars[-1].end_us
    return [
        Tick((one.done_us - start_us) / (end_us - start_us), str(one.number))
        for one in sheet.problem.countermeasures
        if start_us <= one.done_us < end_us
    ]


def _span(sheet: A3, measures: Sequence[Countermeasure]) -> tuple[int, int]:
    known = [one.set_us for one in measures if one.set_us] + [one.done_us for one in measures if one.done_us]
    known += [due for one in measures if (due := _due_us(sheet, one))]
    start_us = min(known, default=sheet.facts.now_us)
    return start_us, max([*known, start_us + 7 * _DAY_US])


def _due_us(sheet: A3, one: Countermeasure) -> int:
    """The end of the due day; 0 where it is no date."""
    try:
        day = date.fromisoformat(one.due_day)
    except ValueError:
        return 0
    noon = datetime.combine(day, time(12), tzinfo=sheet.calendar.zone)
    return sheet.calendar.day_bounds(round(noon.timestamp()) * US_PER_S)[1]


def _day(sheet: A3, at_us: int) -> str:
    return f"{sheet.calendar.local(at_us):%Y-%m-%d}" if at_us else "–"


def _number(value: float) -> str:
    return f"{value:g}"


def _say(sheet: A3, words: Text) -> str:
    return render(words, sheet.translate)
