"""What a page says about a set of durations, and whether a window of the line was stable."""

from collections.abc import Sequence

from msgspec import Struct

from shopfloor.flow.percentiles import nearest_ranks


class Summary(Struct, frozen=True):
    """Percentiles by nearest rank with n, in the unit of the values; `within`: share not above target, None without."""

    n: int
    p50: float
    p85: float
    p95: float
    within: float | None = None


class Window(Struct, frozen=True):
    """Little's law over a window, in the unit of the times.

    `wip` · length = Σ of each item's time inside the window, exactly (reference 2.2). The naive product
    `throughput` · `time_in_system` of what finished equals `wip` only if the window begins and ends empty;
    `gap` is its relative distance, a light for stability, not an error. None where nothing finished.
    """

    wip: float
    throughput: float
    time_in_system: float | None
    gap: float | None


def summary(values: Sequence[float], target: float | None = None) -> Summary:
    """Raises ValueError if there are no values."""
    p50, p85, p95 = nearest_ranks(values, (50, 85, 95))
    within = None if target is None else sum(1 for value in values if value <= target) / len(values)
    return Summary(len(values), p50, p85, p95, within)


def little(items: Sequence[tuple[float, float | None]], start: float, end: float) -> Window:
    """Items are (start, finish), finish None while open; the window is [start, end). Raises ValueError if it is empty.

    Throughput counts finishes in (start, end]: an item that ends with the window has spent its time in it.
    """
    if end <= start:
        raise ValueError(f"expected a window with an end after its start, got {start} to {end}")
    area = sum(max(0.0, min(end if b is None else b, end) - max(a, start)) for a, b in items)
    wip = area / (end - start)
    times = [b - a for a, b in items if b is not None and start < b <= end]
    throughput = len(times) / (end - start)
    if not times:
        return Window(wip, throughput, None, None)
    mean = sum(times) / len(times)
    return Window(wip, throughput, mean, throughput * mean / wip - 1)
