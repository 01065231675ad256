"""Two terminals of a line on real journals, and a line in between that only a test moves."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shopfloor.clock import ManualClock
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.state import Card
from shopfloor.core.state_hash import state_hash
from shopfloor.store.own_journal import SqliteOwnJournal
from tests.helpers.calls import andon_line
from tests.helpers.terminal import WAIT_S_MAX, Terminal, running


class Pair:
    """Two terminals of a line, and a line in between that only a test moves."""

    def __init__(self, stack: ExitStack, folder: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
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
def pair(folder: Path, clock: ManualClock | None = None) -> Iterator[Pair]:
    """Two terminals that run."""
    with ExitStack() as stack:
        yield Pair(stack, folder, clock)


def exchange(two: Pair) -> None:
    """Let both send and read everything."""
    for which in (0, 1):
        two.send(which)
    for which in (0, 1):
        two.read(which)
