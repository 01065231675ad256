"""What the figures of calls cost on a journal with a hundred thousand of them: asserted as ratios, printed as times."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from shopfloor.clock import ManualClock
from shopfloor.core.call_views import all_call_views
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.line import Line, Reason, Shift, Station
from shopfloor.core.line_andon import CallKind, Cause, Scope
from shopfloor.core.moment import Moment, Now
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.core.state_call import Call
from shopfloor.core.update import DigestRow
from shopfloor.core.views import line_view
from shopfloor.flow.andon.figures import AndonFigures, read_figures
from shopfloor.flow.andon.packed import CALL_TIMES, packed
from shopfloor.flow.andon.record import CALLS, CallRecord, decode_calls
from shopfloor.flow.digest import InForce
from shopfloor.gui.calls_gather import Health, gather_health, gather_problems
from shopfloor.gui.calls_tabs import Part
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from tests.benchmarks.measure import SIZE, at, paint, spread, times
from tests.benchmarks.table import row
from tests.gui.board_shops import Still
from tests.gui.calls_stage import CallsStage
from tests.helpers.call_records import DAY, S, a_record
from tests.helpers.scale import scaled

COUNT = 100_000
RUNS = scaled(5, 50)
LISTED = 200  # what a page shows of them
OPEN = 500  # at once: an hour in which everything fails
TENFOLD_MAX = 25  # ten times the calls; the days of the calendar are the rest
FIRST_MAX = 10  # a first answer opens the file and reads its pages
ROOT = Path(__file__).parents[2]
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
# Two countermeasures against what is called for most at each station.
PROBLEMS = tuple(
    Problem(
        id=f"s{n}/r{n % 10}",
        station=f"s{n}",
        reason=f"r{n % 10}",
        open=True,
        opened_us=T0 + 20 * DAY,
        countermeasures=tuple(
            Countermeasure(
                number=number, what="Rack", owner="Ana", due_day="", effort=Effort.SMALL, done_us=T0 + day * DAY
            )
            for number, day in ((1, 40), (2, 70))
        ),
    )
    for n in range(12)
)
NOW = Now(T0 + COUNT * EACH_US, 0, "b")
# A process that was just started, and has loaded what a screen loads in the background.
_FIRST = """
import sys, time
from pathlib import Path
from shopfloor.store.history import SqliteHistory
from tests.benchmarks.test_calls import COUNT, NOW, figures, gather_health, gather_problems
what = {
    "figures": lambda history: figures(history, COUNT),
    "scoreboard": lambda history: gather_health(history, NOW, 30),
    "problems": lambda history: gather_problems(history, NOW),
}[sys.argv[2]]
began_s = time.perf_counter()
with SqliteHistory(Path(sys.argv[1])) as history:
    what(history)
print(time.perf_counter() - began_s)
"""


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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digest that so many calls leave, on disk."""
    folder = tmp_path_factory.mktemp("calls")
    journal = SqliteJournal(folder, "press-1")
    begun = Recorded(
        origin=journal.open().origin, n=1, moment=Moment(T0), mono_ns=0, boot="b", event=LineChanged(line=LINE)
    )
    rows = [DigestRow("line", LINE.id, T0, 1, msgspec.json.encode(InForce()))]
    for n, record in enumerate(calls()):
        rows.append(DigestRow(CALLS, "", record.raised_us, n, msgspec.json.encode(record)))
        rows.append(DigestRow(CALL_TIMES, "", record.raised_us, n, packed(record)))
    journal.append([begun], PROBLEMS, [], rows)
    journal.close()
    return folder


@pytest.fixture(scope="module")
def history(folder: Path) -> Iterator[SqliteHistory]:
    """What is asked."""
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


def test_the_scoreboard_and_too_few_calls_of_a_hundred_thousand(history: SqliteHistory) -> None:
    def health(days: int) -> Health:
        return gather_health(history, NOW, days)

    month, every = times(RUNS, lambda: health(30)), times(RUNS, lambda: health(1000))
    row("scoreboard and too few calls, 30 days of 100 000 calls", spread(month), "≤ 200 ms")
    row("scoreboard over 100 000 calls", spread(every), "≤ 200 ms")
    assert health(1000).board.calls == COUNT
    assert sum(one.calls for one in health(30).few) < COUNT / 3
    # The past that a month is compared with is read and counted, no more.
    assert at(month, 50) < 4 * at(every, 50)


def test_the_problems_of_a_hundred_thousand_calls(history: SqliteHistory) -> None:
    asked = times(RUNS, lambda: gather_problems(history, NOW))
    whole = times(RUNS, lambda: decode_calls(history.bodies(CALLS, "")))
    row(f"{len(PROBLEMS)} problems with two countermeasures each over 100 000 calls", spread(asked), "≤ 200 ms")
    found = gather_problems(history, NOW)
    assert set(found) == {problem.id for problem in PROBLEMS}
    assert sum(facts.calls for facts in found.values()) == pytest.approx(COUNT / 10, rel=0.1)
    assert at(asked, 50) < at(whole, 50)


@pytest.mark.usefixtures("qapp")
def test_the_history_page_of_a_hundred_thousand_calls(history: SqliteHistory) -> None:
    """Read, decoded, laid out and painted."""
    still = Still(LINE, [])
    still.clock = ManualClock(NOW.at_us)
    still.rows = history.digest(CALLS, "", last=LISTED)
    stage = CallsStage(still, size=SIZE, language="", stations=(), dark=False)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)

    def shown() -> None:
        stage.page.show_part(Part.OPEN)
        still.rows = history.digest(CALLS, "", last=LISTED)
        stage.model.reset.emit()
        stage.page.show_part(Part.HISTORY)
        QApplication.processEvents()
        paint(stage.page, image, stage.page.rect())

    asked = times(RUNS, shown)
    row(f"history page, the newest {LISTED} of 100 000 calls, painted", spread(asked), "≤ 200 ms")
    assert len(stage.page.history.records()) == LISTED


def test_the_first_answer_of_a_process(folder: Path, history: SqliteHistory) -> None:
    again = times(RUNS, lambda: figures(history, COUNT))
    for what in ("figures", "scoreboard", "problems"):
        command = [sys.executable, "-c", _FIRST, str(folder), what]
        first = sorted(float(subprocess.check_output(command, cwd=ROOT)) for _ in range(3))
        row(f"first answer of a process over 100 000 calls: {what}", spread(first), "≤ 200 ms")
        assert at(first, 50) < FIRST_MAX * at(again, 50)


def test_the_board_of_a_line_where_everybody_calls() -> None:
    def crowd(count: int) -> Shop:
        reasons = tuple(Reason(id=f"c{n}", name=f"Call {n}") for n in range(count // len(LINE.stations) + 1))
        wanted = [(station.id, reason.id) for reason in reasons for station in LINE.stations][:count]
        calls = [
            Call(
                id=f"{station}/{reason}",
                station=station,
                reason=reason,
                kind=CallKind.HELP,
                raised_kind=CallKind.HELP,
                scope=Scope.STATION,
                raised=NOW,
                by="box",
            )
            for station, reason in wanted
        ]
        return Shop(msgspec.structs.replace(LINE, reasons=reasons), calls)

    many, few = crowd(OPEN), crowd(OPEN // 10)
    slow, quick = times(RUNS, lambda: line_view(many, NOW)), times(RUNS, lambda: line_view(few, NOW))
    each = times(RUNS, lambda: all_call_views(many, NOW))
    row(f"line view with {OPEN} open calls", spread(slow), "≤ 10 ms")
    assert len(line_view(many, NOW).calls) == OPEN
    assert at(slow, 50) < TENFOLD_MAX * at(quick, 50)
    assert at(slow, 50) < 3 * at(each, 50), "each call is looked at once"


def test_the_newest_calls_of_a_hundred_thousand(history: SqliteHistory) -> None:
    def newest() -> list[CallRecord]:
        return decode_calls(b"[" + b",".join(one.body for one in history.digest(CALLS, "", last=LISTED)) + b"]")

    listed = times(RUNS, newest)
    whole = times(RUNS, lambda: decode_calls(history.bodies(CALLS, "")))
    row(f"calls page, the newest {LISTED} of 100 000 calls", spread(listed), "≤ 50 ms")
    row("every record of 100 000 calls, decoded", spread(whole))
    assert len(newest()) == LISTED
    assert at(listed, 50) < at(whole, 50) / 10
