"""A sound as an alarm engineer hears it: when it is on and when it is off, and whether that means evacuation."""

import io
import itertools
import wave
from collections.abc import Iterable, Sequence

Pulse = tuple[float, float]  # seconds on, seconds off after it

ON_S = OFF_S = (0.35, 0.65)  # ISO 8201 says 0.5 s within a tenth; nobody in a noisy hall hears such a difference
PULSES = 3
HEARD = 0.02  # of the loudest sample
SLICE_S = 0.005


def pulses_of(wav: bytes) -> list[Pulse]:
    """On and off from the samples, to a slice; the last off is 0."""
    with wave.open(io.BytesIO(wav)) as file:
        frames = memoryview(file.readframes(file.getnframes())).cast("h")
        size = round(file.getframerate() * SLICE_S)
    loudest = max(map(abs, frames))
    slices = [max(map(abs, frames[i : i + size])) > HEARD * loudest for i in range(0, len(frames), size)]
    runs = [(is_on, sum(1 for _ in run) * SLICE_S) for is_on, run in itertools.groupby(slices)]
    return pulses_of_tones((440 if is_on else 0, length_s) for is_on, length_s in runs)


def pulses_of_tones(tones: Iterable[tuple[float, float]]) -> list[Pulse]:
    """On and off of a score: tones without a pause between them are one pulse."""
    found: list[Pulse] = []
    for pitch_hz, length_s in tones:
        if pitch_hz and (not found or found[-1][1] > 0):
            found.append((length_s, 0.0))
        elif pitch_hz:
            found[-1] = (found[-1][0] + length_s, 0.0)
        else:
            found[-1] = (found[-1][0], found[-1][1] + length_s)
    return found


def merged(pulses: Sequence[Pulse], shorter_s: float) -> list[Pulse]:
    """The same to an ear, or a hall with echo, that does not notice pauses shorter than that."""
    found: list[Pulse] = []
    for on_s, off_s in pulses:
        if found and found[-1][1] < shorter_s:
            found[-1] = (sum(found[-1]) + on_s, off_s)
        else:
            found.append((on_s, off_s))
    return found


def is_evacuation(pulses: Sequence[Pulse]) -> bool:
    """Whether three pulses of about 0.5 s with pauses of about 0.5 s are in it; what follows the third is no matter."""
    in_a_row = 0
    for on_s, off_s in pulses:
        in_a_row = in_a_row + 1 if ON_S[0] <= on_s <= ON_S[1] else 0
        if in_a_row >= PULSES:
            return True
        if not OFF_S[0] <= off_s <= OFF_S[1]:
            in_a_row = 0
    return False
