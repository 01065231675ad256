"""Problems as rows and in full: what recurs, what was asked and answered, what is done, and whether it helped."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.evolve_problem import counting
from shopfloor.core.moment import Now
from shopfloor.core.names import person_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.core.text import Text
from shopfloor.flow.andon.effect import outcome_words
from shopfloor.flow.andon.problem_facts import ProblemFacts
from shopfloor.gui.calls_closed import cause_text
from shopfloor.gui.calls_faces import KindLook, reason_text
from shopfloor.gui.calls_rows import fitting, paint_block
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.loops_info import Fact
from shopfloor.gui.row_list import Row
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import PAD_MM, Size, Weight

BLOCK_MM = 30.0
DAY_S = 24 * 3600
EFFORT_WORDS = {Effort.SMALL: Text("small"), Effort.MEDIUM: Text("medium"), Effort.LARGE: Text("large")}


class Stage(StrEnum):
    """How far a problem is."""

    WHYS = "whys"
    OVERDUE = "overdue"
    MEASURE = "measure"
    DOING = "doing"
    PLACED = "placed"
    WATCHED = "watched"
    SOLVED = "solved"


_WORDS = {
    Stage.WHYS: (Icon.ASK, Text("WHY?")),
    Stage.OVERDUE: (Icon.TROUBLE, Text("LATE")),
    Stage.MEASURE: (Icon.MORE, Text("TO DO")),
    Stage.DOING: (Icon.PERSON, Text("TO DO")),
    Stage.PLACED: (Icon.PLACE, Text("DONE")),
    Stage.WATCHED: (Icon.IDLE, Text("CALLED")),
    Stage.SOLVED: (Icon.CHECK, Text("SOLVED")),
}


class ProblemRow(Struct, frozen=True, kw_only=True):
    """One problem. `lost` are the minutes stopped in the policy's window, "" unknown."""

    key: str
    stage: Stage
    reason: Text
    station: str
    details: tuple[Text, ...]
    lost: Text

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """Blue where an answer is wanted; the rest is calm."""
        _paint(ink, rect, self, chosen=chosen)

    def other(self, before: Row, rect: QRectF) -> QRectF:
        """All of it."""
        del before
        return rect


def stage_of(problem: Problem, today: str) -> Stage:
    """How far it is by the local day."""
    if not problem.open:
        return Stage.SOLVED if problem.closed_us else Stage.WATCHED
    if problem.whys_us < problem.opened_us:
        return Stage.WHYS
    if any(is_overdue(measure, today) for measure in problem.countermeasures):
        return Stage.OVERDUE
    if not problem.countermeasures:
        return Stage.MEASURE
    return Stage.PLACED if all(m.done_us for m in problem.countermeasures) else Stage.DOING


def is_overdue(measure: Countermeasure, today: str) -> bool:
    """Whether its day has passed and it is not in place; a day nobody can read never passes."""
    try:
        due = date.fromisoformat(measure.due_day)
    except ValueError:
        return False
    return not measure.done_us and due < date.fromisoformat(today)


def problem_row(shop: Shop, problem: Problem, facts: ProblemFacts | None, *, now: Now, today: str) -> ProblemRow:
    """A problem as it is drawn."""
    times = len(counting(shop, problem, now))
    args: dict[str, str | int] = {"n": times, "days": window_days(shop)}
    many = Text("once in {days} days" if times == 1 else "{n} times in {days} days", args)
    return ProblemRow(
        key=problem.id,
        stage=stage_of(problem, today),
        reason=reason_text(shop, problem.reason),
        station=station_name(shop, problem.station),
        details=(many, *_doing(problem, today)),
        lost=Text("{n} min lost", {"n": round(facts.lost_window_min)}) if facts and facts.lost_window_min else data(""),
    )


def window_days(shop: Shop) -> int:
    """Days of the policy's window."""
    return max(1, round(shop.line.andon.whys_window_s / DAY_S))


def problem_facts_words(
    shop: Shop, problem: Problem, facts: ProblemFacts | None, *, now: Now, today: str, prints: bool = False
) -> tuple[Fact, ...]:
    """A problem in full; how to print it is said where no button `prints` it."""
    times, days = len(counting(shop, problem, now)), window_days(shop)
    found = [Fact(Text("times in {days} days", {"days": days}), data(str(times)), strong=True)]
    if facts is not None:
        found.append(Fact(Text("minutes lost in {days} days", {"days": days}), _number(facts.lost_window_min)))
        total = f"{facts.calls} · {float(facts.lost_min):.0f}"
        found.append(Fact(Text("calls, and minutes lost, in all"), data(total)))
    if problem.reopened:
        found.append(Fact(Text("came back after it was solved"), data(str(problem.reopened)), strong=True))
    found += [*_measures(problem, facts, today), *_whys(shop, problem), *_causes(shop, facts)]
    if problem.open and not prints:
        name = problem.id.replace("/", "-")
        found.append(Fact(Text("On one sheet of A3"), heading=True))
        found.append(Fact(data(f"shopfloor andon a3 {problem.id} --data FOLDER --out {name}.pdf"), command=True))
    return tuple(found)


def _whys(shop: Shop, problem: Problem) -> Iterator[Fact]:
    if not problem.open and not problem.whys:
        return
    yield Fact(Text("Five Whys"), heading=True)
    for number, why in enumerate(problem.whys, 1):
        yield Fact(data(f"{number}  {why}"))
    if problem.whys_us < problem.opened_us:
        anew, first = Text("It came back: they are wanted anew."), Text("They are wanted: nobody has said.")
        yield Fact(anew if problem.whys else first)
    elif problem.whys_by:
        yield Fact(Text("answered by"), data(person_name(shop, problem.whys_by)))


def _measures(problem: Problem, facts: ProblemFacts | None, today: str) -> Iterator[Fact]:
    if not problem.open and not problem.countermeasures:
        return
    yield Fact(Text("Countermeasures"), heading=True)
    effects = {effect.number: effect for effect in facts.effects} if facts else {}
    for measure in problem.countermeasures:
        yield Fact(data(f"{measure.number}  {measure.what}"))
        args: dict[str, str | int] = {"owner": measure.owner, "day": measure.due_day}
        name = Text("{owner}, by {day}", args)
        if measure.done_us:
            state = Text("in place")
        else:
            state = Text("overdue") if is_overdue(measure, today) else EFFORT_WORDS[measure.effort]
        yield Fact(name, state, strong=is_overdue(measure, today))
        effect = effects.get(measure.number)
        if effect is not None:
            yield Fact(outcome_words(effect))
    if not problem.countermeasures:
        yield Fact(Text("There is none yet."))


def _causes(shop: Shop, facts: ProblemFacts | None) -> Iterator[Fact]:
    if facts is None or not any(cause for cause, _ in facts.causes):
        return
    yield Fact(Text("Causes that were said"), heading=True)
    for cause, count in facts.causes:
        yield Fact(cause_text(shop, cause) if cause else Text("no cause said"), data(str(count)))


def _doing(problem: Problem, today: str) -> tuple[Text, ...]:
    measures = problem.countermeasures
    open_ones = [measure for measure in measures if not measure.done_us]
    late = sum(1 for measure in measures if is_overdue(measure, today))
    match stage_of(problem, today):
        case Stage.WHYS:
            return (Text("Five Whys wanted"),)
        case Stage.MEASURE:
            return (Text("no countermeasure yet"),)
        case Stage.OVERDUE:
            return (Text("{n} of {total} overdue", {"n": late, "total": len(measures)}),)
        case Stage.DOING:
            first = min(open_ones, key=lambda measure: measure.due_day)
            return (Text("{owner}, by {day}", {"owner": first.owner, "day": first.due_day}),)
        case Stage.PLACED:
            return (Text("its effect is measured"),)
        case Stage.WATCHED | Stage.SOLVED:
            return ()


def _number(value: Fraction) -> Text:
    return data(f"{float(value):.0f}")


def _look(ink: Ink, stage: Stage) -> KindLook:
    look = ink.look
    icon, word = _WORDS[stage]
    match stage:
        case Stage.WHYS:
            return KindLook(icon, word, look.action, look.on_action, look.action_edge)
        case Stage.OVERDUE:
            return KindLook(icon, word, look.inverse, look.on_inverse, look.inverse)
        case Stage.MEASURE | Stage.DOING | Stage.PLACED:
            return KindLook(icon, word, look.raised, look.ink, look.ink)
        case Stage.WATCHED | Stage.SOLVED:
            return KindLook(icon, word, look.panel, look.soft, look.edge)


def _paint(ink: Ink, rect: QRectF, row: ProblemRow, *, chosen: bool) -> None:
    theme, look, ui = ink.theme, ink.look, ink.ui
    edge = look.ink if chosen else look.edge
    ink.field(rect, look.raised if chosen else look.panel, edge=edge, edge_mm=0.7 if chosen else 0.25)
    pad = theme.mm(PAD_MM)
    block = QRectF(rect.left() + pad * 0.6, rect.top() + pad * 0.6, theme.mm(BLOCK_MM), rect.height() - pad * 1.2)
    kind = _look(ink, row.stage)
    paint_block(ink, block, kind, ui.say(kind.word))
    inner = QRectF(block.right() + pad, rect.top() + pad * 0.5, 0, rect.height() - pad)
    inner.setRight(rect.right() - pad)
    half = inner.height() / 2
    lost = ui.say(row.lost)
    wide = ink.width(lost, Size.NOTE, Weight.BOLD) + 2 if lost else 0.0
    upper = inner.adjusted(0, 0, 0, -half)
    used = ink.text(upper, ui.say(row.reason), weight=Weight.BOLD, may_cut=True)
    beside = upper.adjusted(used + theme.mm(2), 0, 0, 0)
    name = "" if ink.width(row.station) <= beside.width() else f"{row.station} · "
    if not name:
        ink.text(beside, row.station, colour=look.soft, side=Side.RIGHT)
    lower = inner.adjusted(0, half, 0, 0)
    ink.text(lower, lost, size=Size.NOTE, weight=Weight.BOLD, side=Side.RIGHT)
    lower.adjust(0, 0, -wide - (pad if lost else 0), 0)
    parts = [ui.say(text) for text in row.details]
    words = fitting(ink, (name + " · ".join(parts), " · ".join(parts), parts[-1]), lower.width())
    ink.text(lower, words, size=Size.NOTE, colour=look.soft, may_cut=True)
