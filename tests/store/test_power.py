"""Power cuts: with a sync a commit nothing acknowledged is lost; with less, it is: so the cuts are a test."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import apsw
import pytest

from shopfloor.core.delivery import Adopted, Archived, Raised
from shopfloor.core.events import Recorded
from shopfloor.core.events_floor import Covered
from shopfloor.core.floor import Floor, pack_shop
from shopfloor.core.line_link import Cursor, NewName
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.store.anew import begin_anew
from shopfloor.store.connection import CREATE_PRAGMAS, UNREADABLE, WRITER_PRAGMAS
from shopfloor.store.floor_store import drop_archived, stand_alone
from shopfloor.store.replay import read_since
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    GENESIS,
    META_ARCHIVE,
    META_DROPPING,
    Names,
    begin,
    link,
    read_entities,
    read_meta,
    read_names,
    read_tail,
    recorded,
    write,
)
from shopfloor.store.schema import STEPS
from tests.helpers.journal_rows import Batch, Shadow, batches, fold
from tests.helpers.power import Disk, Mark, on_disk
from tests.helpers.scale import scaled
from tests.store.test_anew import begun, folding

ORIGIN = ("press-1", "00112233")
COMMITS = 90
# A small log, so that checkpoints are cut, too: one in some fifteen commits.
CHECKPOINT = "PRAGMA wal_autocheckpoint=100"
CUTS_A_RUN = 25


class Found(NamedTuple):
    """What is there after a cut: the newest event, and whether everything up to it is as it was written."""

    head: int
    whole: bool


def _create(connection: Any, mode: str) -> None:
    for pragma in (*CREATE_PRAGMAS, *WRITER_PRAGMAS, f"PRAGMA synchronous={mode}", CHECKPOINT):
        if mode != "FULL" and "EXTRA" in pragma:
            continue
        connection.execute(pragma)
    if read_version(connection) == 0:
        with connection:
            for step in STEPS:
                for statement in step.statements:
                    connection.execute(statement)
            connection.execute("PRAGMA user_version=1001")
            begin(connection.execute, *ORIGIN)


def read_version(connection: Any) -> int:
    """0 for a journal without tables."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _append(connection: Any, done: Iterable[Batch], disk: Disk) -> None:
    found = read_tail(connection.execute)
    assert found is not None
    tail, _ = found
    for batch in done:
        connection.execute("BEGIN IMMEDIATE")
        tail = write(
            connection.execute,
            tail,
            events=batch.events,
            changed=batch.changed,
            gone=batch.gone,
            digest=batch.digest,
        )
        connection.execute("COMMIT")
        disk.mark(tail.head)


def _run(mode: str, seed: int) -> Disk:
    """The disk of a terminal that was created, wrote and never ended."""
    disk = Disk()

    def use(connection: Any) -> None:
        _create(connection, mode)
        _append(connection, batches("~".join(ORIGIN), COMMITS, seed=seed), disk)
        disk.end()

    on_disk(disk, f"power-{mode}-{seed}", use)
    return disk


def _events(connection: Any, names: Names) -> tuple[list[Recorded], bool]:
    """The events, and whether their chain is unbroken."""
    events: list[Recorded] = []
    previous, whole = GENESIS, True
    for row in connection.execute(f"SELECT {EVENT_COLUMNS} FROM event ORDER BY n"):
        whole = whole and link(previous, row, names) == row[11] and row[0] == len(events) + 1
        events.append(recorded(row, names))
        previous = row[11]
    return events, whole


def _look(disk: Disk, name: str) -> Found:
    """Open what the cut left, judge it, and go on writing if it is whole."""
    found = Found(0, whole=False)

    def use(connection: Any) -> None:
        nonlocal found
        _create(connection, "FULL")
        whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = read_names(connection.execute)
        events, chained = _events(connection, names)
        entities = tuple(read_entities(connection.execute))
        whole = whole and chained and _same(entities, fold(events))
        found = Found(len(events), whole)
        if whole:
            more = batches("~".join(ORIGIN), 3, after=len(events), seed=10_000, shadow=Shadow(entities))
            _append(connection, more, disk)
            found = Found(len(events), _events(connection, read_names(connection.execute))[1])

    try:
        on_disk(disk, name, use)
    except (apsw.Error, *UNREADABLE, TypeError):
        return Found(found.head, whole=False)
    return found


def _same(one: tuple[Entity, ...], other: tuple[Entity, ...]) -> bool:
    return sorted(map(repr, one)) == sorted(map(repr, other))


class Tally(NamedTuple):
    """How many cuts lost acknowledged events, how many left a journal that is not whole, and the cases."""

    lost: int
    torn: int
    cases: list[str]


def _cut(mode: str, cuts: int) -> Tally:
    lost = torn = 0
    cases = []
    for run in range(-(-cuts // CUTS_A_RUN)):
        disk = _run(mode, run)
        rng = random.Random(run)
        for number in range(CUTS_A_RUN):
            after, acknowledged = disk.cut(rng.randrange(len(disk.log) + 1), rng)
            found = _look(after, f"look-{mode}-{run}-{number}")
            if not found.whole:
                torn += 1
                cases.append(f"run {run} cut {number}: torn at {found.head} of {acknowledged}")
            elif found.head < acknowledged:
                lost += 1
                cases.append(f"run {run} cut {number}: {found.head} of {acknowledged}")
            assert found.head <= acknowledged + 1 or not found.whole, "an event that was never written"
    return Tally(lost, torn, cases)


def test_a_power_cut_loses_nothing_that_was_acknowledged() -> None:
    tally = _cut("FULL", scaled(200, 5000))
    assert tally.cases == []


def test_a_second_cut_while_the_first_is_mended_loses_nothing_either() -> None:
    disk = _run("FULL", 0)
    for seed in range(scaled(40, 1000)):
        rng = random.Random(seed)
        after, acknowledged = disk.cut(rng.randrange(len(disk.log) + 1), rng)
        assert _look(after, f"first-{seed}").whole
        again, since = after.cut(rng.randrange(len(after.log) + 1), rng)
        found = _look(again, f"second-{seed}")
        assert found.whole, f"seed {seed}"
        assert found.head >= max(acknowledged, since), f"seed {seed}"


def test_without_a_sync_a_commit_the_same_cuts_lose_what_was_acknowledged() -> None:
    cuts = scaled(50, 1000)
    tally = _cut("NORMAL", cuts)
    assert tally.lost > cuts / 2, tally
    assert tally.torn == 0, "NORMAL forgets, but does not corrupt"


def test_without_any_sync_the_same_cuts_lose_or_tear_the_journal() -> None:
    cuts = scaled(50, 1000)
    tally = _cut("OFF", cuts)
    assert tally.lost + tally.torn > cuts / 2, tally
    assert tally.torn > 0


def test_the_disk_forgets_what_was_not_synced_and_keeps_what_was() -> None:
    disk = Disk()

    def use(connection: Any) -> None:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE t (x)")
        disk.mark(1)

    on_disk(disk, "forget", use)
    kept, acknowledged = disk.cut(len(disk.log), random.Random(1))
    assert acknowledged == 1
    assert any(content for content in kept.files.values())
    nothing, acknowledged = disk.cut(0, random.Random(1))
    assert (nothing.files, acknowledged) == ({}, 0)


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_is_the_same_for_the_same_seed(seed: int) -> None:
    disk = _run("FULL", 0)
    at = len(disk.log) // 2
    one, other = (disk.cut(at, random.Random(seed))[0] for _ in range(2))
    assert one.files == other.files


def test_a_cut_while_a_journal_gets_a_new_name_leaves_the_old_one_or_the_new_one_whole() -> None:
    events, kept = 30, 18
    name = NewName(before="~".join(ORIGIN), after="press-1~44556677", kept=kept)
    disk = Disk()

    def rename(connection: Any) -> None:
        _create(connection, "FULL")
        _append(connection, batches(name.before, events, seed=1), disk)
        found = read_tail(connection.execute)
        assert found is not None
        connection.execute("BEGIN IMMEDIATE")
        begin_anew(connection.execute, found[0], name, begun=begun(), fold=folding)
        connection.execute("COMMIT")
        disk.mark(events + 1)
        disk.end()

    on_disk(disk, "rename", rename)
    first = next(at for at, op in enumerate(disk.log) if op == Mark(events))
    rng = random.Random(1)
    names: Counter[str] = Counter()
    for number in range(scaled(60, 2000)):
        after, acknowledged = disk.cut(rng.randrange(first + 1, len(disk.log) + 1), rng)

        def look(connection: Any, acknowledged: int = acknowledged) -> None:
            _create(connection, "FULL")
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
            assert sorted(rows) == ["event_is_never_changed", "event_is_never_deleted"]
            found = read_tail(connection.execute)
            assert found is not None
            tail = found[0]
            own, chained = _events(connection, read_names(connection.execute))
            assert chained
            names[tail.incarnation] += 1
            if tail.incarnation == ORIGIN[1]:
                assert acknowledged == events, "who was told that it is done finds it done"
                assert len(own) == events
            else:
                assert len(own) == events - kept + 1
                ((old,),) = connection.execute("SELECT count(*) FROM foreign_event").fetchall()
                assert old == kept
            assert _same(tuple(read_entities(connection.execute)), fold(read_since(connection.execute, None)))

        on_disk(after, f"renamed-{number}", look)
    assert len(names) == 2, "cuts before and after it was done"


def test_a_cut_while_archived_events_are_dropped_leaves_all_of_them_or_none() -> None:
    events, kept = 30, 18
    origin, disk = "~".join(ORIGIN), Disk()

    def drop(connection: Any) -> None:
        _create(connection, "FULL")
        _append(connection, batches(origin, events, seed=1), disk)
        ((digest, us),) = connection.execute("SELECT hash, moment_us FROM event WHERE n = ?", (kept,)).fetchall()
        state, body = pack_shop(Shop())
        floor = Floor(
            id=f"{origin}:{events}",
            number=1,
            before="",
            us=us,
            covers=(Covered(origin, kept, bytes(digest).hex()),),
            hash=state,
            rank=(us, 0, origin, events),
        )
        got = Adopted(raised=Raised(floor, state, body), cursor=Cursor("", 0, 0))
        connection.execute("BEGIN IMMEDIATE")
        stand_alone(connection.execute, got, {}, 1)
        drop_archived(connection.execute, Archived(floor, {1: kept}, "file hash"), 1)
        connection.execute("COMMIT")
        disk.mark(events + 1)
        disk.end()

    on_disk(disk, "drop", drop)
    first = next(at for at, op in enumerate(disk.log) if op == Mark(events))
    rng = random.Random(1)
    lowest: Counter[int] = Counter()
    for number in range(scaled(60, 2000)):
        after, acknowledged = disk.cut(rng.randrange(first + 1, len(disk.log) + 1), rng)

        def look(connection: Any, acknowledged: int = acknowledged) -> None:
            _create(connection, "FULL")
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            ((low, count),) = connection.execute("SELECT min(n), count(*) FROM event").fetchall()
            lowest[low] += 1
            assert count == events - low + 1
            assert low in {1, kept + 1}
            assert low > 1 or acknowledged == events, "who was told that it is done finds it done"
            assert read_meta(connection.execute, META_DROPPING) is None, "nothing more may be dropped"
            assert read_meta(connection.execute, META_ARCHIVE) == ("file hash" if low > 1 else None)

        on_disk(after, f"dropped-{number}", look)
    assert len(lowest) == 2, "cuts before and after it was done"
