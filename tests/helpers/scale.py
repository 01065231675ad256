"""One test body at two sizes."""

import os


def soaking() -> bool:
    """Whether the full figures are wanted (SHOPFLOOR_SOAK=1, set by scripts/soak.py)."""
    return os.environ.get("SHOPFLOOR_SOAK") == "1"


def scaled(short: int, full: int) -> int:
    """The size of a test: `short` in every run, `full` in a soak."""
    return full if soaking() else short
