"""Small files that are whole or not there, whatever ends the process or the power."""

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, body: bytes) -> None:
    """Put a file in place, durable on return; raises OSError, and then the old file is as it was."""
    draft = path.with_name(path.name + ".new")
    try:
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The name of a file is durable only after its folder; a system that cannot sync a folder does it by itself."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
