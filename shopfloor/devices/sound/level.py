"""How loud: 10 dB above the ambient noise, on a loudspeaker that somebody has set once."""

ABOVE_DB = 10  # EU rules for safety signs; more startles, less is not heard
AMBIENT_DB_MIN, AMBIENT_DB_MAX = 35, 85  # a quiet office; above it ears are protected and the lamp has to say it
FULL_SCALE_DB = AMBIENT_DB_MAX + ABOVE_DB  # what the loudest sine is to measure where the operator stands, dB(A)


def level_of(ambient_db: float) -> float:
    """The amplitude, 1 is full scale, that is ABOVE_DB above the ambient noise; clipped at full scale.

    Only ratios can be made from code. Once, somebody plays the `test` sound, holds a sound level meter where the
    operator stands, and turns the loudspeaker until it reads ABOVE_DB more than the line file's `ambient_db`. After
    that `ambient_db` can be changed without touching the loudspeaker.
    """
    wanted_db = max(AMBIENT_DB_MIN, ambient_db) + ABOVE_DB
    return float(min(1.0, 10.0 ** ((wanted_db - FULL_SCALE_DB) / 20)))
