"""How much each of several things beside each other gets where all together have too little room."""

from collections.abc import Sequence


def squeeze(widths: Sequence[float], floors: Sequence[float], room: float) -> list[float]:
    """Widths that fit into the room if the floors do: the widest gives way first, so that short names stay whole."""
    found = list(widths)
    while sum(found) > room + 0.01:
        free = [at for at, width in enumerate(found) if width > floors[at] + 0.01]
        if not free:
            break
        widest = max(found[at] for at in free)
        lower = max((found[at] for at in free if found[at] < widest - 0.01), default=0.0)
        level = [at for at in free if found[at] > widest - 0.01]
        share = (sum(found) - room) / len(level)
        for at in level:
            found[at] = max(floors[at], lower, found[at] - share)
    return found
