"""LCUS relay boards on a USB serial bridge: 9600 8N1, `A0 channel op sum`, no answer.

Source: on A0 01 01 A2, off A0 01 00 A1; the sum is that of the three bytes before it, modulo 256.
"""

from collections.abc import Mapping
from typing import Final

from shopfloor.devices.lamps.code import Seen
from shopfloor.devices.lamps.wish import BUZZER, COLOURS, DARK, Buzz, LampWish, Light, light_of, lights, only, steady

_START: Final = 0xA0
_FRAME_BYTES: Final = 4


class LcusCode:
    """One relay a colour, by the lamp's `channels`; a relay neither flashes nor has a second sound."""

    query = b""
    answer_bytes = 0

    def __init__(self, channels: Mapping[str, int]) -> None:
        self._channels = dict(channels)

    def able(self, wish: LampWish) -> LampWish:
        """What has a relay, steady."""
        return only(steady(wish), self._channels)

    def frames(self, wish: LampWish) -> tuple[bytes, ...]:
        """One frame a relay, in the order of the colours."""
        return tuple(_frame(channel, on=on) for channel, on in switched(self._channels, wish).items())

    def read(self, answer: bytes) -> Seen:
        """It never answers."""
        del answer
        return Seen()

    def twin(self) -> "LcusTwin":
        """A board with every relay off."""
        return LcusTwin(self._channels)


class LcusTwin:
    """Takes frames in any pieces; one whose sum is wrong is dropped."""

    def __init__(self, channels: Mapping[str, int]) -> None:
        self.shown = DARK
        self._channels = dict(channels)
        self._on: set[int] = set()
        self._waiting = b""

    def feed(self, data: bytes) -> bytes:
        """Take frames; it says nothing."""
        self._waiting += data
        while len(self._waiting) >= _FRAME_BYTES:
            frame = self._waiting[:_FRAME_BYTES]
            whole = frame[0] == _START and frame[3] == sum(frame[:3]) & 0xFF
            self._waiting = self._waiting[_FRAME_BYTES if whole else 1 :]
            if whole:
                (self._on.add if frame[2] else self._on.discard)(frame[1])
        self.shown = shown_by(self._channels, self._on)
        return b""


def switched(channels: Mapping[str, int], wish: LampWish) -> dict[int, bool]:
    """Whether each channel is on, in the order of the colours, the buzzer last."""
    found = {channels[colour]: light_of(wish, colour) is not Light.OFF for colour in COLOURS if colour in channels}
    if BUZZER in channels:
        found[channels[BUZZER]] = wish.buzzer is not Buzz.OFF
    return found


def shown_by(channels: Mapping[str, int], on: set[int]) -> LampWish:
    """What shines where these channels are on."""
    shining: dict[str, Light | Buzz] = {c: Light.ON for c in COLOURS if channels.get(c) in on}
    if BUZZER in channels and channels[BUZZER] in on:
        shining[BUZZER] = Buzz.CALL
    return lights(**shining)


def _frame(channel: int, *, on: bool) -> bytes:
    head = bytes([_START, channel & 0xFF, int(on)])
    return head + bytes([sum(head) & 0xFF])
