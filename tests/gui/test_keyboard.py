"""The keyboard on the screen: what is touched is typed, at once, and into the line that has the focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.keyboard import ERASE, SHIFT, SIGNS, Keyboard
from shopfloor.gui.lang import Language
from shopfloor.gui.theme import Theme
from shopfloor.gui.ui import Ui
from shopfloor.gui.write_sheet import WriteSheet


@pytest.fixture
def sheet(qapp: QApplication) -> WriteSheet:
    parent = QWidget()
    parent.resize(1000, 560)
    found = WriteSheet(Ui(Theme(px_per_mm=3.9)), parent)
    found.setGeometry(parent.rect())
    found.parent_kept = parent  # type: ignore[attr-defined]
    return found


def press(keys: Keyboard, *names: str) -> None:
    for name in names:
        at = keys.key_rect(name).center().toPoint()
        QTest.mouseClick(keys, Qt.MouseButton.LeftButton, pos=at)


def test_touched_keys_are_typed_the_first_of_them_a_capital(sheet: WriteSheet) -> None:
    got: list[str] = []
    sheet.ask(Text("What was it?"), got.append)
    press(sheet.keys, "O", "i", "l", " ", "l", "o", "w", SIGNS, "3", ERASE)
    assert sheet.line.text() == "Oil low"
    press(sheet.keys, SIGNS, " ", SHIFT, "P")
    sheet.done.click()
    assert got == ["Oil low P"]
    assert sheet.isHidden()


def test_an_empty_line_is_no_answer(sheet: WriteSheet) -> None:
    got: list[str] = []
    sheet.ask(Text("What was it?"), got.append)
    assert not sheet.done.isEnabled()
    press(sheet.keys, " ")
    QTest.keyClick(sheet.line, Qt.Key.Key_Return)
    assert got == []
    QTest.keyClicks(sheet.line, "Oil")
    QTest.keyClick(sheet.line, Qt.Key.Key_Return)
    assert got == ["Oil"]


def test_leaving_answers_nothing_and_stops_the_clock(sheet: WriteSheet) -> None:
    got: list[str] = []
    sheet.ask(Text("What was it?"), got.append, text="Oil")
    sheet.leave()
    assert got == []
    assert sheet.isHidden()


def test_german_keys_have_umlauts(qapp: QApplication) -> None:
    keys = Keyboard(Ui(Theme(), Language("de")))
    keys.resize(900, 300)
    keys.touch(SHIFT)
    letters = {key for row in keys.rows() for key in row}
    assert {"ä", "ö", "ü", "ß"} <= letters
    assert keys.rows()[0][5] == "z"
    assert all(not keys.key_rect(key).isEmpty() for row in keys.rows() for key in row)
