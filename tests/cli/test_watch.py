"""What a terminal says about itself: where its data is, which line file is in force, that its journal is well."""

from pathlib import Path

from shopfloor.app import DATA, Terminal
from shopfloor.cli.line_in_force import line_to_begin_with, remember_line
from shopfloor.cli.watch import LineFileWatch
from shopfloor.core.health import Condition, Health
from shopfloor.core.update import Snapshot, Update
from shopfloor.engine.engine import LINE_FILE, STORE
from shopfloor.linefile import write_starter
from tests.helpers.terminal import Ear


def test_a_terminal_says_where_its_data_and_its_line_file_are(tmp_path: Path) -> None:
    file, folder = tmp_path / "line.toml", tmp_path / "data"
    file.write_text(write_starter(), "utf-8")
    line = line_to_begin_with(file, folder)
    terminal = Terminal(folder, ["press"], line=line)
    terminal.open()
    remember_line(file, line, folder)
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
