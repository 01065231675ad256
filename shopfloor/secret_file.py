"""Passwords of senders and brokers, in a file of their own: never in the line file, which is shown and journalled."""

import stat
import sys
import tomllib
from pathlib import Path

SECRETS = "secrets.toml"


def password_of(folder: Path, owner: str) -> str:
    """The password under the id of a sender or device (`[id]`, `password = "..."`), "" if there is none."""
    try:
        document = tomllib.loads((folder / SECRETS).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""
    table = document.get(owner)
    password = table.get("password") if isinstance(table, dict) else None
    return password if isinstance(password, str) else ""


def secrets_wrong(folder: Path) -> tuple[str, str]:
    """(what is wrong with the file, remedy), both "" if nothing is: it cannot be read, or others can read it."""
    path = folder / SECRETS
    try:
        mode = path.stat().st_mode
        tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return "", ""
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}.", "Give this user the right to read it."
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return (
            f"{path} is no TOML file: {error}.",
            'Expected [ID of the sender or device] and below it password = "...".',
        )
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        return f"{path} can be read by others.", f"chmod 600 {path}, and change the passwords in it."
    return "", ""
