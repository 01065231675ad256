"""What makes a data folder a terminal of a line: the joining key, in a file only this user can read."""

import os
import ssl
import stat
import sys
from pathlib import Path
from typing import Final

from shopfloor.link.join_key import JoinKey, read_key, write_key
from shopfloor.link.trouble import LinkTrouble

KEY_FILE: Final = "line.key"


def write_joined(folder: Path, key: JoinKey) -> Path:
    """Put the key into the data folder, durably; it takes the place of an earlier one. Raises LinkTrouble."""
    path = folder / KEY_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_private(path, write_key(key).encode("ascii") + b"\n")
    except OSError as error:
        raise LinkTrouble(
            f"The joining key cannot be kept in {path}: {error.strerror or error}.",
            remedy="Give this user the right to write the data folder.",
        ) from error
    return path


def read_joined(folder: Path) -> JoinKey | None:
    """The key of a data folder, None if it belongs to no line. Raises LinkTrouble if there is one nobody can use."""
    path = folder / KEY_FILE
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LinkTrouble(
            f"The joining key {path} cannot be read: {error.strerror or error}.",
            remedy="Give this user the right to read it, or join again.",
        ) from error
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise LinkTrouble(
            f"The joining key {path} can be read by others.",
            remedy=f"chmod 600 {path}; if somebody may have read it, revoke it and join with a new one.",
        )
    return read_key(text)


def tls_of(authority: bytes) -> ssl.SSLContext:
    """A client's side that trusts this one authority, whatever the system trusts. Raises LinkTrouble."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the chain and the name, subjects.TLS_NAME
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(authority))
    except (ssl.SSLError, ValueError) as error:
        raise LinkTrouble(
            "The joining key holds no usable certificate.",
            remedy="Make a new one: `shopfloor line key new NAME` on the server.",
        ) from error
    return context


def write_private(path: Path, content: bytes) -> None:
    """Replace a file at once and durably; only this user may read it. Raises OSError."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    if sys.platform != "win32":
        parent = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
