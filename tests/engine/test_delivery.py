"""What other terminals did, on real journals: stored once, folded by its moment, and marked as on the line."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_hash import state_hash
from shopfloor.store.history import SqliteHistory
from shopfloor.store.own_journal import SqliteOwnJournal
from tests.helpers.calls import andon_line
from tests.helpers.line_pair import exchange, pair
from tests.helpers.terminal import WAIT_S_MAX, running

HOURS_2_US = 7200 * US_PER_S


def test_two_terminals_come_to_one_state(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        exchange(two)
        two.terminals[0].scan("long", 1, "assembly")
        two.terminals[1].do(c.RaiseCall(station="saw", reason="material"))
        assert len(two.hashes()) == 2
        exchange(two)
        assert len(two.hashes()) == 1
        assert two.card(1, "long-01").state == "empty"


def test_what_comes_late_is_folded_where_it_belongs(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        exchange(two)
        two.terminals[0].scan("long", 1, "assembly")
        two.terminals[1].scan("long", 1, "saw", after_s=5)
        two.terminals[1].scan("long", 1, "saw", after_s=60)
        exchange(two)
        assert len(two.hashes()) == 1


def test_a_second_delivery_of_the_same_says_nothing(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.terminals[0].scan("long", 1, "assembly")
        two.send(0)
        two.read(1)
        before = state_hash(two.terminals[1].snapshot.entities)
        end = Cursor("stream", len(two.line), len(two.line))
        two.terminals[1].engine.deliver(two.line, end).result(WAIT_S_MAX)
        assert state_hash(two.terminals[1].snapshot.entities) == before


def test_own_events_that_come_back_are_on_the_line(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.terminals[0].scan("long", 1, "assembly")
        two.send(0)
        two.read(0)
        reader = SqliteOwnJournal(two.folders[0])
        assert (reader.acked_n(), reader.cursor()) == (len(two.line), Cursor("stream", len(two.line), len(two.line)))
        assert reader.appended(3) == (3, 3)
        two.terminals[0].engine.forget_order(3).result(WAIT_S_MAX)
        assert (reader.acked_n(), reader.cursor()) == (3, Cursor("stream", 3, 3))
        reader.close()


def test_a_broken_chain_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.send(0)
        two.line[2] = LineEntry(seq=3, ts_us=3, recorded=two.line[2].recorded, hash=bytes(32), body=two.line[2].body)
        before = state_hash(two.terminals[1].snapshot.entities)
        with pytest.raises(ValueError, match="chain"):
            two.read(1)
        assert state_hash(two.terminals[1].snapshot.entities) == before


def test_a_restart_goes_on_with_what_both_did(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        exchange(two)
        two.terminals[0].scan("long", 1, "assembly")
        exchange(two)
        (expected,) = two.hashes()
    with running(tmp_path / "two", two.clock, name="two") as again:
        assert state_hash(again.snapshot.entities) == expected
        assert again.snapshot.line == andon_line()


def test_what_follows_an_event_from_a_clock_that_was_ahead_says_how_far_off_it_is(tmp_path: Path) -> None:
    clock, fast = ManualClock(), ManualClock()
    fast.step_wall(HOURS_2_US / US_PER_S)
    with running(tmp_path / "fast", fast, andon_line(), name="fast") as other:
        other.scan("long", 2, "assembly")
    with SqliteOwnJournal(tmp_path / "fast") as journal:
        written = journal.events(0, 1000)
    line = [replace(entry, seq=seq, ts_us=seq) for seq, entry in enumerate(written, 1)]
    with running(tmp_path / "one", clock, andon_line(), name="one") as terminal:
        terminal.scan("long", 1, "assembly")
        known = terminal.snapshot.head
        terminal.engine.deliver(line, Cursor("stream", len(line), len(line))).result(WAIT_S_MAX)
        terminal.scan("long", 1, "saw", after_s=60)
        now_us = clock.now().at_us
    with SqliteHistory(tmp_path / "one") as history:
        before, first, *_ = history.events(after=known - 1)
    assert before.uncertainty_us == 0
    assert first.moment.us == max(entry.recorded.moment.us for entry in line), "it is behind what it follows"
    assert first.uncertainty_us == first.moment.us - now_us > HOURS_2_US / 2
