"""What is usual, read from a real journal: from the last new standard on, the same after every restart."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import LineChanged, Recorded, TerminalStarted
from shopfloor.core.line import Line
from shopfloor.core.line_andon import Effect, WatchKind
from shopfloor.core.moment import US_PER_S, Moment
from shopfloor.core.state import Call
from shopfloor.core.update import DigestRow
from shopfloor.engine.watches.learn import LATEST, learn
from shopfloor.flow.cycle_watch import SHIFT_MS, USUAL_MAX, Pace
from shopfloor.flow.digest import Cycle, InForce
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from tests.engine.test_trouble import fill_disk, free_disk, use_up
from tests.helpers.routes import with_loop, with_station
from tests.helpers.terminal import Terminal, running
from tests.helpers.watching import a_watch, watched_line

CYCLE = a_watch(WatchKind.CYCLE, after_s=5)
HOUR_US = 3600 * US_PER_S


class Past:
    """Writes a journal: line files and completions, one a minute."""

    def __init__(self, folder: Path) -> None:
        self._journal = SqliteJournal(folder, "t1")
        self._opened = self._journal.open()
        self._n = self._opened.head
        self._us = ManualClock().now().at_us - 30 * 24 * HOUR_US

    def line(self, line: Line) -> None:
        """A line file comes into force."""
        self._write(LineChanged(line=line), [("line", line.id, InForce())])

    def cycles(self, *seconds: float) -> None:
        """Completions at the saw, of the loop `short`."""
        for value in seconds:
            ms = round(value * 1_000)
            self._write(None, [("cycle", "saw", Cycle("c", "short", cycle_ms=ms, process_ms=ms))])

    def undo(self) -> None:
        """The last completion never was."""
        self._write(None, [("cycle", "saw", Cycle("c", "short", undone=self._n))])

    def close(self) -> None:
        """End it."""
        self._journal.close()

    def _write(self, event: LineChanged | None, figures: list[tuple[str, str, object]]) -> None:
        self._n += 1
        self._us += 60 * US_PER_S
        rows = [DigestRow(series, key, self._us, self._n, msgspec.json.encode(x)) for series, key, x in figures]
        happened = event or TerminalStarted(terminal="t1")
        recorded = Recorded(
            origin=self._opened.origin, n=self._n, moment=Moment(self._us), mono_ns=0, boot="b", event=happened
        )
        self._journal.append([recorded], (), (), rows)


def learned(folder: Path, line: Line) -> Pace:
    """The pace of the saw as history tells it."""
    with SqliteHistory(folder) as history:
        return learn(history, line, "saw")[0]


def usual_s(pace: Pace) -> float | None:
    """The median."""
    slow = pace.slow("short", 99, after_ms=0, shift_ms=SHIFT_MS)
    return slow.usual_ms / 1_000 if slow else None


def test_only_what_came_under_the_present_standard_counts(tmp_path: Path) -> None:
    line = watched_line(CYCLE)
    new = with_station(line, "saw", cycle_target_s=20)
    past = Past(tmp_path)
    past.line(line)
    past.cycles(*[100] * 40)
    past.line(new)
    past.cycles(*[20] * 35)
    past.line(with_loop(new, "short", cards=9))  # more cards are no new standard
    past.cycles(*[21] * 5)
    past.close()
    assert usual_s(learned(tmp_path, new)) == 20
    assert usual_s(learned(tmp_path, with_station(new, "saw", cycle_target_s=30))) is None


def test_a_drift_over_a_thousand_completions_is_measured_by_the_first_two_hundred(tmp_path: Path) -> None:
    line = watched_line(CYCLE)
    past = Past(tmp_path)
    past.line(line)
    past.cycles(*(60 + i / 100 for i in range(USUAL_MAX)))
    past.cycles(*(62 + i / 20 for i in range(LATEST + 300)))
    past.close()
    pace = learned(tmp_path, line)
    assert usual_s(pace) == 60.99
    assert pace.run(3, shift_ms=SHIFT_MS) is not None


def test_history_and_life_tell_the_same(tmp_path: Path) -> None:
    line = watched_line(CYCLE)
    values = [60 + (i * 37) % 23 for i in range(90)]
    past = Past(tmp_path)
    past.line(line)
    past.cycles(*values[:50], 999)
    past.undo()
    past.cycles(*values[50:])
    past.close()
    live = Pace()
    for value in values:
        live.add(Cycle("c", "short", cycle_ms=value * 1_000, process_ms=value * 1_000))
    told = learned(tmp_path, line)
    for percentile in (50, 85, 99):
        assert told.slow("short", percentile, after_ms=0, shift_ms=SHIFT_MS) == live.slow(
            "short", percentile, after_ms=0, shift_ms=SHIFT_MS
        )


def duty(terminal: Terminal, seconds: int) -> None:
    """Let the engine do its duty so many times, a second apart."""
    for _ in range(seconds):
        terminal.clock.advance(1.001)
        terminal.on_engine(lambda: None)


def calls(terminal: Terminal) -> list[str]:
    """The reasons of the open calls."""
    return [entity.reason for entity in terminal.snapshot.entities if isinstance(entity, Call)]


def test_an_engine_learns_from_its_journal_and_calls_for_slow_work(tmp_path: Path) -> None:
    line = watched_line(CYCLE)
    past = Past(tmp_path)
    past.line(line)
    past.cycles(*range(20, 60))
    past.close()
    with running(tmp_path, ManualClock(), line, stations=("saw",)) as terminal:
        terminal.scan("short", 1, "assembly")
        terminal.scan("short", 1, "saw")
        terminal.clock.advance(100)
        terminal.ear.rest.clear()
        while not calls(terminal):  # what is usual is read on another thread
            duty(terminal, 1)
        assert calls(terminal) == ["rule-cycle"]


def test_a_watch_calls_though_the_disk_takes_nothing_and_the_duty_goes_on(tmp_path: Path) -> None:
    line = watched_line(a_watch(WatchKind.LIMIT, after_s=3), a_watch(WatchKind.STARVED, Effect.ADVISE, after_s=6))
    line = replace(with_station(line, "saw", wip_limit=1), takt_s=60)
    with running(tmp_path, ManualClock(), line, stations=("saw", "mill")) as terminal:
        terminal.scan("long", 1, "assembly")
        terminal.scan("long", 1, "saw")
        fill_disk(terminal)
        use_up(terminal)
        duty(terminal, 12)
        assert calls(terminal) == ["rule-limit"]
        raised = terminal.do(c.RaiseCall(station="saw", reason="material"))
        assert raised.kind == "call_raised"
        terminal.clock.advance(61)
        duty(terminal, 1)
        stops = [e for e in terminal.snapshot.entities if isinstance(e, Call) and e.stopped_us]
        assert [call.reason for call in stops] == ["material"]


def test_what_could_not_even_be_owed_is_said_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopfloor.engine.desk.OWED_MAX", 0)
    line = with_station(watched_line(a_watch(WatchKind.LIMIT, after_s=3)), "saw", wip_limit=1)
    with running(tmp_path, ManualClock(), line, stations=("saw",)) as terminal:
        terminal.scan("long", 1, "assembly")
        terminal.scan("long", 1, "saw")
        fill_disk(terminal)
        use_up(terminal)
        duty(terminal, 6)
        assert calls(terminal) == []
        free_disk(terminal)
        duty(terminal, 2)
        assert calls(terminal) == ["rule-limit"]


def test_an_engine_without_stations_of_its_own_watches_nothing(tmp_path: Path) -> None:
    line = with_station(watched_line(a_watch(WatchKind.LIMIT, after_s=1)), "saw", wip_limit=1)
    with running(tmp_path, ManualClock(), line) as terminal:
        terminal.scan("long", 1, "assembly")
        terminal.scan("long", 1, "saw")
        duty(terminal, 5)
        assert calls(terminal) == []
