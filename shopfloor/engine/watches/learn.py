"""What is usual at a station, read from its history: the same after every restart."""

from collections.abc import Iterator

import msgspec

from shopfloor.core.events import LineChanged
from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.ports import History
from shopfloor.flow.cycle_watch import Pace, standard
from shopfloor.flow.digest import Cycle, read_figure

LATEST = 200  # more than any run looks back
CHANGES_MAX = 500  # line files looked through for the one that set the standard: years of planned changes
FIGURES_MAX = 20_000  # a kind of work that is not usual after so many completions is too rare to be judged
_NEVER_US = 1 << 62
_DAY_US = 24 * 3600 * US_PER_S


def learn(history: History, line: Line, station: str) -> tuple[Pace, int]:
    """The pace of a station, and the journal number up to which it knows the figures."""
    since_us = _rebased_us(history, line, station)
    pace = Pace()
    latest = history.digest("cycle", station, since_us=since_us, last=LATEST)
    if len(latest) == LATEST:
        for figure in _first(history, station, since_us, latest[0].at_us, pace):
            pace.add(figure)
        pace.gap()
    for row in latest:
        pace.add(read_figure(row, Cycle))
    return pace, latest[-1].n if latest else 0


def _first(history: History, station: str, since_us: int, until_us: int, pace: Pace) -> Iterator[Cycle]:
    """The figures from the re-base on, until every kind of work is known; the more the longer it takes."""
    read, width_us = 0, _DAY_US
    while since_us < until_us and read < FIGURES_MAX and not pace.complete:
        end_us = min(since_us + width_us, until_us)
        body = history.bodies("cycle", station, since_us=since_us, until_us=end_us)
        for figure in msgspec.json.decode(body, type=list[Cycle]):
            read += 1
            yield figure
        since_us, width_us = end_us, 2 * width_us


def _rebased_us(history: History, line: Line, station: str) -> int:
    """Since when the station's standard is what it is now."""
    wanted = standard(line, station)
    since_us = _NEVER_US
    for row in reversed(history.digest("line", line.id, last=CHANGES_MAX)):
        found = next(iter(history.events(after=row.n - 1, limit=1)), None)
        if found is None or not isinstance(found.event, LineChanged):
            break
        if standard(found.event.line, station) != wanted:
            break
        since_us = row.at_us
    return since_us
