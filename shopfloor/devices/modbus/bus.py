"""One thread a bus: connects, gives each module its turn, backs off from silent ones, and connects again. For ever."""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from shopfloor.clock import Clock
from shopfloor.devices.modbus.link import Link, UnitFault
from shopfloor.devices.retry import RETRY_S, Backoff
from shopfloor.devices.transport import PortFault

SILENT_MAX = 3  # as many polls as make an input unknown; then a TCP connection may be half open, so it is made anew

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)


class Member(Protocol):
    """What wants a bus now and then. Every method is called by the bus's thread."""

    @property
    def unit(self) -> int:
        """The module it talks to."""

    def due_ns(self) -> int:
        """The monotonic instant from which it wants the bus."""

    def connected(self) -> None:
        """The bus was connected anew: what was known of the module may be old."""

    def exchange(self, link: Link) -> None:
        """Talk to the module; raises PortFault."""

    def unreadable(self, fault: PortFault) -> None:
        """The module could not be reached."""

    def ended(self) -> None:
        """The thread has died of a bug."""


class ModbusBus:
    """Owns one link; nobody else touches it. The thread lives while there are members.

    It is a daemon, so that a hanging driver cannot hold the exit.
    """

    def __init__(
        self, link: Link, *, clock: Clock, jitter: Callable[[], float], retry_s: Sequence[float] = RETRY_S
    ) -> None:
        self._link = link
        self._clock = clock
        self._jitter = jitter
        self._retry_s = tuple(retry_s)
        self._backoff = Backoff(retry_s)
        self._changed = threading.Condition()
        self._seats: tuple[_Seat, ...] = ()
        self._in_turn: Member | None = None
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._again = False
        self._units: dict[int, _Pause] = {}
        self._silent = 0
        self._lost = False

    @property
    def alive(self) -> bool:
        """Whether the thread runs; it does while there are members, only a bug ends it before."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    @property
    def emulated(self) -> bool:
        """Whether no real module is behind it."""
        return self._link.emulated

    @property
    def poll_ms(self) -> int:
        """How often the inputs of one module may be read."""
        return self._link.poll_ms

    @property
    def clock(self) -> Clock:
        """The clock its members are due by."""
        return self._clock

    def describe(self) -> str:
        """The bus as a technician knows it."""
        return self._link.describe()

    def add(self, member: Member) -> None:
        """Give the member its turns from now on."""
        with self._changed:
            self._seats = (*self._seats, _Seat(member, self._retry_s))
            if self._thread is None:
                name = f"shopfloor-modbus-{self.describe()}"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()
        self._wake.set()

    def remove(self, member: Member) -> None:
        """Give the member no more turns; returns at once, `wait_left` waits for the end of one under way."""
        with self._changed:
            self._seats = tuple(seat for seat in self._seats if seat.member is not member)
        self._wake.set()

    def wait_left(self, member: Member, timeout_s: float) -> bool:
        """Wait until a removed member's last turn and, after the last member, the thread is over; False if not."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._in_turn is not member and (bool(self._seats) or self._thread is None), timeout_s
            )

    def wake(self) -> None:
        """Look again who is due."""
        self._wake.set()

    def try_again(self) -> None:
        """Close the connection and make it anew at once; returns before that is done."""
        self._again = True
        self._wake.set()

    def _run(self) -> None:
        died = True
        try:
            while self._goes_on():
                self._session()
            died = False
        finally:
            if died:
                with self._changed:
                    self._link.close()
                    self._in_turn = self._thread = None
                    self._changed.notify_all()
                for seat in self._seats:
                    self._give(seat, seat.member.ended)

    def _goes_on(self) -> bool:
        with self._changed:
            if not self._seats:
                self._link.close()
                self._thread = None
                self._changed.notify_all()
            return bool(self._seats)

    def _session(self) -> None:
        self._again = False
        began = self._clock.now()
        try:
            self._link.open()
            began = self._clock.now()
            self._up()
            while self._seats and not self._again:
                self._turn()
        except PortFault as fault:
            self._down(fault)
        finally:
            self._link.close()
        self._rest((self._clock.now().mono_ns - began.mono_ns) / _NS_PER_S)

    def _up(self) -> None:
        log.info("%s is up", self.describe())
        self._lost = False
        self._silent = 0
        self._units.clear()
        for seat in self._seats:
            seat.pause.end()
            self._give(seat, seat.member.connected)

    def _down(self, fault: PortFault) -> None:
        if not self._lost:
            log.info("%s is %s: %s", self.describe(), fault.condition.value, fault)
        self._lost = True
        for seat in self._seats:
            self._give(seat, partial(seat.member.unreadable, fault))

    def _rest(self, up_s: float) -> None:
        end_ns = self._clock.now().mono_ns + round(self._backoff.wait_s(up_s=up_s, jitter=self._jitter()) * _NS_PER_S)
        while self._seats and not self._again:
            self._wake.clear()
            left_ns = end_ns - self._clock.now().mono_ns
            if left_ns <= 0 or not self._seats or self._again:
                break
            # A lamp that changes wakes the bus, too, and that is no reason to hurry to a module that is gone.
            self._clock.wait(self._wake, left_ns / _NS_PER_S)
        if self._again:
            self._backoff.reset()

    def _turn(self) -> None:
        self._wake.clear()
        seat = min(self._seats, key=self._due_ns, default=None)
        if seat is None:
            return
        wait_ns = self._due_ns(seat) - self._clock.now().mono_ns
        if wait_ns > 0:
            self._clock.wait(self._wake, wait_ns / _NS_PER_S)
            return
        try:
            self._give(seat, partial(seat.member.exchange, self._link))
            seat.pause.end()
            self._answered(seat.member.unit)
        except UnitFault as fault:
            self._failed(seat, fault)

    def _give(self, seat: "_Seat", turn: Callable[[], None]) -> None:
        """Call a member, but not one that has left; `wait_left` sees the end of it."""
        with self._changed:
            if seat not in self._seats:
                return
            self._in_turn = seat.member
        try:
            turn()
        finally:
            with self._changed:
                self._in_turn = None
                self._changed.notify_all()

    def _due_ns(self, seat: "_Seat") -> int:
        unit = self._units.get(seat.member.unit)
        return max(seat.member.due_ns(), seat.pause.until_ns, unit.until_ns if unit else 0)

    def _answered(self, unit: int) -> None:
        self._units.pop(unit, None)
        self._silent = 0
        self._backoff.reset()  # a bus that worked is worth a quick try, or its inputs stay known for too long

    def _failed(self, seat: "_Seat", fault: UnitFault) -> None:
        """A refusal is one member's trouble, for the module lives; silence is that of all who talk to it."""
        number = seat.member.unit
        if not fault.silent:
            self._answered(number)
            seat.pause.begin(self._clock, self._jitter())
            self._give(seat, partial(seat.member.unreadable, fault))
            return
        self._units.setdefault(number, _Pause(self._retry_s)).begin(self._clock, self._jitter())
        self._silent += 1
        # With several silent modules each has its three tries before the one that answers is cut off, too.
        if self._silent >= SILENT_MAX * len(self._units):
            raise PortFault(fault.condition, fault.what, remedy=fault.remedy)
        for other in self._seats:
            if other.member.unit == number:
                self._give(other, partial(other.member.unreadable, fault))


class _Pause:
    """How long somebody is left alone after failures in a row."""

    def __init__(self, retry_s: Sequence[float]) -> None:
        self._backoff = Backoff(retry_s)
        self.until_ns = 0

    def begin(self, clock: Clock, jitter: float) -> None:
        self.until_ns = clock.now().mono_ns + round(self._backoff.wait_s(up_s=0, jitter=jitter) * _NS_PER_S)

    def end(self) -> None:
        self._backoff.reset()
        self.until_ns = 0


class _Seat:
    """A member, and how long it is left alone because its module refuses it."""

    def __init__(self, member: Member, retry_s: Sequence[float]) -> None:
        self.member = member
        self.pause = _Pause(retry_s)
