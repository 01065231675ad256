"""A lamp on the coils of a Modbus module: the bus's thread writes and reads them back."""

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Lamp
from shopfloor.core.ports import Report
from shopfloor.devices.lamps.keeper import Shown, for_lamp, lamp_part
from shopfloor.devices.lamps.relays import switched
from shopfloor.devices.lamps.wish import DARK, LampWish, only, said, steady
from shopfloor.devices.modbus.coils import CoilStatus

DARK_S_MAX = 1.0  # a bus that takes longer to make the lamp dark is not waited for

_GOOD = frozenset({Condition.UP, Condition.VIRTUAL})


class Coils(Protocol):
    """What this needs of a module's coils: what is wanted of them, by name, and what they are."""

    @property
    def status(self) -> CoilStatus: ...

    def start(self) -> None:
        """Join the bus."""

    def stop(self, timeout_s: float) -> bool:
        """Leave the bus; False if that takes longer."""

    def set(self, lit: Mapping[str, bool]) -> None:
        """Want these channels on or off."""


class CoilLamp:
    """Keeps the coils as the wish says; they neither flash nor have two sounds."""

    def __init__(
        self, lamp: Lamp, make: Callable[[Callable[[], None]], Coils], *, report: Report, clock: Clock
    ) -> None:
        """`make` is given what the coils call, on the bus's thread, whenever their status has changed."""
        self._lamp = lamp
        self._report = report
        self._clock = clock
        self._wish: LampWish | None = None
        self._stopping = False
        self._dark = threading.Event()
        self._health = self._part(Condition.NEW, clock.now().at_us, lamp.port, "")
        self._coils = make(self._changed)

    @property
    def shown(self) -> Shown:
        """What the module said after the last write."""
        wish, status = self._wish, self._coils.status
        if wish is None or status.lit is None:
            return Shown(detail=status.detail)
        ok = status.condition in _GOOD and status.lit == self._lit(wish)
        return Shown(wish=wish, ok=ok, detail=said(self._able(wish)) if ok else status.detail)

    def start(self) -> None:
        """Join the bus."""
        self._report([self._health])
        self._coils.start()

    def want(self, wish: LampWish) -> None:
        """Show this from now on."""
        fitting = for_lamp(self._lamp, wish)
        if fitting != self._wish:
            self._wish = fitting
            self._coils.set(self._lit(fitting))

    def restart(self) -> None:
        """The bus tries by itself."""

    def ask_stop(self) -> None:
        """Make it dark; the bus does so in its next turn."""
        self._stopping = True
        self.want(DARK)
        self._look_dark()

    def join(self, timeout_s: float) -> bool:
        """Leave the bus once it is dark, or when that takes too long."""
        self._clock.wait(self._dark, min(timeout_s, DARK_S_MAX))
        return self._coils.stop(timeout_s)

    def _changed(self) -> None:
        status = self._coils.status
        words = f"{status.detail}: {self.shown.detail}" if status.condition in _GOOD else status.detail
        was = self._health
        since_us = was.since_us if status.condition is was.condition else self._clock.now().at_us
        self._health = self._part(status.condition, since_us, words, status.remedy)
        if self._health != was:
            self._report([self._health])
        self._look_dark()

    def _look_dark(self) -> None:
        lit = self._coils.status.lit
        if self._stopping and (lit is None or not any(lit.values())):
            self._dark.set()  # or nobody can reach it

    def _able(self, wish: LampWish) -> LampWish:
        return only(steady(wish), self._lamp.channels)

    def _lit(self, wish: LampWish) -> dict[str, bool]:
        on = switched(self._lamp.channels, wish)
        return {name: on[coil] for name, coil in self._lamp.channels.items()}

    def _part(self, condition: Condition, since_us: int, detail: str, remedy: str) -> Health:
        return Health(
            id=lamp_part(self._lamp),
            kind="lamp",
            condition=condition,
            since_us=since_us,
            station=self._lamp.station,
            detail=detail,
            remedy=remedy,
        )
