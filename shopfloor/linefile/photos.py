"""The pictures a line file names: there, of a kind that can be printed, and of a sensible size."""

from collections.abc import Iterator
from pathlib import Path

from shopfloor.core.codes import printable
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.tables import Table

PHOTO_BYTES_MAX = 5_000_000  # a telephone's picture; a sheet of cards carries each picture once

_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # png, jpg: what the file is, whatever its name says


def check_photos(file: Table, folder: Path) -> Iterator[Problem]:
    """Every picture of a part that cannot be printed."""
    for part in file.tables("parts"):
        photo = part.text("photo")
        if photo:
            yield from _check(part.path("photo"), photo, folder)


def _check(path: str, photo: str, folder: Path) -> Iterator[Problem]:
    shown = printable(photo)
    try:
        with (folder / photo.replace("\\", "/")).open("rb") as file:
            start = file.read(8)
            size = file.seek(0, 2)
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        yield Problem(
            path, f"'{shown}' cannot be read: {reason}", "write the path from the folder of the line file, or remove it"
        )
        return
    if not start.startswith(_BEGINNINGS):
        yield Problem(path, f"'{shown}' is neither a png nor a jpg picture", "save the picture as one of them")
    elif size > PHOTO_BYTES_MAX:
        yield Problem(
            path,
            f"expected at most {PHOTO_BYTES_MAX} bytes, got {size}",
            "make the picture smaller: 1000 points a side are enough",
        )
