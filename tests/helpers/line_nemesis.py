"""What befalls a line: a schedule of faults that a seed makes, and the hand that brings each about and heals it."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from tests.helpers.line_cable import Slowness, Way
from tests.helpers.line_rig import Rig
from tests.helpers.line_station import RigTerminal

SLOW: Final = Slowness(delay_s=0.25, lost_share=0.05)  # 500 ms there and back
NARROW: Final = Slowness(delay_s=0.01, bytes_s=20_000)
CLOCKS_S: Final = (-7200.0, 7200.0, -900.0, 900.0)
ALSO_SHARE: Final = 0.4  # of the disks that are put back or copied: this and that befalls the line in the same minute
LOOK_S: Final = 0.1
PAUSE_S: Final = (0.2, 1.5)  # between the begin of one fault and that of the next


class Kind(StrEnum):
    """A fault."""

    SILENCE = "cables silent"
    PULL = "connections reset"
    UNPLUG = "network cables out"
    SLOW = "cables slow and lossy"
    NARROW = "cables narrow"
    KILL = "terminals killed"
    FREEZE = "terminals frozen"
    CLOCK = "terminals' clocks set"
    CLOCK_START = "terminals killed and started with their clocks set and their cables silent"
    DISK_COPY = "terminal's disk copied for later"
    DISK_RESTORE = "terminal's disk restored from an older copy"
    DISK_CLONE = "terminal's disk cloned"
    SERVER_KILL = "server killed"
    SERVER_ORPHAN = "supervisor killed"
    SERVER_FREEZE = "server frozen"
    SERVER_AWAY = "server away"
    SERVER_COPY = "server copied"
    SERVER_WIPE = "server wiped"
    SERVER_RESTORE = "server restored from an older copy"
    SERVER_FLIP = "bit of the server flipped"


SHORT: Final = (Kind.SILENCE, Kind.UNPLUG, Kind.KILL, Kind.SERVER_WIPE, Kind.FREEZE, Kind.PULL, Kind.SERVER_KILL)


class Fault(Struct, frozen=True):
    """One fault: at whom, how long until it is healed, and how long until the next begins."""

    kind: Kind
    at: tuple[str, ...]
    lasts_s: float
    pause_s: float
    seed: int


def schedule(seed: int, count: int, terminals: Sequence[str], *, kinds: Sequence[Kind] = tuple(Kind)) -> list[Fault]:
    """So many faults; the same for the same seed. Every kind comes before one comes again."""
    rng = random.Random(seed)
    faults: list[Fault] = []
    bag: list[Kind] = []
    for _ in range(count):
        if not bag:
            bag = list(kinds)
            rng.shuffle(bag)
        some = rng.sample(list(terminals), rng.randint(1, len(terminals)))
        one = rng.choice([(rng.uniform(0.3, 2.0)), rng.uniform(3.2, 6.0)])
        faults.append(Fault(bag.pop(), tuple(sorted(some)), round(one, 2), round(rng.uniform(*PAUSE_S), 2), seed))
    return faults


class Nemesis:
    """Brings the faults of a schedule about, one after the other begun, healed when their time is over."""

    def __init__(self, rig: Rig, say: Callable[[str], None] = print) -> None:
        self._rig = rig
        self._say = say
        self._heals: list[tuple[float, Callable[[], None]]] = []
        self._pause = threading.Event()

    def run(self, faults: Sequence[Fault]) -> None:
        """All of them, then everything is healed."""
        begun_s = time.monotonic()
        before, self._rig.meanwhile = self._rig.meanwhile, lambda: self._heal_until(time.monotonic() + LOOK_S)
        for number, fault in enumerate(faults):
            at_s = time.monotonic() - begun_s
            self._say(
                f"{at_s:6.1f} s  {fault.kind} {' '.join(_at(fault))} for {fault.lasts_s} s{self._do(fault, number)}"
            )
            self._heal_until(time.monotonic() + fault.pause_s)
        self._heal_until(None)
        self._rig.meanwhile = before

    def _do(self, fault: Fault, number: int) -> str:
        rig, rng = self._rig, random.Random(fault.seed * 1000 + number)
        match fault.kind:
            case Kind.SILENCE | Kind.PULL | Kind.SLOW | Kind.NARROW:
                self._later(fault, self._cables(fault))
            case Kind.UNPLUG:
                self._plug(fault, on=False)
                self._later(fault, lambda: self._plug(fault, on=True))
            case Kind.KILL:
                self._each(fault, RigTerminal.kill)
                self._later(fault, self._begin_again(fault.at))
            case Kind.FREEZE:
                self._each(fault, lambda terminal: terminal.freeze(on=True))
                self._later(fault, lambda: self._each(fault, lambda terminal: terminal.freeze(on=False)))
            case Kind.CLOCK:
                self._each(fault, lambda terminal: terminal.set_clock(rng.choice(CLOCKS_S)))
                self._later(fault, lambda: self._each(fault, lambda terminal: terminal.set_clock(0.0)))
            case Kind.CLOCK_START:
                self._start_astray(fault, rng)
            case Kind.SERVER_KILL:
                rig.server.kill_server()
            case Kind.SERVER_FREEZE:
                rig.server.freeze(on=True)
                self._later(fault, lambda: rig.server.freeze(on=False))
            case Kind.DISK_COPY | Kind.DISK_RESTORE | Kind.DISK_CLONE:
                return self._disk(fault, rng)
            case _:
                return self._server(fault, rng)
        return ""

    def _disk(self, fault: Fault, rng: random.Random) -> str:
        """Whatever else is going on: it is healed when its time is over. The server may be wiped in the same minute."""
        name, disks = fault.at[0], self._rig.disks
        kinds = (Kind.SERVER_WIPE, Kind.SERVER_RESTORE, Kind.SILENCE, Kind.UNPLUG)
        also = tuple(kind for kind in kinds if rng.random() < ALSO_SHARE)
        said = "".join(f", {kind}" for kind in also)

        def befalls() -> None:
            for kind in also:
                self._do(Fault(kind, fault.at, fault.lasts_s, 0.0, fault.seed), rng.randrange(1000))

        match fault.kind:
            case Kind.DISK_RESTORE:
                copied = [one for one, terminal in self._rig.terminals.items() if terminal.has_copy]
                name = next((one for one in fault.at if one in copied), next(iter(copied), name))
                return f": {name}{said}" if disks.put_back(name, befalls) else ", of which there is none"
            case Kind.DISK_CLONE:
                disks.clone(name, befalls)
                return said
            case _:
                disks.keep(name)
        return ""

    def _server(self, fault: Fault, rng: random.Random) -> str:
        """What is done to its disk is done while it does not run."""
        server, said = self._rig.server, ""
        if fault.kind is Kind.SERVER_ORPHAN:
            server.kill_supervisor()
        else:
            server.end()
        self._pause.wait(0.0 if fault.kind is Kind.SERVER_COPY else fault.lasts_s / 2)
        match fault.kind:
            case Kind.SERVER_COPY:
                server.keep_copy()
            case Kind.SERVER_WIPE:
                server.wipe()
            case Kind.SERVER_RESTORE:
                said = "" if server.restore_copy(rng) else ", of which there is none"
            case Kind.SERVER_FLIP:
                said = f": {server.flip_bit(rng)}"
            case _:
                pass
        server.start()
        return said

    def _cables(self, fault: Fault) -> Callable[[], None]:
        """What heals them."""
        rig = self._rig
        silent: tuple[Way, Slowness | None] = (Way.SILENT, None)
        ways = {
            Kind.SILENCE: silent,
            Kind.CLOCK_START: silent,
            Kind.PULL: (Way.PULLED, None),
            Kind.SLOW: (Way.OPEN, SLOW),
        }
        way, slowness = ways.get(fault.kind, (Way.OPEN, NARROW))

        def become(way: Way = Way.OPEN, slowness: Slowness | None = None) -> None:
            for name in fault.at:
                rig.cables.set(rig.cable_of[name], way, slowness)

        become(way, slowness)
        return become

    def _start_astray(self, fault: Fault, rng: random.Random) -> None:
        """They work before they hear what o'clock the line has."""
        become = self._cables(fault)
        self._each(fault, RigTerminal.kill)
        self._each(fault, lambda terminal: terminal.set_clock(rng.choice(CLOCKS_S)))
        self._begin_again(fault.at)()

        def heal() -> None:
            self._each(fault, lambda terminal: terminal.set_clock(0.0))
            become()

        self._later(fault, heal)

    def _plug(self, fault: Fault, *, on: bool) -> None:
        for name in fault.at:
            self._rig.plug(name, on=on)

    def _each(self, fault: Fault, do: Callable[[RigTerminal], None]) -> None:
        for name in fault.at:
            do(self._rig.terminals[name])

    def _begin_again(self, names: Sequence[str]) -> Callable[[], None]:
        def start() -> None:
            dead = [self._rig.terminals[name] for name in names if not self._rig.terminals[name].alive]
            for terminal in dead:
                terminal.begin()
            for terminal in dead:
                terminal.wait_ready()

        return start

    def _later(self, fault: Fault, heal: Callable[[], None]) -> None:
        self._heals.append((time.monotonic() + fault.lasts_s, heal))

    def _heal_until(self, end_s: float | None) -> None:
        """Heal what is due until then; everything, as it falls due, if no end is given."""
        while self._heals:
            self._heals.sort(key=lambda heal: heal[0])
            due_s, heal = self._heals[0]
            if end_s is not None and due_s > end_s:
                break
            self._pause.wait(max(0.0, due_s - time.monotonic()))
            del self._heals[0]
            heal()
        if end_s is not None:
            self._pause.wait(max(0.0, end_s - time.monotonic()))


def _at(fault: Fault) -> tuple[str, ...]:
    return () if fault.kind.startswith(("server", "supervisor", "bit")) else fault.at
