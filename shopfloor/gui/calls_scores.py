"""The scoreboard of the alarm system as rows: the figure, what it is beside its target, and the rule it is made by."""

from fractions import Fraction

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.names import station_name
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.flow.andon.few import FewCalls, Quiet
from shopfloor.flow.andon.isa import EemuaLevel, Judgement, Score, Scoreboard
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink
from shopfloor.gui.row_list import Row
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import PAD_MM, Size, Theme, Weight
from shopfloor.gui.ui import Ui

NAME_SHARE, VERDICT_SHARE = 0.22, 0.17
VERDICT_MM = 45.0  # a shape and a word
RULE_LINES_MAX = 12
LEAST_MM = 15.0
_VERDICTS = {
    Judgement.ACCEPTABLE: (Icon.CHECK, Text("acceptable")),
    Judgement.MANAGEABLE: (Icon.HOLD, Text("manageable")),
    Judgement.OFF_TARGET: (Icon.TROUBLE, Text("off target")),
    Judgement.NOT_JUDGED: (Icon.IDLE, Text("not judged")),
}
_QUIET = {
    Quiet.TOO_FEW: (Icon.TROUBLE, Text("too few")),
    Quiet.AS_EXPECTED: (Icon.CHECK, Text("as expected")),
    Quiet.NOT_JUDGED: (Icon.IDLE, Text("not judged")),
}
_LEVELS = {
    EemuaLevel.PREDICTIVE: Text("predictive"),
    EemuaLevel.ROBUST: Text("robust"),
    EemuaLevel.STABLE: Text("stable"),
    EemuaLevel.REACTIVE: Text("reactive"),
    EemuaLevel.OVERLOADED: Text("overloaded"),
}


class ScoreRow(Struct, frozen=True, kw_only=True):
    """One figure. A `loud` one is beyond its target."""

    key: str
    label: Text
    number: Text
    icon: Icon
    verdict: Text
    rule: Text
    loud: bool = False

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """Label, number, verdict, rule."""
        del chosen
        _paint(ink, rect, self)

    def other(self, before: Row, rect: QRectF) -> QRectF:
        """All of it."""
        del before
        return rect

    def height(self, ui: Ui, width: float) -> float:
        """Pixels it needs: as many lines as its rule has."""
        ink = Ink.measuring(ui)
        rule = ink.height_of(ui.say(self.rule), _rule_width(ui.theme, width), Size.NOTE)
        label = ink.height_of(ui.say(self.label), _name_width(ui.theme, width), Size.NOTE, Weight.BOLD)
        return max(ui.theme.mm(LEAST_MM), max(rule, label) + ui.theme.mm(PAD_MM))


def score_rows(shop: Shop, board: Scoreboard, few: tuple[FewCalls, ...]) -> tuple[ScoreRow, ...]:
    """What is beyond its target first, then in the order of the standard; the stations last."""
    level = ScoreRow(
        key="level",
        label=Text("Level of the alarm system"),
        number=data(""),
        icon=Icon.TROUBLE if board.level in _BAD else Icon.CHECK if board.level else Icon.IDLE,
        verdict=_LEVELS[board.level] if board.level else Text("no call, no level"),
        rule=board.level_rule,
        loud=board.level in _BAD,
    )
    rows = (level, *(_score(score) for score in board.scores), *(_station(shop, one) for one in few))
    return tuple(sorted(rows, key=lambda row: not row.loud))


def number_words(number: Fraction | None, unit: str) -> Text:
    """A figure with its unit, no more digits than it has sense."""
    if number is None:
        return data("–")
    value = float(number)
    words = str(round(value)) if number.denominator == 1 or abs(value) >= 100 else f"{value:.1f}"
    return data(f"{words} {unit}".strip())


def _score(score: Score) -> ScoreRow:
    icon, word = _VERDICTS[score.verdict]
    return ScoreRow(
        key=score.name,
        label=score.label,
        number=number_words(score.number, score.unit),
        icon=icon,
        verdict=word,
        rule=score.rule,
        loud=score.verdict is Judgement.OFF_TARGET,
    )


def _station(shop: Shop, few: FewCalls) -> ScoreRow:
    icon, word = _QUIET[few.verdict]
    expected = "" if few.expected is None else f" / {float(few.expected):.1f}"
    return ScoreRow(
        key=f"few {few.station}",
        label=Text("Calls by people: {station}", {"station": station_name(shop, few.station)}),
        number=data(f"{few.calls}{expected}"),
        icon=icon,
        verdict=word,
        rule=few.rule,
        loud=few.verdict is Quiet.TOO_FEW,
    )


_BAD = frozenset({EemuaLevel.REACTIVE, EemuaLevel.OVERLOADED})


def _name_width(theme: Theme, width: float) -> float:
    pad = theme.mm(PAD_MM)
    return float(max(10.0, (width - 2 * pad) * NAME_SHARE - pad))


def _rule_width(theme: Theme, width: float) -> float:
    pad = theme.mm(PAD_MM)
    return float(max(10.0, (width - 2 * pad) * (1 - NAME_SHARE) - _verdict_width(theme, width) - pad * 2))


def _verdict_width(theme: Theme, width: float) -> float:
    return float(max(theme.mm(VERDICT_MM), width * VERDICT_SHARE))


def _paint(ink: Ink, rect: QRectF, row: ScoreRow) -> None:
    theme, look = ink.theme, ink.look
    edge = look.ink if row.loud else look.edge
    ink.field(rect, look.panel, edge=edge, edge_mm=0.6 if row.loud else 0.25)
    pad = theme.mm(PAD_MM)
    inner = rect.adjusted(pad, 1, -pad, -1)
    name = QRectF(inner.left(), inner.top(), _name_width(theme, rect.width()), inner.height())
    middle = QRectF(name.right() + pad, inner.top(), _verdict_width(theme, rect.width()), inner.height())
    rule = QRectF(middle.right() + pad, inner.top(), _rule_width(theme, rect.width()), inner.height())
    weight = Weight.BOLD if row.loud else Weight.SEMIBOLD
    ink.text(name, ink.ui.say(row.label), size=Size.NOTE, weight=weight, lines=6)
    number = ink.ui.say(row.number)
    note = ink.line_height(Size.NOTE)
    high = (ink.line_height(Size.BODY) if number else 0.0) + note
    top = middle.top() + (middle.height() - high) / 2
    if number:
        ink.text(QRectF(middle.left(), top, middle.width(), high - note), number, weight=Weight.BOLD)
    side = theme.type_px(Size.NOTE) * 0.9
    below = QRectF(middle.left(), top + high - note, middle.width(), note)
    colour = look.ink if row.loud else look.soft
    ink.icon(QRectF(below.left(), below.center().y() - side / 2, side, side), row.icon, colour)
    ink.text(below.adjusted(side * 1.4, 0, 0, 0), ink.ui.say(row.verdict), size=Size.NOTE, weight=weight)
    ink.text(rule, ink.ui.say(row.rule), size=Size.NOTE, colour=look.soft, lines=RULE_LINES_MAX)
