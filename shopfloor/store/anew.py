"""A journal goes on under a new name: what the line has of it stays the old name's, the rest is recorded again."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from shopfloor.core.anew import Fold, renamed
from shopfloor.core.codec import encode_event
from shopfloor.core.events import Recorded
from shopfloor.core.line_link import NewName
from shopfloor.store.connection import Execute
from shopfloor.store.line_store import META_ACKED, forget_order
from shopfloor.store.replay import read_since
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    GENESIS,
    META_HEAD,
    META_LINE,
    META_ORIGIN,
    Names,
    Tail,
    add_boot,
    add_event,
    add_origin,
    head_text,
    link,
    origin_name,
    put_entities,
    put_figures,
    put_meta,
    read_names,
    recorded,
)
from shopfloor.store.schema import NEVER_DELETED

_HIGHEST: Final = "SELECT max(id) FROM origin"
_PLACED: Final = "SELECT line_seq FROM event WHERE n = ?"
_MOVED: Final = "line_seq, " + EVENT_COLUMNS.replace("CAST(body AS BLOB)", "body")
_TO_FOREIGN: Final = f"INSERT INTO foreign_event ({_MOVED}) SELECT {_MOVED} FROM event WHERE n <= ? ORDER BY n"
_BEHIND: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n > ? ORDER BY n"


def check_name(tail: Tail, name: NewName) -> None:
    """Raise ValueError if the journal has another name, or fewer events than it is said to share with the line."""
    before = origin_name(tail.terminal, tail.incarnation)
    if name.before != before or not 0 <= name.kept <= tail.head:
        raise ValueError(f"Expected {before} and at most {tail.head} events kept, got {name}.")


def begin_anew(execute: Execute, tail: Tail, name: NewName, *, begun: Recorded, fold: Fold) -> None:
    """Do all of it inside a transaction, for a name that `check_name` found fit."""
    _forget_line_behind(execute, name.kept)
    own = list(_renamed(execute, name))
    execute(_TO_FOREIGN, (name.kept,))
    execute("DROP TRIGGER event_is_never_deleted")
    execute("DELETE FROM event")
    execute(NEVER_DELETED)
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
    _write_state(execute, fold, highest + 1)


def _forget_line_behind(execute: Execute, kept: int) -> None:
    """What the line has of the old name behind `kept` was read over, and is to be read in as another's."""
    (placed,) = next(iter(execute(_PLACED, (kept,))), (0,))
    if placed is not None:  # else the line was not read up to there yet
        forget_order(execute, max(0, placed - 1))


def _renamed(execute: Execute, name: NewName) -> Iterator[tuple[Recorded, str, int, bytes]]:
    """Event, kind, version and body of each own event that the line has not."""
    names = read_names(execute)
    for row in list(execute(_BEHIND, (name.kept,))):
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
    put_meta(execute, META_HEAD, head_text(len(events), previous))
    put_meta(execute, META_ACKED, "0")


def _write_state(execute: Execute, fold: Fold, own: int) -> None:
    done = fold(read_since(execute, None))
    execute("DELETE FROM entity")
    execute("DELETE FROM digest")
    put_entities(execute, done.entities, ())
    put_figures(execute, done.digest)
    if done.line_by is not None:
        origin, n = done.line_by
        names = read_names(execute)
        numbers = {names.origin(number): number for number in names.origins}
        put_meta(execute, META_LINE, str(n) if numbers[origin] == own else f"{n} {numbers[origin]}")
