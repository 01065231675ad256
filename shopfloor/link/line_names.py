"""How messages are addressed on the line, and what an address says: any text is one level of a subject."""

import re
from typing import Final, NamedTuple

from shopfloor.link.subjects import Subjects

EVENTS: Final = "ev"  # facts, one subject an origin
DECISIONS: Final = "dec"  # permissions, one subject a thing
SNAPSHOTS: Final = "snap"
HEARTBEATS: Final = "hb"  # not stored
EVERY: Final = "*"
LOG: Final = "log"  # where the server repeats the heads of what it stored
STORED: Final = (EVENTS, DECISIONS, SNAPSHOTS)

_PLAIN: Final = re.compile(r"[A-Za-z0-9-]")
_TOKEN: Final = re.compile(r"_([0-9a-f]{2})")


class LineNames(NamedTuple):
    """The names of one line."""

    line: str

    @property
    def root(self) -> str:
        """What all subjects of the line begin with."""
        return f"shopfloor.{token(self.line)}"

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return Subjects(self.line).stream

    @property
    def log(self) -> str:
        """What the server's repetitions begin with."""
        return f"{self.root}.{LOG}"

    def events(self, origin: str) -> str:
        """The subject of an origin's own events: terminal and incarnation are a level each."""
        terminal, _, incarnation = origin.rpartition("~")
        return f"{self.root}.{EVENTS}.{token(terminal)}.{token(incarnation)}"

    def decision(self, thing: str) -> str:
        """The subject of the decisions on one thing; its dots are levels, for rights by kind of thing."""
        return ".".join((self.root, DECISIONS, *map(token, thing.split("."))))

    def snapshot(self, terminal: str, name: str) -> str:
        """The subject of a terminal's snapshots under one name; "*" stands for every terminal."""
        return f"{self.root}.{SNAPSHOTS}.{terminal if terminal == EVERY else token(terminal)}.{token(name)}"

    def told(self, kind: str, terminal: str) -> str:
        """The subject of what a terminal tells those who listen at the moment: `hb` and other kinds."""
        return f"{self.root}.{kind}.{token(terminal)}"

    def thing_of(self, subject: str) -> str | None:
        """What a decision is on; None if the subject is none of a decision."""
        begin = f"{self.root}.{DECISIONS}."
        return ".".join(map(plain, subject[len(begin) :].split("."))) if subject.startswith(begin) else None

    def is_events(self, subject: str) -> bool:
        """Whether the message holds events."""
        return subject.startswith(f"{self.root}.{EVENTS}.")

    def teller_of(self, subject: str) -> tuple[str, str]:
        """(Kind, terminal) of what was told."""
        kind, _, terminal = subject[len(self.root) + 1 :].partition(".")
        return kind, plain(terminal)


def keeper_of(subject: str) -> str:
    """Whose snapshot it is."""
    return plain(subject.split(".")[3])


def terminal_of(origin: str) -> str:
    """Whose journal an origin is."""
    return origin.rpartition("~")[0]


def token(text: str) -> str:
    """A text as one level of a subject, and a part of a stream's name: letters, digits and `-` stay as they are."""
    return "".join(
        char if _PLAIN.fullmatch(char) else "".join(f"_{byte:02x}" for byte in char.encode()) for char in text
    )


def plain(level: str) -> str:
    """The text of a level."""
    parts = _TOKEN.split(level)
    return b"".join(bytes.fromhex(part) if place % 2 else part.encode() for place, part in enumerate(parts)).decode(
        "utf-8", "replace"
    )
