"""The way to the stop as a bar: how much of it is gone, where a near-stop begins, and the stop at its end."""

from PySide6.QtCore import QRectF

from shopfloor.core.views import CallView
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink

BAR_MM = 1.6
TRACK_MM = 0.3  # thinner than what has gone: the two are told apart without colour
MARK_MM = 0.5


def gone_share(call: CallView) -> float | None:
    """How much of the time to the stop is gone, 0 to 1; None where there is no deadline or it has passed."""
    if call.left_us is None or call.deadline_us <= 0:
        return None
    return min(1.0, max(0.0, 1.0 - call.left_us / call.deadline_us))


def paint_deadline(ink: Ink, rect: QRectF, gone: float, *, near: float, colour: str) -> None:
    """A thin track that ends in a stop's square, thick as far as time has gone; a mark at the share `near`."""
    theme = ink.theme
    end = rect.height()
    way = rect.adjusted(0, 0, -end - theme.mm(0.5), 0)
    thin = theme.mm(TRACK_MM)
    ink.field(QRectF(way.left(), way.center().y() - thin / 2, way.width(), thin), colour, radius_mm=0)
    ink.field(QRectF(way.left(), way.top(), way.width() * gone, way.height()), colour, radius_mm=0)
    mark = theme.mm(MARK_MM)
    if gone < near < 1:
        at = way.left() + way.width() * near - mark / 2
        ink.field(QRectF(at, way.top(), mark, way.height()), colour, radius_mm=0)
    ink.icon(QRectF(rect.right() - end * 1.15, rect.center().y() - end * 0.75, end * 1.5, end * 1.5), Icon.STOP, colour)
