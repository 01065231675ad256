"""What stands beside the cards of one loop: why this number, how to print, how to audit."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.loop_views import LoopRow
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import PlannedChange
from shopfloor.core.text import Text
from shopfloor.flow.loop_pace import CYCLES_MIN, LEAD_PERCENT, Evidence, Why
from shopfloor.flow.sizing.values import Sizing
from shopfloor.flow.units import brief, number_text, span_text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

NAME_SHARE = 0.52  # of a line: its name; the rest is its value
WRAP_LINES_MAX = 3


class Info(StrEnum):
    """What the panel is about."""

    WHY = "why"
    PRINT = "print"
    AUDIT = "audit"


class Fact(Struct, frozen=True):
    """A line: a name with its value, a sentence (no value), a heading, or a command to type."""

    name: Text
    value: Text = Text("")
    strong: bool = False
    heading: bool = False
    command: bool = False


class InfoPanel(Panel):
    """Facts one below the other; what does not fit follows when the panel is touched."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text(""), parent)
        self._facts: tuple[Fact, ...] = ()
        self._first = 0
        self._after = 0

    def show_facts(self, title: Text, facts: Sequence[Fact]) -> None:
        """Show these."""
        if (title, tuple(facts)) != (self.title, self._facts):
            if title != self.title:
                self._first = 0
            self.title, self._facts = title, tuple(facts)
            self._first = min(self._first, max(0, len(self._facts) - 1))
            self.update()

    def facts(self) -> tuple[Fact, ...]:
        """What it says, shown or still to come."""
        return self._facts

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """As many facts as there is room for, each in full."""
        more = ink.line_height(Size.NOTE)
        bottom = rect.bottom() if self._first == 0 and self._height(ink, rect.width()) <= rect.height() else 0.0
        limit = bottom or rect.bottom() - more
        y, at = rect.top(), self._first
        while at < len(self._facts):
            fact = self._facts[at]
            height = _fact_height(ink, fact, rect.width())
            if y + height > limit + 1 and at > self._first:
                break
            _paint_fact(ink, QRectF(rect.left(), y, rect.width(), height), fact)
            y += height
            at += 1
        self._after = at
        if not bottom:
            self._paint_more(ink, QRectF(rect.left(), rect.bottom() - more, rect.width(), more))

    def _paint_more(self, ink: Ink, rect: QRectF) -> None:
        side = ink.theme.type_px(Size.NOTE)
        ink.icon(QRectF(rect.left(), rect.center().y() - side / 2, side, side), Icon.MORE, ink.look.soft)
        words = self.ui.tr("Touch for more.") if self._after < len(self._facts) else self.ui.tr("Touch for the start.")
        ink.text(rect.adjusted(side * 1.5, 0, 0, 0), words, size=Size.NOTE, colour=ink.look.soft)

    def _height(self, ink: Ink, width: float) -> float:
        return sum(_fact_height(ink, fact, width) for fact in self._facts)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn to what did not fit, then to the start again."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._first = self._after if self._after < len(self._facts) else 0
            self.update()


def why_facts(
    row: LoopRow, evidence: Evidence, why: Why | None, change: PlannedChange | None = None
) -> tuple[Fact, ...]:
    """Why this number of cards; where not enough is measured, what is missing. `change` is still to come."""
    now = (Fact(Text("cards now"), data(str(row.planned)), strong=True), *_planned(change))
    if why is None:
        return (
            *now,
            Fact(Text("Not enough is measured yet for a number of cards.")),
            _missing(Text("turns from start to full"), evidence.turns, CYCLES_MIN),
            _missing(Text("containers made"), evidence.made, CYCLES_MIN + 1),
            Fact(Text("It is worked out here as soon as that is there. Until then, from your own figures:")),
            Fact(data(f"shopfloor loop size --demand 80/h --lead-time 75min --container {row.quantity}"), command=True),
        )
    wait, make = _minutes(evidence.wait_us or 0), _minutes(evidence.make_us or 0)
    lead = why.inputs.lead_time
    sizing = why.sizing
    return (
        *now,
        Fact(Text("cards by what was measured"), data(str(sizing.cards)), strong=True),
        Fact(Text("demand D"), data(_term(sizing, "demand"))),
        Fact(
            Text(
                "{n} containers of {quantity} in {time} min of work",
                {
                    "n": evidence.made - 1,
                    "quantity": row.quantity,
                    "time": _minutes(evidence.over_us),
                },
            )
        ),
        Fact(Text("lead time L"), data(span_text(lead) if lead else "")),
        Fact(
            Text(
                "{wait} min from empty to start, {make} min to full: {p} % of {n} turns took no longer",
                {
                    "wait": wait,
                    "make": make,
                    "p": LEAD_PERCENT,
                    "n": evidence.turns,
                },
            )
        ),
        Fact(Text("quantity of one card C"), data(_term(sizing, "container"))),
        Fact(Text("The working"), heading=True),
        Fact(data("n = D · L ÷ C")),
        *(Fact(step.words, data(f"{step.working} = {number_text(step.value)}")) for step in sizing.steps),
        Fact(Text("Rounded up once, at the end."), data(f"{number_text(sizing.exact)} → {sizing.cards}")),
        Fact(Text("If it changes"), heading=True),
        *(Fact(change.words, data(_signed(change.difference))) for change in why.changes),
        Fact(Text("Others for the same figures"), heading=True),
        *(Fact(other.whose, data(str(other.sizing.cards))) for other in why.others),
        Fact(Text("Before it is decided"), heading=True),
        Fact(Text("With every turn of the journal as evidence, and what other numbers would have done:")),
        Fact(data(f"shopfloor loop propose {row.id} --data FOLDER"), command=True),
        Fact(data(f"shopfloor loop replay {row.id} --data FOLDER"), command=True),
    )


def print_facts(row: LoopRow) -> tuple[Fact, ...]:
    """How cards come on paper, and how many of them say something else than the line file."""
    return (
        *_stale(row),
        Fact(Text("At a terminal: ACTIONS, PRINT THE CARDS. Other formats and label printers:")),
        Fact(data(f"shopfloor cards print --data FOLDER --loop {row.id} --out {row.id}.pdf"), command=True),
        Fact(Text("A card that is lost or damaged: touch it, NEW PRINT, then PRINT IT. The old print is refused.")),
    )


def audit_facts(row: LoopRow) -> tuple[Fact, ...]:
    """How what hangs there is compared with what should."""
    return (
        Fact(Text("{n} cards are expected. At a terminal: ACTIONS, COUNT THE CARDS.", {"n": row.total})),
        Fact(Text("With a scanner that types, one code a line into a file:")),
        Fact(data(f"shopfloor audit loop {row.id} --data FOLDER --codes FILE"), command=True),
        Fact(Text("Which cards are probably lost, and where to look for them:")),
        Fact(data(f"shopfloor audit walk --data FOLDER --loop {row.id}"), command=True),
        Fact(Text("A card that is missing: touch it and choose LOST, then print it anew.")),
    )


def _stale(row: LoopRow) -> tuple[Fact, ...]:
    if not row.stale:
        return ()
    return (
        Fact(Text("cards to print anew"), data(str(row.stale)), strong=True),
        Fact(Text("The line file has changed what is on them. Touch each: NEW PRINT, then PRINT IT.")),
    )


def _planned(change: PlannedChange | None) -> tuple[Fact, ...]:
    if change is None or change.applied:
        return ()
    day: dict[str, str | int] = {"day": change.day}
    cards = Fact(Text("cards from {day}", day), data(str(change.cards)), strong=True)
    quantity = Fact(Text("quantity of a card from {day}", day), data(str(change.quantity)), strong=True)
    return (*((cards,) if change.cards else ()), *((quantity,) if change.quantity else ()))


def _minutes(us: int) -> str:
    return brief(Fraction(round(us * 10 / (60 * US_PER_S)), 10))


def _missing(name: Text, have: int, need: int) -> Fact:
    return Fact(name, Text("{n} of {need}", {"n": min(have, need), "need": need}), strong=have < need)


def _term(sizing: Sizing, name: str) -> str:
    found = next(term for term in sizing.terms if term.name == name)
    return f"{brief(found.value)} {found.unit}"


def _signed(difference: Fraction) -> str:
    return "±0" if not difference else f"{'+' if difference > 0 else '−'}{brief(abs(difference))}"


def _fact_height(ink: Ink, fact: Fact, width: float) -> float:
    line = ink.line_height(Size.BODY if fact.strong else Size.NOTE)
    words, value = ink.ui.say(fact.name), ink.ui.say(fact.value)
    if fact.heading:
        return line * 1.5
    if fact.command:
        return ink.height_of(words, width * 0.92, Size.NOTE) + ink.theme.mm(3)
    if not value:
        return ink.height_of(words, width * 0.98, Size.NOTE) + ink.theme.mm(1)
    if _beside(ink, fact, width):
        return line * 1.12
    lines = max(
        ink.height_of(words, width * NAME_SHARE, Size.NOTE),
        ink.height_of(value, width * (0.96 - NAME_SHARE), Size.NOTE),
    )
    return max(line * 1.12, lines + ink.theme.mm(0.6))


def _beside(ink: Ink, fact: Fact, width: float) -> bool:
    """Whether name and value stand in one line."""
    size = Size.BODY if fact.strong else Size.NOTE
    value = ink.width(ink.ui.say(fact.value), size, Weight.BOLD if fact.strong else Weight.SEMIBOLD)
    return ink.width(ink.ui.say(fact.name), size) + value + ink.theme.mm(3) <= width


def _paint_fact(ink: Ink, rect: QRectF, fact: Fact) -> None:
    words, value = ink.ui.say(fact.name), ink.ui.say(fact.value)
    if fact.heading:
        ink.hair(rect.left(), rect.top() + ink.theme.mm(1), rect.right(), rect.top() + ink.theme.mm(1))
        below = rect.adjusted(0, rect.height() * 0.28, 0, 0)
        ink.text(below, words, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=ink.look.soft)
        return
    if fact.command:
        field = rect.adjusted(0, ink.theme.mm(0.8), 0, -ink.theme.mm(0.8))
        ink.field(field, ink.look.sunk, radius_mm=0.8)
        inner = field.adjusted(ink.theme.mm(1.5), 0, -ink.theme.mm(1.5), 0)
        ink.text(inner, words, size=Size.NOTE, lines=6, weight=Weight.SEMIBOLD)
        return
    if not value:
        ink.text(rect, words, size=Size.NOTE, colour=ink.look.soft, lines=6, top=True)
        return
    size, weight = (Size.BODY, Weight.BOLD) if fact.strong else (Size.NOTE, Weight.SEMIBOLD)
    if _beside(ink, fact, rect.width()):
        used = ink.text(rect, value, size=size, weight=weight, side=Side.RIGHT)
        ink.text(rect.adjusted(0, 0, -used, 0), words, size=size)
        return
    name = QRectF(rect.left(), rect.top(), rect.width() * NAME_SHARE, rect.height())
    beside = QRectF(QPointF(name.right() + rect.width() * 0.02, rect.top()), rect.bottomRight())
    ink.text(name, words, size=Size.NOTE, lines=WRAP_LINES_MAX)
    ink.text(beside, value, size=Size.NOTE, weight=weight, side=Side.RIGHT, lines=WRAP_LINES_MAX)
