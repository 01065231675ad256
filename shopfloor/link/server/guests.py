"""Guests of a line's server: gateways of buttons, dashboards and other programs, by name and password.

They speak MQTT or WebSocket, live in an account of their own, and cannot see a word of what terminals tell each other.
"""

import secrets
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.link.server.keys import read_list, write_list
from shopfloor.link.subjects import NAME_CHARS_MAX, is_name
from shopfloor.link.trouble import LinkTrouble

GUESTS_MAX: Final = 200  # gateways and screens of one line; the configuration grows with every one
FILTERS_MAX: Final = 32  # of one guest
_PASSWORD_BYTES: Final = 18  # 24 letters and digits: they are copied, never typed
_BCRYPT: Final = b"2a"  # the only spelling the server takes for a hash
_LEVELS: Final = {"+": "*", "#": ">"}


class Guest(Struct, frozen=True, kw_only=True):
    """One guest: the topics it may write and read, as MQTT filters; `revoked_at_us` 0 is in force."""

    name: str
    password: str
    writes: tuple[str, ...]
    reads: tuple[str, ...]
    made_at_us: int
    revoked_at_us: int = 0

    @property
    def good(self) -> bool:
        """Whether the server lets it in."""
        return not self.revoked_at_us


class GuestBook:
    """The guests of one server's folder, read from the disk at every question."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> tuple[Guest, ...]:
        """Every guest there ever was, oldest first. Raises ServerTrouble."""
        return read_list(self._path, Guest)

    def make(self, name: str, *, writes: tuple[str, ...], reads: tuple[str, ...], at_us: int) -> tuple[Guest, str]:
        """(A new guest, its password, of which a hash alone is kept). Raises LinkTrouble if it cannot be."""
        import bcrypt

        if not is_name(name):
            raise LinkTrouble(
                f"Expected the name of a guest, got {name!r}.",
                remedy=f"Use small letters, digits and -, at most {NAME_CHARS_MAX}.",
            )
        guests = self.all()
        if any(guest.name == name and guest.good for guest in guests):
            raise LinkTrouble(
                f"Guest {name} has a password already.",
                remedy=f"Choose another name, or: shopfloor line guest revoke {name}.",
            )
        if len(guests) >= GUESTS_MAX or len(writes) + len(reads) > FILTERS_MAX:
            raise LinkTrouble(
                f"Expected at most {GUESTS_MAX} guests with {FILTERS_MAX} topics each, got more.",
                remedy=f"Use filters with # in place of many topics; remove old guests from {self._path}.",
            )
        for topic in (*writes, *reads):
            subjects_of(topic)
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        hashed = bcrypt.hashpw(password.encode("ascii"), bcrypt.gensalt(prefix=_BCRYPT)).decode("ascii")
        guest = Guest(name=name, password=hashed, writes=writes, reads=reads, made_at_us=at_us)
        write_list(self._path, (*guests, guest))
        return guest, password

    def revoke(self, name: str, *, at_us: int) -> Guest:
        """Take a guest's password out of force. Raises LinkTrouble if it has none."""
        guests = self.all()
        found = next((guest for guest in guests if guest.name == name and guest.good), None)
        if found is None:
            known = ", ".join(guest.name for guest in guests if guest.good) or "none"
            raise LinkTrouble(
                f"Expected a guest with a password in force ({known}), got {name!r}.",
                remedy="`shopfloor line guest list` names them all.",
            )
        revoked = replace(found, revoked_at_us=at_us)
        write_list(self._path, tuple(revoked if guest is found else guest for guest in guests))
        return revoked


def subjects_of(topic: str) -> tuple[str, ...]:
    """The server's subjects for an MQTT topic or filter; `a/#` is `a` too. Raises LinkTrouble if it is none."""
    levels = topic.split("/")
    wild = [level for level in levels if set(level) & {"+", "#"}]
    is_whole = all(level in _LEVELS for level in wild) and "#" not in levels[:-1]
    if not all(levels) or not is_whole or any(char.isspace() or char in "*>$" for char in topic):
        raise LinkTrouble(
            f"Expected an MQTT topic such as zigbee2mqtt/# or plant/+/button, got {topic!r}.",
            remedy="Levels between single strokes; + for any one of them, # at the end for all below.",
        )
    # In the server's own spelling a dot ends a level: one inside a level is written as two strokes.
    named = ".".join(_LEVELS.get(level, level.replace(".", "//")) for level in levels)
    return (named.removesuffix(".>"), named) if named.endswith(".>") else (named,)
