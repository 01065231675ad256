"""What other terminals did, on real journals: stored once, folded by its moment, and marked as on the line."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.state import Card
from shopfloor.core.state_hash import state_hash
from shopfloor.store.own_journal import SqliteOwnJournal
from tests.helpers.calls import andon_line
from tests.helpers.terminal import WAIT_S_MAX, Terminal, running


class Pair:
    """Two terminals of a line, and a line in between that only a test moves."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.clock = ManualClock()
        self.folders = [folder / "one", folder / "two"]
        self.line: list[LineEntry] = []
        self._sent = [0, 0]
        self.terminals: list[Terminal] = [
            stack.enter_context(running(path, self.clock, andon_line(), name=name))
            for path, name in zip(self.folders, ("one", "two"), strict=True)
        ]

    def send(self, which: int) -> None:
        """Put everything a terminal has written since on the line."""
        reader = SqliteOwnJournal(self.folders[which])
        for entry in reader.events(self._sent[which], 10_000):
            seq = len(self.line) + 1
            self.line.append(LineEntry(seq=seq, ts_us=seq, recorded=entry.recorded, hash=entry.hash, body=entry.body))
            self._sent[which] = entry.recorded.n
        reader.close()

    def read(self, which: int) -> None:
        """Let a terminal read the line from its cursor."""
        reader = SqliteOwnJournal(self.folders[which])
        cursor = reader.cursor()
        reader.close()
        new = self.line[cursor.seq if cursor else 0 :]
        if new:
            end = Cursor("stream", new[-1].seq, new[-1].ts_us)
            self.terminals[which].engine.deliver(new, end).result(WAIT_S_MAX)

    def hashes(self) -> set[str]:
        """The state hash of each."""
        return {state_hash(terminal.snapshot.entities) for terminal in self.terminals}

    def card(self, which: int, card: str) -> Card:
        """A card as a terminal knows it."""
        return next(e for e in self.terminals[which].snapshot.entities if isinstance(e, Card) and e.id == card)


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Two terminals that run."""
    with ExitStack() as stack:
        yield Pair(stack, folder)


def exchange(two: Pair) -> None:
    """Let both send and read everything."""
    for which in (0, 1):
        two.send(which)
    for which in (0, 1):
        two.read(which)


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
