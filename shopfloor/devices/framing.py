"""Bytes of a port in, complete frames out: pure, bounded, and never two scans in one."""

import re

from msgspec import Struct

from shopfloor.core.codes import printable
from shopfloor.core.reading import is_text

FRAME_BYTES_MAX = 512  # the longest code that is printed on a label stays below; more is a device gone mad
STALE_S = 0.5  # 500 byte times at 9600 baud and 30 latency timers of a USB adapter; an operator's next scan is later

_NS_PER_S = 1_000_000_000
_STX = b"\x02"
_ENDS = re.compile(rb"[\r\n\x02\x03]")  # CR, LF, CRLF, and STX..ETX; RS, GS and EOT are data


class Frame(Struct, frozen=True):
    """One complete frame; if its bytes are no text, `readable` is False and `text` shows them escaped."""

    text: str
    readable: bool = True


class FrameCounts(Struct, frozen=True):
    """Frames given out, those of them that are no text, too long ones, and halves that nothing completed."""

    frames: int = 0
    undecodable: int = 0
    overflows: int = 0
    stale: int = 0


class Framer:
    """Splits a byte stream by its terminators; a half frame is dropped, never completed by the next one."""

    def __init__(self, *, stale_s: float = STALE_S) -> None:
        self._stale_ns = round(stale_s * _NS_PER_S)
        self._half = bytearray()
        self._too_long = False
        self._silent_ns = 0
        self._frames = 0
        self._undecodable = 0
        self._overflows = 0
        self._stale = 0

    @property
    def counts(self) -> FrameCounts:
        """What came through so far."""
        return FrameCounts(self._frames, self._undecodable, self._overflows, self._stale)

    def feed(self, data: bytes, *, waited_ns: int) -> list[Frame]:
        """The frames that `data` completes. `waited_ns`: how long the reader listened in vain before these bytes.

        Silence is time spent listening, not the time between two reads: bytes that waited in the driver because the
        reader was held up belong to the frame they were sent with. Feed b"" after a read that timed out.
        """
        self._silent_ns += waited_ns
        if self._silent_ns >= self._stale_ns:
            self._drop_half()
        if data:
            self._silent_ns = 0
        done: list[Frame] = []
        start = 0
        for end in _ENDS.finditer(data):
            self._keep(data[start : end.start()])
            start = end.end()
            if end[0] == _STX:
                self._drop_half()
            else:
                self._complete(done)
        self._keep(data[start:])
        return done

    def reset(self) -> None:
        """Forget what is half: the port was closed, the rest will never come."""
        self._drop_half()
        self._silent_ns = 0

    def _keep(self, piece: bytes) -> None:
        if self._too_long:
            return
        self._half += piece
        if len(self._half) > FRAME_BYTES_MAX:
            self._half.clear()
            self._too_long = True
            self._overflows += 1

    def _complete(self, done: list[Frame]) -> None:
        if self._half:
            frame = _frame(bytes(self._half))
            self._frames += 1
            self._undecodable += not frame.readable
            done.append(frame)
        self._half.clear()
        self._too_long = False

    def _drop_half(self) -> None:
        self._stale += bool(self._half)
        self._half.clear()
        self._too_long = False


def _frame(data: bytes) -> Frame:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Frame(printable(data.decode(errors="backslashreplace")), readable=False)
    if not is_text(text):
        return Frame(printable(text), readable=False)
    return Frame(text)
