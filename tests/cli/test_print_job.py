"""Printing from a screen: a PDF beside the journal, by a process of its own."""

from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from shopfloor.app import Terminal
from shopfloor.cli.card_pdf import FOLDER
from shopfloor.cli.print_job import CardPrinter
from shopfloor.core.text import Text
from shopfloor.linefile import demo_line


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
