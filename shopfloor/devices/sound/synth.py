"""Sounds as WAV files, made from the score."""

import array
import io
import math
import sys
import wave

from shopfloor.core.line_andon import AndonPolicy
from shopfloor.devices.sound.level import level_of
from shopfloor.devices.sound.tunes import SCORE, Tune

RATE_HZ = 22_050
FADE_S = 0.008  # without it every tone begins and ends with a click
SILENCE_S = 0.05  # long enough for a player to open its device
LEVEL = level_of(AndonPolicy().ambient_db)

_PEAK = 32_767


def tune(name: str, *, level: float = LEVEL) -> bytes:
    """The sound as a WAV file, 16 bit mono. `level`: amplitude, 1 is full scale. ValueError for a name no Tune has."""
    samples = array.array("h")
    for pitch_hz, length_s in SCORE[Tune(name)]:
        samples.extend(_tone(pitch_hz, length_s, level))
    return _wav(samples)


def silence() -> bytes:
    """A sound that nobody hears: whether a player plays it says whether another would be heard."""
    return _wav(array.array("h", [0] * round(SILENCE_S * RATE_HZ)))


def _tone(pitch_hz: int, length_s: float, level: float) -> list[int]:
    count, fade = round(length_s * RATE_HZ), round(FADE_S * RATE_HZ)
    step = 2 * math.pi * pitch_hz / RATE_HZ
    peak = _PEAK * min(1.0, level)
    return [round(peak * min(1.0, i / fade, (count - i) / fade) * math.sin(step * i)) for i in range(count)]


def _wav(samples: "array.array[int]") -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()
