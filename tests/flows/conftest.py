"""A plant with a scanner at every station and a button box at the press."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.plant import Plant

GUNS = {"gun-1": "press", "gun-2": "deburr", "gun-3": "assembly"}
BOXES = {"box-1": "press"}


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Scanners gun-1 at the press, gun-2 at deburr, gun-3 at assembly, box-1 at the press; nothing runs yet."""
    with Plant(tmp_path, guns=GUNS, boxes=BOXES) as made:
        yield made
