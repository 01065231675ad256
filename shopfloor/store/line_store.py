"""What the line told this journal: events of other origins, the order of all, and how far it was read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from shopfloor.core.delivery import Adopted, Received
from shopfloor.core.events import Unknown
from shopfloor.core.events_floor import Covered
from shopfloor.core.line_link import Acked, LineEntry, Missing
from shopfloor.store.branches import forget_astray, note_branches, put_astray
from shopfloor.store.connection import Execute
from shopfloor.store.floor_store import stand_alone
from shopfloor.store.line_notes import META_ACKED, META_CURSOR, note_proof, read_cursor, read_message
from shopfloor.store.many import add_rows
from shopfloor.store.rows import (
    GENESIS,
    META_LINE,
    Names,
    Tail,
    add_floor,
    drop_figures,
    drop_meta,
    line_note,
    link,
    note_figures_from,
    origin_name,
    put_entities,
    put_figures,
    put_meta,
    read_meta,
)

META_FOLDED: Final = (
    "folded"  # "origin:n" of each other one, up to where the entities know its events; nothing if they know all
)

_EVENT: Final = (
    "foreign_event (n, origin, moment_us, moment_count, uncertainty_us, mono_ns, boot, kind, version, command_id, "
    "body, hash, line_seq)"
)
_ADD_ORIGIN: Final = "INSERT INTO origin (id, terminal, incarnation) VALUES (?, ?, ?)"
_ADD_BOOT: Final = "INSERT INTO boot (id, name) VALUES (?, ?)"
_HEADS: Final = "SELECT id, terminal, incarnation FROM origin"
_OWN_HASH: Final = "SELECT hash FROM event WHERE n = ?"
_FOREIGN_HASH: Final = "SELECT hash FROM foreign_event WHERE origin = ? AND n = ?"
_HEAD_OF: Final = "SELECT n, hash FROM foreign_event WHERE origin = ? ORDER BY n DESC LIMIT 1"
_OWN_SEQ: Final = "UPDATE event SET line_seq = ? WHERE n BETWEEN ? AND ?"
_FOREIGN_SEQ: Final = "UPDATE foreign_event SET line_seq = ? WHERE origin = ? AND n = ?"
_MESSAGE: Final = "line_message (seq, ts_us)"
_ITS_NEW_TIME: Final = "ON CONFLICT (seq) DO UPDATE SET ts_us = excluded.ts_us"
_FORGET: Final = (
    "UPDATE event SET line_seq = NULL WHERE line_seq > ?",
    "UPDATE foreign_event SET line_seq = NULL WHERE line_seq > ?",
    "DELETE FROM line_message WHERE seq > ?",
)
_ACKED: Final = "SELECT coalesce(max(n), 0) FROM event WHERE line_seq IS NOT NULL"


class Head(NamedTuple):
    """The newest event of an origin here: its number and hash."""

    number: int
    n: int
    hash: bytes


def read_heads(execute: Execute, own: int, covers: Iterable[Covered] = ()) -> dict[str, Head]:
    """The newest event of every other origin; some are known by what a floor covers alone."""
    heads = {}
    under = {it.origin: it for it in covers}
    for number, terminal, incarnation in list(execute(_HEADS)):
        if number != own:
            origin = origin_name(terminal, incarnation)
            newest = next(iter(execute(_HEAD_OF, (number,))), (0, GENESIS))
            known = under.get(origin)
            if known is not None and known.n > newest[0]:
                newest = (known.n, bytes.fromhex(known.hash))
            heads[origin] = Head(number, newest[0], newest[1])
    return heads


def receive(execute: Execute, tail: Tail, heads: Mapping[str, Head], got: Received) -> tuple[Tail, dict[str, Head]]:
    """Write a delivery inside a transaction; the tail and the heads to go on with once it is committed.

    Raises ValueError if an event does not continue its origin's chain: what was sent is not what its origin wrote.
    """
    known, boots = dict(heads), dict(tail.boots)
    noted = read_meta(execute, META_FOLDED)
    if got.folded and noted is not None:
        drop_meta(execute, META_FOLDED)
    elif not got.folded and noted is None:
        put_meta(execute, META_FOLDED, " ".join(f"{head.number}:{head.n}" for head in heads.values()))
    add_rows(execute, _EVENT, [_row(execute, tail, known, boots, entry) for entry in got.new])
    for entry in got.new:
        add_floor(execute, entry.recorded)
    note_branches(execute, (entry.recorded for entry in got.new))
    for entry in {it.recorded.origin: it for it in (*got.again, *got.new) if it.proof}.values():
        note_proof(execute, known[entry.recorded.origin].number, entry.recorded.n, entry.proof)
    if got.astray is not None:
        put_astray(execute, got.astray)
    for entry in got.again:
        _note_again(execute, known[entry.recorded.origin].number, entry)
    for seq, first, last in _runs(got.own):
        execute(_OWN_SEQ, (seq, first, last))
    if got.own:
        newest = max(int(read_meta(execute, META_ACKED) or 0), *(acked.n for acked in got.own))
        put_meta(execute, META_ACKED, str(newest))
    add_rows(execute, _MESSAGE, got.messages, then=_ITS_NEW_TIME)
    put_entities(execute, got.changed, got.gone)
    drop_figures(execute, got.digest_gone)
    put_figures(execute, got.digest)
    if got.figures_from is not None:
        note_figures_from(execute, got.figures_from)
    if got.line_by is not None:
        origins = {origin: head.number for origin, head in known.items()}
        put_meta(execute, META_LINE, line_note(got.line_by, origins, tail.origin))
    if got.cursor is not None:
        put_meta(execute, META_CURSOR, f"{got.cursor.stream} {got.cursor.seq} {got.cursor.ts_us}")
    return tail._replace(boots=boots), known


def origin_hash(execute: Execute, number: int, n: int) -> str | None:
    """The hash of an event of another origin; None if it is not kept."""
    return next((bytes(row[0]).hex() for row in execute(_FOREIGN_HASH, (number, n))), None)


def seal(previous: bytes, entry: LineEntry) -> bytes:
    """What the hash of an event is in this place of its chain."""
    event = entry.recorded
    terminal, _, incarnation = event.origin.partition("~")
    kind, version = _kind_of(entry)
    row = (
        event.n, 0, event.moment.us, event.moment.count, event.uncertainty_us, event.mono_ns, 0, kind, version,
        event.command_id or None, entry.body, b"",
    )  # fmt: skip
    return link(previous, row, Names({0: (terminal, incarnation)}, {0: event.boot}))


def adopt(execute: Execute, tail: Tail, heads: Mapping[str, Head], got: Adopted) -> dict[str, Head]:
    """Stand on another terminal's state, inside a transaction; the heads to go on with once it is committed.

    Raises ValueError if what it covers is not what is known here.
    """
    known = dict(heads)
    for it in got.raised.floor.covers:
        if it.origin == origin_name(tail.terminal, tail.incarnation):
            _check_known(execute(_OWN_HASH, (it.n,)), it)
        elif it.origin in known and it.n <= known[it.origin].n:
            _check_known(execute(_FOREIGN_HASH, (known[it.origin].number, it.n)), it)
        else:
            number = _origin_number(execute, tail, known, it.origin)
            known[it.origin] = Head(number, it.n, bytes.fromhex(it.hash))
    numbers = {origin: head.number for origin, head in known.items()}
    stand_alone(execute, got, numbers, tail.origin)
    drop_meta(execute, META_FOLDED)
    if got.cursor.seq:
        add_rows(execute, _MESSAGE, [(got.cursor.seq, got.cursor.ts_us)], then=_ITS_NEW_TIME)
    put_meta(execute, META_CURSOR, f"{got.cursor.stream} {got.cursor.seq} {got.cursor.ts_us}")
    return known


def forget_order(execute: Execute, after_seq: int) -> None:
    """Drop the order behind a message, never the events, inside a transaction."""
    for statement in _FORGET:
        execute(statement, (after_seq,))
    forget_astray(execute, after_seq)
    (acked,) = next(iter(execute(_ACKED)))
    put_meta(execute, META_ACKED, str(acked))
    cursor = read_cursor(execute)
    if cursor is not None and cursor.seq > after_seq:
        seq, ts_us = read_message(execute, after_seq) or (0, 0)
        put_meta(execute, META_CURSOR, f"{cursor.stream} {seq} {ts_us}")


def read_folded(execute: Execute) -> dict[int, int] | None:
    """By the number of another origin up to where the entities know its events; None if they know all of all."""
    text = read_meta(execute, META_FOLDED)
    if text is None:
        return None
    return {int(number): int(n) for number, _, n in (part.partition(":") for part in text.split())}


def _row(
    execute: Execute, tail: Tail, known: dict[str, Head], boots: dict[str, int], entry: LineEntry
) -> tuple[object, ...]:
    """The row of the next event of an origin, which is noted as known."""
    event = entry.recorded
    terminal, _, incarnation = event.origin.partition("~")
    if event.origin not in known:
        known[event.origin] = Head(_origin_number(execute, tail, known, event.origin), 0, GENESIS)
    if event.boot not in boots:
        boots[event.boot] = len(boots) + 1
        execute(_ADD_BOOT, (boots[event.boot], event.boot))
    head = known[event.origin]
    if event.n != head.n + 1:
        raise Missing(f"Expected event {head.n + 1} of {event.origin}, got event {event.n}.")
    kind, version = _kind_of(entry)
    row = (
        event.n, head.number, event.moment.us, event.moment.count, event.uncertainty_us, event.mono_ns,
        boots[event.boot], kind, version, event.command_id or None, entry.body, b"",
    )  # fmt: skip
    names = Names({head.number: (terminal, incarnation)}, {boots[event.boot]: event.boot})
    if link(head.hash, row, names) != entry.hash:
        raise ValueError(f"Expected event {event.n} of {event.origin} to continue its chain, got another one's.")
    known[event.origin] = Head(head.number, event.n, entry.hash)
    return (*row[:10], entry.body.decode(), entry.hash, entry.seq or None)


def _note_again(execute: Execute, number: int, entry: LineEntry) -> None:
    """The line's place of an event that is stored already."""
    known = origin_hash(execute, number, entry.recorded.n)
    if known is not None and known != entry.hash.hex():
        raise ValueError(f"Expected event {entry.recorded.n} of {entry.recorded.origin} as it is here, got another.")
    if entry.seq:
        execute(_FOREIGN_SEQ, (entry.seq, number, entry.recorded.n))


def _runs(own: Sequence[Acked]) -> Iterator[tuple[int, int, int]]:
    """(Message, first, last) of consecutive own events in one message."""
    for _, run in groupby(enumerate(own), key=lambda at: (at[1].seq, at[1].n - at[0])):
        acked = [it for _, it in run]
        yield acked[0].seq, acked[0].n, acked[-1].n


def _origin_number(execute: Execute, tail: Tail, known: Mapping[str, Head], origin: str) -> int:
    """The number an origin has here, given to it now if it is new."""
    if origin in known:
        return known[origin].number
    terminal, _, incarnation = origin.partition("~")
    number = max((tail.origin, *(head.number for head in known.values()))) + 1
    execute(_ADD_ORIGIN, (number, terminal, incarnation))
    return number


def _check_known(rows: Iterable[Any], expected: Covered) -> None:
    got = next((bytes(row[0]).hex() for row in rows), None)
    if got is not None and got != expected.hash:
        raise ValueError(f"Expected event {expected.n} of {expected.origin} as it is here, got another.")


def _kind_of(entry: LineEntry) -> tuple[str, int]:
    event = entry.recorded.event
    return (event.of_kind, event.of_version) if isinstance(event, Unknown) else (event.kind, event.version)
