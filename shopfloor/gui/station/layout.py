"""Where the parts of a station page stand, for every screen from 10 inch to a wall, upright or not."""

from msgspec import Struct
from PySide6.QtCore import QRect

from shopfloor.core.views import StationView
from shopfloor.gui.strip import STRIP_MM
from shopfloor.gui.theme import GAP_MM, ROW_MM, SEAM_MM, Theme

NOW_MM = 33.0  # what one card needs
HEAD_MM = 8.0  # a panel's heading and edges
CYCLES_MM = (15.0, 46.0)  # less is no plot, more is no better one
NARROW_MM = 175.0  # less width stacks the panels
TALL_MM = 74.0  # from this height on a store stands below the list instead of beside it
ACROSS_MAX = 3  # stores side by side


class Plan(Struct, frozen=True, kw_only=True):
    """One rectangle a part; an empty one is not shown."""

    now: QRect
    wip: QRect
    next: QRect
    cycles: QRect
    stores: tuple[QRect, ...]
    strip: QRect
    actions: QRect
    sheet: QRect


def plan_page(theme: Theme, page: QRect, view: StationView, *, actions_height: int, makes: bool) -> Plan:
    """Lay out a page. `makes`: the station is in a route; else it only takes from stores."""
    gap, strip = theme.mm(SEAM_MM), theme.mm(STRIP_MM)
    bottom = page.bottom() + 1
    actions = QRect(page.left(), bottom - actions_height, page.width(), actions_height)
    verdict = QRect(page.left(), actions.top() - theme.mm(GAP_MM) - strip, page.width(), strip)
    content = QRect(page.left(), page.top(), page.width(), max(1, verdict.top() - gap - page.top()))
    empty = QRect()
    if page.width() < theme.mm(NARROW_MM) or page.height() > page.width():
        parts = _upright(theme, content, view, makes=makes)
    elif makes:
        parts = _making(theme, content, view)
    else:
        side = round(content.width() * 0.3)
        right = QRect(content.left() + side + gap, content.top(), content.width() - side - gap, content.height())
        now = QRect(content.left(), content.top(), side, content.height())
        parts = _Parts(now, empty, empty, empty, _grid(right, len(view.stores_before), gap))
    return Plan(
        now=parts.now,
        wip=parts.wip,
        next=parts.next,
        cycles=parts.cycles,
        stores=parts.stores,
        strip=verdict,
        actions=actions,
        sheet=content,
    )


class _Parts(Struct, frozen=True):
    now: QRect
    wip: QRect
    next: QRect
    cycles: QRect
    stores: tuple[QRect, ...]


def _making(theme: Theme, content: QRect, view: StationView) -> _Parts:
    gap = theme.mm(SEAM_MM)
    stores = len(view.stores_before)
    beside = stores > 0 and content.height() < theme.mm(TALL_MM)
    share = 0.5 if beside else 0.66
    left = QRect(content.left(), content.top(), round(content.width() * share) - gap // 2, content.height())
    right = QRect(left.right() + 1 + gap, content.top(), content.width() - left.width() - gap, content.height())
    upper, cycles = _split_off_cycles(theme, left, view)
    now_width = round(upper.width() * (0.56 if beside else 0.6)) - gap // 2
    now = QRect(upper.left(), upper.top(), now_width, upper.height())
    wip = QRect(now.right() + 1 + gap, upper.top(), upper.width() - now_width - gap, upper.height())
    if not stores:
        return _Parts(now, wip, right, cycles, ())
    if beside:
        half = (right.width() - gap) // 2
        queue = QRect(right.left(), right.top(), half, right.height())
        store = QRect(queue.right() + 1 + gap, right.top(), right.width() - half - gap, right.height())
    else:
        half = (right.height() - gap) // 2
        queue = QRect(right.left(), right.top(), right.width(), half)
        store = QRect(right.left(), queue.bottom() + 1 + gap, right.width(), right.height() - half - gap)
    return _Parts(now, wip, queue, cycles, _grid(store, stores, gap))


def _split_off_cycles(theme: Theme, left: QRect, view: StationView) -> tuple[QRect, QRect]:
    """The upper part and the plot below it, if what is in process leaves room for one."""
    gap = theme.mm(SEAM_MM)
    count = len(view.in_process)
    need = theme.mm(NOW_MM) if count <= 1 else theme.mm(HEAD_MM + ROW_MM * count)
    least, most = (theme.mm(mm) for mm in CYCLES_MM)
    if theme.mm(NOW_MM) + gap + least > left.height():
        return left, QRect()
    height = min(most, max(least, left.height() - gap - need, round(left.height() * 0.32)))
    height = min(height, round(left.height() * 0.42))
    if height < least or (count > 1 and left.height() - gap - least < need and left.height() >= need):
        return left, QRect()
    upper = QRect(left.left(), left.top(), left.width(), left.height() - height - gap)
    return upper, QRect(left.left(), upper.bottom() + 1 + gap, left.width(), height)


def _upright(theme: Theme, content: QRect, view: StationView, *, makes: bool) -> _Parts:
    gap = theme.mm(SEAM_MM)
    stores = len(view.stores_before)
    empty = QRect()
    if not makes:
        shares = [0.2, 0.8]
        now, rest = _stack(content, shares, gap)
        return _Parts(now, empty, empty, empty, _grid(rest, stores, gap, across=1))
    shares = [0.26, 0.16, 0.26, 0.16, 0.16] if stores else [0.3, 0.2, 0.34, 0.16]
    rects = _stack(content, shares, gap)
    now, wip, queue = rects[0], rects[1], rects[2]
    store = _grid(rects[3], stores, gap) if stores else ()
    return _Parts(now, wip, queue, rects[-1], store)


def _stack(area: QRect, shares: list[float], gap: int) -> list[QRect]:
    free = area.height() - gap * (len(shares) - 1)
    rects, top = [], area.top()
    for share in shares:
        height = round(free * share)
        rects.append(QRect(area.left(), top, area.width(), height))
        top += height + gap
    return rects


def _grid(area: QRect, count: int, gap: int, *, across: int = ACROSS_MAX) -> tuple[QRect, ...]:
    if not count:
        return ()
    across = min(across, count)
    down = -(-count // across)
    width, height = (area.width() - gap * (across - 1)) // across, (area.height() - gap * (down - 1)) // down
    return tuple(
        QRect(area.left() + (at % across) * (width + gap), area.top() + (at // across) * (height + gap), width, height)
        for at in range(count)
    )
