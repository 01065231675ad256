"""A journal goes on under a new name: what the line has of it stays the old name's, the rest is recorded again."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from shopfloor.core.anew import Fold, renamed
from shopfloor.core.codec import encode_event
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import BegunAnew
from shopfloor.core.floor import is_covered
from shopfloor.core.line_link import NewName
from shopfloor.core.merge import OWN_MAX, Key, key_of, numbered
from shopfloor.core.update import DigestRow
from shopfloor.store.branches import note_branches
from shopfloor.store.connection import Execute
from shopfloor.store.floor_store import floors_to_verify, read_state
from shopfloor.store.line_notes import META_ACKED
from shopfloor.store.line_store import META_FOLDED, forget_order
from shopfloor.store.replay import read_since
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    FIGURES,
    GENESIS,
    META_BASE,
    META_DROPPING,
    META_FLOOR,
    META_HEAD,
    META_LINE,
    META_ORIGIN,
    Names,
    Tail,
    add_boot,
    add_event,
    add_floor,
    add_origin,
    drop_meta,
    head_text,
    line_note,
    link,
    origin_name,
    put_entities,
    put_figures,
    put_meta,
    read_meta,
    read_names,
    recorded,
)

_HIGHEST: Final = "SELECT max(id) FROM origin"
_HASH: Final = "SELECT hash FROM event WHERE n = ?"
_PLACED: Final = "SELECT line_seq FROM event WHERE n = ?"
_MOVED: Final = "line_seq, " + EVENT_COLUMNS.replace("CAST(body AS BLOB)", "body")
_TO_FOREIGN: Final = f"INSERT INTO foreign_event ({_MOVED}) SELECT {_MOVED} FROM event WHERE n <= ? ORDER BY n"
_OWN_FLOORS: Final = (
    "DELETE FROM floor WHERE substr(id, 1, length(?)) = ? AND CAST(substr(id, instr(id, ':') + 1) AS INTEGER) > ?"
)
_LEAVE: Final = "UPDATE floor SET here = NULL, body = NULL WHERE here IS NOT NULL AND number >= ?"
_ABOVE_ALL: Final = 1 << 62
_UNDONE: Final = re.compile(rb'("undone":)(\d+)')
_BEHIND: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n > ? ORDER BY n"


def check_name(tail: Tail, name: NewName) -> None:
    """Raise ValueError if the journal has another name, or fewer events than it is said to share with the line."""
    before = origin_name(tail.terminal, tail.incarnation)
    if name.before != before or not 0 <= name.kept <= name.begins <= tail.head:
        raise ValueError(f"Expected {before} and at most {tail.head} events kept, got {name}.")


def begin_anew(execute: Execute, tail: Tail, name: NewName, *, begun: Recorded, fold: Fold) -> None:
    """Do all of it inside a transaction, for a name that `check_name` found fit."""
    name = _on_its_base(execute, name, tail.head)
    _forget_line_behind(execute, name.kept)
    own = list(_renamed(execute, name))
    begun = _with_first(execute, begun, name, len(own))
    leave_floors(execute, name.before, name.kept)
    execute(_TO_FOREIGN, (name.kept,))
    put_meta(execute, META_DROPPING, str(tail.head))
    execute("DELETE FROM event")
    drop_meta(execute, META_DROPPING)
    ((highest,),) = execute(_HIGHEST)
    terminal, _, incarnation = name.after.rpartition("~")
    add_origin(execute, highest + 1, terminal, incarnation)
    put_meta(execute, META_ORIGIN, str(highest + 1))
    boots = dict(tail.boots)
    if begun.boot not in boots:
        boots[begun.boot] = len(boots) + 1
        add_boot(execute, boots[begun.boot], begun.boot)
    last = replace(begun, origin=name.after, n=len(own) + 1)
    _write_chain(execute, [*own, (last, *encode_event(last.event))], highest + 1, boots)
    note_branches(execute, (last,))
    write_state(execute, fold, highest + 1, lambda n, body: _numbered_anew(n, body, name))


def _on_its_base(execute: Execute, name: NewName, head: int) -> NewName:
    """What the lowest floor covers was on the line, and the event that set it, however little of it was read back."""
    lowest = next((floor for floor, _, _ in floors_to_verify(execute)), None)
    if lowest is None or lowest.id != read_meta(execute, META_BASE):
        return name
    setter, _, n = lowest.id.rpartition(":")
    set_by = min(int(n), head) if setter == name.before else 0
    kept = max(lowest.vector().get(name.before, 0), set_by)
    return name if kept <= name.kept else replace(name, kept=kept, elsewhere=())


def _forget_line_behind(execute: Execute, kept: int) -> None:
    """What the line has of the old name behind `kept` was read over, and is to be read in as another's."""
    (placed,) = next(iter(execute(_PLACED, (kept,))), (0,))
    if placed is not None:  # else the line was not read up to there yet
        forget_order(execute, max(0, placed - 1))


def _with_first(execute: Execute, begun: Recorded, name: NewName, again: int) -> Recorded:
    """The entry that says so, as it came out: with what others may know under the old name."""
    event = begun.event
    first = next((bytes(row[0]).hex() for row in execute(_HASH, (name.begins + 1,))), "")
    if isinstance(event, BegunAnew):
        event = replace(event, kept=name.begins, again=again, first=first)
    return replace(begun, event=event)


def _renamed(execute: Execute, name: NewName) -> Iterator[tuple[Recorded, str, int, bytes]]:
    """Event, kind, version and body of each own event that the line has not."""
    names = read_names(execute)
    for row in list(execute(_BEHIND, (name.begins,))):
        event, body = renamed(recorded(row, names), row[10], name)
        yield event, row[7], row[8], body


def _write_chain(
    execute: Execute, events: list[tuple[Recorded, str, int, bytes]], origin: int, boots: dict[str, int]
) -> None:
    terminal, _, incarnation = events[0][0].origin.rpartition("~")
    names = Names({origin: (terminal, incarnation)}, {number: boot for boot, number in boots.items()})
    previous = GENESIS
    for event, kind, version, body in events:
        row: tuple[Any, ...] = (
            event.n, origin, event.moment.us, event.moment.count, event.uncertainty_us, event.mono_ns,
            boots[event.boot], kind, version, event.command_id or None, body, b"",
        )  # fmt: skip
        previous = link(previous, row, names)
        add_event(execute, row, previous)
        add_floor(execute, event)
    put_meta(execute, META_HEAD, head_text(len(events), previous))
    put_meta(execute, META_ACKED, "0")


def leave_floors(execute: Execute, before: str, kept: int) -> None:
    """Stand on no floor that covers what has another name now, nor on one above it; its own are set again.

    Nor on one whose state is kept no longer: nothing could be folded from there.
    """
    execute(_OWN_FLOORS, (f"{before}:", f"{before}:", kept))
    on = floors_to_verify(execute)
    wrong = min((it.number for it, _, _ in on if it.vector().get(before, 0) > kept), default=_ABOVE_ALL)
    stays = [floor for floor, _, has_body in on if has_body and floor.number < wrong]
    execute(_LEAVE, (stays[-1].number + 1 if stays else 0,))
    put_meta(execute, META_FLOOR, stays[-1].id if stays else "")


def write_state(
    execute: Execute,
    fold: Fold,
    own: int,
    own_figure: Callable[[int, bytes], tuple[int, bytes]] = lambda n, body: (n, body),
) -> None:
    """Write what all events come to now. `own_figure`: number and body of a figure of an own event no longer kept."""
    floors = [floor for floor, _, _ in floors_to_verify(execute)]
    base, vector = None, {}
    if floors and read_meta(execute, META_BASE) == floors[0].id:  # what is below it may not be kept
        base, vector = read_state(execute, floors[0].id), floors[0].vector()
    drop_meta(execute, META_FOLDED)
    done = fold(_in_order(read_since(execute, None, vector), [floor.vector() for floor in floors]), base)
    kept = _figures_below(execute, own_figure, vector, own) if base is not None else []
    execute("DELETE FROM entity")
    execute("DELETE FROM digest")
    put_entities(execute, done.entities, ())
    put_figures(execute, [*kept, *done.digest])
    if done.line_by is not None:
        names = read_names(execute)
        numbers = {names.origin(number): number for number in names.origins}
        put_meta(execute, META_LINE, line_note(done.line_by, numbers, own))


def _in_order(events: list[Recorded], vectors: list[dict[str, int]]) -> list[Recorded]:
    """What a floor covers comes before everything it does not."""

    def place(event: Recorded) -> tuple[int, Key]:
        layer = next((at for at, vector in enumerate(vectors) if is_covered(event, vector)), len(vectors))
        return layer, key_of(event)

    return sorted(events, key=place) if vectors else events


def _figures_below(
    execute: Execute, own_figure: Callable[[int, bytes], tuple[int, bytes]], vector: Mapping[str, int], own: int
) -> list[DigestRow]:
    """Figures of events that are kept no longer: they stay, under the numbers that those have from now on."""
    names = read_names(execute)
    below = {numbered(origin, 0): vector.get(origin, 0) for origin in map(names.origin, names.origins)}
    below[0] = vector.get(names.origin(own), 0)
    found: list[DigestRow] = []
    for series, key, at_us, n, body in list(execute(FIGURES)):
        number, told = own_figure(n, body) if n < OWN_MAX else (n, body)
        if number % OWN_MAX <= below.get(number - number % OWN_MAX, 0):
            found.append(DigestRow(series, key, at_us, number, told))
    return found


def _numbered_anew(n: int, body: bytes, name: NewName) -> tuple[int, bytes]:
    told = _UNDONE.sub(lambda undone: b"%s%d" % (undone[1], numbered(name.before, int(undone[2]))), body)
    return numbered(name.before, n), told
