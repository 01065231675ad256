"""Events of a journal recorded again under another name: everything in them that names the journal follows."""

import re
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.branches import Branch
from shopfloor.core.codec import decode_event, encode_event
from shopfloor.core.events import Event, Recorded, StepUndone, Unknown
from shopfloor.core.events_floor import FloorSet
from shopfloor.core.events_line import CreditsAsked, CreditsGiven, StationsTaken
from shopfloor.core.line import Line
from shopfloor.core.line_link import LineEntry, NewName
from shopfloor.core.state import Card, Entity
from shopfloor.core.update import DigestRow

NOWHERE = "-"  # the id of no floor


Base = tuple[Line, tuple[Entity, ...]]  # what is below the lowest floor, where events are kept no longer


class Folded(Struct, frozen=True):
    """What events and what they stand on come to; `line_by`: origin and number of the one that put its line in force.

    `line_by` is None if it is that of the floor.
    """

    entities: tuple[Entity, ...]
    digest: tuple[DigestRow, ...]
    line_by: tuple[str, int] | None


Fold = Callable[[Iterable[Recorded], Base | None], Folded]


def renamed(recorded: Recorded, body: bytes, name: NewName) -> tuple[Recorded, bytes]:
    """An event that is recorded anew as event 1, 2, … of the new name, with its body; its moment stays."""
    event, body = _renamed_body(recorded.event, body, name)
    origin, n = name.place_of(recorded.n)
    return replace(recorded, origin=origin, n=n, event=event), body


def recorded_again(held: Iterable[LineEntry], again: Iterable[LineEntry], branch: Branch) -> int:
    """How many of the events that a journal holds behind `branch.kept` are those that are under `branch.after` now."""
    name = NewName(before=branch.before, after=branch.after, kept=branch.kept)
    count = 0
    for was, now in zip(held, again, strict=False):
        if count == branch.again or renamed(was.recorded, was.body, name) != (now.recorded, now.body):
            break
        count += 1
    return count


def _renamed_body(event: Event | Unknown, body: bytes, name: NewName) -> tuple[Event | Unknown, bytes]:
    """The body byte for byte as it was, but for the names: what a newer program added stays in it."""
    match event:
        case StepUndone():
            done = _undone(event, name)
            return done, encode_event(done)[2]
        case CreditsAsked() if event.origin == name.before:
            asked = replace(event, origin=name.after)
            return asked, encode_event(asked)[2]
        case CreditsGiven() if event.giver == name.before:
            given = replace(event, giver=name.after)
            return given, encode_event(given)[2]
        case StationsTaken() if event.origin == name.before:
            taken = replace(event, origin=name.after)
            return taken, encode_event(taken)[2]
        case FloorSet() if any(it.origin == name.before and it.n > name.kept for it in event.covers):
            # It covers events that have other names now, so it is nothing that anybody could stand on.
            none = replace(event, before=NOWHERE)
            return none, encode_event(none)[2]
        case _:
            ids = re.compile(rb"(?<![\w-])" + re.escape(name.before.encode()) + rb"([-:])(\d+)(?![\w-])")
            body = ids.sub(lambda found: _id(found, name), body)
            kind, version, _ = encode_event(event)
            return decode_event(kind, version, body), body


def _id(found: re.Match[bytes], name: NewName) -> bytes:
    """A call's or a floor's id is that of the event that made it; those from before the copy keep theirs."""
    origin, n = name.place_of(int(found[2]))
    return b"%s%s%d" % (origin.encode(), found[1], n)


def _undone(event: StepUndone, name: NewName) -> StepUndone:
    restored = _card(event.restored, name)
    if (event.of or name.before) != name.before:
        return replace(event, restored=restored)
    origin, n = name.place_of(event.undone)
    return replace(event, of="" if origin == name.after else origin, undone=n, restored=restored)


def _card(card: Card, name: NewName) -> Card:
    if card.origin != name.before:
        return card
    origin, n = name.place_of(card.n)
    return replace(card, origin=origin, n=n)
