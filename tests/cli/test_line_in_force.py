"""A terminal reads its line file only when it is another than the one in force."""

import shutil
from pathlib import Path

import pytest

from shopfloor.app import JOINED, Terminal
from shopfloor.cli.line_in_force import is_in_force, line_to_begin_with, remember_line, seal_of
from shopfloor.linefile import LineFileError, read, write_starter
from shopfloor.store.backup import backup
from shopfloor.store.folder import journal_path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(write_starter(), "utf-8")
    return path


def _run_once(file: Path, folder: Path) -> None:
    seal = seal_of(file)
    line = line_to_begin_with(file, folder)
    terminal = Terminal(folder, ["press"], line=line)
    terminal.open()
    terminal.stop()
    remember_line(seal, folder)


def test_the_same_file_is_not_read_again(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert line_to_begin_with(file, folder) is not None

    _run_once(file, folder)

    assert is_in_force(file, folder)
    assert line_to_begin_with(file, folder) is None


def test_a_changed_file_is_read(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    _run_once(file, folder)
    file.write_text(file.read_text("utf-8") + "\n# a note\n", "utf-8")

    assert line_to_begin_with(file, folder) is not None


def test_a_bad_file_beside_a_good_journal_keeps_the_last_good_line(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    _run_once(file, folder)
    file.write_text("[line]\n", "utf-8")

    assert line_to_begin_with(file, folder) is None
    assert "last good line file stays in force" in capsys.readouterr().err
    assert not is_in_force(file, folder)


def test_a_bad_file_without_a_journal_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_text("[line]\n", "utf-8")

    with pytest.raises(LineFileError):
        line_to_begin_with(file, tmp_path / "data")


def test_a_file_edited_while_its_terminal_starts_is_read_at_the_next_start(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    seal = seal_of(file)
    terminal = Terminal(folder, ["press"], line=line_to_begin_with(file, folder))
    terminal.open()
    terminal.stop()
    file.write_text(file.read_text("utf-8") + "\n# a note\n", "utf-8")
    remember_line(seal, folder)

    assert line_to_begin_with(file, folder) is not None


def test_a_file_that_the_line_has_left_behind_does_not_come_back(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    _run_once(file, folder)
    newer = tmp_path / "newer.toml"
    newer.write_text(file.read_text("utf-8").replace("cards = 6", "cards = 7"), "utf-8")
    terminal = Terminal(folder, ["press"], line=read(newer))  # as if it had come by the line
    terminal.open()
    terminal.stop()
    assert not is_in_force(file, folder)

    (folder / JOINED).write_text("a key", "ascii")

    assert is_in_force(file, folder)
    assert line_to_begin_with(newer, folder) is not None


def test_a_journal_put_back_from_a_backup_gets_the_line_of_the_file_again(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    _run_once(file, folder)
    backup(folder, tmp_path / "old.db")
    file.write_text(file.read_text("utf-8").replace("cards = 6", "cards = 7"), "utf-8")
    _run_once(file, folder)
    assert is_in_force(file, folder)

    shutil.copy(tmp_path / "old.db", journal_path(folder))

    assert not is_in_force(file, folder)
