"""The names of a line at its server: the stream, its subjects, and what a terminal may be called."""

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

NAME_CHARS_MAX: Final = 40  # of a line or a terminal: it is printed on labels and in banners
TLS_NAME: Final = "line.shopfloor.internal"  # what the server's certificate says, whatever its address is

_NAME: Final = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{NAME_CHARS_MAX - 1}}}")


class Thing(StrEnum):
    """What no single terminal may decide: the first level below `dec`."""

    CREDIT = "credit"
    CARD = "card"
    RESTART = "restart"
    TAKE_OVER = "takeover"
    TAKE_BACK = "takeback"
    LINE = "line"
    INCARNATION = "incarnation"


class Subjects(Struct, frozen=True):
    """The subjects of one line."""

    line: str

    @property
    def root(self) -> str:
        """What all of them begin with."""
        return f"shopfloor.{self.line}"

    @property
    def everything(self) -> str:
        """All of them."""
        return f"{self.root}.>"

    @property
    def stream(self) -> str:
        """The name of the stream."""
        return f"shopfloor-{self.line}"

    @property
    def stored(self) -> tuple[str, ...]:
        """What the stream keeps."""
        return (f"{self.root}.ev.>", f"{self.root}.dec.>", f"{self.root}.snap.>")

    @property
    def log(self) -> str:
        """What the server's repetitions of stored messages begin with."""
        return f"{self.root}.log"

    def events(self, terminal: str, incarnation: str = ">") -> str:
        """The facts of a terminal, of one incarnation or of all."""
        return f"{self.root}.ev.{terminal}.{incarnation}"

    def snapshots(self, terminal: str) -> str:
        """The snapshots of a terminal."""
        return f"{self.root}.snap.{terminal}.>"

    def decision(self, thing: Thing, on: str = ">") -> str:
        """The decisions on a kind of thing, of one or of all."""
        return f"{self.root}.dec.{thing}.{on}"

    def heartbeat(self, terminal: str) -> str:
        """Where a terminal says each second how it is; not stored."""
        return f"{self.root}.hb.{terminal}"

    def stop(self, terminal: str) -> str:
        """Where a terminal says that it stops the line, ahead of the event that records it; not stored."""
        return f"{self.root}.stop.{terminal}"

    def stop_seen(self, terminal: str) -> str:
        """Where a terminal says that it has painted a stop; not stored."""
        return f"{self.root}.stopack.{terminal}"


def is_name(text: str) -> bool:
    """Whether a line or a terminal may be called so: small letters, digits and -."""
    return _NAME.fullmatch(text) is not None


def inbox_prefix(terminal: str) -> str:
    """Where answers to a terminal go: its own, which no other key may listen at."""
    return f"_INBOX.{terminal}"
