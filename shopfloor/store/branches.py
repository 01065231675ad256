"""What a journal notes of two endings: those that are under another name, and where the line has another one."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from shopfloor.core.branches import Astray, Branch
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import BegunAnew
from shopfloor.store.connection import Execute
from shopfloor.store.rows import put_meta, read_meta

META_BRANCHES: Final = "branches"  # of every journal that was put back what is under another name now
META_ASTRAY: Final = "astray"  # the origins of which the line has other events than this folder


_branches = msgspec.json.Decoder(tuple[Branch, ...])
_astray = msgspec.json.Decoder(dict[str, Astray])


def read_branches(execute: Execute) -> tuple[Branch, ...]:
    """Everything that is under another name now."""
    text = read_meta(execute, META_BRANCHES)
    return _branches.decode(text) if text else ()


def read_astray(execute: Execute) -> dict[str, Astray]:
    """The origins of which the line has, or had for a while, other events than this folder."""
    text = read_meta(execute, META_ASTRAY)
    return _astray.decode(text) if text else {}


def put_astray(execute: Execute, astray: Mapping[str, Astray]) -> None:
    """Note them inside a transaction."""
    put_meta(execute, META_ASTRAY, msgspec.json.encode(astray).decode())


def forget_astray(execute: Execute, after_seq: int) -> None:
    """What was met behind a message is read again, inside a transaction."""
    known = read_astray(execute)
    kept = {
        origin: it if it.until <= after_seq else replace(it, until=0)
        for origin, it in known.items()
        if it.seq <= after_seq
    }
    if kept != known:
        put_astray(execute, kept)


def note_branches(execute: Execute, events: Iterable[Recorded]) -> None:
    """Note what these say is under another name, inside a transaction."""
    new = [branch for event in events if (branch := branch_of(event)) is not None]
    if new:
        known = read_branches(execute)
        put_meta(execute, META_BRANCHES, msgspec.json.encode(tuple(dict.fromkeys((*known, *new)))).decode())


def branch_of(recorded: Recorded) -> Branch | None:
    """What an event says is under another name."""
    event = recorded.event
    if not isinstance(event, BegunAnew) or not event.first:
        return None
    return Branch(event.before, event.kept, event.again, event.first, recorded.origin)
