"""Which keys belong to a scan: the rules of keyboard-wedge scanners, without a window."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from shopfloor.core.codes import printable
from shopfloor.core.reading import is_text

CODE_CHARS_MAX = 512  # as long as a frame of a serial port
GAP_MS_MAX = 2000  # the slowest scanner types a key in 60 ms; nobody scans again sooner after half a scan
TAIL_MS_MAX = 100  # CR and LF typed as two keys: the second must not reach a button
STX = "\x02"

_ENDS = frozenset({"\r", "\n", "\t", "\r\n"})


class Keystroke(Struct, frozen=True, kw_only=True):
    """One key going down. `at_ms`: the event's own time, 0 if it has none; `name`: what to show if it types nothing."""

    text: str = ""
    key: int = 0
    name: str = ""
    ends: bool = False
    modifier: bool = False
    combined: bool = False
    at_ms: int = 0


class WedgeKey(Struct, frozen=True):
    """A key that arms the filter, by what it types or by its key code."""

    text: str = ""
    key: int = 0

    def matches(self, stroke: Keystroke) -> bool:
        """Whether this is the key."""
        return stroke.text == self.text if self.text else stroke.key == self.key


class Captured(Struct, frozen=True):
    """One complete scan; if a key of it was no text, `readable` is False and `text` shows what came."""

    text: str
    readable: bool


class WedgeCapture:
    """Armed by a prefix key, takes every key until the terminator, or until none has come for two seconds.

    Gaps are those of the events' own times: when the program stalls, the keys of a scan come late but close together.
    """

    def __init__(self, prefixes: Sequence[WedgeKey], on_half: Callable[[str], None]) -> None:
        self._prefixes = tuple(prefixes)
        self._on_half = on_half
        self._armed = False
        self._expired = False
        self._text = ""
        self._readable = True
        self._last_ms = 0
        self._ended_ms = 0
        self.overflows = 0

    @property
    def armed(self) -> bool:
        """Whether a scan has begun and nothing has shown it to be over."""
        return self._armed

    def takes(self, at_ms: int) -> bool:
        """Whether a key event of this time belongs to a scan; ends a scan that it shows to be over."""
        if not self._armed:
            return False
        # Where the events have no time of their own, only the timer's word is left.
        over = at_ms - self._last_ms > GAP_MS_MAX if at_ms and self._last_ms else self._expired
        if over:
            self._drop()
        return self._armed

    def is_prefix(self, stroke: Keystroke) -> bool:
        """Whether the key arms the filter."""
        return any(prefix.matches(stroke) for prefix in self._prefixes)

    def press(self, stroke: Keystroke) -> tuple[bool, Captured | None]:
        """(swallow the key?, the scan it completes)."""
        armed = self.takes(stroke.at_ms)
        if self.is_prefix(stroke):
            self._drop()
            self._armed = True
            self._last_ms = stroke.at_ms
            return True, None
        if not armed:
            return self._is_tail(stroke), None
        self._expired = False
        self._last_ms = stroke.at_ms
        if stroke.ends or stroke.text in _ENDS:
            return True, self._complete(stroke.at_ms)
        if not stroke.modifier:
            self._keep(stroke)
        return True, None

    def expire(self) -> None:
        """No key was seen for two seconds: report the half; the next key's own time decides whether it goes on."""
        if self._armed and not self._expired:
            self._expired = True
            self._tell()

    def reset(self) -> None:
        """Forget what is half."""
        self._drop()
        self._ended_ms = 0

    def _keep(self, stroke: Keystroke) -> None:
        if len(self._text) > CODE_CHARS_MAX:
            return
        self._readable &= bool(stroke.text) and not stroke.combined and is_text(stroke.text) and stroke.text >= " "
        self._text += stroke.text or f"<{stroke.name}>"
        self.overflows += len(self._text) > CODE_CHARS_MAX

    def _complete(self, at_ms: int) -> Captured | None:
        text, readable = self._text, self._readable
        self._ended_ms = at_ms
        self._clear()
        if not text or len(text) > CODE_CHARS_MAX:
            return None
        return Captured(text if readable else printable(text), readable)

    def _is_tail(self, stroke: Keystroke) -> bool:
        ended_ms, self._ended_ms = self._ended_ms, 0
        ends = stroke.ends or stroke.text in _ENDS
        return ends and bool(stroke.at_ms and ended_ms) and 0 <= stroke.at_ms - ended_ms <= TAIL_MS_MAX

    def _drop(self) -> None:
        if self._armed and not self._expired:
            self._tell()
        self._clear()

    def _tell(self) -> None:
        if self._text:
            self._on_half(printable(self._text))

    def _clear(self) -> None:
        self._armed = self._expired = False
        self._text = ""
        self._readable = True
        self._last_ms = 0
