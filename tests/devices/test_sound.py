"""Sounds: told apart by pitch and rhythm, one at a time, and their absence is shown."""

import io
import itertools
import queue
import wave
from collections.abc import Iterable

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition, Health
from shopfloor.devices.sound import Sound, tune


def _crossings(name: str) -> tuple[float, float]:
    """(seconds, mean pitch in Hz) of a sound, by counting zero crossings."""
    with wave.open(io.BytesIO(tune(name))) as file:
        frames = memoryview(file.readframes(file.getnframes())).cast("h")
        seconds = file.getnframes() / file.getframerate()
    rising = sum(1 for a, b in itertools.pairwise(frames) if a < 0 <= b)
    return seconds, rising / seconds


def test_a_refused_scan_is_lower_and_longer_than_an_accepted_one() -> None:
    accepted_s, accepted_hz = _crossings("accepted")
    refused_s, refused_hz = _crossings("refused")

    assert refused_s > 4 * accepted_s
    assert accepted_hz > 4 * refused_hz


def test_sounds_are_played_in_order_one_at_a_time() -> None:
    played: queue.Queue[bytes] = queue.Queue()
    told: list[Health] = []

    def player(sound: bytes) -> bool:
        played.put(sound)
        return True

    sound = Sound(told.extend, SystemClock(), player=player)
    sound.start()
    sound.play("accepted")
    sound.play("refused")

    assert played.get(timeout=10) == tune("accepted")
    assert played.get(timeout=10) == tune("refused")
    sound.stop()
    assert [part.condition for part in told] == [Condition.UP]


def test_a_player_that_fails_is_shown_in_health() -> None:
    told: queue.Queue[Health] = queue.Queue()

    def report(parts: Iterable[Health]) -> None:
        for part in parts:
            told.put(part)

    sound = Sound(report, SystemClock(), player=lambda _: False)
    sound.start()
    sound.play("stop")

    assert told.get(timeout=10).condition is Condition.UP
    assert told.get(timeout=10).condition is Condition.LOST
    sound.stop()
