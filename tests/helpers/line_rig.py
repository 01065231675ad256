"""A line of real processes: its server, its terminals with their cables and scanners, and the people who scan."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from shopfloor.core.codes import card_code, single_code
from shopfloor.core.line import Line
from shopfloor.linefile import read
from shopfloor.link.join_key import JoinKey
from tests.flows.terminal import Echoed
from tests.helpers import line_verdict as verdict
from tests.helpers.line_cable import Cable, Cables, Way
from tests.helpers.line_disks import Disks
from tests.helpers.line_floor import EXPECTED, Container, Floor
from tests.helpers.line_namespace import Namespace, allowed
from tests.helpers.line_serve import RigServer
from tests.helpers.line_station import RigTerminal
from tests.helpers.line_verdict import Copy, Told, copy_of

_S = TypeVar("_S", bound="Server")
LINE_ID: Final = "nemesis"
HEALED_S_MAX: Final = 90.0  # a server that reads its store, then everybody who reads the line
LOOK_S: Final = 0.05
STOP_SHARE: Final = 0.004  # of the scans: somebody pulls the cord instead
STOP_SCANS: Final = 4  # and lets go after so many tries

_HEAD: Final = """
[line]
id = "{line}"
name = "Line of the nemesis"
timezone = "UTC"
wip_limit = {limit}
repeat_window_s = 0
restart_s = 0
"""
_STATION: Final = """
[[stations]]
id = "{id}"
name = "Station {id}"
wip_limit = 3
"""
_LOOP: Final = """
[[parts]]
id = "P-{id}"

[[loops]]
id = "{id}"
part = "P-{id}"
route = ["{first}", "{second}"]
lane_limits = [2]
consumer = "{consumer}"
cards = 6
"""


def line_text(stations: int) -> str:
    """A ring: each loop is made at two stations after each other and used at the third."""
    names = [f"s{number}" for number in range(1, stations + 1)]
    text = _HEAD.format(line=LINE_ID, limit=stations * 3)
    text += "".join(_STATION.format(id=name) for name in names)
    for index in range(stations):
        first, second, consumer = (names[(index + far) % stations] for far in range(3))
        text += _LOOP.format(id=f"loop{index + 1}", first=first, second=second, consumer=consumer)
    return text


class Person(threading.Thread):
    """Somebody at a station who scans the container that is next, and believes only what was answered."""

    def __init__(self, rig: "RigOf[Any]", terminal: RigTerminal, rng: random.Random, pause_s: float) -> None:
        super().__init__(name=f"person-{terminal.station}", daemon=True)
        self._rig = rig
        self._terminal = terminal
        self._rng = rng
        self._pause_s = pause_s
        self._stopped_for = 0
        self._known_n = 0
        self.told: list[Told] = []
        self.kinds: Counter[str] = Counter()
        self.odd: list[str] = []
        self.deaths = 0
        self._held, self._idle = threading.Event(), threading.Event()
        self._since = (0, 0)
        self.fault: BaseException | None = None

    @property
    def steps(self) -> int:
        """How many containers it moved."""
        return sum(self.kinds[kind] for kind in set(EXPECTED.values()))

    def run(self) -> None:
        """Work until everybody goes home."""
        try:
            while not self._rig.home.is_set():
                if self._held.is_set():
                    self._idle.set()
                    self._rig.home.wait(LOOK_S)
                    continue
                self._turn()
                self._rig.home.wait(self._pause_s * self._rng.uniform(0.5, 1.5))
        except (AssertionError, OSError, ValueError) as fault:
            self.fault = fault
        finally:
            self._idle.set()

    def hold(self) -> None:
        """Let nobody scan here."""
        self._idle.clear()
        self._held.set()

    @property
    def rests(self) -> bool:
        """Whether the last one who scanned has read the answer."""
        return self._idle.is_set()

    def go_on(self) -> None:
        """Let people scan again; the journal may have a new name, whose events are numbered anew."""
        head = copy_of(self._terminal.station, self._terminal.data)
        self._since = (len(self.told), head.known.get(head.origin, 0))
        self._held.clear()

    def _turn(self) -> None:
        if self._stopped_for or self._rng.random() < STOP_SHARE:
            self._stop_or_clear()
            return
        container = self._rig.floor.pick(self._terminal.station, self._rng)
        if container is None:
            return
        code = card_code(LINE_ID, container.loop.id, container.number, 1)
        count, n = self._since
        self._known_n = self.told[-1].answer.n if len(self.told) > count else n
        answer, deaths = self._ask(code)
        if answer is not None:
            self._judge(container, code, answer, is_again=deaths > 0)

    def _judge(self, container: Container, code: str, answer: Echoed, *, is_again: bool) -> None:
        """`is_again`: a death took an answer, and the step may be recorded; the journal knows."""
        expected = EXPECTED[container.place]
        done = answer.kind == expected
        done |= is_again and self._terminal.recorded(expected, code, after=self._known_n)
        if done:
            self._rig.floor.move(container)
            return
        if answer.kind not in {"scan_refused", "scan_repeated"}:
            self.odd.append(f"{container} was taken for {answer}")
        self._rig.floor.later(container)

    def _stop_or_clear(self) -> None:
        if self._stopped_for == 0:
            self._ask(single_code("stop"))
            self._stopped_for = STOP_SCANS
            return
        self._stopped_for -= 1
        if self._stopped_for == 0:
            answer, _ = self._ask(single_code("clear"))
            if answer is not None and answer.kind == "call_raised":
                self.odd.append(f"clear was taken for {answer}")
            self._stopped_for = int(answer is not None and answer.rule == "stopped")

    def _ask(self, code: str) -> tuple[Echoed | None, int]:
        answer, deaths = self._terminal.ask(code, self._rig.gone)
        self.deaths += deaths
        if answer is not None:
            self.told.append(Told(self._terminal.station, code, answer))
            self.kinds[answer.rule or answer.kind] += 1
        return answer, deaths


class Server(Protocol):
    """What a rig needs of its server, whatever runs it."""

    def key(self, name: str, host: str) -> JoinKey: ...
    def start(self) -> None: ...
    def close(self) -> None: ...
    @property
    def port(self) -> int: ...
    @property
    def errors(self) -> str: ...


class RigOf(Generic[_S]):
    """Everything of one line. Use it as a context: whatever it started it ends."""

    def __init__(
        self, folder: Path, server: _S, *, terminals: int, seed: int, pause_s: float = 0.03, apart: bool = False
    ) -> None:
        """`apart`: each terminal in a network of its own."""
        self.folder = folder
        self._seed = seed
        self._pause_s = pause_s
        self._line_file = folder / "line.toml"
        self._line_file.write_text(line_text(terminals), "utf-8")
        self.line: Line = read(self._line_file)
        self.floor = Floor(self.line)
        self.home, self.gone = threading.Event(), threading.Event()
        self.server = server
        self.cables = Cables()
        self.terminals: dict[str, RigTerminal] = {}
        self.cable_of: dict[str, Cable] = {}
        self.people: list[Person] = []
        self.namespaces: dict[str, Namespace] = {}
        self.disks = Disks(self)
        self.meanwhile: Callable[[], object] = lambda: threading.Event().wait(LOOK_S)  # while something is waited for
        for index, station in enumerate(self.line.stations):
            prefix: tuple[str, ...] = ()
            host = "127.0.0.1"
            if apart:
                self.namespaces[station.id] = namespace = Namespace()
                prefix, host = namespace.prefix, namespace.host
            cable = self.cables.lay(self.server.port, seed=seed + index, host=host)
            terminal = RigTerminal(folder / station.id, station.id, self._line_file, prefix=prefix)
            terminal.join(self.server.key(station.id, cable.host))
            self.terminals[station.id], self.cable_of[station.id] = terminal, cable

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.home.set()
        self.gone.set()
        for terminal in self.terminals.values():
            terminal.close()
        for person in self.people:
            person.join(HEALED_S_MAX)
        self.server.close()
        self.cables.close()
        for namespace in self.namespaces.values():
            namespace.close()

    def plug(self, name: str, *, on: bool) -> None:
        """Pull a terminal's network cable out, or put it in again; without a namespace its proxy falls silent."""
        if name in self.namespaces:
            self.namespaces[name].plug(on=on)
        else:
            self.cables.set(self.cable_of[name], Way.OPEN if on else Way.SILENT)

    def start(self) -> None:
        """Start the server and every terminal; returns when all know all of them."""
        self.server.start()
        for terminal in self.terminals.values():
            terminal.begin()
        for terminal in self.terminals.values():
            terminal.wait_ready()
        self.converge()

    def open_shift(self) -> None:
        """Let people work."""
        for index, terminal in enumerate(self.terminals.values()):
            person = Person(self, terminal, random.Random(self._seed * 1000 + index), self._pause_s)
            self.people.append(person)
            person.start()

    def close_shift(self) -> None:
        """Let everybody finish the scan they are at."""
        self.home.set()
        for person in self.people:
            person.join(HEALED_S_MAX)
            assert not person.is_alive(), f"{person.name} waits for an answer for ever"
            assert person.fault is None, person.fault

    def work_on(self, steps: int, *, within_s: float = HEALED_S_MAX) -> None:
        """Wait until people have done so many steps more: a line that is whole lets them work."""
        wanted = self._steps() + steps
        self.until(lambda: self._steps() >= wanted, within_s=within_s, what=f"{steps} steps more are not done")

    @property
    def told(self) -> list[Told]:
        """Every answer that was believed."""
        return [*self.disks.told, *(told for person in self.people for told in person.told)]

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Nobody scans at a station meanwhile."""
        people = [person for person in self.people if person.name == f"person-{name}"]
        for person in people:
            person.hold()
        self.until(lambda: all(person.rests for person in people), within_s=HEALED_S_MAX, what=f"{name} waits for ever")
        yield
        for person in people:
            person.go_on()

    @property
    def deaths(self) -> dict[str, int]:
        """Scans that a death may have left without an answer, by terminal."""
        return {p.name.removeprefix("person-"): p.deaths for p in self.people}

    def copies(self) -> list[Copy]:
        """What the disk of every terminal holds now."""
        return [copy_of(name, terminal.data) for name, terminal in self.terminals.items()]

    def converge(self, *, within_s: float = HEALED_S_MAX) -> float:
        """Wait until all hold the same; how long it took."""
        begun_s = time.monotonic()
        self.same_copies(within_s=within_s)
        return time.monotonic() - begun_s

    def same_copies(self, *, within_s: float = HEALED_S_MAX) -> list[Copy]:
        """What every disk holds once all hold the same: terminals go on by themselves, so it is what was compared."""
        found: list[Copy] = []

        def same() -> bool:
            found[:] = self.copies()
            return {copy.origin for copy in found} <= found[0].known.keys() and verdict.is_one(found)

        self.until(same, within_s=within_s, what="the terminals do not come to hold the same")
        return found

    def stop_seen_s(self, *, within_s: float) -> float:
        """Press stop at the first terminal; how long until every disk has it."""
        first = next(iter(self.terminals.values()))
        begun_s = time.monotonic()
        answer, _ = first.ask(single_code("stop"), self.gone)
        assert answer is not None
        wanted = verdict.stops(copy_of(first.station, first.data))
        self.until(
            lambda: all(verdict.stops(copy) >= wanted for copy in self.copies()),
            within_s=within_s,
            what="a stop is not seen everywhere",
        )
        return time.monotonic() - begun_s

    def until(self, true: Callable[[], bool], *, within_s: float, what: str) -> None:
        """Wait until it is true; where everybody is if it does not come about."""
        end_s = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < end_s, f"{what} within {within_s:.0f} s: {self.where()}"
            self.meanwhile()

    def where(self) -> str:
        """Where everybody is, for whoever looks for a fault."""
        lines = [f"{c.name} as {c.origin}: {dict(sorted(c.known.items()))}, {c.hash[:8]}" for c in self.copies()]
        lines += [f"{name} said: {t.errors[-500:]}" for name, t in self.terminals.items() if t.errors]
        return "\n  ".join(["", *lines, f"the server said: {self.server.errors[-500:]}"])

    def _steps(self) -> int:
        return sum(person.steps for person in self.people)

    def answers(self) -> Counter[str]:
        """How often what was answered."""
        return sum((person.kinds for person in self.people), Counter[str]())


class Rig(RigOf[RigServer]):
    """A line with one server."""

    def __init__(self, folder: Path, *, terminals: int, seed: int, pause_s: float = 0.03) -> None:
        super().__init__(
            folder,
            RigServer(folder / "server", LINE_ID),
            terminals=terminals,
            seed=seed,
            pause_s=pause_s,
            apart=allowed(),
        )


def judge(rig: RigOf[Any]) -> dict[str, int]:
    """Every promise, on what is on the disks now; figures of it. AssertionError names what was broken."""
    copies, told = rig.same_copies(), rig.told
    events = copies[0].events
    limits = verdict.limits_kept(events)
    silent, flagged = verdict.misplaced(copies[0], rig.floor)
    broken = {
        "gaps": verdict.gaps(copies),
        "unlike": verdict.unlike(copies),
        "folded otherwise": verdict.folded_otherwise(copies),
        "believed and not there": verdict.unbelievable(copies, told),
        "there and not asked for": verdict.unasked(copies, told, rig.deaths),
        "not conserved": verdict.not_conserved(copies, rig.line),
        "limits": limits.broken,
        "misplaced": silent,
        "taken for something else": [words for person in rig.people for words in person.odd],
    }
    wrong = {name: (len(found), found[:4]) for name, found in broken.items() if found}
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
    return {
        "believed": len(told),
        "events": len(events),
        "named over a limit": limits.named,
        "over a limit by a silent terminal": limits.silent,
        "flagged in a wrong place": flagged,
        "stops": len(verdict.stops(copies[0])),
        "starts": verdict.starts(copies[0]),
    }
