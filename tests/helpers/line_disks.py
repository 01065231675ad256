"""What befalls a terminal's disk: it is put back to an older copy, or runs on two computers at once."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from shopfloor.store.connection import open_reader
from shopfloor.store.folder import journal_path
from shopfloor.store.line_store import read_folded
from tests.helpers.line_station import RigTerminal
from tests.helpers.line_verdict import Copy, Told, copy_of

if TYPE_CHECKING:
    from tests.helpers.line_rig import RigOf

HEALED_S_MAX = 90.0
SCANS = 4  # on each of two computers


class Disks:
    """Its hands. What is nowhere but on a disk is lost with it, by nature: it is put back once one other has it all."""

    def __init__(self, rig: "RigOf[Any]") -> None:
        self._rig = rig
        self.told: list[Told] = []
        self._clones = 0

    def keep(self, name: str) -> None:
        """Make a copy of a disk."""
        with self._rig.held(name):
            terminal = self._rig.terminals[name]
            terminal.kill()
            terminal.keep_copy()
            terminal.start()

    def put_back(self, name: str, befalls: Callable[[], None] = lambda: None) -> bool:
        """Replace a disk by its copy; whether there is one. `befalls` happens while it does not run."""
        terminal = self._rig.terminals[name]
        if not terminal.has_copy:
            return False
        with self._rig.held(name):
            before = self._known_to_another(name)
            terminal.kill()
            terminal.restore_copy()
            befalls()
            terminal.start()
            self._ask(terminal, "put back")
            self._knows(name, before)
        return True

    def clone(self, name: str, befalls: Callable[[], None] = lambda: None) -> None:
        """Let a copy of a disk run beside it for a while, and scan on both; then end it, and start the other again."""
        terminal = self._rig.terminals[name]
        with self._rig.held(name):
            terminal.kill()
            self._clones += 1
            other = terminal.clone(self._clones)
            befalls()
            try:
                other.begin()
                terminal.begin()
                other.wait_ready()
                terminal.wait_ready()
                for one in (terminal, other, other, terminal):
                    self._ask(one, f"copy {self._clones}")
                self._rig.until(
                    lambda: copy_of(name, terminal.data).origin != copy_of(name, other.data).origin,
                    within_s=HEALED_S_MAX,
                    what="both have one name",
                )
                copies = [copy_of(name, one.data) for one in (terminal, other)]
                for copy in copies:
                    self._heard(copy.origin, copy.known[copy.origin])
            finally:
                other.close()
            terminal.kill()
            terminal.start()  # the stations go with the start
            self._on_the_line(name)

    def _ask(self, terminal: RigTerminal, what: str) -> None:
        """Scans that are recorded and change nothing."""
        for _ in range(SCANS):
            code = f"{what} {len(self.told)}"
            answer, deaths = terminal.ask(code, self._rig.gone)
            assert answer is not None
            assert deaths == 0
            self.told.append(Told(terminal.station, code, answer))

    def _on_the_line(self, name: str) -> Copy:
        """Wait until the others have everything that a terminal has recorded; what it holds then."""
        copy = copy_of(name, self._rig.terminals[name].data)
        self._heard(copy.origin, copy.known[copy.origin])
        return copy_of(name, self._rig.terminals[name].data)

    def _known_to_another(self, name: str) -> Copy:
        """Wait until somebody else has everything that a terminal has recorded; what it holds then."""
        terminal = self._rig.terminals[name]

        def known() -> bool:
            copy = copy_of(name, terminal.data)
            others = [one for one in self._rig.copies() if one.name != name]
            return any(other.known.get(copy.origin, 0) >= copy.known[copy.origin] for other in others)

        self._rig.until(known, within_s=HEALED_S_MAX, what=f"nobody has what {name} did")
        return copy_of(name, terminal.data)

    def _heard(self, origin: str, n: int) -> None:
        self._rig.until(
            lambda: all(copy.known.get(origin, 0) >= n for copy in self._rig.copies()),
            within_s=HEALED_S_MAX,
            what=f"event {n} of {origin} is not everywhere",
        )

    def _knows(self, name: str, before: Copy) -> None:
        """Wait until a terminal knows again what it knew, and the others what it has done since."""
        terminal = self._rig.terminals[name]

        def knows() -> bool:
            known = copy_of(name, terminal.data).known
            if any(known.get(origin, 0) < n for origin, n in before.known.items()):
                return False
            with closing(open_reader(journal_path(terminal.data))) as conn:
                return read_folded(conn.execute) is None  # else it is stored, and not true there yet

        self._rig.until(knows, within_s=HEALED_S_MAX, what=f"{name} has not learnt what its disk forgot")
        self._on_the_line(name)
