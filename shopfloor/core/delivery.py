"""One delivery of the line with everything that follows from it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from shopfloor.core.branches import Astray
from shopfloor.core.floor import Floor
from shopfloor.core.line_link import Acked, Cursor, LineEntry, split_own
from shopfloor.core.merge import Key
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow


class Received(Struct, frozen=True, kw_only=True):
    """One delivery of the line with everything that follows from it, to be written in one transaction.

    `new` are foreign events not stored yet, in the order of their origins; `again` stored ones whose order is new.
    `line_by`: origin and number of the event whose line file is in force from now on, None if it is as before.
    `astray`: the origins of which the line has other events, None if they are as before.
    `folded`: entities and figures are with it what all stored events come to; else they are what they were, and the
    new events wait. `figures_from`: those of events from that place on follow by and by.
    """

    new: Sequence[LineEntry] = ()
    again: Sequence[LineEntry] = ()
    own: Sequence[Acked] = ()
    cursor: Cursor | None = None
    messages: Sequence[tuple[int, int]] = ()
    changed: Sequence[Entity] = ()
    gone: Sequence[Entity] = ()
    digest: Sequence[DigestRow] = ()
    digest_gone: Sequence[DigestRow] = ()
    line_by: tuple[str, int] | None = None
    astray: Mapping[str, Astray] | None = None
    folded: bool = True
    figures_from: Key | None = None


class Fitting(Struct, frozen=True):
    """Of a delivery what continues what is known, and the origins of which it brought something else.

    `astray` is None if there is no change in these.
    """

    entries: Sequence[LineEntry]
    astray: Mapping[str, Astray] | None = None


def received(fitting: Fitting, cursor: Cursor | None, origin: str, heads: Mapping[str, int]) -> Received:
    """What a delivery brings to the journal of an origin that knows the others up to these heads."""
    entries = fitting.entries
    others, own = split_own(entries, origin)
    new: list[LineEntry] = []
    again: list[LineEntry] = []
    for entry in others:
        (new if entry.recorded.n > heads.get(entry.recorded.origin, 0) else again).append(entry)
    messages = tuple(dict.fromkeys((entry.seq, entry.ts_us) for entry in entries))
    # A message that is not stored to its end was not read: its beginning is known when it comes again.
    return Received(
        new=new,
        again=again,
        own=own,
        cursor=cursor,
        messages=messages if cursor else messages[:-1],
        astray=fitting.astray,
    )


class Raised(Struct, frozen=True):
    """A floor that was reached here: the hash of the state there as it was found here, and the state itself."""

    floor: Floor
    hash: str
    body: bytes


class Risen(Struct, frozen=True, kw_only=True):
    """What follows when the terminal stands on other floors than before, to be written in one transaction.

    `dropped` are floors it stood on, and does not any more.
    """

    raised: Sequence[Raised]
    dropped: Sequence[str] = ()
    changed: Sequence[Entity] = ()
    gone: Sequence[Entity] = ()
    digest: Sequence[DigestRow] = ()
    digest_gone: Sequence[DigestRow] = ()
    line_by: tuple[str, int] | None = None


class Adopted(Struct, frozen=True, kw_only=True):
    """Another terminal's state at a floor, from which this one goes on, to be written in one transaction."""

    raised: Raised
    cursor: Cursor
    changed: Sequence[Entity] = ()
    gone: Sequence[Entity] = ()
    line_by: tuple[str, int] | None = None


class Archived(Struct, frozen=True):
    """Events that a file holds by now: of each origin, by its number here, up to the cut; `note` names the file."""

    floor: Floor
    cuts: Mapping[int, int]
    note: str


class Floors(Struct, frozen=True):
    """The floors a journal knows: those it stands on, lowest first, and others.

    `based`: what is below the lowest may not be known here.
    """

    on: tuple[Floor, ...] = ()
    others: tuple[Floor, ...] = ()
    based: bool = False
