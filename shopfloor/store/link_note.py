"""How the link of a running terminal is, for whoever reads beside it: one small file that is written each second."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.core.line_link import LineClock, LinkView

FILE: Final = "link.json"


class LinkNote(Struct, frozen=True):
    """The link as the terminal knew it at `at_us`, and what its next start goes by until it hears the line."""

    at_us: int
    link: LinkView
    clock: LineClock = LineClock()


_encoder = msgspec.json.Encoder()
_notes = msgspec.json.Decoder(LinkNote)


def write_link(folder: Path, view: LinkView, at_us: int, clock: LineClock) -> None:
    """Leave the note; a disk that takes nothing is told of by the journal."""
    written = folder / f"{FILE}.new"
    with suppress(OSError):
        written.write_bytes(_encoder.encode(LinkNote(at_us, view, clock)))
        written.replace(folder / FILE)


def read_link(folder: Path) -> LinkNote | None:
    """The newest note; None if there is none that can be read."""
    try:
        return _notes.decode((folder / FILE).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None


def clock_beside(folder: Path) -> LineClock:
    """What the terminal last knew of the line's clock."""
    note = read_link(folder)
    return note.clock if note is not None else LineClock()


def link_beside(folder: Path) -> LinkView | None:
    """The link alone."""
    note = read_link(folder)
    return note.link if note is not None else None
