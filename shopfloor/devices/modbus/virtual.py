"""The virtual twin of a bus with its modules: inside this process, faults on command, never mistaken for a real one."""

import threading
from collections.abc import Callable, Iterable, Sequence

from shopfloor.core.health import Condition
from shopfloor.core.line_andon import Input
from shopfloor.devices.modbus.link import UnitFault
from shopfloor.devices.transport import PortFault

WORD = 0x10000


class VirtualModbus:
    """The modules' end of an emulated bus; any thread may close inputs, cut wires and look at coils.

    Every module is there until it is silenced, and has every address: inputs open, counters 0, coils off.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._changed = threading.Condition()
        self._plugged = True
        self._silent: set[int] = set()
        self._inputs: dict[tuple[int, int], bool] = {}
        self._registers: dict[tuple[int, int], int] = {}
        self._coils: dict[tuple[int, int], bool] = {}
        self._stuck: set[tuple[int, int]] = set()
        self._reads = 0
        self._writes = 0
        self._refused = 0

    @property
    def reads(self) -> int:
        """Reads of inputs answered so far."""
        with self._changed:
            return self._reads

    @property
    def refused(self) -> int:
        """Requests to silent modules so far."""
        with self._changed:
            return self._refused

    @classmethod
    def get(cls, name: str) -> "VirtualModbus":
        """The bus of that name in this process, made when it is first asked for."""
        with _LOCK:
            return _BUSES.setdefault(name, cls(name))

    def wire(self, unit: int, inputs: Iterable[Input]) -> None:
        """Connect contacts at rest: those that open when pressed are closed, unless somebody has moved them before."""
        with self._changed:
            for each in inputs:
                self._inputs.setdefault((unit, each.address), each.normally_closed)

    def hold(self, unit: int, contact: Input, *, down: bool) -> None:
        """Press a button or pull a cord, or let go of it; the module counts where the contact has a counter."""
        with self._changed:
            self._inputs[unit, contact.address] = down is not contact.normally_closed
            if down:
                self._count(unit, contact)
            self._changed.notify_all()

    def tap(self, unit: int, contact: Input) -> None:
        """Press and let go between two polls: only the counter knows of it."""
        with self._changed:
            self._count(unit, contact)

    def cut(self, unit: int, contact: Input) -> None:
        """Break the wire of a contact."""
        with self._changed:
            self._inputs[unit, contact.address] = False

    def unplug(self) -> None:
        """Pull out the bus."""
        self._plug(plugged=False)

    def replug(self) -> None:
        """Put it in again."""
        self._plug(plugged=True)

    def silence(self, unit: int, *, silent: bool = True) -> None:
        """Switch one module off, or on again."""
        with self._changed:
            (self._silent.add if silent else self._silent.discard)(unit)

    def stick(self, unit: int, coil: int, *, on: bool) -> None:
        """Let a coil stay as it is, whatever it is told."""
        with self._changed:
            self._coils[unit, coil] = on
            self._stuck.add((unit, coil))

    def free(self, unit: int, coil: int) -> None:
        """Let a coil do again what it is told."""
        with self._changed:
            self._stuck.discard((unit, coil))

    def power_cycle(self, unit: int) -> None:
        """Let a module forget its coils and counters, so fast that nobody sees it silent."""
        with self._changed:
            for values in (self._coils, self._registers):
                for key in [key for key in values if key[0] == unit]:
                    del values[key]

    def coils(self, unit: int) -> dict[int, bool]:
        """The coils of a module that were ever told anything."""
        with self._changed:
            return self._coils_of(unit)

    def wait_coils(self, unit: int, wanted: dict[int, bool], timeout_s: float) -> bool:
        """Wait until the module's coils are so."""
        return self._wait(lambda: self._coils_of(unit) == wanted, timeout_s)

    def wait_writes(self, count: int, timeout_s: float) -> bool:
        """Wait until so many more writes were answered."""
        with self._changed:
            goal = self._writes + count
            return self._changed.wait_for(lambda: self._writes >= goal, timeout_s)

    def check(self) -> None:
        """Raise PortFault while the bus is pulled out."""
        with self._changed:
            if not self._plugged:
                where = f"virtual://{self.name}"
                raise PortFault(Condition.LOST, f"{where} was pulled out (emulated).", remedy="Replug it.")

    def inputs_for_host(self, unit: int, address: int, count: int) -> list[bool]:
        """What a read of inputs says."""
        self._answer(unit)
        with self._changed:
            self._reads += 1
            self._changed.notify_all()
            return [self._inputs.get((unit, at), False) for at in range(address, address + count)]

    def registers_for_host(self, unit: int, address: int, count: int) -> list[int]:
        """What a read of input registers says."""
        self._answer(unit)
        with self._changed:
            return [self._registers.get((unit, at), 0) for at in range(address, address + count)]

    def coils_for_host(self, unit: int, address: int, count: int) -> list[bool]:
        """What a read of coils says."""
        self._answer(unit)
        with self._changed:
            return [self._coils.get((unit, at), False) for at in range(address, address + count)]

    def coils_from_host(self, unit: int, address: int, values: Sequence[bool]) -> None:
        """Switch coils."""
        self._answer(unit)
        with self._changed:
            for key, on in zip(((unit, at) for at in range(address, address + len(values))), values, strict=True):
                if key not in self._stuck:
                    self._coils[key] = on
            self._writes += 1
            self._changed.notify_all()

    def _answer(self, unit: int) -> None:
        self.check()
        with self._changed:
            if unit in self._silent:
                self._refused += 1
                what = f"virtual://{self.name} unit {unit} does not answer (emulated)."
                raise UnitFault(what, remedy="Switch it on.", silent=True)

    def _plug(self, *, plugged: bool) -> None:
        with self._changed:
            self._plugged = plugged

    def _wait(self, met: Callable[[], bool], timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(met, timeout_s)

    def _coils_of(self, unit: int) -> dict[int, bool]:
        return {coil: on for (at, coil), on in self._coils.items() if at == unit}

    def _count(self, unit: int, contact: Input) -> None:
        if contact.counter is None:
            return
        words = [(unit, contact.counter + offset) for offset in range(contact.counter_words)]
        value = 0
        for word in words:
            value = value * WORD + self._registers.get(word, 0)
        value += 1
        for word in reversed(words):
            self._registers[word] = value % WORD
            value //= WORD


class VirtualLink:
    """The host's end of an emulated bus."""

    emulated = True
    poll_ms = 50

    def __init__(self, name: str) -> None:
        self._bus = VirtualModbus.get(name)

    def open(self) -> None:
        """Connect; raises PortFault while the bus is pulled out."""
        self._bus.check()

    def close(self) -> None:
        """There is nothing to let go of."""

    def read_inputs(self, unit: int, address: int, count: int) -> list[bool]:
        """Discrete inputs."""
        return self._bus.inputs_for_host(unit, address, count)

    def read_registers(self, unit: int, address: int, count: int) -> list[int]:
        """Input registers."""
        return self._bus.registers_for_host(unit, address, count)

    def read_coils(self, unit: int, address: int, count: int) -> list[bool]:
        """Coils."""
        return self._bus.coils_for_host(unit, address, count)

    def write_coils(self, unit: int, address: int, values: Sequence[bool]) -> None:
        """Switch coils."""
        self._bus.coils_from_host(unit, address, values)

    def describe(self) -> str:
        """The bus, loudly no real one."""
        return f"emulated: virtual://{self._bus.name}"


_LOCK = threading.Lock()
_BUSES: dict[str, VirtualModbus] = {}  # as many as a line file names
