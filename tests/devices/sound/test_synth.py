"""Sounds as files: the level follows the noise, and a refused scan never sounds like an accepted one."""

import io
import itertools
import math
import wave

import pytest

from shopfloor.devices.sound.level import ABOVE_DB, FULL_SCALE_DB, level_of
from shopfloor.devices.sound.synth import silence, tune


def frames_of(wav: bytes) -> list[int]:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return list(memoryview(file.readframes(file.getnframes())).cast("h"))


def crossings(name: str) -> tuple[float, float]:
    """(seconds, mean pitch in Hz) of a sound, by counting zero crossings."""
    frames = frames_of(tune(name))
    seconds = len(frames) / 22_050
    return seconds, sum(1 for a, b in itertools.pairwise(frames) if a < 0 <= b) / seconds


def test_a_refused_scan_is_lower_and_longer_than_an_accepted_one() -> None:
    accepted_s, accepted_hz = crossings("accepted")
    refused_s, refused_hz = crossings("refused")

    assert refused_s > 4 * accepted_s
    assert accepted_hz > 4 * refused_hz


@pytest.mark.parametrize("ambient_db", [35, 50, 65, 84])
def test_ten_decibels_more_noise_are_ten_decibels_more_sound(ambient_db: int) -> None:
    quiet = max(frames_of(tune("stop", level=level_of(ambient_db - 10 if ambient_db > 45 else ambient_db))))
    loud = max(frames_of(tune("stop", level=level_of(ambient_db))))

    wanted_db = 10 if ambient_db > 45 else 0
    assert 20 * math.log10(loud / quiet) == pytest.approx(wanted_db, abs=0.1)


def test_the_sound_is_ten_decibels_above_the_noise_on_the_loudspeaker_as_it_was_set() -> None:
    for ambient_db in range(35, 86):
        assert 20 * math.log10(level_of(ambient_db)) + FULL_SCALE_DB == pytest.approx(ambient_db + ABOVE_DB)


def test_louder_than_full_scale_is_full_scale_and_never_overflows() -> None:
    assert level_of(85) == level_of(120) == 1.0
    assert max(map(abs, frames_of(tune("stop", level=1.0)))) <= 32_767
    assert tune("stop", level=7.0) == tune("stop", level=1.0)


def test_a_quiet_room_is_no_reason_to_be_silent() -> None:
    assert level_of(0) == level_of(35)
    assert max(frames_of(tune("accepted", level=level_of(35)))) > 80


def test_a_try_is_not_heard() -> None:
    assert set(frames_of(silence())) == {0}


def test_a_name_that_is_no_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="fanfare"):
        tune("fanfare")
