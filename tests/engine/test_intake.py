"""A terminal that was long away: what others did meanwhile is taken in by small steps, and is true when all is in."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from shopfloor.clock import Clock, ManualClock
from shopfloor.core import commands as c
from shopfloor.core.evolve import Replay, fold
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.merge import key_of
from shopfloor.core.shop import Shop
from shopfloor.core.state import Book
from shopfloor.core.state_hash import state_hash
from shopfloor.core.update import DigestRow, Update
from shopfloor.engine.desk import DIRECT_EVENTS_MAX
from shopfloor.engine.intake import EVENTS_MAX, Intake
from shopfloor.engine.refold import Figures
from shopfloor.linefile import read
from shopfloor.store.history import SqliteHistory
from shopfloor.store.verify import verify
from shopfloor.trouble import StoreTrouble
from tests.helpers.line_past import Past, line_text, messages, two_at_work

SCANS = 450
OWN = 450  # scans of the one that was away: too many to be folded anew for each delivery


class Away:
    """The third terminal, which worked on alone, and what the line has for it."""

    def __init__(self, folder: Path, *, scans: int = SCANS, own: int = OWN) -> None:
        (folder / "line.toml").write_text(line_text(("s1", "s2", "s3")), "utf-8")
        self.pasts = two_at_work(read(folder / "line.toml"), folder / "s1", folder / "s2", scans)
        self.line = messages(self.pasts)
        self.end_us = max(past.at_us for past in self.pasts)
        self.past = Past(folder / "s3", "s3")
        self.past.hear(self.line[0], Cursor("past", 1, 1))
        self.past.work(own, until_us=self.end_us)

    @property
    def rest(self) -> list[LineEntry]:
        """Everything after the first message."""
        return [entry for message in self.line[1:] for entry in message]

    @property
    def cursor(self) -> Cursor:
        """The line's end."""
        return Cursor("past", len(self.line), len(self.line))

    def close(self) -> None:
        for past in (*self.pasts, self.past):
            past.journal.close()


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Away]:
    away = Away(tmp_path)
    yield away
    away.close()


def as_it_should_be(past: Past) -> tuple[str, list[DigestRow]]:
    """State hash and figures that its events come to in the order of the line."""
    events = past.journal.since(None)
    figures, replay = Figures(past.desk.shop.origin), Replay(Shop())
    rows: list[DigestRow] = []
    for event in events:
        rows += figures.of(replay.shop, event)
        replay.step(event)
    return state_hash(fold(events)), sorted(rows, key=repr)


def as_it_is(past: Past) -> tuple[str, list[DigestRow]]:
    """The same as it is on the disk."""
    with SqliteHistory(past.folder) as history:
        _, entities, _ = history.snapshot()
        rows = [row for series in ("cycle", "lead", "made", "line") for row in history.digest(series)]
    return state_hash(entities), sorted(rows, key=repr)


def test_what_was_missed_is_true_when_all_of_it_is_folded_in(away: Away) -> None:
    past = away.past
    before = state_hash(past.desk.shop.entities())
    for first in range(0, len(away.rest), 100):
        past.desk.deliver(away.rest[first : first + 100], None)
    past.desk.deliver([], away.cursor)
    assert past.desk.waiting == len(away.rest) > DIRECT_EVENTS_MAX
    assert as_it_is(past)[0] == state_hash(past.desk.shop.entities()) == before, "nothing is half true"
    past.fold()
    assert as_it_is(past) == as_it_should_be(past)
    assert state_hash(past.desk.shop.entities()) == as_it_is(past)[0]


def test_people_work_on_while_it_is_folded_in(away: Away) -> None:
    past = away.past
    past.desk.deliver(away.rest, away.cursor)
    scans = iter(range(1_000))

    def scan() -> None:
        past.at_us += 1_000_000
        past.scan(next(scans))

    head = past.desk.head
    past.fold(each=scan)
    assert past.desk.head > head + 20
    assert as_it_is(past) == as_it_should_be(past)


def test_a_restart_goes_on_where_it_was_interrupted(away: Away) -> None:
    past = away.past
    past.desk.deliver(away.rest, away.cursor)
    past.desk.fold(100)
    past.work(3)
    past.journal.close()
    assert verify(past.folder, fold) == []
    again = Past(past.folder, "s3", begin_us=past.at_us + 1)
    assert again.desk.waiting == len(away.rest)
    again.fold()
    assert as_it_is(again) == as_it_should_be(again)
    again.journal.close()
    assert verify(past.folder, fold) == []


class Line:
    """An intake, and what came of it."""

    def __init__(self, past: Past, clock: Clock | None = None) -> None:
        """Without a clock no time passes: a step of folding ends when all is folded."""
        self.updates: list[Update] = []
        self._past = past
        self.intake = Intake(past.desk, clock or ManualClock(), self.updates.append, (), pay=self._pay, now=past.now)

    def _pay(self) -> None:
        self.updates.append(self._past.desk.pay())

    def deliver(self, entries: list[LineEntry], cursor: Cursor) -> "Future[None]":
        done: Future[None] = Future()
        self.intake.deliver(entries, cursor, done)
        return done

    def steps(self) -> int:
        """Work until nothing is left; how many steps it took."""
        count = 0
        while self.intake.is_busy:
            self.intake.step()
            count += 1
        return count


def test_a_delivery_is_taken_in_by_steps_and_told_when_it_is_true(away: Away) -> None:
    line = Line(away.past)
    done = line.deliver(away.rest, away.cursor)
    assert not done.done()
    assert line.steps() > len(away.rest) / EVENTS_MAX
    assert done.result() is None
    assert line.intake.true_seq == away.cursor.seq
    assert sum(len(update.events) for update in line.updates) == len(away.rest)
    assert as_it_is(away.past) == as_it_should_be(away.past)


def test_a_broken_chain_fails_its_delivery_and_keeps_what_came_before(away: Away) -> None:
    line = Line(away.past)
    first, odd = away.rest[0], away.rest[-1]
    broken = LineEntry(seq=odd.seq, ts_us=odd.ts_us, recorded=odd.recorded, hash=bytes(32), body=odd.body)
    failed = line.deliver([*away.rest[:-1], broken], away.cursor)
    line.steps()
    with pytest.raises(ValueError, match="chain"):
        failed.result()
    assert away.past.journal.heads()[first.recorded.origin] > first.recorded.n
    again = line.deliver(away.rest, away.cursor)
    line.steps()
    assert again.result() is None
    assert as_it_is(away.past) == as_it_should_be(away.past)


def test_an_order_is_forgotten_after_what_was_delivered_before(away: Away) -> None:
    line = Line(away.past)
    line.deliver(away.rest, away.cursor)
    forgotten: Future[None] = Future()
    line.intake.forget_order(1, forgotten)
    line.steps()
    assert forgotten.result() is None
    assert key_of(away.past.journal.since(None)[-1]) >= key_of(away.rest[-1].recorded)


def _fill(past: Past) -> None:
    """A disk on which nothing more has a place."""
    conn = past.journal._conn
    assert conn is not None
    (pages,) = conn.execute("PRAGMA page_count").fetchone()
    conn.execute(f"PRAGMA max_page_count={pages}")

    def use_up() -> None:
        while True:
            past.at_us += 1_000_000
            past.scan(1)

    with pytest.raises(StoreTrouble):
        use_up()


def _free(past: Past) -> None:
    conn = past.journal._conn
    assert conn is not None
    conn.execute("PRAGMA max_page_count=1000000")


@pytest.mark.parametrize("is_new", [True, False])
def test_a_call_that_waits_for_the_disk_stands_when_others_events_were_folded_in(away: Away, *, is_new: bool) -> None:
    away.past.desk.deliver(away.rest, away.cursor)
    past = away.past
    if is_new:  # what it did itself is to be read from the disk
        past.journal.close()
        past = away.past = Past(past.folder, "s3", begin_us=past.at_us + 1)
    line = Line(past)
    _fill(past)
    past.do(c.RaiseCall(station="s3", reason=""))
    assert past.desk.owed
    with pytest.raises(StoreTrouble):
        line.steps()
    _free(past)
    line.intake.again()
    line.steps()
    assert [call.station for call in past.desk.shop.calls.values()] == ["s3"]
    assert as_it_is(past) == as_it_should_be(past)
    assert state_hash(past.desk.shop.entities()) == as_it_is(past)[0]
    told = [e for update in line.updates for e in update.changed if isinstance(e, Book) and e.station == "s3"]
    assert told[-1].verdict == past.desk.shop.book("s3").verdict, "nobody is told any more that it waits"


def test_a_step_is_cut_short_for_whoever_waits(away: Away) -> None:
    past, waits = away.past, list[str]()
    intake = Intake(past.desk, ManualClock(), lambda _: None, waits, pay=lambda: None, now=past.now)
    past.desk.deliver(away.rest, away.cursor)
    waits.append("a scan")
    intake.step()
    assert past.desk.waiting, "no time has passed by this clock: nothing else ends a step of folding"
    waits.clear()
    intake.step()
    assert not past.desk.waiting
