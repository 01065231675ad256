"""Chance that can be repeated: a seed of its own for each run, printed, or the one asked for."""

import os
import random

SEED = "SHOPFLOOR_SEED"


def chance() -> random.Random:
    """A generator whose seed is in the output of a failed test; SHOPFLOOR_SEED=... repeats it."""
    seed = int(os.environ.get(SEED) or random.SystemRandom().randrange(10**6))
    print(f"{SEED}={seed}")
    return random.Random(seed)
