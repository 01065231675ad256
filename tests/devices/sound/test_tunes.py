"""The score: no two sounds alike, none of them the evacuation signal, however it is repeated."""

import itertools

import pytest

from shopfloor.core.line_andon import Severity
from shopfloor.devices.sound.synth import tune
from shopfloor.devices.sound.tunes import CALLS, SCANS, SCORE, Tune, tune_of_severity
from tests.devices.sound.pulses import ON_S, Pulse, is_evacuation, merged, pulses_of, pulses_of_tones

ECHOES_S = (0.0, 0.06, 0.11, 0.2, 0.35)  # pauses that an ear may not notice
GAPS_S = tuple(step / 20 for step in range(1, 21))  # whatever the queue, the player and the nag make of it
EVACUATION = ((950, 0.5), (0, 0.5), (950, 0.5), (0, 0.5), (950, 0.5), (0, 1.5))


def with_gap(tones: tuple[tuple[int, float], ...], gap_s: float) -> list[Pulse]:
    pulses = pulses_of_tones(tones)
    return [*pulses[:-1], (pulses[-1][0], pulses[-1][1] + gap_s)]


def is_heard_as_evacuation(pulses: list[Pulse]) -> bool:
    return any(is_evacuation(merged(pulses, echo_s)) for echo_s in ECHOES_S)


@pytest.mark.parametrize("name", Tune)
def test_the_samples_are_on_and_off_as_the_score_says(name: Tune) -> None:
    heard, written = pulses_of(tune(name)), pulses_of_tones(SCORE[name])

    assert len(heard) == len(written)
    for (on_s, off_s), (wanted_on_s, wanted_off_s) in zip(heard, written, strict=True):
        assert on_s == pytest.approx(wanted_on_s, abs=0.016)
        assert off_s == pytest.approx(wanted_off_s, abs=0.016)


def test_the_evacuation_signal_is_known_when_it_is_heard() -> None:
    assert is_heard_as_evacuation(pulses_of_tones(EVACUATION))
    slow = pulses_of_tones(tuple((hz, length_s * 1.15) for hz, length_s in EVACUATION))
    assert is_heard_as_evacuation(slow)
    # Two tones of together 0.46 s are harmless once, and the signal when they come again and again.
    old_call = with_gap(((784, 0.16), (1047, 0.30)), 0.5)
    assert not is_heard_as_evacuation(old_call)
    assert is_heard_as_evacuation(old_call * 3)


@pytest.mark.parametrize("name", Tune)
def test_no_sound_is_the_evacuation_signal_however_often_it_is_repeated(name: Tune) -> None:
    assert not is_heard_as_evacuation(pulses_of(tune(name)))
    # Neither a tone, were it the only one that is heard, nor any pulse, whichever pauses are not noticed.
    lengths = [length_s for _, length_s in SCORE[name]]
    lengths += [on_s for echo_s in ECHOES_S for on_s, _ in merged(pulses_of_tones(SCORE[name]), echo_s)]
    assert not any(ON_S[0] <= length_s <= ON_S[1] for length_s in lengths)
    for gap_s in GAPS_S:
        assert not is_heard_as_evacuation(with_gap(SCORE[name], gap_s) * 7), f"{name} with {gap_s} s between"


def test_no_sounds_one_after_the_other_are_the_evacuation_signal() -> None:
    for gap_s in GAPS_S:
        blocks = {name: with_gap(SCORE[name], gap_s) for name in Tune}
        found = [
            names
            for names in itertools.product(Tune, repeat=3)
            if is_heard_as_evacuation([pulse for name in names for pulse in blocks[name]])
        ]
        assert found == [], f"{gap_s} s between"


def length_of(name: Tune) -> float:
    return sum(length_s for _, length_s in SCORE[name])


def melody(name: Tune) -> tuple[int, ...]:
    return tuple(pitch_hz for pitch_hz, _ in SCORE[name] if pitch_hz)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(Tune, 2)))
def test_any_two_sounds_differ_in_pitch_and_in_rhythm(one: Tune, other: Tune) -> None:
    a, b = (sum(pulses_of_tones(SCORE[name]), ()) for name in (one, other))
    assert len(a) != len(b) or any(max(x, y) > 1.25 * min(x, y) for x, y in zip(a, b, strict=True))
    # A semitone is 6 %: two of them apart at some tone, or another number of tones.
    ours, theirs = melody(one), melody(other)
    assert len(ours) != len(theirs) or any(max(x, y) > 1.12 * min(x, y) for x, y in zip(ours, theirs, strict=True))


def test_every_pitch_is_one_that_protected_ears_hear() -> None:
    assert all(200 <= hz <= 3000 for name in Tune for hz in melody(name))


def test_every_sound_is_short_enough_for_a_queue() -> None:
    assert all(length_of(name) <= 2.0 for name in Tune)
    assert all(length_of(name) <= 0.75 for name in SCANS)


def test_the_more_urgent_call_is_higher() -> None:
    names = [tune_of_severity(severity) for severity in (Severity.LOW, Severity.MEDIUM, Severity.HIGH)]

    assert names == [Tune.CALL_LOW, Tune.CALL, Tune.CALL_HIGH]
    assert max(melody(names[0])) < max(melody(names[1])) < max(melody(names[2]))
    assert tune_of_severity(Severity.CRITICAL) is Tune.CALL_HIGH


def test_scans_and_calls_have_no_sound_in_common() -> None:
    assert not SCANS & CALLS
