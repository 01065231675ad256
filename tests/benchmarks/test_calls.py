"""What the figures of calls cost on a journal with a hundred thousand of them: asserted as ratios, printed as times."""

import random
from collections.abc import Iterator

import msgspec
import pytest

from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.line import Line, Reason, Shift, Station
from shopfloor.core.line_andon import CallKind, Cause, Scope
from shopfloor.core.moment import Moment, Now
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.figures import AndonFigures, read_figures
from shopfloor.flow.andon.packed import CALL_TIMES, packed
from shopfloor.flow.andon.record import CALLS, CallRecord, decode_calls
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from tests.benchmarks.measure import at, spread, times
from tests.benchmarks.table import row
from tests.helpers.call_records import S, a_record
from tests.helpers.scale import scaled

COUNT = 100_000
RUNS = scaled(5, 50)
LISTED = 200  # what a page shows of them
TENFOLD_MAX = 25  # ten times the calls; the days of the calendar are the rest
T0 = 1_767_600_000 * S
EACH_US = 90 * S
ALL = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LINE = Line(
    id="gearbox",
    name="Gearbox line",
    timezone="Europe/Berlin",
    takt_s=60,
    stations=tuple(Station(id=f"s{n}", name=f"Station {n}", segment="a" if n < 6 else "b") for n in range(12)),
    reasons=tuple(Reason(id=f"r{n}", name=f"Reason {n}", parent="r0" if 0 < n < 4 else "") for n in range(10)),
    causes=tuple(Cause(id=f"c{n}", name=f"Cause {n}") for n in range(15)),
    shifts=(
        Shift(name="early", start="06:00", end="14:00", days=ALL, breaks=(("09:00", "09:15"),)),
        Shift(name="late", start="14:00", end="22:00", days=ALL, breaks=(("18:00", "18:30"),)),
    ),
)


def calls() -> Iterator[CallRecord]:
    """A pull every 90 s; every fourth stops something, half of those at once."""
    chance = random.Random(7)
    for n in range(COUNT):
        raised_us, for_us = T0 + n * EACH_US + chance.randrange(EACH_US), chance.randrange(5 * S, 400 * S)
        stops = chance.random() < 0.25
        after_us = chance.choice((0, for_us // 3))
        yield a_record(
            raised_us,
            for_us,
            id=f"press-1~0/{n}",
            station=f"s{chance.randrange(12)}",
            reason=f"r{chance.randrange(10)}",
            cause=f"c{chance.randrange(15)}",
            raised_kind=CallKind.HELP if after_us or not stops else CallKind.STOP,
            kind=CallKind.STOP if stops else CallKind.HELP,
            scope=chance.choice((Scope.STATION, Scope.SEGMENT, Scope.LINE)),
            deadline_s=400,
            ack_ms=for_us // 10_000,
            arrived_us=raised_us + for_us // 2,
            stopped_us=raised_us + after_us if stops else 0,
            stop_ms=(for_us - after_us) // 1000 if stops else 0,
        )


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteHistory]:
    """The digest that so many calls leave, on disk."""
    folder = tmp_path_factory.mktemp("calls")
    journal = SqliteJournal(folder, "press-1")
    begun = Recorded(
        origin=journal.open().origin, n=1, moment=Moment(T0), mono_ns=0, boot="b", event=LineChanged(line=LINE)
    )
    rows = []
    for record in calls():
        rows.append(DigestRow(CALLS, "", record.raised_us, 1, msgspec.json.encode(record)))
        rows.append(DigestRow(CALL_TIMES, "", record.raised_us, 1, packed(record)))
    journal.append([begun], [], [], rows)
    journal.close()
    with SqliteHistory(folder) as found:
        yield found


def figures(history: SqliteHistory, count: int, station: str = "") -> AndonFigures:
    to_us = T0 + count * EACH_US
    return read_figures(history, from_us=T0, to_us=to_us, now=Now(to_us, 0, "b"), station=station)


def test_figures_of_a_hundred_thousand_calls(history: SqliteHistory) -> None:
    every = times(RUNS, lambda: figures(history, COUNT))
    tenth = times(RUNS, lambda: figures(history, COUNT // 10))
    one = times(RUNS, lambda: figures(history, COUNT, "s3"))
    row("calls page figures over 100 000 calls", spread(every), "≤ 200 ms")
    row("calls page figures over 100 000 calls, one station", spread(one), "≤ 200 ms")
    row("calls page figures over 10 000 of 100 000 calls", spread(tenth))
    assert figures(history, COUNT).counts.calls == COUNT
    assert at(every, 50) < TENFOLD_MAX * at(tenth, 50)


def test_the_newest_calls_of_a_hundred_thousand(history: SqliteHistory) -> None:
    def newest() -> list[CallRecord]:
        return decode_calls(b"[" + b",".join(one.body for one in history.digest(CALLS, "", last=LISTED)) + b"]")

    listed = times(RUNS, newest)
    whole = times(RUNS, lambda: decode_calls(history.bodies(CALLS, "")))
    row(f"calls page, the newest {LISTED} of 100 000 calls", spread(listed), "≤ 50 ms")
    row("every record of 100 000 calls, decoded", spread(whole))
    assert len(newest()) == LISTED
    assert at(listed, 50) < at(whole, 50) / 10
