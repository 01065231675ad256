"""Our own shapes, drawn as paths: a font glyph may be missing, a path never is."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF, QTransform


class Icon(StrEnum):
    """Shapes by meaning; every state has its own outline, so that it survives greyscale."""

    CALL = "call"
    STOP = "stop"
    RUNNING = "running"
    IDLE = "idle"
    LOST = "lost"
    RESTARTING = "restarting"
    BLOCKED = "blocked"
    STARVED = "starved"
    CHECK = "check"
    CROSS = "cross"
    REPEAT = "repeat"
    UNDO = "undo"
    PERSON = "person"
    ARROW = "arrow"
    BACK = "back"
    MORE = "more"
    HOLD = "hold"
    SEARCH = "search"
    WITHDRAW = "withdraw"
    PLACE = "place"
    VIRTUAL = "virtual"
    TROUBLE = "trouble"
    ASK = "ask"
    RULE = "rule"
    CONTACT = "contact"


def draw_icon(painter: QPainter, rect: QRectF, icon: Icon, colour: str) -> None:
    """Draw the shape as large as fits into the middle of `rect`."""
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.scale(side / 100, side / 100)
    if icon is Icon.LOST:
        pen = QPen(QColor(colour), 13)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([1.2, 0.85])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(16, 16, 68, 68))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(colour)))
        painter.drawPath(icon_path(icon))
    painter.restore()


def icon_path(icon: Icon) -> QPainterPath:
    """The shape in a square of 100."""
    path = _PATHS.get(icon)
    if path is None:
        path = _BUILDERS[icon]()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        _PATHS[icon] = path
    return path


_PATHS: dict[Icon, QPainterPath] = {}


def _poly(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _stroke(path: QPainterPath, width: float = 14, *, round_cap: bool = False) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap if round_cap else Qt.PenCapStyle.FlatCap)
    return stroker.createStroke(path).simplified()


def _lines(*points: tuple[float, float], width: float = 14) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        path.lineTo(x, y)
    return _stroke(path, width)


def _circle(x: float, y: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), radius, radius)
    return path


def _box(x: float, y: float, width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(x, y, width, height))
    return path


def _call() -> QPainterPath:
    return _poly((50, 10), (94, 88), (6, 88))


def _restarting() -> QPainterPath:
    arc = QPainterPath()
    arc.arcMoveTo(QRectF(20, 20, 60, 60), 60)
    arc.arcTo(QRectF(20, 20, 60, 60), 60, 270)
    return _stroke(arc, 13).united(_poly((46, 4), (80, 20), (50, 42)))


def _blocked() -> QPainterPath:
    return _poly((8, 26), (46, 50), (8, 74)).united(_box(60, 14, 28, 72))


def _starved() -> QPainterPath:
    """An empty tray: what is missing is what should lie in it."""
    return _tray().united(_box(43, 8, 14, 34)).united(_poly((24, 36), (76, 36), (50, 68)))


def _undo() -> QPainterPath:
    arc = QPainterPath(QPointF(30, 36))
    arc.lineTo(62, 36)
    arc.arcTo(QRectF(42, 36, 46, 46), 90, -180)
    arc.lineTo(38, 82)
    return _stroke(arc, 13).united(_poly((6, 36), (38, 12), (38, 60)))


def _person() -> QPainterPath:
    shoulders = QPainterPath(QPointF(12, 94))
    shoulders.arcTo(QRectF(12, 54, 76, 80), 180, -180)
    shoulders.closeSubpath()
    return _circle(50, 29, 21).united(shoulders)


def _arrow() -> QPainterPath:
    return _box(8, 43, 52, 14).united(_poly((56, 22), (94, 50), (56, 78)))


def _back() -> QPainterPath:
    return _box(40, 43, 52, 14).united(_poly((44, 22), (6, 50), (44, 78)))


def _hold() -> QPainterPath:
    return _box(22, 14, 20, 72).united(_box(58, 14, 20, 72))


def _search() -> QPainterPath:
    ring = QPainterPath()
    ring.addEllipse(QPointF(42, 42), 26, 26)
    return _stroke(ring, 12).united(_lines((60, 60), (90, 90), width=15))


def _tray() -> QPainterPath:
    return _lines((12, 50), (12, 84), (88, 84), (88, 50), width=13)


def _withdraw() -> QPainterPath:
    """Out of the tray: the opposite of waiting for something to come into it."""
    return _tray().united(_box(43, 30, 14, 36)).united(_poly((24, 38), (76, 38), (50, 6)))


def _place() -> QPainterPath:
    """A pin on a map: somebody is there."""
    pin = _circle(50, 38, 30).united(_poly((23, 51), (77, 51), (50, 96)))
    return pin.subtracted(_circle(50, 38, 12))


def _repeat() -> QPainterPath:
    return _box(14, 28, 72, 14).united(_box(14, 58, 72, 14))


def _trouble() -> QPainterPath:
    sign = _poly((50, 6), (94, 50), (50, 94), (6, 50))
    return sign.subtracted(_box(44, 26, 12, 32)).subtracted(_box(44, 64, 12, 12))


def _virtual() -> QPainterPath:
    outer = _poly((50, 10), (90, 50), (50, 90), (10, 50))
    return outer.subtracted(_poly((50, 30), (70, 50), (50, 70), (30, 50)))


def _more() -> QPainterPath:
    return _circle(20, 50, 11).united(_circle(50, 50, 11)).united(_circle(80, 50, 11))


def _cross() -> QPainterPath:
    return _lines((17, 17), (83, 83), width=19).united(_lines((83, 17), (17, 83), width=19))


def _idle() -> QPainterPath:
    ring = QPainterPath()
    ring.addEllipse(QPointF(50, 50), 31, 31)
    return _stroke(ring, 11)


def _ask() -> QPainterPath:
    """A question mark."""
    hook = QPainterPath(QPointF(26, 36))
    hook.arcTo(QRectF(26, 14, 48, 44), 180, -250)
    hook.lineTo(50, 70)
    return _stroke(hook, 14).united(_box(42, 78, 16, 16))


def _rule() -> QPainterPath:
    """A cog: the program itself."""
    cog = _circle(50, 50, 30)
    for turn in range(8):
        tooth = QTransform().translate(50, 50).rotate(turn * 45).map(_box(-8, -45, 16, 20))
        cog = cog.united(tooth)
    return cog.subtracted(_circle(50, 50, 13))


def _contact() -> QPainterPath:
    """An open switch between two poles."""
    poles = _circle(20, 66, 12).united(_circle(80, 66, 12))
    return poles.united(_lines((20, 66), (74, 26), width=12))


_BUILDERS: dict[Icon, Callable[[], QPainterPath]] = {
    Icon.CALL: _call,
    Icon.STOP: lambda: _box(12, 12, 76, 76),
    Icon.RUNNING: lambda: _circle(50, 50, 36),
    Icon.IDLE: _idle,
    Icon.LOST: _idle,
    Icon.RESTARTING: _restarting,
    Icon.BLOCKED: _blocked,
    Icon.STARVED: _starved,
    Icon.CHECK: lambda: _lines((10, 52), (38, 80), (90, 20), width=18),
    Icon.CROSS: _cross,
    Icon.REPEAT: _repeat,
    Icon.UNDO: _undo,
    Icon.PERSON: _person,
    Icon.ARROW: _arrow,
    Icon.BACK: _back,
    Icon.MORE: _more,
    Icon.HOLD: _hold,
    Icon.SEARCH: _search,
    Icon.WITHDRAW: _withdraw,
    Icon.PLACE: _place,
    Icon.VIRTUAL: _virtual,
    Icon.TROUBLE: _trouble,
    Icon.ASK: _ask,
    Icon.RULE: _rule,
    Icon.CONTACT: _contact,
}
