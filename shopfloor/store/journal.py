"""The one writer's journal: events, entities and figures in one durable commit."""

import secrets
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from shopfloor.core.anew import Fold
from shopfloor.core.delivery import Adopted, Archived, Fitting, Floors, Received, Risen
from shopfloor.core.events import Recorded
from shopfloor.core.events_floor import Covered
from shopfloor.core.line import Line
from shopfloor.core.line_link import Discipline, LineEntry, NewName
from shopfloor.core.merge import Key
from shopfloor.core.ports import Opened
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.store.anew import begin_anew, check_name
from shopfloor.store.connection import immediate, in_words, open_writer, readable
from shopfloor.store.floor_store import count_until, covers, drop_archived, read_floors, read_state, rise
from shopfloor.store.folder import FolderLock, LifeSign, create_folder, journal_path, refuse_network, sync_folder
from shopfloor.store.leaving import chained, fitting, held_apart, leave_branches
from shopfloor.store.line_store import Head, adopt, forget_order, read_folded, read_heads, receive
from shopfloor.store.replay import read_since, read_waiting
from shopfloor.store.retime import ahead_of, retime
from shopfloor.store.rows import (
    FIGURES,
    META_FIGURES,
    Tail,
    begin,
    drop_figures,
    drop_meta,
    origin_name,
    put_figures,
    read_entities,
    read_figures_from,
    read_line,
    read_tail,
    write,
)
from shopfloor.store.schema import check_readable, migrate
from shopfloor.trouble import StoreTrouble

# A checkpoint costs two syncs: at one in 64 commits they stay under 1.1 syncs a commit.
CHECKPOINT_COMMITS: Final = 64

_FIND_COMMAND: Final = "SELECT n FROM event WHERE command_id = ?"
_INCARNATION_BYTES: Final = 4


class SqliteJournal:
    """Implements `core.ports.Journal` on a data folder; all calls from the thread that called `open`.

    A new folder belongs to `terminal` for ever: its events keep that origin whatever later terminals call themselves.
    """

    def __init__(self, folder: Path, terminal: str) -> None:
        self._folder = folder
        self._terminal = terminal
        self._path = journal_path(folder)
        self._lock = FolderLock(folder, terminal)
        self._life = LifeSign(folder)
        self._conn: sqlite3.Connection | None = None
        self._tail: Tail | None = None
        self._heads: dict[str, Head] = {}
        self._since_checkpoint = 0

    def open(self) -> Opened:
        """Open or create the data folder. Raises DataFolderBusy or StoreTrouble, with a remedy."""
        if self._conn is not None:
            raise RuntimeError("Expected a closed journal, got one that is open.")
        create_folder(self._folder)
        refuse_network(self._folder)
        self._lock.take()
        try:
            is_new = not self._path.exists()
            self._conn = open_writer(self._path, check=partial(check_readable, path=self._path))
            with in_words(self._path):
                migrate(self._conn, self._folder)
                if is_new:
                    sync_folder(self._folder)
                opened, self._tail, self._heads = self._load(self._conn)
        except BaseException:
            self.close()
            raise
        return opened

    def append(
        self, events: Sequence[Recorded], changed: Sequence[Entity], gone: Sequence[Entity], digest: Sequence[DigestRow]
    ) -> None:
        """Commit all of it in one transaction, durable on return.

        Raises StoreTrouble if the disk did not take it, ValueError if the events do not continue the journal or repeat
        a command id; nothing has changed then.
        """
        conn, tail = self._opened()
        try:
            with in_words(self._path), immediate(conn) as execute:
                tail = write(execute, tail, events=events, changed=changed, gone=gone, digest=digest)
        except sqlite3.IntegrityError as error:
            ids = ", ".join(event.command_id for event in events if event.command_id) or "none"
            raise ValueError(
                f"Expected rows the journal does not hold yet, got {error} (command ids: {ids})."
            ) from error
        self._tail = tail
        self._since_checkpoint += 1

    def heads(self) -> dict[str, int]:
        """The newest event of every other origin."""
        return {origin: head.n for origin, head in self._heads.items()}

    def since(
        self,
        after: Key | None,
        under: Mapping[str, int] | None = None,
        limit: int | None = None,
        until: Mapping[str, int] | None = None,
    ) -> list[Recorded]:
        """The events of every origin behind `after` (None: all) that no floor `under` it covers, in line order.

        `until`: of some origins the last one that is wanted.
        """
        conn, _ = self._opened()
        with in_words(self._path), readable(self._path):
            return read_since(conn.execute, after, under, limit, until)

    def floors(self) -> Floors:
        """The newest floors that are known."""
        conn, _ = self._opened()
        with in_words(self._path), readable(self._path):
            return read_floors(conn.execute)

    def state_at(self, floor_id: str) -> tuple[Line, tuple[Entity, ...]] | None:
        """Line file and entities at a floor; None if they are not kept."""
        conn, _ = self._opened()
        with in_words(self._path), readable(self._path):
            return read_state(conn.execute, floor_id)

    def count_until(self, us: int) -> dict[str, int]:
        """By origin the number of its last event with a moment up to `us`; what a floor covers counts."""
        conn, tail = self._opened()
        with in_words(self._path):
            return count_until(conn.execute, us, tail.origin)

    def covers(self, counts: Mapping[str, int]) -> tuple[Covered, ...]:
        """How far each origin's events go, with the end of its chain there. Raises StoreTrouble."""
        conn, tail = self._opened()
        with in_words(self._path), readable(self._path):
            return covers(conn.execute, counts, tail.origin)

    def rise(self, risen: Risen) -> None:
        """Stand on other floors, in one transaction, durable on return. Raises StoreTrouble."""
        conn, tail = self._opened()
        numbers = {origin: head.number for origin, head in self._heads.items()}
        with in_words(self._path), immediate(conn) as execute:
            rise(execute, risen, numbers, tail.origin)

    def receive(self, got: Received) -> None:
        """Commit a delivery of the line in one transaction, durable on return.

        Raises StoreTrouble if the disk did not take it, ValueError if an event does not continue its origin's chain.
        """
        conn, tail = self._opened()
        with in_words(self._path), immediate(conn) as execute:
            tail, heads = receive(execute, tail, self._heads, got)
        self._tail, self._heads = tail, heads
        self._since_checkpoint += 1

    def fitting(self, entries: Sequence[LineEntry], *, every: bool = False) -> Fitting:
        """What of a delivery is not another ending of a journal than is held here. Raises StoreTrouble."""
        conn, tail = self._opened()
        own = origin_name(tail.terminal, tail.incarnation)
        with in_words(self._path), readable(self._path):
            return fitting(conn.execute, own, self._heads, entries, every=every)

    def chained(self, entries: Sequence[LineEntry]) -> list[LineEntry]:
        """All events of a journal, each with its hash."""
        return chained(entries)

    def holds_branches(self) -> bool:
        """Whether something is held that is under another name now. Raises StoreTrouble."""
        conn, tail = self._opened()
        with in_words(self._path), readable(self._path):
            return bool(held_apart(conn.execute, tail.origin))

    def leave_branches(self, fold: Fold) -> Opened | None:
        """Leave what others recorded anew, durable on return; changes nothing if it raises StoreTrouble."""
        conn, tail = self._opened()
        with in_words(self._path), readable(self._path), immediate(conn) as execute:
            if not leave_branches(execute, tail, fold):
                return None
            opened, tail, heads = self._load(conn)  # what could not be opened again is not committed
        self._tail, self._heads = tail, heads
        self._since_checkpoint += 1
        return opened

    def figure(self, gone: Sequence[DigestRow], rows: Sequence[DigestRow], *, is_all: bool) -> None:
        """Drop and write figures that were to follow, in one transaction. Raises StoreTrouble."""
        conn, _ = self._opened()
        with in_words(self._path), immediate(conn) as execute:
            drop_figures(execute, gone)
            put_figures(execute, rows)
            if is_all:
                drop_meta(execute, META_FIGURES)
        self._since_checkpoint += 1

    def figures_of(self, numbers: Collection[int]) -> list[DigestRow]:
        """The figures of the events with these local numbers; reads all figures there are. Raises StoreTrouble."""
        conn, _ = self._opened()
        with in_words(self._path), readable(self._path):
            return [DigestRow(*row) for row in conn.execute(FIGURES) if row[3] in numbers]

    def ahead(self, kept: int, clock: Discipline) -> tuple[Sequence[Recorded], int]:
        """Own events behind `kept` as they should be, from the first whose moment cannot be. Raises StoreTrouble."""
        conn, _ = self._opened()
        with in_words(self._path), readable(self._path):
            return ahead_of(conn.execute, kept, clock)

    def retime(self, events: Sequence[Recorded], fold: Fold) -> Opened:
        """Write these in the place of the newest own events, durable on return. Raises StoreTrouble."""
        conn, tail = self._opened()
        with in_words(self._path), readable(self._path), immediate(conn) as execute:
            retime(execute, tail, events, fold)
            opened, tail, heads = self._load(conn)  # what could not be opened again is not committed
        self._tail, self._heads = tail, heads
        self._since_checkpoint += 1
        return opened

    def adopt(self, got: Adopted) -> None:
        """Go on from another terminal's state, in one transaction. Raises StoreTrouble; ValueError: it does not fit."""
        conn, tail = self._opened()
        with in_words(self._path), immediate(conn) as execute:
            heads = adopt(execute, tail, self._heads, got)
        self._heads = heads

    def drop_archived(self, got: Archived) -> None:
        """Drop the rows that an archive holds, in one transaction. Raises StoreTrouble."""
        conn, tail = self._opened()
        with in_words(self._path), immediate(conn) as execute:
            drop_archived(execute, got, tail.origin)

    def forget_order(self, after_seq: int) -> None:
        """Drop the order behind a message of the line, never the events. Raises StoreTrouble."""
        conn, _ = self._opened()
        with in_words(self._path), immediate(conn) as execute:
            forget_order(execute, after_seq)

    def begin_anew(self, name: NewName, begun: Recorded, fold: Fold) -> Opened:
        """Go on under a new name, durable on return; changes nothing if it raises StoreTrouble or ValueError."""
        conn, tail = self._opened()
        check_name(tail, name)
        with in_words(self._path), readable(self._path), immediate(conn) as execute:
            begin_anew(execute, tail, name, begun=begun, fold=fold)
            opened, tail, heads = self._load(conn)  # what could not be opened again is not committed
        self._tail, self._heads = tail, heads
        self._since_checkpoint += 1
        return opened

    def find_command(self, command_id: str) -> int | None:
        """The journal number of the first event that carries this command id."""
        conn, _ = self._opened()
        with in_words(self._path):
            row = conn.execute(_FIND_COMMAND, (command_id,)).fetchone()
        return None if row is None else int(row[0])

    def alive(self, at_us: int) -> None:
        """Leave a sign of life without a sync. Raises StoreTrouble."""
        self._life.give(at_us)

    def idle(self) -> None:
        """Use a quiet moment to checkpoint, if enough was written; never waits for a reader, never raises for the disk.

        A checkpoint that fails loses nothing: the log keeps what it could not move, and the next commit says why.
        """
        conn, _ = self._opened()
        if self._since_checkpoint < CHECKPOINT_COMMITS:
            return
        self._since_checkpoint = 0
        with suppress(StoreTrouble), in_words(self._path):
            conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def close(self) -> None:
        """Checkpoint and close; never raises for the disk. Harmless if it is closed."""
        if self._conn is not None:
            with suppress(StoreTrouble), in_words(self._path):
                self._conn.close()  # the last connection to leave checkpoints by itself
        self._conn = None
        self._tail = None
        self._lock.drop()

    def _opened(self) -> tuple[sqlite3.Connection, Tail]:
        if self._conn is None or self._tail is None:
            raise RuntimeError("Expected an open journal, got one that is closed.")
        return self._conn, self._tail

    def _load(self, conn: sqlite3.Connection) -> tuple[Opened, Tail, dict[str, Head]]:
        with readable(self._path):
            found = read_tail(conn.execute)
            if found is None:
                with immediate(conn) as execute:
                    begin(execute, self._terminal, secrets.token_hex(_INCARNATION_BYTES))
                    found = read_tail(execute)
            assert found is not None
            tail, last = found
            tip = read_floors(conn.execute).on[-1:]
            heads = read_heads(conn.execute, tail.origin, tip[0].covers if tip else ())
            folded = read_folded(conn.execute)
            opened = Opened(
                origin=origin_name(tail.terminal, tail.incarnation),
                head=tail.head,
                last=last,
                line=read_line(conn.execute),
                entities=tuple(read_entities(conn.execute)),
                alive_us=max(self._life.read_us(), last.us) if tail.head else 0,
                waiting=() if folded is None else tuple(read_waiting(conn.execute, folded)),
                figures_from=read_figures_from(conn.execute),
            )
        return opened, tail, heads
