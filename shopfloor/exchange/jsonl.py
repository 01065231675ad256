"""JSON, one document a line."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec


def write_lines(path: Path, documents: Iterable[Any]) -> int:
    """Write the documents as they come; how many they were. Raises OSError for what the disk does."""
    count = 0
    encoder = msgspec.json.Encoder()
    with path.open("wb") as file:
        for document in documents:
            file.write(encoder.encode(document) + b"\n")
            count += 1
    return count
