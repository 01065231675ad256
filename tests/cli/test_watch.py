"""What a terminal says about itself: where its data is, which line file is in force, that its journal is well."""

import threading
from pathlib import Path

from shopfloor.app import DATA, Terminal
from shopfloor.cli.line_in_force import is_in_force, line_to_begin_with, remember_line, seal_of
from shopfloor.cli.watch import LineFileWatch
from shopfloor.clock import ManualClock
from shopfloor.core.health import Condition, Health
from shopfloor.core.update import Snapshot, Update
from shopfloor.engine.parts import LINE_FILE, STORE
from shopfloor.linefile import write_starter
from shopfloor.store.journal import SqliteJournal
from tests.helpers.terminal import WAIT_S_MAX, Ear


def test_a_terminal_says_where_its_data_and_its_line_file_are(tmp_path: Path) -> None:
    file, folder = tmp_path / "line.toml", tmp_path / "data"
    file.write_text(write_starter(), "utf-8")
    seal = seal_of(file)
    line = line_to_begin_with(file, folder)
    terminal = Terminal(folder, ["press"], line=line)
    terminal.open()
    remember_line(seal, folder)
    watch = LineFileWatch(file, terminal)
    watch.start()
    ear = Ear()
    terminal.engine.listen(ear)
    try:
        parts: dict[str, Health] = {}
        while parts.get(LINE_FILE) is None or not parts[LINE_FILE].detail:
            heard = ear.next()
            assert isinstance(heard, Snapshot | Update)
            parts |= {part.id: part for part in heard.health}
    finally:
        watch.stop()
        terminal.stop()
    assert parts[DATA].detail == str(folder)
    assert parts[LINE_FILE].detail == str(file)
    assert parts[STORE].condition is Condition.UP
    assert "0 entries" not in parts[STORE].detail


def test_a_line_that_a_full_disk_did_not_take_is_tried_again(tmp_path: Path) -> None:
    file, folder = tmp_path / "line.toml", tmp_path / "data"
    file.write_text(write_starter(), "utf-8")
    terminal = Terminal(folder, ["press"], line=line_to_begin_with(file, folder), clock=ManualClock())
    terminal.open()
    remember_line(seal_of(file), folder)
    watch = LineFileWatch(file, terminal)
    try:
        file.write_text(file.read_text("utf-8").replace("takt_s = 60", "takt_s = 61", 1), "utf-8")
        _let_grow(terminal, pages_max=1)
        _look_twice(watch)
        assert (terminal.engine.line.takt_s, is_in_force(file, folder)) == (60, False)
        _let_grow(terminal, pages_max=1_000_000)
        _look_twice(watch)
        assert (terminal.engine.line.takt_s, is_in_force(file, folder)) == (61, True)
    finally:
        terminal.stop()


def test_a_file_that_somebody_is_writing_is_left_alone(tmp_path: Path) -> None:
    file, folder = tmp_path / "line.toml", tmp_path / "data"
    whole = write_starter()
    file.write_text(whole, "utf-8")
    terminal = Terminal(folder, ["press"], line=line_to_begin_with(file, folder), clock=ManualClock())
    terminal.open()
    remember_line(seal_of(file), folder)
    watch, loops = LineFileWatch(file, terminal), terminal.engine.line.loops
    try:
        file.write_text(whole[: whole.rindex("[[loops]]")], "utf-8")
        watch.look()
        assert terminal.engine.line.loops == loops
        file.write_text(whole.replace("takt_s = 60", "takt_s = 61", 1), "utf-8")
        _look_twice(watch)
        assert (terminal.engine.line.takt_s, terminal.engine.line.loops) == (61, loops)
    finally:
        terminal.stop()


def _look_twice(watch: LineFileWatch) -> None:
    watch.look()
    watch.look()


def _let_grow(terminal: Terminal, *, pages_max: int) -> None:
    """Let the journal's file grow to so many pages, at least those it has."""
    done = threading.Event()

    def put(_: Snapshot | Update) -> None:
        journal = terminal.engine._journal
        assert isinstance(journal, SqliteJournal)
        assert journal._conn is not None
        journal._conn.execute(f"PRAGMA max_page_count={pages_max}")
        done.set()

    end = terminal.engine.listen(put)
    assert done.wait(WAIT_S_MAX)
    end()
