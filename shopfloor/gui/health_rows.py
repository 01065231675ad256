"""Paints a part of a terminal as a row: how it is, since when, its tests and counters, why and what to do."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.health import Condition
from shopfloor.core.lamp_views import LampResult, LampTestView
from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.gui.health_words import COUNTS, KINDS, PLUGGED, RESULTS
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import paint_chip
from shopfloor.gui.states import condition_look
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import PAD_MM, ROW_MM, Size, Weight

MEMBER = "member"  # the kind of a row that shows another terminal of the line
HEARD = {Condition.UP: Text("heard"), Condition.LOST: Text("silent")}
DAY_US = 24 * 3600 * US_PER_S
WELL = frozenset({Condition.UP, Condition.VIRTUAL, Condition.NEW})
COUNTS_MAX = 3  # so many fit beside each other in every language
NARROW_MM = 170.0  # below this the counters stand under the words


class PartFace(Struct, frozen=True, kw_only=True):
    """One part as a row shows it; `counts` are words already in order, `facts` come before them."""

    name: str
    kind: str
    where: str
    condition: Condition
    age: str
    days: int
    detail: str
    remedy: str
    counts: tuple[tuple[str, int], ...]
    test: LampTestView | None = None
    tested: Text = Text("")
    facts: tuple[Text, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.condition in WELL and self.fault is None

    @property
    def fault(self) -> Text | None:
        """What is wrong with a part that says itself that it is well."""
        if self.test is None or self.condition not in WELL:
            return None
        if self.test.result is LampResult.FAILED:
            return Text("test failed")
        return Text("not tested") if self.test.overdue else None


def tested_words(test: LampTestView, now_us: int, zone: tzinfo) -> Text:
    """What came of a test and when: at what time today, or on which day."""
    local = datetime.fromtimestamp(test.at_us / US_PER_S, zone)
    today = datetime.fromtimestamp(now_us / US_PER_S, zone).date()
    when = local.strftime("%H:%M") if local.date() == today else local.date().isoformat()
    return Text(RESULTS[test.result].template, {"when": when})


def paint_part(ink: Ink, rect: QRectF, face: PartFace) -> None:
    """One part: shape and word, name and place, for how long, counters; below why and what to do."""
    theme, look = ink.theme, ink.look
    style = condition_look(Condition.TROUBLE if face.fault else face.condition, look)
    bad = not face.is_well
    ink.field(rect, look.panel, edge=look.ink if bad else look.edge, edge_mm=0.6 if bad else 0.25)
    pad = theme.mm(PAD_MM)
    upper = QRectF(rect.left() + pad, rect.top(), rect.width() - 2 * pad, min(rect.height(), theme.mm(ROW_MM)))
    side = theme.type_px(Size.STATE)
    ink.icon(QRectF(upper.left(), upper.center().y() - side / 2, side, side), style.icon, style.text)
    narrow = rect.width() < theme.mm(NARROW_MM)
    columns = _columns(
        upper.adjusted(side * 1.5, 0, 0, 0), (0.3, 0.48, 0.22, 0) if narrow else (0.22, 0.26, 0.17, 0.35)
    )
    weight = Weight.BOLD if bad else Weight.SEMIBOLD
    if face.condition is Condition.VIRTUAL and face.fault is None:
        # Nobody may take an emulated device for a real one.
        chip = columns[0].adjusted(0, upper.height() * 0.2, 0, -upper.height() * 0.2)
        words = ink.ui.tr("EMULATED")
        paint_chip(ink, chip, words, icon=None, fill=look.inverse, text=look.on_inverse)
    else:
        word = Text("in order") if face.condition is Condition.UP and face.kind not in PLUGGED else style.word
        word = face.fault or (HEARD.get(face.condition, word) if face.kind == MEMBER else word)
        ink.text(columns[0], ink.ui.say(word), size=Size.BODY, weight=weight, colour=style.text)
    facts = " · ".join(ink.ui.say(fact).replace(" ", "\u00a0") for fact in face.facts)
    said = (ink.ui.say(face.tested), facts, _counts(ink, face.counts))
    counted = " · ".join(words for words in said if words)
    detail = "" if bad or counted else face.detail
    if narrow and not face.age:
        columns[1].setRight(columns[2].right())
    _paint_name(ink, columns[1], face, (said[0] or facts or detail) if narrow else "")
    since = ink.ui.tr("for {age}", age=face.age) if face.age else ""
    if face.days:
        since = ink.ui.tr("for {days} d", days=face.days)
    ink.text(columns[2], since, size=Size.NOTE, colour=look.soft, lines=2)
    if not narrow:
        words = counted or detail
        last = columns[3].adjusted(0, 0, -theme.mm(PAD_MM) * 0.5, 0)
        # A long folder, or more counters than a row has room for: the first of them say enough.
        parts = bool(said[0]) + sum(1 for _, number in face.counts if number)
        cut = bool(detail) or (parts > COUNTS_MAX and not facts)
        ink.text(last, words, size=Size.NOTE, colour=look.soft, side=Side.RIGHT, lines=2, may_cut=cut)
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
    if face.fault is not None:
        words = ink.ui.tr("Nobody knows whether it works. Check its cable, then test it and look at it.")
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
