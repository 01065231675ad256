"""The score: every sound as pitches and lengths, told apart by pitch and by rhythm."""

from enum import StrEnum

from shopfloor.core.line_andon import Severity


class Tune(StrEnum):
    """What can be heard: three earcons of scans, and what andon says."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    ASKED = "asked"
    CALL_LOW = "call_low"
    CALL = "call"
    CALL_HIGH = "call_high"
    STOP = "stop"
    ESCALATED = "escalated"
    RESTART = "restart"
    CLEARED = "cleared"
    SUMMARY = "summary"
    TEST = "test"


SCANS = frozenset({Tune.ACCEPTED, Tune.REFUSED, Tune.ASKED})
CALLS = frozenset({Tune.CALL_LOW, Tune.CALL, Tune.CALL_HIGH, Tune.STOP, Tune.SUMMARY})

# A line that runs again hurts whoever did not hear the chime, a stop costs most: nothing makes these two wait.
URGENT = frozenset({Tune.STOP, Tune.RESTART})

# (pitch in Hz, seconds); 0 Hz is a pause. The evacuation signal of ISO 8201 is three pulses of 0.5 s with 0.5 s between
# them and belongs to it alone. So that no sound becomes it by being repeated, none lasts from 0.35 to 0.65 s: not one
# tone of it, not tones with short pauses taken together, not the whole. Pitches stay within 200 to 3000 Hz (ISO 7731).
SCORE: dict[Tune, tuple[tuple[int, float], ...]] = {
    # One short high tone; three low uneven ones that fall; two that rise as a question does.
    Tune.ACCEPTED: ((1760, 0.07),),
    Tune.REFUSED: ((330, 0.20), (0, 0.05), (330, 0.07), (0, 0.05), (220, 0.33)),
    Tune.ASKED: ((988, 0.08), (0, 0.08), (1319, 0.14)),
    # The more urgent, the faster and higher, and the more the pitch moves.
    Tune.CALL_LOW: ((587, 0.18), (0, 0.34), (587, 0.24)),
    Tune.CALL: ((784, 0.16), (1047, 0.30), (784, 0.24)),
    Tune.CALL_HIGH: (
        *((1047, 0.06), (1319, 0.06), (1568, 0.08), (0, 0.10)),
        *((1047, 0.06), (1319, 0.06), (1568, 0.08), (0, 0.10)),
        *((1047, 0.06), (1319, 0.06), (1568, 0.21)),
    ),
    Tune.STOP: ((880, 0.20), (660, 0.20), (880, 0.20), (440, 0.33)),
    Tune.ESCALATED: ((1175, 0.07), (0, 0.07), (1175, 0.07), (0, 0.07), (1175, 0.07), (0, 0.07), (1760, 0.30)),
    # A bell that climbs slowly and stays: the line is about to run.
    Tune.RESTART: ((523, 0.22), (0, 0.10), (659, 0.22), (0, 0.10), (784, 0.22), (0, 0.10), (1047, 0.80)),
    Tune.CLEARED: ((1047, 0.14), (0, 0.05), (784, 0.10)),
    Tune.SUMMARY: (
        (698, 0.08),
        (880, 0.08),
        (698, 0.08),
        (880, 0.08),
        (0, 0.15),
        (698, 0.08),
        (880, 0.08),
        (698, 0.08),
        (880, 0.08),
    ),
    Tune.TEST: (
        (440, 0.15),
        (0, 0.10),
        (660, 0.15),
        (0, 0.10),
        (880, 0.15),
        (0, 0.10),
        (1320, 0.15),
        (0, 0.10),
        (1760, 0.15),
    ),
}


def tune_of_severity(severity: Severity) -> Tune:
    """The sound of a help call."""
    if severity <= Severity.LOW:
        return Tune.CALL_LOW
    return Tune.CALL if severity is Severity.MEDIUM else Tune.CALL_HIGH
