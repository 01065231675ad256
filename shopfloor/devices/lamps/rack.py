"""The lamps of a terminal: a thread each, and words for those that cannot be."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import SystemRandom
from typing import Protocol

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.core.ports import Report
from shopfloor.devices.lamps.coil_lamp import CoilLamp, Coils
from shopfloor.devices.lamps.keeper import LampKeeper, Shown, lamp_part
from shopfloor.devices.lamps.lamp_thread import LampThread
from shopfloor.devices.lamps.make import driver_of
from shopfloor.devices.lamps.wish import LampWish
from shopfloor.devices.retry import RETRY_S
from shopfloor.trouble import PortTrouble

JOIN_S = 2.0  # a lamp that takes longer to become dark is left to itself

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)


class CoilsOf(Protocol):
    """Where the coils of Modbus modules come from: the buses of the terminal, which its inputs share."""

    def __call__(
        self,
        port: str,
        *,
        name: str,
        unit: int,
        channels: Mapping[str, int],
        baud: int,
        changed: Callable[[], None],
    ) -> Coils:
        """The coils of a lamp, not yet started. Raises PortTrouble."""


def _chance() -> float:
    return SystemRandom().uniform(-1, 1)


class LampRack:
    """Starts, drives and ends lamps. Called by one thread.

    `touched` is told of a lamp whose top somebody touches, on the lamp's thread.
    """

    def __init__(
        self,
        *,
        report: Report,
        clock: Clock,
        coils: CoilsOf,
        jitter: Callable[[], float] = _chance,
        retry_s: Sequence[float] = RETRY_S,
        touched: Callable[[Lamp], None] | None = None,
    ) -> None:
        self._report = report
        self._clock = clock
        self._coils = coils
        self._jitter = jitter
        self._retry_s = retry_s
        self._touched = touched
        self._lamps: dict[str, Lamp] = {}
        self._keepers: dict[str, LampKeeper] = {}

    @property
    def lamps(self) -> tuple[Lamp, ...]:
        """The lamps it was given, those that cannot be among them."""
        return tuple(self._lamps.values())

    def renew(self, lamps: Sequence[Lamp]) -> None:
        """Go on with these lamps; one that stays as it is goes on shining."""
        wanted = {lamp.id: lamp for lamp in lamps}
        self._end([name for name, lamp in self._lamps.items() if wanted.get(name) != lamp])
        self._lamps = wanted
        taken: dict[str, str] = {}
        for lamp in sorted(lamps, key=lambda lamp: lamp.id not in self._keepers):
            try:
                _claim(lamp, taken)
                if lamp.id not in self._keepers:
                    self._start(lamp)
            except PortTrouble as trouble:
                log.info("lamp %s is left out: %s", lamp.id, trouble)
                self._report([self._left_out(lamp, trouble)])

    def want(self, wishes: Mapping[str, LampWish]) -> None:
        """Show this from now on, by lamp; returns before it shines."""
        for name, wish in wishes.items():
            if name in self._keepers:
                self._keepers[name].want(wish)

    def shown(self, lamp: str) -> Shown:
        """What a lamp was told last."""
        keeper = self._keepers.get(lamp)
        return keeper.shown if keeper else Shown(detail="The lamp is left out.")

    def restart(self, lamp: str) -> bool:
        """Try a lamp's port again at once; False if there is no such lamp."""
        keeper = self._keepers.get(lamp)
        if keeper is not None:
            keeper.restart()
        return keeper is not None

    def stop(self) -> tuple[str, ...]:
        """Make all lamps dark and end, together within two seconds; the lamps whose drivers did not let go."""
        return self._end(tuple(self._keepers))

    def _end(self, names: Sequence[str]) -> tuple[str, ...]:
        keepers = {name: self._keepers.pop(name) for name in names if name in self._keepers}
        for keeper in keepers.values():
            keeper.ask_stop()
        end_ns = self._clock.now().mono_ns + round(JOIN_S * _NS_PER_S)
        hanging = []
        for name, keeper in keepers.items():
            if not keeper.join(max(0.0, (end_ns - self._clock.now().mono_ns) / _NS_PER_S)):
                log.info("lamp %s did not end within %.0f s", name, JOIN_S)
                hanging.append(name)
        return tuple(hanging)

    def _start(self, lamp: Lamp) -> None:
        keeper = self._keeper(lamp)
        self._keepers[lamp.id] = keeper
        keeper.start()

    def _keeper(self, lamp: Lamp) -> LampKeeper:
        if lamp.kind is LampKind.MODBUS:
            return CoilLamp(lamp, lambda changed: self._coils_of(lamp, changed), report=self._report, clock=self._clock)
        return LampThread(
            lamp,
            driver_of(lamp, self._clock),
            report=self._report,
            clock=self._clock,
            jitter=self._jitter,
            retry_s=self._retry_s,
            touched=partial(self._touched, lamp) if self._touched and lamp.kind is LampKind.NE_USB else None,
        )

    def _coils_of(self, lamp: Lamp, changed: Callable[[], None]) -> Coils:
        return self._coils(
            lamp.port, name=lamp.id, unit=lamp.unit, channels=lamp.channels, baud=lamp.baud, changed=changed
        )

    def _left_out(self, lamp: Lamp, trouble: PortTrouble) -> Health:
        return Health(
            id=lamp_part(lamp),
            kind="lamp",
            condition=Condition.TROUBLE,
            since_us=self._clock.now().at_us,
            station=lamp.station,
            detail=trouble.what,
            remedy=trouble.remedy,
        )


def _claim(lamp: Lamp, taken: dict[str, str]) -> None:
    # Modules of one bus share its port, and so do lamps whose port is only the name of what they are.
    if lamp.kind is LampKind.MODBUS or lamp.port in {"virtual", ""}:
        return
    place = os.path.realpath(lamp.port) if lamp.port.startswith("/") else lamp.port
    first = taken.setdefault(place, lamp.id)
    if first != lamp.id:
        raise PortTrouble(
            f"Expected a port of its own, got {lamp.port}, which the lamp {first} has already.",
            remedy=f"Give {lamp.id} or {first} another port in the line file.",
        )
