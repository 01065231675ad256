"""Printing from a screen: a PDF beside the journal, by a process of its own."""

from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from shopfloor.app import Terminal
from shopfloor.cli.card_pdf import FOLDER
from shopfloor.cli.print_job import CardPrinter, SheetPrinter
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.moment import Moment
from shopfloor.core.state_andon import Problem
from shopfloor.core.text import Text
from shopfloor.linefile import demo_line
from shopfloor.store.journal import SqliteJournal


def printed(qtbot: QtBot, folder: Path, loop: str, card: str = "") -> tuple[Text, Text]:
    """What comes of printing the cards of a loop."""
    owner, said = QObject(), list[tuple[Text, Text]]()
    CardPrinter(folder, owner, language="en")(loop, card, lambda words, detail: said.append((words, detail)))
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    return said[0]


def test_the_cards_of_a_loop_are_a_pdf_in_the_data_folder(qtbot: QtBot, tmp_path: Path) -> None:
    line = demo_line()
    terminal = Terminal(tmp_path, ["press"], line=line)
    terminal.open()
    try:
        words, detail = printed(qtbot, tmp_path, "shaft")
        one = printed(qtbot, tmp_path, "shaft", "shaft-02")
    finally:
        terminal.stop()
    file = tmp_path / FOLDER / "shaft.pdf"
    assert str(words) == "Ready for the printer, at 100 %:"
    assert str(file) in str(detail)
    assert str(one[1]) == f"{tmp_path / FOLDER / 'shaft-02.pdf'}: 1 card"
    assert file.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_printed_is_said_with_its_reason(qtbot: QtBot, tmp_path: Path) -> None:
    words, detail = printed(qtbot, tmp_path, "shaft")
    assert str(words) == "Not printed."
    assert "journal" in str(detail)


def test_a_problem_is_one_sheet_beside_the_cards(qtbot: QtBot, tmp_path: Path) -> None:
    journal, event = SqliteJournal(tmp_path, "press-1"), LineChanged(line=demo_line())
    begun = Recorded(origin=journal.open().origin, n=1, moment=Moment(1), mono_ns=0, boot="b", event=event)
    journal.append([begun], [Problem(id="press/material", station="press", reason="material", open=True)], [], [])
    journal.close()
    owner, said = QObject(), list[tuple[Text, Text]]()
    SheetPrinter(tmp_path, owner, language="de")("press/material", lambda words, detail: said.append((words, detail)))
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    ((words, detail),) = said
    file = tmp_path / FOLDER / "a3-press-material.pdf"
    assert str(words) == "Ready for the printer, on A3:"
    assert str(detail).startswith(f"{file}: ")
    assert file.read_bytes().startswith(b"%PDF")
