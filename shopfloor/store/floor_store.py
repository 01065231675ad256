"""The floors a journal knows, the state at those it stands on, and how far each origin's events go at a moment."""

from collections.abc import Mapping
from typing import Final

import msgspec

from shopfloor.core.delivery import Adopted, Archived, Floors, Risen
from shopfloor.core.events_floor import Covered
from shopfloor.core.floor import Base, Floor, unpack_shop
from shopfloor.core.line import Line
from shopfloor.core.line_link import FloorHere, Standing
from shopfloor.core.state import Entity
from shopfloor.store.connection import Execute
from shopfloor.store.line_notes import read_cursor, read_message
from shopfloor.store.rows import (
    GENESIS,
    LINE_OF_FLOOR,
    META_ARCHIVE,
    META_BASE,
    META_DROPPING,
    META_FLOOR,
    META_LINE,
    drop_figures,
    drop_meta,
    line_note,
    put_entities,
    put_figures,
    put_meta,
    read_meta,
    read_names,
)

BODIES_KEPT: Final = 3  # a floor that turns out not to count is seldom the newest but two
ARCHIVE_FLOORS: Final = 8  # the state at one of so many stays: up to it an archive is made, of some 40 000 events
READ_MAX: Final = 10  # so many of the newest are looked at when floors that were set apart are compared

_FOUND: Final = "INSERT INTO floor (id, number, us, value, here, body) VALUES (?, ?, ?, ?, ?, ?)"
_FORGET: Final = "DELETE FROM floor WHERE number <= ? OR here IS NOT NULL"
_LINE_SEQ: Final = "SELECT min(line_seq) FROM event WHERE n > ?"
_FOREIGN_LINE_SEQ: Final = "SELECT min(line_seq) FROM foreign_event WHERE origin = ? AND n > ?"
_ARCHIVABLE: Final = (
    "SELECT CAST(value AS BLOB) FROM floor WHERE here IS NOT NULL AND body IS NOT NULL AND us <= ? AND number <= ? "
    "AND number > coalesce((SELECT number FROM floor WHERE id = ?), 0) ORDER BY number LIMIT 1"
)
_IS_STOOD_ON: Final = (
    "SELECT 1 FROM floor WHERE id = ? AND here IS NOT NULL AND body IS NOT NULL "
    "AND number >= coalesce((SELECT number FROM floor WHERE id = ?), 0)"
)
_DROP_OWN: Final = "DELETE FROM event WHERE n <= ?"
_DROP_FOREIGN: Final = "DELETE FROM foreign_event WHERE origin = ? AND n <= ?"
_DROP_MESSAGES: Final = (
    "DELETE FROM line_message WHERE seq < (SELECT seq FROM line_message WHERE ts_us >= ? ORDER BY seq LIMIT 1)"
)
_DROP_FLOORS: Final = "DELETE FROM floor WHERE number < ?"
_BASE: Final = "SELECT CAST(value AS BLOB), here, body FROM floor WHERE id = ? AND body IS NOT NULL"
_HERE: Final = "SELECT CAST(value AS BLOB), here FROM floor WHERE here IS NOT NULL ORDER BY number DESC LIMIT 1"
_STANDING: Final = (
    "SELECT CAST(value AS BLOB), here, body FROM floor WHERE here IS NOT NULL ORDER BY number DESC LIMIT 1"
)
_RAISE: Final = "UPDATE floor SET here = ?, body = ? WHERE id = ?"
_DROP: Final = "UPDATE floor SET here = NULL, body = NULL WHERE id = ?"
_THIN: Final = (
    "UPDATE floor SET body = NULL WHERE here IS NOT NULL AND number <= ? "
    "AND id <> coalesce((SELECT value FROM meta WHERE key = 'base'), '') AND number % ? > 0"
)
_TOP: Final = "SELECT coalesce(max(number), 0) FROM floor WHERE here IS NOT NULL"
_READ: Final = "SELECT CAST(value AS BLOB), here IS NOT NULL FROM floor WHERE number > ? ORDER BY number"
_VERIFIED: Final = (
    "SELECT CAST(value AS BLOB), here, body IS NOT NULL FROM floor WHERE here IS NOT NULL ORDER BY number"
)
_BODY: Final = "SELECT body, here FROM floor WHERE id = ? AND body IS NOT NULL"
_RANGES: Final = (
    "SELECT id, (SELECT min(n) FROM foreign_event WHERE origin = origin.id), "
    "(SELECT max(n) FROM foreign_event WHERE origin = origin.id) FROM origin"
)
_OWN_RANGE: Final = "SELECT (SELECT min(n) FROM event), (SELECT max(n) FROM event)"
_OWN_US: Final = "SELECT moment_us FROM event WHERE n = ?"
_FOREIGN_US: Final = "SELECT moment_us FROM foreign_event WHERE n = ? AND origin = ?"
_OWN_HASH: Final = "SELECT hash FROM event WHERE n = ?"
_FOREIGN_HASH: Final = "SELECT hash FROM foreign_event WHERE n = ? AND origin = ?"

_values = msgspec.json.Decoder(Floor)


def read_floors(execute: Execute) -> Floors:
    """The newest floors."""
    ((top,),) = execute(_TOP)
    rows = [(_values.decode(value), on) for value, on in execute(_READ, (top - READ_MAX,))]
    on = tuple(floor for floor, on in rows if on)
    others = tuple(floor for floor, on in rows if not on)
    return Floors(on, others, based=bool(on) and read_meta(execute, META_BASE) == on[0].id)


def stand_alone(execute: Execute, got: Adopted, numbers: Mapping[str, int], own: int) -> None:
    """Stand on one floor, with nothing known below it, inside a transaction."""
    floor = got.raised.floor
    execute(_FORGET, (floor.number,))
    value = msgspec.json.encode(floor).decode()
    execute(_FOUND, (floor.id, floor.number, floor.us, value, got.raised.hash, got.raised.body))
    put_meta(execute, META_BASE, floor.id)
    put_entities(execute, got.changed, got.gone)
    note = f"{LINE_OF_FLOOR} {floor.id}" if got.line_by is None else line_note(got.line_by, numbers, own)
    put_meta(execute, META_LINE, note)


def read_base(execute: Execute) -> Base | None:
    """The floor below which events may be missing, with the state there. Raises ValueError if it is damaged."""
    for value, here, body in execute(_BASE, (read_meta(execute, META_BASE) or "",)):
        return Base(_values.decode(value), *unpack_shop(bytes(body), here))
    return None


def read_archivable(execute: Execute, until_us: int, floor_max: int) -> Floor | None:
    """The lowest floor of before a moment, at most this one and above the base, the state at which is kept."""
    base = read_meta(execute, META_BASE) or ""
    rows = execute(_ARCHIVABLE, (until_us, floor_max, base))
    return next((_values.decode(value) for (value,) in rows), None)


def drop_archived(execute: Execute, got: Archived, own: int) -> None:
    """Drop the rows that an archive holds, inside a transaction; the state at its floor stands for them.

    Nothing, if the journal has another name by now, or stands on that floor no more: it is written again then.
    """
    base = read_meta(execute, META_BASE) or ""
    if own not in got.cuts or not list(execute(_IS_STOOD_ON, (got.floor.id, base))):
        return
    if _line_is_under(execute, got.floor, own):
        put_meta(execute, META_LINE, f"{LINE_OF_FLOOR} {got.floor.id}")
    put_meta(execute, META_DROPPING, str(got.cuts[own]))
    execute(_DROP_OWN, (got.cuts[own],))
    drop_meta(execute, META_DROPPING)
    for origin, cut in got.cuts.items():
        if origin != own:
            execute(_DROP_FOREIGN, (origin, cut))
    execute(_DROP_MESSAGES, (got.floor.us,))
    execute(_DROP_FLOORS, (got.floor.number,))
    put_meta(execute, META_BASE, got.floor.id)
    put_meta(execute, META_ARCHIVE, got.note)


def _line_is_under(execute: Execute, floor: Floor, own: int) -> bool:
    """Whether the event with the line in force is one that a floor covers."""
    noted = (read_meta(execute, META_LINE) or "").split()
    if not noted or noted[0] == LINE_OF_FLOOR:
        return bool(noted)
    origin = _origins(execute)[int(noted[1]) if len(noted) > 1 else own]
    return int(noted[0]) <= floor.vector().get(origin, 0)


def read_floor_here(execute: Execute) -> FloorHere | None:
    """The highest floor it stands on."""
    return next((FloorHere(_values.decode(value), here) for value, here in execute(_HERE)), None)


def read_standing(execute: Execute, own: int) -> Standing | None:
    """The highest floor with the state there, and the message up to which the line has nothing else's events."""
    for value, here, body in execute(_STANDING):
        floor, cursor = _values.decode(value), read_cursor(execute)
        if body is not None and cursor is not None:
            seq, ts_us = read_message(execute, _settled_seq(execute, floor, own, cursor.seq)) or (0, 0)
            return Standing(floor=floor, hash=here, body=bytes(body), seq=seq, ts_us=ts_us)
    return None


def _settled_seq(execute: Execute, floor: Floor, own: int, read_seq: int) -> int:
    """The last message read before the first with an event that the floor does not cover."""
    vector, seqs = floor.vector(), [read_seq + 1]
    for number, origin in _origins(execute).items():
        n = vector.get(origin, 0)
        rows = execute(_LINE_SEQ, (n,)) if number == own else execute(_FOREIGN_LINE_SEQ, (number, n))
        seqs += [int(seq) for (seq,) in rows if seq is not None]
    return min(seqs) - 1


def floors_to_verify(execute: Execute) -> list[tuple[Floor, str, bool]]:
    """Every floor the journal stands on, lowest first: (it, the state's hash as found here, whether that is kept)."""
    return [(_values.decode(value), here, bool(kept)) for value, here, kept in execute(_VERIFIED)]


def read_state(execute: Execute, floor_id: str) -> tuple[Line, tuple[Entity, ...]] | None:
    """Line file and entities at a floor; None if they are not kept. Raises ValueError if they are damaged."""
    found = next(((bytes(body), here) for body, here in execute(_BODY, (floor_id,))), None)
    return None if found is None else unpack_shop(*found)


def rise(execute: Execute, risen: Risen, numbers: Mapping[str, int], own: int) -> None:
    """Stand on other floors, inside a transaction. `numbers` are the origins by name, `own` is this journal's."""
    for floor_id in risen.dropped:
        execute(_DROP, (floor_id,))
    for it in risen.raised:
        execute(_RAISE, (it.hash, it.body, it.floor.id))
    execute(_THIN, (risen.raised[-1].floor.number - BODIES_KEPT, ARCHIVE_FLOORS))
    put_meta(execute, META_FLOOR, risen.raised[-1].floor.id)
    put_entities(execute, risen.changed, risen.gone)
    drop_figures(execute, risen.digest_gone)
    put_figures(execute, risen.digest)
    if risen.line_by is not None:
        put_meta(execute, META_LINE, line_note(risen.line_by, numbers, own))


def count_until(execute: Execute, us: int, own: int) -> dict[str, int]:
    """By origin the number of its last event with a moment up to `us`; all that the floor covers counts."""
    names, here = read_names(execute), read_floor_here(execute)
    under = here.floor.vector() if here else {}
    found = dict(under)
    ranges = [(own, _OWN_US, (), *row) for row in execute(_OWN_RANGE)]
    ranges += [(number, _FOREIGN_US, (number,), low, high) for number, low, high in execute(_RANGES)]
    for number, query, of, low, high in ranges:
        if low is not None:
            origin = names.origin(number)
            begin = max(low, 1 + under.get(origin, 0))  # below, some may be missing
            found[origin] = _last(execute, query, of, begin, high, us)
    return {origin: n for origin, n in found.items() if n}


def covers(execute: Execute, counts: Mapping[str, int], own: int) -> tuple[Covered, ...]:
    """How far each origin's events go, with the end of the chain there. Raises LookupError if one is not kept here."""
    numbers = {names: number for number, names in _origins(execute).items()}
    made = []
    for origin, n in sorted(counts.items()):
        number = numbers[origin]
        rows = execute(_OWN_HASH, (n,)) if number == own else execute(_FOREIGN_HASH, (n, number))
        digest = next((bytes(row[0]) for row in rows), GENESIS)
        if digest == GENESIS:
            raise LookupError(f"event {n} of {origin}, got none")
        made.append(Covered(origin, n, digest.hex()))
    return tuple(made)


def _origins(execute: Execute) -> dict[int, str]:
    names = read_names(execute)
    return {number: names.origin(number) for number in names.origins}


def _last(execute: Execute, query: str, of: tuple[int, ...], low: int, high: int, us: int) -> int:
    """The last number up to a moment, `low` - 1 if there is none: an origin's moments never fall."""
    low -= 1
    while low < high:
        middle = (low + high + 1) // 2
        ((at_us,),) = execute(query, (middle, *of))
        if at_us <= us:
            low = middle
        else:
            high = middle - 1
    return low
