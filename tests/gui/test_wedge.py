"""The filter of keyboard scanners in a window."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shopfloor.clock import ManualClock
from shopfloor.core.commands import SignalKind
from shopfloor.core.health import Condition
from shopfloor.gui.wedge import WAITING_MAX, WedgeFilter, wedge_key
from shopfloor.trouble import PortTrouble
from tests.helpers.recorder import HealthLog, Inbox

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the platform without a screen has no size hints

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class Desk(QWidget):
    """A window as careless as possible: a default button that has the focus, a field, a shortcut for everything."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.button = QPushButton("&Stop", self)
        self.button.setAutoDefault(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(lambda: self.done.append("clicked"))
        self.field = QLineEdit(self)
        column = QVBoxLayout(self)
        column.addWidget(self.button)
        column.addWidget(self.field)
        keys = [*(f"Ctrl+{chr(65 + n)}" for n in range(26)), "Ctrl+]", "Ctrl+[", "Alt+F", "K", "~", "F13", "Return"]
        for key in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda key=key: self.done.append(key))
        self.inbox = Inbox()
        self.health = HealthLog()
        self.clock = ManualClock()
        self.lost: list[str] = []
        self.wedge = WedgeFilter(
            self, self.inbox, clock=self.clock, station=lambda: "press", device="gun-1", report=self.health
        )
        self.wedge.lost.connect(self.lost.append)

    def type(self, text: str) -> None:
        """Type as the window system would: through the window, shortcuts first."""
        for char in text:
            QTest.keyClick(self.windowHandle(), ord(char))

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.windowHandle(), key, modifiers)


@pytest.fixture
def desk(qtbot: Any) -> Iterator[Desk]:
    app = QApplication.instance()
    assert app is not None
    made = Desk()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.button.setFocus()
    qtbot.waitUntil(made.button.hasFocus)
    made.wedge.install(app)
    yield made
    made.wedge.remove(app)


def test_the_window_is_dangerous_without_a_prefix(desk: Desk) -> None:
    desk.type("K ")
    desk.press(Qt.Key.Key_Q, CTRL)
    desk.press(Qt.Key.Key_Return)
    assert desk.done == ["K", "clicked", "Ctrl+Q", "Return"]


def test_a_scan_presses_nothing_and_is_one_signal(desk: Desk) -> None:
    desk.type("~K 12~K 34")
    desk.press(Qt.Key.Key_Return)
    assert desk.done == []
    [signal] = desk.inbox.signals
    assert (signal.station, signal.device, signal.text, signal.signal) == ("press", "gun-1", "K 34", SignalKind.SCAN)
    assert desk.inbox.stamps == [desk.clock.now()]
    assert desk.lost == ["K 12"]


def test_a_person_types_around_a_scan_undisturbed(desk: Desk) -> None:
    desk.field.setFocus()
    desk.type("ab")
    desk.type("~K1")
    desk.press(Qt.Key.Key_Tab)
    desk.type("cd")
    assert desk.field.text() == "abcd"
    assert desk.field.hasFocus()
    assert desk.inbox.signals[0].text == "K1"


@pytest.mark.parametrize("number", [*range(32), 127])
def test_no_control_character_in_a_code_leaks_anything(desk: Desk, number: int) -> None:
    desk.type("~K1")
    if number in range(1, 27):
        desk.press(Qt.Key(Qt.Key.Key_A.value + number - 1), CTRL)
    app = QCoreApplication.instance()
    assert app is not None
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_unknown.value, CTRL, chr(number))
        app.sendEvent(desk.button, event)
        assert event.isAccepted()
    desk.type(" 2")
    if number not in {2, 9, 10, 13}:
        desk.press(Qt.Key.Key_Return)
        [signal] = desk.inbox.signals
        assert signal.signal is SignalKind.UNDECODABLE
        assert signal.text.isprintable()
    assert [action for action in desk.done if action != "clicked"] == []
    assert (desk.done == []) == (number not in {9, 10, 13})  # behind an end, " 2" is a person's


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [(Qt.Key.Key_F, ALT), (Qt.Key.Key_S, ALT), (Qt.Key.Key_F5, NONE), (Qt.Key.Key_Escape, NONE), (Qt.Key.Key_Up, NONE)],
)
def test_a_key_that_types_nothing_spoils_the_scan_and_does_nothing_else(
    desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    desk.type("~K1")
    desk.press(key, modifiers)
    desk.press(Qt.Key.Key_Return)
    assert desk.done == []
    assert [signal.signal for signal in desk.inbox.signals] == [SignalKind.UNDECODABLE]


def test_an_identifier_is_taken_off_and_a_no_read_is_no_code(desk: Desk) -> None:
    for code in ("]Q1KAB12", "NR"):
        desk.type(f"~{code}")
        desk.press(Qt.Key.Key_Return)
    assert [(signal.signal, signal.text) for signal in desk.inbox.signals] == [
        (SignalKind.SCAN, "KAB12"),
        (SignalKind.NO_READ, "NR"),
    ]


def test_the_release_and_the_repeats_of_the_last_key_of_a_scan_press_nothing(desk: Desk) -> None:
    desk.type("~K1")
    window = desk.windowHandle()
    QTest.keyPress(window, Qt.Key.Key_Space)
    QTest.keyPress(window, Qt.Key.Key_Return)
    QTest.keyRelease(window, Qt.Key.Key_Space)
    QTest.keyRelease(window, Qt.Key.Key_Return)
    app = QCoreApplication.instance()
    assert app is not None
    QTest.keyPress(window, ord("~"))
    QTest.keyPress(window, Qt.Key.Key_Return)
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        app.sendEvent(desk.button, QKeyEvent(kind, Qt.Key.Key_Return.value, NONE, "\r", True))
    QTest.keyRelease(window, Qt.Key.Key_Return)
    assert desk.done == []


def test_a_double_character_that_qt_takes_for_a_held_key_is_two_characters(desk: Desk) -> None:
    desk.type("~K")
    app = QCoreApplication.instance()
    assert app is not None
    press, release = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
    for kind, repeat in ((press, False), (release, True), (press, True), (release, False)):
        app.sendEvent(desk.button, QKeyEvent(kind, Qt.Key.Key_4.value, NONE, "4", repeat))
    desk.press(Qt.Key.Key_Return)
    assert [signal.text for signal in desk.inbox.signals] == ["K44"]


def test_a_full_inbox_loses_no_scan_and_keeps_their_order(desk: Desk, qtbot: Any) -> None:
    desk.inbox.fill(full=True)
    for number in range(3):
        desk.type(f"~K{number}")
        desk.press(Qt.Key.Key_Return)
    assert desk.health.last("gun-1").condition is Condition.TROUBLE
    assert desk.inbox.signals == []
    desk.inbox.fill(full=False)
    qtbot.waitUntil(lambda: len(desk.inbox.signals) == 3)
    assert [signal.text for signal in desk.inbox.signals] == ["K0", "K1", "K2"]
    assert desk.health.last("gun-1").condition is Condition.UP


def test_what_waits_is_bounded_and_a_scan_that_finds_no_room_is_told(desk: Desk) -> None:
    desk.inbox.fill(full=True)
    for number in range(WAITING_MAX + 1):
        desk.type(f"~{number}")
        desk.press(Qt.Key.Key_Return)
    assert desk.lost == [str(WAITING_MAX)]
    app = QApplication.instance()
    assert app is not None
    desk.wedge.remove(app)
    assert desk.health.last("gun-1").counts["undelivered"] == WAITING_MAX + 1


def test_counts_reach_health_and_the_end_is_shown(desk: Desk, qtbot: Any) -> None:
    desk.type("~K1")
    desk.press(Qt.Key.Key_Return)
    desk.type("~NR")
    desk.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.health.last("gun-1").counts["frames"] == 2)
    assert desk.health.last("gun-1").counts["no_reads"] == 1
    assert "armed by ~, F13, STX" in desk.health.last("gun-1").detail


@pytest.mark.parametrize("prefix", ["", "~~", "F0", "F36", "\x1b", "ESC"])
def test_a_prefix_that_is_no_key_is_refused_with_words(prefix: str) -> None:
    with pytest.raises(PortTrouble, match="Expected one character, STX, or F1 to F35"):
        wedge_key(prefix)


def test_a_prefix_may_be_a_character_a_function_key_or_start_of_text() -> None:
    assert wedge_key("#").text == "#"
    assert wedge_key("F13").key == Qt.Key.Key_F13.value
    assert wedge_key("F35").key == Qt.Key.Key_F35.value
    assert wedge_key("STX").text == "\x02"
