"""Any lamp that takes text over a serial line or a socket: the line file says what is written for what."""

from collections.abc import Mapping
from typing import Final

from shopfloor.devices.lamps.code import Seen
from shopfloor.devices.lamps.wish import (
    BUZZER,
    COLOURS,
    DARK,
    Buzz,
    LampWish,
    Light,
    light_of,
    lights,
)

_ON: Final = "on"
_WAITING_BYTES_MAX: Final = 512  # a text that was never told is thrown away


class TextCode:
    """By the lamp's `texts`: `red:on`, `red:flash`, `red:off`, `buzzer:call`, `buzzer:stop`, `buzzer:on`, ...

    Where a text for flashing, or for one of the sounds, is missing, that for `on` stands for it.
    """

    query = b""
    answer_bytes = 0

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def able(self, wish: LampWish) -> LampWish:
        """What has a text."""
        shining: dict[str, Light | Buzz] = {c: self._light(c, light_of(wish, c)) for c in COLOURS}
        shining[BUZZER] = self._sound(wish.buzzer)
        return lights(**shining)

    def frames(self, wish: LampWish) -> tuple[bytes, ...]:
        """One text a colour, in the order of the colours, the buzzer last; nothing for what has no text."""
        able = self.able(wish)
        keys = [f"{colour}:{light_of(able, colour).value}" for colour in COLOURS]
        sound = f"{BUZZER}:{able.buzzer.value}"
        keys.append(f"{BUZZER}:{_ON}" if able.buzzer is Buzz.CALL and sound not in self._texts else sound)
        return tuple(self._texts[key].encode() for key in keys if self._texts.get(key))

    def read(self, answer: bytes) -> Seen:
        """What it answers is not known."""
        del answer
        return Seen()

    def twin(self) -> "TextTwin":
        """A lamp that knows these texts, dark."""
        return TextTwin(self._texts)

    def _light(self, colour: str, light: Light) -> Light:
        if light is Light.FLASH and f"{colour}:{Light.FLASH.value}" not in self._texts:
            light = Light.ON
        return light if f"{colour}:{light.value}" in self._texts else Light.OFF

    def _sound(self, buzz: Buzz) -> Buzz:
        if buzz is Buzz.OFF or f"{BUZZER}:{buzz.value}" in self._texts:
            return buzz
        known = f"{BUZZER}:{_ON}" in self._texts or f"{BUZZER}:{Buzz.CALL.value}" in self._texts
        return Buzz.CALL if known else Buzz.OFF


class TextTwin:
    """Knows the texts it was made with, the longest first; any other byte is thrown away."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.shown = DARK
        known = {text.encode(): key for key, text in texts.items() if text}
        self._known = dict(sorted(known.items(), key=lambda item: -len(item[0])))
        self._waiting = b""

    def feed(self, data: bytes) -> bytes:
        """Take texts; it says nothing."""
        self._waiting = (self._waiting + data)[-_WAITING_BYTES_MAX:]
        while self._waiting:
            text = next((text for text in self._known if self._waiting.startswith(text)), None)
            if text is None and any(known.startswith(self._waiting) for known in self._known):
                break  # the rest of it comes
            if text is not None:
                self._do(self._known[text])
            self._waiting = self._waiting[len(text) if text else 1 :]
        return b""

    def _do(self, key: str) -> None:
        what, _, how = key.partition(":")
        shining: dict[str, Light | Buzz] = {c: light_of(self.shown, c) for c in COLOURS}
        shining[BUZZER] = self.shown.buzzer
        if what == BUZZER:
            shining[BUZZER] = Buzz.CALL if how == _ON else Buzz(how)
        else:
            shining[what] = Light(how)
        self.shown = lights(**shining)
