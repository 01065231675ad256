"""Sounds made from code and played by what the system has: a refused scan never sounds like an accepted one."""

import array
import io
import logging
import math
import queue
import shutil
import subprocess
import sys
import threading
import wave
from collections.abc import Callable
from contextlib import suppress

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.ports import Report

RATE_HZ = 22_050
LEVEL = 0.6
FADE_S = 0.008  # without it every tone begins and ends with a click
WAITING_MAX = 4  # a sound that would come seconds late helps nobody
PLAY_S_MAX = 5.0
END_S_MAX = 2.0
SOUND = "sound"

# (pitch in Hz, seconds); 0 Hz is a pause. Accepted: one short high tone. Refused: three low ones, uneven. A call: two
# rising tones. A stop: four falling ones. None is the three-pulse evacuation pattern (0.5 s on, 0.5 s off, thrice).
_TUNES: dict[str, tuple[tuple[int, float], ...]] = {
    "accepted": ((1760, 0.07),),
    "refused": ((330, 0.16), (0, 0.05), (330, 0.07), (0, 0.05), (220, 0.28)),
    "call": ((784, 0.16), (1047, 0.30)),
    "stop": ((880, 0.18), (660, 0.18), (880, 0.18), (440, 0.40)),
}
_PLAYERS = (("pw-play", "-"), ("paplay",), ("aplay", "-q", "-"))

_log = logging.getLogger("shopfloor.devices.sound")


def tune(name: str) -> bytes:
    """The sound as a WAV file, 16 bit mono. Raises KeyError for another name than accepted, refused, call, stop."""
    samples = array.array("h")
    for pitch_hz, length_s in _TUNES[name]:
        samples.extend(_tone(pitch_hz, length_s))
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()


class Sound:
    """Plays one sound at a time on a thread of its own. `player` None looks for what the system has."""

    def __init__(self, report: Report, clock: Clock, *, player: Callable[[bytes], bool] | None = None) -> None:
        self._report = report
        self._clock = clock
        self._player = player or _find_player()
        self._names: queue.Queue[str | None] = queue.Queue(WAITING_MAX)
        self._tunes: dict[str, bytes] = {}
        self._thread = threading.Thread(target=self._run, name="shopfloor-sound", daemon=True)

    def start(self) -> None:
        """Begin to play, and say in Health whether anything can be heard."""
        self._say(self._player is not None)
        self._thread.start()

    def play(self, name: str) -> None:
        """Play a sound soon; with several waiting, this one is left out. Never blocks."""
        if self._player is not None:
            try:
                self._names.put_nowait(name)
            except queue.Full:
                _log.debug("left out: %s", name)

    def stop(self) -> None:
        """Be silent."""
        with suppress(queue.Empty):  # its own thread takes them, too
            while True:
                self._names.get_nowait()
        self._names.put(None)
        self._thread.join(END_S_MAX)

    def _run(self) -> None:
        heard = self._player is not None
        while (name := self._names.get()) is not None:
            assert self._player is not None
            if name not in self._tunes:
                self._tunes[name] = tune(name)  # made when first heard: all of them together delay the first frame
            played = self._player(self._tunes[name])
            if played != heard:
                heard = played
                self._say(heard)

    def _say(self, heard: bool) -> None:  # noqa: FBT001 - private, one meaning
        detail = "" if heard else "No sound can be played here: screen and lamp only."
        remedy = "" if heard else "Connect a loudspeaker and install alsa-utils or PipeWire, then restart the terminal."
        condition = Condition.UP if heard else Condition.LOST
        part = Health(
            id=SOUND,
            kind=SOUND,
            condition=condition,
            since_us=self._clock.now().at_us,
            detail=detail,
            remedy=remedy,
        )
        self._report((part,))


def _tone(pitch_hz: int, length_s: float) -> list[int]:
    count, fade = round(length_s * RATE_HZ), round(FADE_S * RATE_HZ)
    step = 2 * math.pi * pitch_hz / RATE_HZ
    peak = 32_767 * LEVEL
    return [round(peak * min(1.0, i / fade, (count - i) / fade) * math.sin(step * i)) for i in range(count)]


def _find_player() -> Callable[[bytes], bool] | None:
    if sys.platform == "win32":
        return _play_windows
    for command in (("afplay", "/dev/stdin"),) if sys.platform == "darwin" else _PLAYERS:
        if shutil.which(command[0]):
            return lambda sound, command=command: _play(command, sound)  # type: ignore[misc]
    return None


def _play(command: tuple[str, ...], sound: bytes) -> bool:
    try:
        ended = subprocess.run(command, input=sound, capture_output=True, timeout=PLAY_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.info("%s: %s", command[0], error)
        return False
    return ended.returncode == 0


def _play_windows(sound: bytes) -> bool:
    import winsound  # type: ignore[import-not-found,unused-ignore]

    try:
        winsound.PlaySound(sound, winsound.SND_MEMORY)  # type: ignore[attr-defined,unused-ignore]
    except RuntimeError as error:
        _log.info("winsound: %s", error)
        return False
    return True
