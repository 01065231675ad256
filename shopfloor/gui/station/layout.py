"""Where the parts of a station page stand, for every screen from 10 inch to a wall, upright or not."""

from msgspec import Struct
from PySide6.QtCore import QRect

from shopfloor.core.views import StationView
from shopfloor.gui.station.wip import GAUGES_MAX
from shopfloor.gui.strip import strip_height
from shopfloor.gui.theme import GAP_MM, ROW_MM, SEAM_MM, Theme

NOW_MM = 33.5  # what one card needs
FULL_WIP_MM = 18.0  # two rows of squares
HEAD_MM = 9.3  # a panel's heading and edges
NOW_SHARE = 0.55
SHEET_MM = 47.0  # a question and two rows of answers; where there is less it covers the verdict, too
STORE_MM = 33.5  # a store's heading, its places and one container
HINT_MM = 8.0  # a hint in one line; it gives way where what is made now would lose its room
GAUGE_MM = 12.5  # a row of squares with its title
CYCLES_MM = (15.0, 46.0)  # less is no plot, more is no better one
LIST_ROWS_MIN = 2  # the next card, and one more to come without a jump
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
    hint: QRect
    strip: QRect
    actions: QRect
    sheet: QRect


def plan_page(theme: Theme, page: QRect, view: StationView, *, actions_height: int, makes: bool) -> Plan:
    """Lay out a page. `makes`: the station is in a route; else it only takes from stores."""
    gap, strip = theme.mm(SEAM_MM), strip_height(theme, page.width())
    bottom = page.bottom() + 1
    actions = QRect(page.left(), bottom - actions_height, page.width(), actions_height)
    verdict = QRect(page.left(), actions.top() - theme.mm(GAP_MM) - strip, page.width(), strip)
    content = QRect(page.left(), page.top(), page.width(), max(1, verdict.top() - gap - page.top()))
    empty = QRect()
    whole, hint = content, empty
    if view.has_hints and content.height() >= theme.mm(NOW_MM + HINT_MM) + gap:
        content, hint = _cut(content, content.height() - theme.mm(HINT_MM) - gap, gap, across=False)
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
        hint=hint,
        strip=verdict,
        actions=actions,
        sheet=whole if whole.height() >= theme.mm(SHEET_MM) else whole.united(verdict),
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
    low = content.height() < theme.mm(NOW_MM + FULL_WIP_MM)
    share = 0.66 if not beside else 0.5 if low else 0.44 if stores == 1 else 0.38
    left = QRect(content.left(), content.top(), round(content.width() * share) - gap // 2, content.height())
    right = QRect(left.right() + 1 + gap, content.top(), content.width() - left.width() - gap, content.height())
    if beside:
        now, wip = _cut(left, round(left.width() * 0.54) if low else theme.mm(NOW_MM), gap, across=low)
        queue, store = _cut(
            right, round(right.width() * (0.48 if stores == 1 else 0.38 if low else 0.36)), gap, across=True
        )
        return _Parts(now, wip, queue, QRect(), _grid(store, stores, gap))
    upper, cycles = _split_off_cycles(theme, left, view)
    now, wip = _cut(upper, round(upper.width() * NOW_SHARE), gap, across=True)
    if not stores:
        return _Parts(now, wip, right, cycles, ())
    queue, store = _cut(right, right.height() // 2, gap, across=False)
    return _Parts(now, wip, queue, cycles, _grid(store, stores, gap))


def _cut(area: QRect, at: int, gap: int, *, across: bool) -> tuple[QRect, QRect]:
    """Two parts with a gap between, the first `at` pixels wide (`across`; at most 60 %) or high."""
    if across:
        first = min(at, round(area.width() * 0.6))
        return (
            QRect(area.left(), area.top(), first, area.height()),
            QRect(area.left() + first + gap, area.top(), area.width() - first - gap, area.height()),
        )
    return (
        QRect(area.left(), area.top(), area.width(), at),
        QRect(area.left(), area.top() + at + gap, area.width(), area.height() - at - gap),
    )


def _split_off_cycles(theme: Theme, left: QRect, view: StationView) -> tuple[QRect, QRect]:
    """The upper part and the plot below it; what is in process has its room first."""
    gap = theme.mm(SEAM_MM)
    count = len(view.in_process)
    least, most = (theme.mm(mm) for mm in CYCLES_MM)
    need = theme.mm(NOW_MM) if count <= 1 else theme.mm(HEAD_MM + ROW_MM * count)
    free = left.height() - gap - need
    if free < least:
        return left, QRect()
    height = min(most, least + round((free - least) * 0.55))
    upper = QRect(left.left(), left.top(), left.width(), left.height() - height - gap)
    return upper, QRect(left.left(), upper.bottom() + 1 + gap, left.width(), height)


def _upright(theme: Theme, content: QRect, view: StationView, *, makes: bool) -> _Parts:
    gap = theme.mm(SEAM_MM)
    stores = len(view.stores_before)
    empty = QRect()
    if not makes:
        now, below = _stack(content, [0.2, 0.8], gap)
        return _Parts(now, empty, empty, empty, _grid(below, stores, gap, across=1))
    gauges = 1 + len(view.lanes_after) + len(view.stores_after)
    wip = theme.mm(GAUGE_MM * min(gauges, GAUGES_MAX) + 2) / max(1, content.height())
    rest = max(0.3, 1.0 - wip)
    shares = (
        [rest * 0.28, wip, rest * 0.27, rest * 0.3, rest * 0.15]
        if stores
        else [rest * 0.36, wip, rest * 0.44, rest * 0.2]
    )
    heights = [round((content.height() - gap * (len(shares) - 1)) * share) for share in shares]
    if stores and (lacks := theme.mm(STORE_MM) * -(-stores // ACROSS_MAX) - heights[3]) > 0:
        if heights[4] - lacks < theme.mm(CYCLES_MM[0]):
            heights[3] += heights.pop() + gap  # no room for the plot: what is taken next is worth more
        else:
            heights[3:] = [heights[3] + lacks, heights[4] - lacks]
    _round_rows(theme, heights, view, has_cycles=len(heights) == len(shares))
    rects = _piles(content, heights, gap)
    store = _grid(rects[3], stores, gap) if stores else ()
    return _Parts(rects[0], rects[1], rects[2], rects[-1] if len(rects) == len(shares) else empty, store)


def _round_rows(theme: Theme, heights: list[int], view: StationView, *, has_cycles: bool) -> None:
    """Let what is made now (the first) have what the list (the third) has no rows for, and the list whole rows.

    The list gets what it lacks for one more row from what is made now and from the plot, if they can spare it.
    """
    head, row = theme.mm(HEAD_MM), theme.mm(ROW_MM)
    count = len(view.in_process)
    need = theme.mm(NOW_MM) if count <= 1 else head + row * count
    given = max(0, min(need - heights[0], heights[2] - head - row * max(LIST_ROWS_MIN, len(view.next))))
    heights[0] += given
    heights[2] -= given
    shown = max(0, (heights[2] - head) // row)
    lacks = head + row * (shown + 1) - heights[2]
    spare = {0: heights[0] - need}
    if has_cycles:
        spare[len(heights) - 1] = heights[-1] - theme.mm(CYCLES_MM[0])
    if shown >= len(view.next) or lacks > sum(max(0, free) for free in spare.values()):
        return
    heights[2] += lacks
    for at, free in spare.items():
        taken = min(lacks, max(0, free))
        heights[at] -= taken
        lacks -= taken


def _stack(area: QRect, shares: list[float], gap: int) -> list[QRect]:
    free = area.height() - gap * (len(shares) - 1)
    return _piles(area, [round(free * share) for share in shares], gap)


def _piles(area: QRect, heights: list[int], gap: int) -> list[QRect]:
    rects, top = [], area.top()
    for height in heights:
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
