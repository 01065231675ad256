"""A file that is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopfloor.trouble import Trouble


@contextmanager
def finished(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """A path to write to in a folder of its own beside `out`; it gets its name when the block is left without an error.

    Raises Trouble, and leaves `out` as it was, if there is no place for it, or a file and not `overwrite`.
    """
    _check(out, overwrite=overwrite)
    try:
        # Beside its place, not in the system's temporary folder: a rename is whole only within one disk, and that
        # folder may be memory.
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            part = Path(folder, out.name)
            yield part
            _sync(part)
            _check(out, overwrite=overwrite)
            part.replace(out)
    except OSError as error:
        raise Trouble(
            f"{out} cannot be written: {error.strerror or error}.",
            remedy="Name a place that this user may write and that has room.",
        ) from error


def _check(out: Path, *, overwrite: bool) -> None:
    if not out.parent.is_dir():
        raise Trouble(f"Expected a folder, got {out.parent}, which is none.", remedy="Make it, or name another.")
    if out.exists() and (not overwrite or not out.is_file()):
        raise Trouble(f"Expected a new file, got {out}, which exists.", remedy="Name another file, or add --overwrite.")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
