"""PATLITE's USB lamps: HID reports of eight bytes to endpoint 1.

Source of the bytes: the maker's own examples for LR6-USB (191A:8003) and NE-USB (191A:6001).
"""

from typing import Final

from shopfloor.devices.lamps.code import Seen
from shopfloor.devices.lamps.wish import COLOURS, DARK, Buzz, LampWish, Light, light_of, lights

REPORT_BYTES: Final = 8

_HOW: Final = {Light.OFF: 0x0, Light.ON: 0x1, Light.FLASH: 0x2}
_LIGHT: Final = {value: light for light, value in _HOW.items()}
_KEEP: Final = 0xF

_STEADY_TONE: Final = 0x01  # count 0: goes on until it is told to stop; no pattern, for none of them is documented
_NOTES: Final = {Buzz.OFF: 0x00, Buzz.CALL: 0xEF, Buzz.STOP: 0xDF}  # the lamp's own pitch (D7); its highest (A7)

# One light with one colour at a time: what is worst is shown.
_WORST_FIRST: Final = ("red", "yellow", "blue", "green", "white")
_NE_COLOURS: Final = {"red": 1, "green": 2, "yellow": 3, "blue": 4, "white": 7}
_NE_SOUNDS: Final = {Buzz.OFF: 0x00, Buzz.CALL: 0x01, Buzz.STOP: 0x02}  # continuous; a sweep, which is more urgent
_NE_VOLUME_MAX: Final = 0x0A
_NE_CONTROL: Final = 0x00
_NE_STATE: Final = 0x80
_NE_TOUCHED: Final = 0x01


class Lr6Code:
    """Five colours and a buzzer with two pitches; it is never heard of."""

    query = b""
    answer_bytes = 0

    def able(self, wish: LampWish) -> LampWish:
        """Everything."""
        return wish

    def frames(self, wish: LampWish) -> tuple[bytes, ...]:
        """One report: 00 00, buzzer, its two notes, red|yellow, green|blue, white|0, 00."""
        red, yellow, green, blue, white = (_HOW[light_of(wish, colour)] for colour in COLOURS)
        sound = 0 if wish.buzzer is Buzz.OFF else _STEADY_TONE
        notes = _NOTES[wish.buzzer]
        return (bytes([0, 0, sound, notes, red << 4 | yellow, green << 4 | blue, white << 4, 0]),)

    def read(self, answer: bytes) -> Seen:
        """It never answers."""
        del answer
        return Seen()

    def twin(self) -> "Lr6Twin":
        """A lamp, dark."""
        return Lr6Twin()


class NeCode:
    """One light in one colour and a buzzer; says whether its top is touched, not what shines."""

    query = bytes([0, _NE_STATE, 0, 0, 0, 0, 0, 0])
    answer_bytes = 2

    def able(self, wish: LampWish) -> LampWish:
        """The worst of the colours, and the sound."""
        colour = _worst(wish)
        shining = {colour: light_of(wish, colour)} if colour else {}
        return lights(**shining, buzzer=wish.buzzer)

    def frames(self, wish: LampWish) -> tuple[bytes, ...]:
        """One report: 00 00, buzzer, volume, colour|pattern, 00 00 00."""
        colour = _worst(wish)
        light = _NE_COLOURS[colour] << 4 | _HOW[light_of(wish, colour)] if colour else 0
        return (bytes([0, _NE_CONTROL, _NE_SOUNDS[wish.buzzer], _NE_VOLUME_MAX, light, 0, 0, 0]),)

    def read(self, answer: bytes) -> Seen:
        """Bit 0 of the second byte is the touch sensor."""
        return Seen(touched=len(answer) >= self.answer_bytes and bool(answer[1] & _NE_TOUCHED))

    def twin(self) -> "NeTwin":
        """A lamp, dark and not touched."""
        return NeTwin()


class Lr6Twin:
    """Takes whole reports; a nibble of F keeps what it was."""

    def __init__(self) -> None:
        self.shown = DARK
        self._waiting = b""

    def feed(self, data: bytes) -> bytes:
        """Take reports; it says nothing."""
        self._waiting += data
        while len(self._waiting) >= REPORT_BYTES:
            self._take(self._waiting[:REPORT_BYTES])
            self._waiting = self._waiting[REPORT_BYTES:]
        return b""

    def _take(self, report: bytes) -> None:
        if report[:2] != b"\0\0":
            return
        nibbles = (report[4] >> 4, report[4] & 15, report[5] >> 4, report[5] & 15, report[6] >> 4)
        shining: dict[str, Light | Buzz] = {
            colour: _LIGHT.get(nibble, light_of(self.shown, colour))
            for colour, nibble in zip(COLOURS, nibbles, strict=True)
        }
        pattern = report[2] & 15
        loud = {notes: buzz for buzz, notes in _NOTES.items() if buzz is not Buzz.OFF}.get(report[3], Buzz.CALL)
        sound = Buzz.OFF if not pattern else loud
        self.shown = lights(**shining, buzzer=self.shown.buzzer if pattern == _KEEP else sound)


class NeTwin:
    """Takes whole reports and answers the question for its state; `touched` is a finger on its top."""

    def __init__(self) -> None:
        self.shown = DARK
        self.touched = False
        self._waiting = b""

    def feed(self, data: bytes) -> bytes:
        """Take reports; two bytes for each question."""
        self._waiting += data
        answer = b""
        while len(self._waiting) >= REPORT_BYTES:
            report, self._waiting = self._waiting[:REPORT_BYTES], self._waiting[REPORT_BYTES:]
            if report[1] == _NE_STATE:
                answer += bytes([0, _NE_TOUCHED if self.touched else 0])
            elif report[1] == _NE_CONTROL:
                self._take(report)
        return answer

    def _take(self, report: bytes) -> None:
        colour = {value: name for name, value in _NE_COLOURS.items()}.get(report[4] >> 4)
        light = _LIGHT.get(report[4] & 15, Light.OFF)
        shining = {colour: light} if colour else {}
        sound = {value: buzz for buzz, value in _NE_SOUNDS.items()}.get(report[2] & 15, Buzz.CALL)
        self.shown = lights(**shining, buzzer=sound)


def _worst(wish: LampWish) -> str:
    return next((colour for colour in _WORST_FIRST if light_of(wish, colour) is not Light.OFF), "")
