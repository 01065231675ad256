"""How the terminal is: every device, the store and the program, what is wrong first, with its remedy."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QHideEvent, QMouseEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor import __version__
from shopfloor.core.health import Condition, Health
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import station_name
from shopfloor.core.text import Text
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.clocks import duration
from shopfloor.gui.header import DEVICES
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.panel import paint_chip
from shopfloor.gui.states import condition_look
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import GAP_MM, PAD_MM, ROW_MM, Size, Weight
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.ui import Ui

DAY_US = 24 * 3600 * US_PER_S
TICK_MS = 1_000  # ages in whole seconds
WELL = frozenset({Condition.UP, Condition.VIRTUAL, Condition.NEW})
ROW_TALL_MM = 24.0  # a part that is not well says why and what to do
ROW_TALLER_MM = 30.0  # in two lines
NARROW_MM = 170.0  # below this the counters stand under the words
HEAD_MM = 14.0


# What the parts of a terminal call themselves and their counters, in words that can be translated.
KINDS = {
    "scanner": Text("scanner"),
    "buttons": Text("button box"),
    "store": Text("journal on disk"),
    "line file": Text("line file"),
    "data folder": Text("data folder"),
    "terminal": Text("terminal"),
    "sound": Text("sound"),
    "printer": Text("printer"),
    "sender": Text("sender of calls"),
    "secrets": Text("passwords of senders"),
}
PLUGGED = DEVICES | {"terminal", "printer", "sender"}  # many, each with its name; the others are what they are
COUNTS = {
    "frames": Text("read {n}"),
    "bytes": Text("bytes {n}"),
    "no_reads": Text("no-reads {n}"),
    "undecodable": Text("undecodable {n}"),
    "stale": Text("half codes {n}"),
    "noise": Text("noise {n}"),
    "overflows": Text("too long {n}"),
    "reconnects": Text("reconnects {n}"),
    "held_back": Text("held back {n}"),
    "undelivered": Text("not delivered {n}"),
    "printed": Text("printed {n}"),
    "waiting": Text("waiting {n}"),
    "not_printed": Text("not printed {n}"),
    "sent": Text("sent {n}"),
    "lost": Text("no room {n}"),
    "too_old": Text("too old {n}"),
    "overtaken": Text("over before {n}"),
    "refused": Text("refused {n}"),
    "unsaved": Text("not on disk {n}"),
    "unaddressed": Text("nobody to tell {n}"),
}


class PartFace(Struct, frozen=True, kw_only=True):
    """One part as a row shows it; `counts` are words already in order."""

    name: str
    kind: str
    where: str
    condition: Condition
    age: str
    days: int
    detail: str
    remedy: str
    counts: tuple[tuple[str, int], ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.condition in WELL


class HealthPage(QWidget):
    """Rows of at least 15 mm; those that do not fit follow when the page is touched."""

    def __init__(self, model: LineModel, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._ui = model, ui
        self._faces: tuple[PartFace, ...] = ()
        self._first = 0
        self._timer = NamedTimer(self, "health-tick", TICK_MS, self.refresh)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        model.reset.connect(self.refresh)
        model.updated.connect(self.refresh)
        ui.changed.connect(self.update)

    @Slot()
    def refresh(self) -> None:
        """Read the parts again."""
        if not self.isVisible():
            return
        now_us = self._model.now().at_us
        parts = sorted(self._model.health.values(), key=lambda part: (part.condition in WELL, part.kind, part.id))
        faces = tuple(self._face(part, now_us) for part in parts)
        if faces != self._faces:
            self._faces = faces
            if self._first >= len(faces):
                self._first = 0
            self.update()

    def _face(self, part: Health, now_us: int) -> PartFace:
        return PartFace(
            name=part.id,
            kind=part.kind,
            where=station_name(self._model.shop, part.station) if part.station else "",
            condition=part.condition,
            age=duration(now_us - part.since_us),
            days=max(0, now_us - part.since_us) // DAY_US,
            detail=part.detail,
            remedy=part.remedy,
            counts=tuple(sorted(part.counts.items())),
        )

    def _head_rect(self) -> QRectF:
        theme = self._ui.theme
        gap = theme.mm(GAP_MM)
        return QRectF(gap, gap * 0.5, self.width() - 2 * gap, theme.mm(HEAD_MM))

    def _rows(self) -> list[tuple[PartFace | None, QRectF]]:
        """The visible rows; None is "more"."""
        theme = self._ui.theme
        area = QRectF(self._head_rect().left(), self._head_rect().bottom(), self._head_rect().width(), 0)
        bottom = self.height() - theme.mm(GAP_MM)
        gap = theme.mm(1.2)
        found: list[tuple[PartFace | None, QRectF]] = []
        y = area.top()
        waiting = self._faces[self._first :]
        for index, face in enumerate(waiting):
            narrow = area.width() < theme.mm(NARROW_MM)
            height = theme.mm(ROW_MM if face.is_well else ROW_TALLER_MM if narrow else ROW_TALL_MM)
            last = index == len(waiting) - 1 and self._first == 0
            if found and y + height + (0 if last else theme.mm(ROW_MM) + gap) > bottom:
                break
            found.append((face, QRectF(area.left(), y, area.width(), height)))
            y += height + gap
        if len(found) < len(self._faces):
            found.append((None, QRectF(area.left(), bottom - theme.mm(ROW_MM), area.width(), theme.mm(ROW_MM))))
        return found

    def _paint_head(self, ink: Ink, rect: QRectF) -> None:
        wrong = sum(1 for face in self._faces if not face.is_well)
        side = ink.theme.type_px(Size.STATE)
        icon = Icon.TROUBLE if wrong else Icon.CHECK
        colour = ink.look.ink if wrong else ink.look.soft
        ink.icon(QRectF(rect.left(), rect.center().y() - side / 2, side, side), icon, colour)
        words = self._ui.tr("{n} need attention", n=wrong) if wrong else self._ui.tr("Everything is well")
        if wrong == 1:
            words = self._ui.tr("1 needs attention")
        right = self._ui.tr("Shopfloor {version}", version=__version__)
        width = ink.width(right, Size.NOTE) + 2
        room = rect.adjusted(side * 1.5, 0, -width - ink.theme.mm(3), 0)
        ink.text(room, words, size=Size.STATE, weight=Weight.SEMIBOLD, colour=colour)
        ink.text(
            QRectF(rect.right() - width, rect.top(), width, rect.height()),
            right,
            size=Size.NOTE,
            colour=ink.look.soft,
            side=Side.RIGHT,
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Head and rows."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(QRectF(self.rect()), ink.look.ground)
            self._paint_head(ink, self._head_rect())
            if not self._faces:
                words = self._ui.tr("No device has reported yet.")
                room = QRectF(self.rect())
                ink.text(room, words, size=Size.STATE, colour=ink.look.soft, side=Side.MIDDLE)
            for face, rect in self._rows():
                if face is None:
                    more = self._ui.tr("{count} in all. Touch for the others.", count=len(self._faces))
                    ink.text(rect, more, weight=Weight.SEMIBOLD, colour=ink.look.soft, side=Side.MIDDLE)
                else:
                    paint_part(ink, rect, face)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn to the rows that did not fit, then to the first again."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        shown = sum(1 for face, _ in self._rows() if face is not None)
        if shown < len(self._faces):
            self._first = 0 if self._first + shown >= len(self._faces) else self._first + shown
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Read, and go on reading."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden page costs nothing."""
        super().hideEvent(event)
        self._timer.stop()


def paint_part(ink: Ink, rect: QRectF, face: PartFace) -> None:
    """One part: shape and word, name and place, for how long, counters; below why and what to do."""
    theme, look = ink.theme, ink.look
    style = condition_look(face.condition, look)
    bad = not face.is_well
    ink.field(rect, look.panel, edge=look.ink if bad else look.edge, edge_mm=0.6 if bad else 0.25)
    pad = theme.mm(PAD_MM)
    upper = QRectF(rect.left() + pad, rect.top(), rect.width() - 2 * pad, min(rect.height(), theme.mm(ROW_MM)))
    side = theme.type_px(Size.STATE)
    ink.icon(QRectF(upper.left(), upper.center().y() - side / 2, side, side), style.icon, style.text)
    narrow = rect.width() < theme.mm(NARROW_MM)
    columns = _columns(upper.adjusted(side * 1.5, 0, 0, 0), (0.3, 0.5, 0.2, 0) if narrow else (0.22, 0.26, 0.17, 0.35))
    weight = Weight.BOLD if bad else Weight.SEMIBOLD
    if face.condition is Condition.VIRTUAL:
        # Nobody may take an emulated device for a real one.
        chip = columns[0].adjusted(0, upper.height() * 0.2, 0, -upper.height() * 0.2)
        words = ink.ui.tr("EMULATED")
        paint_chip(ink, chip, words, icon=None, fill=look.inverse, text=look.on_inverse)
    else:
        word = Text("in order") if face.condition is Condition.UP and face.kind not in PLUGGED else style.word
        ink.text(columns[0], ink.ui.say(word), size=Size.BODY, weight=weight, colour=style.text)
    counted = _counts(ink, face.counts)
    detail = "" if bad or counted else face.detail
    _paint_name(ink, columns[1], face, detail if narrow else "")
    since = ink.ui.tr("for {age}", age=face.age)
    if face.days:
        since = ink.ui.tr("for {days} d", days=face.days)
    ink.text(columns[2], since, size=Size.NOTE, colour=look.soft)
    if not narrow:
        words = counted or detail
        last = columns[3].adjusted(0, 0, -theme.mm(PAD_MM) * 0.5, 0)
        ink.text(last, words, size=Size.NOTE, colour=look.soft, side=Side.RIGHT, lines=2, may_cut=bool(detail))
    if bad:
        _paint_why(
            ink, QRectF(columns[0].left(), upper.bottom(), rect.right() - pad - columns[0].left(), 0), rect, face
        )


def _paint_name(ink: Ink, rect: QRectF, face: PartFace, detail: str) -> None:
    """What it is called; below it what it is and where. A part of which there is one is called what it is."""
    kind = ink.ui.say(KINDS.get(face.kind, data(face.kind)))
    many = face.kind in PLUGGED
    name = face.name if many else kind
    place = " · ".join(word for word in (kind if many else "", face.where, detail) if word)
    if not place:
        ink.text(rect, name, weight=Weight.SEMIBOLD)
        return
    half = rect.height() / 2
    ink.text(rect.adjusted(0, half * 0.12, 0, -half), name, weight=Weight.SEMIBOLD)
    below = rect.adjusted(0, half, 0, -half * 0.12)
    ink.text(below, place, size=Size.NOTE, colour=ink.look.soft, may_cut=bool(detail))


def _paint_why(ink: Ink, line: QRectF, rect: QRectF, face: PartFace) -> None:
    line.setBottom(rect.bottom() - ink.theme.mm(1.2))
    words = " ".join(word for word in (face.detail, face.remedy) if word)
    lines = max(1, int(line.height() * 1.1 // ink.line_height(Size.NOTE)))
    ink.text(line, words, size=Size.NOTE, lines=lines, top=True)


def _columns(rect: QRectF, shares: Sequence[float]) -> list[QRectF]:
    found = []
    x = rect.left()
    for share in shares:
        found.append(QRectF(x, rect.top(), rect.width() * share * 0.97, rect.height()))
        x += rect.width() * share
    return found


def _counts(ink: Ink, counts: Sequence[tuple[str, int]]) -> str:
    known = [(COUNTS.get(name, Text(name + " {n}")), number) for name, number in counts if number]
    # A number stays on the line of its name.
    return " · ".join(ink.ui.tr(text.template, n=number).replace(" ", "\u00a0") for text, number in known)
