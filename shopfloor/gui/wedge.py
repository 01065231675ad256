"""Scanners that type: an application-wide filter takes their keys away from the widgets and makes scans of them."""

import re
from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from shopfloor.clock import Clock
from shopfloor.core.codes import printable
from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import DeviceKind
from shopfloor.core.moment import Now
from shopfloor.core.ports import Report, Submit
from shopfloor.core.reading import read_scan
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.wedge_capture import GAP_MS_MAX, STX, Captured, Keystroke, WedgeCapture, WedgeKey
from shopfloor.trouble import PortTrouble

PREFIXES = ("~", "F13", "STX")  # what scanners can be told to type first and people do not
NO_READ = ("NR", "NOREAD", "?")
WAITING_MAX = 100  # scans kept while the inbox is full: minutes of an operator's work
SUBMIT_AGAIN_MS = 50
HEALTH_MS = 500  # counters are published at most this often
HELD_KEYS_MAX = 32  # more keys than a hand or a scanner holds down at once

_KEY_EVENTS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})
_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_Mode_switch,
    }
)
_CTRL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
_META = Qt.KeyboardModifier.MetaModifier


class WedgeFilter(QObject):
    """Armed by a prefix key, swallows every key until the terminator or until two seconds have brought none.

    Once armed it gives nothing of a scan to a widget, whatever its keys are. Emits `lost` with the printable text of
    a scan that nothing completed or that could not be kept.
    """

    lost = Signal(object)

    def __init__(
        self,
        parent: QObject,
        submit: Submit,
        *,
        clock: Clock,
        station: Callable[[], str],
        device: str = "wedge",
        prefixes: Sequence[str] = PREFIXES,
        no_read: Sequence[str] = NO_READ,
        report: Report | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._clock = clock
        self._station = station
        self._device = device
        self._no_read = tuple(no_read)
        self._report = report
        self._capture = WedgeCapture([wedge_key(prefix) for prefix in prefixes], self._tell_half)
        self._held: set[int] = set()
        self._waiting: deque[tuple[ReadSignal, Now]] = deque()
        self._half_timer = NamedTimer(self, "wedge-half", GAP_MS_MAX, self._capture.expire, once=True)
        self._again_timer = NamedTimer(self, "wedge-again", SUBMIT_AGAIN_MS, self._submit_waiting)
        self._health_timer = NamedTimer(self, "wedge-health", HEALTH_MS, self._publish, once=True)
        self._counts = dict.fromkeys(("frames", "undecodable", "no_reads", "stale", "held_back", "undelivered"), 0)
        self._condition = Condition.NEW
        self._since_us = clock.now().at_us
        self._detail = f"keyboard scanner, armed by {', '.join(prefixes)}"

    def install(self, app: QCoreApplication) -> None:
        """Begin to watch the keys of the whole application."""
        app.installEventFilter(self)
        self._show(Condition.UP)

    def remove(self, app: QCoreApplication) -> None:
        """Stop watching; what is half or waits is given up."""
        app.removeEventFilter(self)
        for timer in (self._half_timer, self._again_timer, self._health_timer):
            timer.stop()
        self._capture.reset()
        self._health_timer.stop()
        self._counts["undelivered"] += len(self._waiting)
        self._waiting.clear()
        self._held.clear()
        self._show(Condition.STOPPED)

    def _takes(self, event: QKeyEvent) -> bool:
        code = event.nativeScanCode() or event.key()
        if event.type() == QEvent.Type.KeyRelease:
            # The release of a swallowed key is swallowed even when its scan is over: half a key stroke is no click.
            held = code in self._held
            if not event.isAutoRepeat():
                self._held.discard(code)
            return held or self._capture.takes(event.timestamp())
        # Within a scan a repeat counts: Qt takes the fast second 4 of "44" for one under X.
        if event.isAutoRepeat() and code in self._held and not self._capture.takes(event.timestamp()):
            return True
        stroke = _stroke(event)
        if event.type() == QEvent.Type.ShortcutOverride:
            # Accepting it is what keeps the key from the shortcuts; the key press itself follows.
            return self._capture.takes(stroke.at_ms) or self._capture.is_prefix(stroke)
        swallow, scan = self._capture.press(stroke)
        if swallow:
            if len(self._held) >= HELD_KEYS_MAX:
                self._held.clear()
            self._held.add(code)
            self._watch(armed=self._capture.armed)
        if scan is not None:
            self._take_scan(scan)
        return swallow

    def _watch(self, *, armed: bool) -> None:
        if armed:
            self._half_timer.start()
        else:
            self._half_timer.stop()
            self._later()

    def _take_scan(self, scan: Captured) -> None:
        now = self._clock.now()
        kind, text = SignalKind.UNDECODABLE, scan.text
        if scan.readable:
            kind, text = read_scan(scan.text, no_read=self._no_read)
        self._counts["frames"] += 1
        self._counts["undecodable"] += kind is SignalKind.UNDECODABLE
        self._counts["no_reads"] += kind is SignalKind.NO_READ
        signal = ReadSignal(station=self._station(), device=self._device, text=text, signal=kind)
        if not self._waiting and self._submit(signal, now):
            return
        if len(self._waiting) >= WAITING_MAX:
            self._counts["undelivered"] += 1
            self.lost.emit(printable(text))
            return
        self._counts["held_back"] += 1
        self._waiting.append((signal, now))
        self._again_timer.start()
        self._show(Condition.TROUBLE)

    def _submit_waiting(self) -> None:
        while self._waiting and self._submit(*self._waiting[0]):
            self._waiting.popleft()
        if not self._waiting:
            self._again_timer.stop()
            self._show(Condition.UP)

    def _tell_half(self, text: str) -> None:
        self._counts["stale"] += 1
        self._later()
        self.lost.emit(text)

    def _later(self) -> None:
        if not self._health_timer.isActive():
            self._health_timer.start()

    def _show(self, condition: Condition) -> None:
        if condition is not self._condition:
            self._condition = condition
            self._since_us = self._clock.now().at_us
            self._publish()

    def _publish(self) -> None:
        if self._report is None:
            return
        full = self._condition is Condition.TROUBLE
        health = Health(
            id=self._device,
            kind=DeviceKind.SCANNER.value,
            condition=self._condition,
            since_us=self._since_us,
            station=self._station(),
            detail="The inbox is full: scans of this device wait." if full else self._detail,
            remedy="Wait; if it stays, look at the disk in Health." if full else "",
            counts=self._counts | {"overflows": self._capture.overflows},
        )
        self._report([health])

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Every event of the application comes by here; those that are no keys must leave at once."""
        if event.type() not in _KEY_EVENTS or not isinstance(event, QKeyEvent) or not self._takes(event):
            return False
        event.accept()
        return True


def wedge_key(text: str) -> WedgeKey:
    """The prefix key a line file means: one printable character, `STX`, or `F1` to `F35`. Raises PortTrouble."""
    if text == "STX":
        return WedgeKey(text=STX)
    if len(text) == 1 and text.isprintable():
        return WedgeKey(text=text)
    number = re.fullmatch(r"F([1-9][0-9]?)", text)
    if number and int(number[1]) <= 35:
        return WedgeKey(key=Qt.Key.Key_F1.value + int(number[1]) - 1)
    raise PortTrouble(
        f"Expected one character, STX, or F1 to F35 as the prefix of a keyboard scanner, got {text!r}.",
        remedy='Program the scanner to type ~ before each code, and write prefix = "~" in the line file.',
    )


def _stroke(event: QKeyEvent) -> Keystroke:
    held = event.modifiers()
    # Windows reports AltGr as Ctrl and Alt together; the characters it makes are text.
    combined = bool(held & _META) or bool(held & _CTRL) != bool(held & _ALT)
    text = event.text()
    return Keystroke(
        text=text,
        key=event.key(),
        name="" if text else QKeySequence(event.key()).toString() or "?",
        ends=event.key() in _ENDS,
        modifier=event.key() in _MODIFIERS,
        combined=combined,
        at_ms=event.timestamp(),
    )
