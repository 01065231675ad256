"""What a journal row is: its columns, its link in the chain, and the SQL around it, for any SQLite driver."""

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from shopfloor.core.codec import decode_entity, decode_event, encode_entity, encode_event
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.floor import floor_of, unpack_shop
from shopfloor.core.line import Line
from shopfloor.core.line_link import LineEntry
from shopfloor.core.merge import Key
from shopfloor.core.moment import Moment
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.store.connection import Execute
from shopfloor.store.many import add_rows

GENESIS: Final = bytes(32)  # what the first event of an origin is chained to

META_HEAD: Final = "head"  # number and hash of the newest event: a chain alone cannot tell that its end is missing
META_LINE: Final = (
    "line_n"  # the event with the line in force (and its origin if another wrote it), to be found at once
)
LINE_OF_FLOOR: Final = "floor"  # what META_LINE says, with the floor's id, where the event itself is not kept
META_BASE: Final = "base"  # the floor below which events may not be kept here
META_FLOOR: Final = "floor"  # the highest floor: whoever reads beside sees that something else than events came
META_ARCHIVE: Final = "archive"  # the last archive: its name and hash
META_DROPPING: Final = "dropping"  # within the one transaction that drops own rows: up to which event
META_FIGURES: Final = "figures"  # "moment count n origin": figures of events from there on are being written yet
META_ORIGIN: Final = "origin"  # the origin this folder writes as

_ADD_EVENT: Final = (
    "INSERT INTO event (n, origin, moment_us, moment_count, uncertainty_us, mono_ns, boot, kind, version, command_id, "
    "body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_ORIGIN: Final = "INSERT INTO origin (id, terminal, incarnation) VALUES (?, ?, ?)"
_ADD_BOOT: Final = "INSERT INTO boot (id, name) VALUES (?, ?)"
_ENTITY: Final = "entity (kind, id, body)"
_IN_ITS_PLACE: Final = "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"
_DROP_ENTITY: Final = "DELETE FROM entity WHERE kind = ? AND id = ?"
_DIGEST: Final = "digest (series, key, at_us, n, part, body)"
FIGURES: Final = "SELECT series, key, at_us, n, CAST(body AS BLOB) FROM digest ORDER BY series, key, at_us, n, part"
_DROP_DIGEST: Final = "DELETE FROM digest WHERE series = ? AND key = ? AND at_us = ? AND n = ? AND body = ?"
_ADD_FLOOR: Final = "INSERT INTO floor (id, number, us, value) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_FLOOR_BODY: Final = "SELECT body, here FROM floor WHERE id = ? AND body IS NOT NULL"
_PUT_META: Final = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_DROP_META: Final = "DELETE FROM meta WHERE key = ?"
_GET_META: Final = "SELECT value FROM meta WHERE key = ?"
_NEWEST: Final = "SELECT n, moment_us, moment_count, hash FROM event ORDER BY n DESC LIMIT 1"
_ONE_BODY: Final = "SELECT kind, version, CAST(body AS BLOB) FROM event WHERE n = ?"
_ONE_FOREIGN_BODY: Final = "SELECT kind, version, CAST(body AS BLOB) FROM foreign_event WHERE n = ? AND origin = ?"

# body as a blob: the decoder wants bytes, and SQLite hands the same ones over without making text of them.
EVENT_COLUMNS: Final = (
    "n, origin, moment_us, moment_count, uncertainty_us, mono_ns, boot, kind, version, command_id, "
    "CAST(body AS BLOB), hash"
)
ENTITIES: Final = "SELECT kind, CAST(body AS BLOB) FROM entity ORDER BY kind, id"

# n, moment_us, moment_count, uncertainty_us, mono_ns, version: eight bytes each; then six texts with their lengths.
_NUMBERS: Final = struct.Struct(">6q")
_LENGTH: Final = struct.Struct(">I")


class Names(NamedTuple):
    """The texts behind a row's small numbers."""

    origins: Mapping[int, tuple[str, str]]
    boots: Mapping[int, str]

    def origin(self, number: int) -> str:
        """The origin as events name it."""
        return origin_name(*self.origins[number])


class Tail(NamedTuple):
    """Where the journal ends: what the next row continues. `origin` is the number events are written under."""

    origin: int
    terminal: str
    incarnation: str
    head: int
    hash: bytes
    boots: Mapping[str, int]


def origin_name(terminal: str, incarnation: str) -> str:
    """The origin as events name it: the terminal, and which of its journals."""
    return f"{terminal}~{incarnation}"


def head_text(n: int, digest: bytes) -> str:
    """The end of the chain as `meta` notes it and a shift report may print it."""
    return f"{n} {digest.hex()}"


def link(previous: bytes, row: Sequence[Any], names: Names) -> bytes:
    """The hash of a row in the order of EVENT_COLUMNS: SHA-256 over the previous hash and every sealed column.

    Numbers are 64 bit, texts carry their length, so that no two rows have the same bytes. Raises KeyError if the row's
    origin or boot has no name.
    """
    n, origin, us, count, uncertainty, mono_ns, boot, kind, version, command_id, body, _ = row
    terminal, incarnation = names.origins[origin]
    parts = [previous, _NUMBERS.pack(n, us, count, uncertainty, mono_ns, version)]
    texts = (terminal, incarnation, names.boots[boot], kind, command_id or "")
    for text in (*(text.encode() for text in texts), body):
        parts += (_LENGTH.pack(len(text)), text)
    return hashlib.sha256(b"".join(parts)).digest()


def begin(execute: Execute, terminal: str, incarnation: str) -> None:
    """Give an empty journal the origin it writes as."""
    execute(_ADD_ORIGIN, (1, terminal, incarnation))
    execute(_PUT_META, (META_ORIGIN, "1"))


def write(
    execute: Execute,
    tail: Tail,
    *,
    events: Sequence[Recorded] = (),
    changed: Sequence[Entity] = (),
    gone: Sequence[Entity] = (),
    digest: Sequence[DigestRow] = (),
) -> Tail:
    """Write inside a transaction; the tail to go on with once it is committed.

    Raises ValueError if the events do not continue the journal: that is a fault of the caller.
    """
    origin = origin_name(tail.terminal, tail.incarnation)
    boots = tail.boots
    head, previous = tail.head, tail.hash
    for event in events:
        if event.n != head + 1 or event.origin != origin:
            raise ValueError(f"Expected event {head + 1} of {origin}, got event {event.n} of {event.origin}.")
        if event.boot not in boots:
            boots = {**boots, event.boot: len(boots) + 1}
            add_boot(execute, boots[event.boot], event.boot)
        row = _row(event, tail, boots[event.boot])
        names = Names({tail.origin: (tail.terminal, tail.incarnation)}, {row[6]: event.boot})
        previous = link(previous, row, names)
        add_event(execute, row, previous)
        if isinstance(event.event, LineChanged):
            execute(_PUT_META, (META_LINE, str(event.n)))
        add_floor(execute, event)
        head = event.n
    if events:
        execute(_PUT_META, (META_HEAD, head_text(head, previous)))
    put_entities(execute, changed, gone)
    put_figures(execute, digest)
    return tail._replace(head=head, hash=previous, boots=boots)


def put_entities(execute: Execute, changed: Sequence[Entity], gone: Sequence[Entity]) -> None:
    """Write what is true of these entities, and drop those that are gone."""
    rows = [(kind, key, body.decode()) for kind, key, body in map(encode_entity, changed)]
    add_rows(execute, _ENTITY, rows, then=_IN_ITS_PLACE)
    for entity in gone:
        execute(_DROP_ENTITY, encode_entity(entity)[:2])


def put_figures(execute: Execute, digest: Sequence[DigestRow]) -> None:
    """Write figures."""
    rows = [(it.series, it.key, it.at_us, it.n, part, it.body.decode()) for part, it in enumerate(digest)]
    add_rows(execute, _DIGEST, rows)


def add_origin(execute: Execute, number: int, terminal: str, incarnation: str) -> None:
    """Give an origin its number."""
    execute(_ADD_ORIGIN, (number, terminal, incarnation))


def add_boot(execute: Execute, number: int, name: str) -> None:
    """Give a boot its number."""
    execute(_ADD_BOOT, (number, name))


def add_event(execute: Execute, row: Sequence[Any], digest: bytes) -> None:
    """Write a row in the order of EVENT_COLUMNS as an own event, with its link in the chain."""
    execute(_ADD_EVENT, (*row[:10], row[10].decode(), digest))


def drop_figures(execute: Execute, digest: Sequence[DigestRow]) -> None:
    """Drop figures."""
    for figure in digest:
        execute(_DROP_DIGEST, (figure.series, figure.key, figure.at_us, figure.n, figure.body.decode()))


def note_figures_from(execute: Execute, place: Key) -> None:
    """Note that the figures of events from a place on are behind, and follow."""
    us, count, origin, n = min(place, read_figures_from(execute) or place)
    put_meta(execute, META_FIGURES, f"{us} {count} {n} {origin}")


def read_figures_from(execute: Execute) -> Key | None:
    """From which place on figures are behind; None if none are."""
    noted = read_meta(execute, META_FIGURES)
    if noted is None:
        return None
    us, count, n, origin = noted.split(" ", 3)
    return int(us), int(count), origin, int(n)


def add_floor(execute: Execute, event: Recorded) -> None:
    """Note the floor that an event sets, if it does; a terminal that joined has it before its event."""
    floor = floor_of(event)
    if floor is not None:
        execute(_ADD_FLOOR, (floor.id, floor.number, floor.us, msgspec.json.encode(floor).decode()))


def line_note(line_by: tuple[str, int], numbers: Mapping[str, int], own: int) -> str:
    """What `meta` says of the event with the line in force: its number, and its origin if another wrote it."""
    origin, n = line_by
    number = numbers.get(origin, own)
    return str(n) if number == own else f"{n} {number}"


def put_meta(execute: Execute, key: str, value: str) -> None:
    """Note something under a key of `meta`."""
    execute(_PUT_META, (key, value))


def drop_meta(execute: Execute, key: str) -> None:
    """Note nothing any more under a key of `meta`."""
    execute(_DROP_META, (key,))


def read_names(execute: Execute) -> Names:
    """Every origin and boot of the journal."""
    return Names(
        {row[0]: (str(row[1]), str(row[2])) for row in execute("SELECT id, terminal, incarnation FROM origin")},
        {row[0]: str(row[1]) for row in execute("SELECT id, name FROM boot")},
    )


def read_tail(execute: Execute) -> tuple[Tail, Moment] | None:
    """Where the journal ends and the moment of its last event; None if it has no origin yet.

    Raises LookupError if it does not end where its writer left it.
    """
    number = read_meta(execute, META_ORIGIN)
    if number is None:
        return None
    names = read_names(execute)
    terminal, incarnation = names.origins[int(number)]
    boots = {name: number for number, name in names.boots.items()}
    tail = Tail(int(number), terminal, incarnation, 0, GENESIS, boots)
    last = Moment(0)
    for n, us, count, digest in execute(_NEWEST):
        tail, last = tail._replace(head=n, hash=digest), Moment(us, count)
    expected, got = read_meta(execute, META_HEAD) or head_text(0, GENESIS), head_text(tail.head, tail.hash)
    if expected != got:
        raise LookupError(f"the newest event to be {expected}, got {got}")
    return tail, last


def read_line(execute: Execute) -> Line | None:
    """The line in force; None before the first. Raises LookupError or msgspec errors if it is damaged."""
    n = read_meta(execute, META_LINE)
    if n is None:
        return None
    if n.startswith(f"{LINE_OF_FLOOR} "):
        return read_floor_line(execute, n.partition(" ")[2])
    numbers = tuple(int(part) for part in n.split())
    for kind, version, body in execute(_ONE_BODY if len(numbers) == 1 else _ONE_FOREIGN_BODY, numbers):
        event = decode_event(kind, version, body)
        if isinstance(event, LineChanged):
            return event.line
    raise LookupError(f"the line in event {n}, got no such event")


def read_floor_line(execute: Execute, floor_id: str) -> Line:
    """The line file at a floor. Raises LookupError or ValueError if it is lost or damaged."""
    for body, here in execute(_FLOOR_BODY, (floor_id,)):
        return unpack_shop(bytes(body), here)[0]
    raise LookupError(f"the line at floor {floor_id}, got no such floor")


def read_entities(execute: Execute) -> Iterator[Entity]:
    """Every entity. Raises KeyError for a kind this program does not know, msgspec errors for a damaged body."""
    for kind, body in execute(ENTITIES):
        yield decode_entity(kind, body or b"")


def read_meta(execute: Execute, key: str) -> str | None:
    """What is noted under a key of `meta`."""
    for (value,) in execute(_GET_META, (key,)):
        return str(value)
    return None


def recorded(row: Sequence[Any], names: Names) -> Recorded:
    """The event of a row in the order of EVENT_COLUMNS. Raises KeyError or msgspec errors if it is damaged."""
    n, origin, us, count, uncertainty, mono_ns, boot, kind, version, command_id, body, _ = row
    return Recorded(
        origin=names.origin(origin),
        n=n,
        moment=Moment(us, count),
        mono_ns=mono_ns,
        boot=names.boots[boot],
        event=decode_event(kind, version, body),
        command_id=command_id or "",
        uncertainty_us=uncertainty,
    )


def line_entry(row: Sequence[Any], names: Names, *, seq: int = 0, ts_us: int = 0) -> LineEntry:
    """The event of a row in the order of EVENT_COLUMNS as the line carries it. Raises as `recorded` does."""
    return LineEntry(seq=seq, ts_us=ts_us, recorded=recorded(row, names), hash=row[11], body=row[10])


def _row(event: Recorded, tail: Tail, boot: int) -> tuple[Any, ...]:
    kind, version, body = encode_event(event.event)
    moment = event.moment
    command_id = event.command_id or None
    return (
        event.n, tail.origin, moment.us, moment.count, event.uncertainty_us, event.mono_ns, boot, kind, version,
        command_id, body, b"",
    )  # fmt: skip
