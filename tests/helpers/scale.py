"""How much a test does: little in every run, the full figure when the soak asks for it."""

import os


def scaled(short: int, full: int) -> int:
    """`full` if the environment variable SHOPFLOOR_SOAK is 1, else `short`."""
    return full if os.environ.get("SHOPFLOOR_SOAK") == "1" else short
