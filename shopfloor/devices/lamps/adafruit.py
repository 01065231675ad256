"""The USB tower light with a CH340 bridge (Adafruit 5125): 9600 8N1, one byte a lamp, no answer.

Source of the bytes: reference chapter on andon hardware; on 1x, off 2x, blink 4x, and the low digit is the lamp.
"""

from typing import Final

from shopfloor.devices.lamps.code import Seen
from shopfloor.devices.lamps.wish import BUZZER, DARK, Buzz, LampWish, Light, light_of, lights, one_sound, only

_ON: Final = 0x10
_OFF: Final = 0x20
_BLINK: Final = 0x40
_LAMPS: Final = {"red": 1, "yellow": 2, "green": 4}
_BUZZER: Final = 8
_HOW: Final = {Light.ON: _ON, Light.OFF: _OFF, Light.FLASH: _BLINK}


class AdafruitCode:
    """Red, yellow, green and one sound."""

    query = b""
    answer_bytes = 0

    def able(self, wish: LampWish) -> LampWish:
        """It has no blue and no white, and sounds one way."""
        kept = only(wish, (*_LAMPS, BUZZER))
        return lights(**{colour: light_of(kept, colour) for colour in _LAMPS}, buzzer=one_sound(kept.buzzer))

    def frames(self, wish: LampWish) -> tuple[bytes, ...]:
        """One byte a lamp. The buzzer never blinks: three of its pulses would be the evacuation signal."""
        shining = tuple(bytes([_HOW[light_of(wish, colour)] | bit]) for colour, bit in _LAMPS.items())
        sound = _OFF if wish.buzzer is Buzz.OFF else _ON
        return (*shining, bytes([sound | _BUZZER]))

    def read(self, answer: bytes) -> Seen:
        """It never answers."""
        del answer
        return Seen()

    def twin(self) -> "AdafruitTwin":
        """A tower, dark."""
        return AdafruitTwin()


class AdafruitTwin:
    """Knows each byte; anything else leaves the tower as it is."""

    def __init__(self) -> None:
        self.shown = DARK

    def feed(self, data: bytes) -> bytes:
        """Take bytes; it says nothing."""
        for byte in data:
            self._take(byte)
        return b""

    def _take(self, byte: int) -> None:
        how = {value: light for light, value in _HOW.items()}.get(byte & 0xF0)
        if how is None:
            return
        shining: dict[str, Light | Buzz] = {c: light_of(self.shown, c) for c in _LAMPS}
        shining[BUZZER] = self.shown.buzzer
        for colour, bit in _LAMPS.items():
            if byte & 0x0F == bit:
                shining[colour] = how
        if byte & 0x0F == _BUZZER:
            shining[BUZZER] = Buzz.OFF if how is Light.OFF else Buzz.CALL
        self.shown = lights(**shining)
