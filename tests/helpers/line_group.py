"""Several terminals on real journals, and a line in between that only a test moves."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from shopfloor.clock import ManualClock
from shopfloor.core.line_link import Cursor, LineEntry, LinkState, LinkView, Presence
from shopfloor.core.state_hash import state_hash
from shopfloor.engine.archivist import Upkeep
from shopfloor.engine.survey import Survey
from shopfloor.store.archive import make_archive
from shopfloor.store.own_journal import SqliteOwnJournal
from tests.helpers.calls import andon_line
from tests.helpers.terminal import WAIT_S_MAX, Terminal, running

SURVEY = Survey(age_us=60_000_000, every_us=0, every_events=1, look_us=0)
NAMES = ("one", "two", "three")
STATIONS = {"one": ("saw",), "two": ("assembly",), "three": ()}


class Group:
    """Terminals of one line by name; `line` is what the line has."""

    def __init__(self, stack: ExitStack, folder: Path, names: tuple[str, ...] = NAMES) -> None:
        self.clock = ManualClock()
        self.line: list[LineEntry] = []
        self.terminals: dict[str, Terminal] = {}
        self._stack = stack
        self._ends: dict[str, ExitStack] = {}
        self._folder = folder
        self._sent: dict[str, int] = {}
        for name in names:
            self.start(name)

    def start(self, name: str) -> None:
        """Start a terminal, again or for the first time."""
        line = None if name in self._sent else andon_line()
        self._sent.setdefault(name, 0)
        folder = self.folder(name)
        upkeep = Upkeep(survey=SURVEY, archive=partial(make_archive, folder), keep_days=0)
        here = running(folder, self.clock, line, stations=STATIONS[name], name=name, upkeep=upkeep)
        self._ends[name] = self._stack.enter_context(ExitStack())
        self.terminals[name] = self._ends[name].enter_context(here)

    def stop(self, name: str) -> None:
        """End a terminal."""
        del self.terminals[name]
        self._ends.pop(name).close()

    def folder(self, name: str) -> Path:
        """Its data folder."""
        return self._folder / name

    def exchange(self, *names: str) -> None:
        """Let these send and read everything."""
        for name in names:
            self._send(name)
        for name in names:
            self._read(name)

    def link(self, name: str, *, up: bool = True) -> None:
        """Tell a terminal how its link is, and let a second pass there."""
        view = LinkView(state=LinkState.UP if up else LinkState.LOST, since_us=0, discipline=None)
        self.terminals[name].engine.see_link(view)
        self.pass_s(name, 2)

    def link_agreeing(self, name: str, other: str) -> None:
        """Tell a terminal that it has the line, and that another one stands where it does."""
        with SqliteOwnJournal(self.folder(name)) as reader:
            on, origin = reader.stands_on(), reader.origin()
        assert on is not None
        heard_ns = self.clock.now().mono_ns
        beat = Presence(
            terminal=other, origin=f"{other}~0", n=0, hash=b"", applied=0, offset_us=0, uncertainty_us=0, version="",
            heard_ns=heard_ns, floor=on.floor.number, floor_hash=on.hash,
        )  # fmt: skip
        view = LinkView(
            state=LinkState.UP, since_us=0, origin=origin, floor=on.floor.number, floor_hash=on.hash, others=(beat,)
        )
        self.terminals[name].engine.see_link(view)

    def pass_s(self, name: str, seconds: float) -> None:
        """Let time pass, and a terminal do what it does each second."""
        self.clock.advance(seconds)
        for _ in range(2):  # the duty follows what the engine was asked
            assert self.terminals[name].snapshot
        self.terminals[name].wait_calm()

    def hashes(self) -> dict[str, str]:
        """The state of each."""
        return {name: state_hash(terminal.snapshot.entities) for name, terminal in self.terminals.items()}

    def _send(self, name: str) -> None:
        with SqliteOwnJournal(self.folder(name)) as reader:
            for entry in reader.events(self._sent[name], 10_000):
                seq = len(self.line) + 1
                made = LineEntry(seq=seq, ts_us=seq, recorded=entry.recorded, hash=entry.hash, body=entry.body)
                self.line.append(made)
                self._sent[name] = entry.recorded.n

    def _read(self, name: str) -> None:
        with SqliteOwnJournal(self.folder(name)) as reader:
            cursor = reader.cursor()
        new = self.line[cursor.seq if cursor else 0 :]
        if new:
            end = Cursor("stream", new[-1].seq, new[-1].ts_us)
            self.terminals[name].engine.deliver(new, end).result(WAIT_S_MAX)
