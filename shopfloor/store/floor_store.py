"""The floors a journal knows, the state at those it stands on, and how far each origin's events go at a moment."""

from collections.abc import Mapping
from typing import Final

import msgspec

from shopfloor.core.delivery import Floors, Risen
from shopfloor.core.events_floor import Covered
from shopfloor.core.floor import Floor, unpack_shop
from shopfloor.core.line import Line
from shopfloor.core.state import Entity
from shopfloor.store.connection import Execute
from shopfloor.store.rows import (
    GENESIS,
    META_LINE,
    drop_figures,
    line_note,
    put_entities,
    put_figures,
    put_meta,
    read_names,
)

BODIES_KEPT: Final = 3  # a floor that turns out not to count is seldom the newest but two
READ_MAX: Final = 10  # so many of the newest are looked at when floors that were set apart are compared

_RAISE: Final = "UPDATE floor SET here = ?, body = ? WHERE id = ?"
_DROP: Final = "UPDATE floor SET here = NULL, body = NULL WHERE id = ?"
_THIN: Final = (
    "UPDATE floor SET body = NULL WHERE here IS NOT NULL AND number <= ? "
    "AND number > (SELECT min(number) FROM floor WHERE here IS NOT NULL)"
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
    return Floors(tuple(floor for floor, on in rows if on), tuple(floor for floor, on in rows if not on))


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
    execute(_THIN, (risen.raised[-1].floor.number - BODIES_KEPT,))
    put_entities(execute, risen.changed, risen.gone)
    drop_figures(execute, risen.digest_gone)
    put_figures(execute, risen.digest)
    if risen.line_by is not None:
        put_meta(execute, META_LINE, line_note(risen.line_by, numbers, own))


def count_until(execute: Execute, us: int, own: int) -> dict[str, int]:
    """By origin the number of its last event with a moment up to `us`, of those that are kept here."""
    names = read_names(execute)
    found: dict[str, int] = {}
    ((low, high),) = execute(_OWN_RANGE)
    if low is not None:
        found[names.origin(own)] = _last(execute, _OWN_US, (), low, high, us)
    for number, low, high in list(execute(_RANGES)):
        if low is not None:
            found[names.origin(number)] = _last(execute, _FOREIGN_US, (number,), low, high, us)
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
