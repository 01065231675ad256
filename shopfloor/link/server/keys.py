"""The keys of a line: who may connect, as what, and who no longer may. The server keeps the public halves only."""

from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from shopfloor.link.joined import write_private
from shopfloor.link.nkey import new_seed, public_of
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.subjects import NAME_CHARS_MAX, is_name
from shopfloor.link.trouble import LinkTrouble, ServerTrouble

_T = TypeVar("_T", bound=Struct)

KEYS_MAX: Final = 1000  # one line has 50 terminals; the configuration grows with every key


class TerminalKey(Struct, frozen=True, kw_only=True):
    """One key; `revoked_at_us` 0 is in force. A name is free again once its key is revoked."""

    name: str
    role: KeyRole
    public: str
    made_at_us: int
    revoked_at_us: int = 0

    @property
    def good(self) -> bool:
        """Whether the server lets it in."""
        return not self.revoked_at_us


class KeyRing:
    """The keys of one server's folder, read from the disk at every question."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> tuple[TerminalKey, ...]:
        """Every key there ever was, oldest first. Raises ServerTrouble."""
        return read_list(self._path, TerminalKey)

    def good(self) -> tuple[TerminalKey, ...]:
        """The keys in force."""
        return tuple(key for key in self.all() if key.good)

    def make(self, name: str, role: KeyRole, *, at_us: int) -> tuple[TerminalKey, str]:
        """(A new key, its seed, which is kept nowhere). Raises LinkTrouble if the name cannot be given."""
        if not is_name(name):
            raise LinkTrouble(
                f"Expected the name of a terminal, got {name!r}.",
                remedy=f"Use small letters, digits and -, at most {NAME_CHARS_MAX}.",
            )
        keys = self.all()
        if any(key.name == name and key.good for key in keys):
            raise LinkTrouble(
                f"Terminal {name} has a key already; two computers with one name would mix up their events.",
                remedy=f"Choose another name, or: shopfloor line key revoke {name}.",
            )
        if len(keys) >= KEYS_MAX:
            raise LinkTrouble(
                f"Expected at most {KEYS_MAX} keys of one line, got one more.",
                remedy=f"Remove old revoked ones from {self._path}.",
            )
        seed = new_seed()
        key = TerminalKey(name=name, role=role, public=public_of(seed), made_at_us=at_us)
        write_list(self._path, (*keys, key))
        return key, seed

    def revoke(self, name: str, *, at_us: int) -> TerminalKey:
        """Take the key of a terminal out of force. Raises LinkTrouble if it has none."""
        keys = self.all()
        found = next((key for key in keys if key.name == name and key.good), None)
        if found is None:
            known = ", ".join(key.name for key in keys if key.good) or "none"
            raise LinkTrouble(
                f"Expected a terminal with a key in force ({known}), got {name!r}.",
                remedy="`shopfloor line key list` names them all.",
            )
        revoked = msgspec.structs.replace(found, revoked_at_us=at_us)
        write_list(self._path, tuple(revoked if key is found else key for key in keys))
        return revoked


def read_list(path: Path, kind: type[_T]) -> tuple[_T, ...]:
    """What a list of the server's folder holds, nothing if there is none. Raises ServerTrouble."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[kind, ...])  # type: ignore[valid-type]
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise ServerTrouble(
            f"The list {path} cannot be read: {error}.",
            remedy="Restore it from a copy of the folder; without it nobody in it may connect.",
        ) from error


def write_list(path: Path, items: tuple[Struct, ...]) -> None:
    """Put a list into the server's folder, for its user alone. Raises ServerTrouble."""
    try:
        write_private(path, msgspec.json.format(msgspec.json.encode(items)))
    except OSError as error:
        raise ServerTrouble(
            f"The list {path} cannot be written: {error.strerror or error}.",
            remedy="Give this user the right to write the server's folder, and see that its disk is not full.",
        ) from error
