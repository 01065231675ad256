"""One thread a lamp: opens its port, shows what is wanted, looks whether it does, and tries again. For ever."""

import logging
import threading
from collections.abc import Callable, Sequence

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Lamp
from shopfloor.core.ports import Report
from shopfloor.devices.lamps.code import Seen
from shopfloor.devices.lamps.driver import LampDriver
from shopfloor.devices.lamps.keeper import Shown, for_lamp, lamp_part
from shopfloor.devices.lamps.wish import DARK, LampWish, said
from shopfloor.devices.retry import RETRY_S, Backoff
from shopfloor.devices.transport import PortFault

RESEND_S = 10.0  # a lamp that was switched off and on shows the right thing again after so long
TOUCH_S = 0.1  # a lamp whose top is touched is asked so often: shorter than a tap
CHECK_S = 1.0  # a lamp that was pulled out is missed so soon, and shines as soon as it is back
REPAIR_S = 1.0  # a lamp that does not show what it was told is told again so often

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)


class LampThread:
    """Owns one lamp's driver; nobody else uses it. A daemon, so that a hanging driver cannot hold the exit.

    `touched` is called by the thread when somebody begins to touch the lamp; None for kinds that do not feel it.
    """

    def __init__(
        self,
        lamp: Lamp,
        driver: LampDriver,
        *,
        report: Report,
        clock: Clock,
        jitter: Callable[[], float],
        retry_s: Sequence[float] = RETRY_S,
        touched: Callable[[], None] | None = None,
    ) -> None:
        self._lamp = lamp
        self._driver = driver
        self._report = report
        self._clock = clock
        self._jitter = jitter
        self._backoff = Backoff(retry_s)
        self._touched = touched
        self._pressed = True
        self._wake = threading.Event()
        self._wish: LampWish | None = None
        self._written: LampWish | None = None
        self._again_ns = 0
        self._shown = Shown()
        self._stopping = False
        self._again = False
        self._opened_before = False
        self._counts = dict.fromkeys(("written", "reconnects", "mismatches"), 0)
        self._health = self._part(Condition.NEW, clock.now().at_us, driver.describe(), "")
        self._thread = threading.Thread(target=self._run, name=f"shopfloor-{lamp_part(lamp)}", daemon=True)

    @property
    def shown(self) -> Shown:
        """What the lamp was told last, and what it said."""
        return self._shown

    @property
    def alive(self) -> bool:
        """Whether the thread runs; only a bug ends one that nobody stopped."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; the port is opened by the thread."""
        self._report([self._health])
        self._thread.start()

    def want(self, wish: LampWish) -> None:
        """Show this from now on; one that was not yet shown is forgotten."""
        fitting = for_lamp(self._lamp, wish)
        if fitting != self._wish:
            self._wish = fitting
            self._wake.set()

    def restart(self) -> None:
        """Close the port and try it again at once; returns before that is done."""
        self._again = True
        self._wake.set()

    def ask_stop(self) -> None:
        """Ask the thread to make the lamp dark and end; returns at once."""
        self._stopping = True
        self._wake.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if a driver holds the thread longer than that."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self.alive

    def _run(self) -> None:
        condition = Condition.TROUBLE
        try:
            while not self._stopping:
                self._session()
            condition = Condition.STOPPED
        finally:
            self._say(condition, self._driver.describe(), "" if self._stopping else "Restart the terminal.")

    def _session(self) -> None:
        began = self._clock.now()
        try:
            self._driver.open()
            began = self._clock.now()
            self._opened()
            while not (self._stopping or self._again):
                self._turn()
            if self._stopping:
                self._driver.show(self._driver.able(DARK))  # a lamp that goes on shining is believed
        except PortFault as fault:
            self._lost(fault)
        finally:
            self._driver.close()
        self._pause((self._clock.now().mono_ns - began.mono_ns) / _NS_PER_S)

    def _opened(self) -> None:
        self._counts["reconnects"] += self._opened_before
        self._opened_before = True
        self._written = None
        self._pressed = True  # a finger, or what lies on it, that was there before is no touch
        log.info("lamp %s is up at %s", self._lamp.id, self._driver.describe())
        self._say_up("")

    def _pause(self, up_s: float) -> None:
        if self._again:
            self._backoff.reset()
        elif not self._stopping:
            end_ns = self._clock.now().mono_ns + round(self._backoff.wait_s(up_s=up_s, jitter=self._jitter()) * 1e9)
            # A new wish is no reason to hurry to a lamp that is gone.
            while not (self._stopping or self._again):
                self._wake.clear()
                left_ns = end_ns - self._clock.now().mono_ns
                if left_ns <= 0 or self._stopping or self._again:
                    break
                self._clock.wait(self._wake, left_ns / _NS_PER_S)
        self._again = False

    def _turn(self) -> None:
        self._wake.clear()
        if self._stopping or self._again:
            return  # asked between the look and the clearing
        wish = self._wish
        left_ns = self._again_ns - self._clock.now().mono_ns
        if wish is not None and (wish != self._written or left_ns <= 0):
            self._write(wish)
        else:
            wait_s = self._feel()
            self._clock.wait(self._wake, wait_s if wish is None else min(wait_s, left_ns / _NS_PER_S))

    def _feel(self) -> float:
        """Notice a pulled cable, and a touch; how long until the next look."""
        if self._touched is None:
            self._driver.check()
            return CHECK_S
        seen = self._driver.look()
        pressed = seen is not None and seen.touched
        if pressed and not self._pressed:
            self._touched()
        self._pressed = pressed
        return TOUCH_S

    def _write(self, wish: LampWish) -> None:
        able = self._driver.able(wish)
        if wish == self._written and self._shown.ok:
            found = self._driver.look()
            if found is not None and found.shown not in {None, able}:
                self._counts["mismatches"] += 1
                log.info("lamp %s was found %s", self._lamp.id, _words(found))
        self._driver.show(able)
        self._counts["written"] += 1
        seen = self._driver.look()
        ok = None if seen is None or seen.shown is None else seen.shown == able
        again_s = REPAIR_S if ok is False else RESEND_S
        self._again_ns = self._clock.now().mono_ns + round(again_s * _NS_PER_S)
        self._written = wish
        if seen is None or ok is not False:
            self._shown = Shown(wish=wish, ok=ok, detail=said(able))
            self._say_up(said(able))
            return
        wrong = f"shows {_words(seen)}, was told {said(able)}"
        self._shown = Shown(wish=wish, ok=False, detail=wrong)
        self._say(
            Condition.TROUBLE,
            f"{self._driver.describe()} {wrong}.",
            "See that nothing else drives this lamp, and that it is built as the line file says.",
        )

    def _lost(self, fault: PortFault) -> None:
        if fault.condition is not self._health.condition:
            log.info("lamp %s is %s: %s", self._lamp.id, fault.condition.value, fault)
        self._shown = Shown(detail=fault.what)
        self._say(fault.condition, fault.what, fault.remedy)

    def _say_up(self, words: str) -> None:
        where = self._driver.describe()
        condition = Condition.VIRTUAL if self._driver.emulated else Condition.UP
        self._say(condition, f"{where}: {words}" if words else where, "")

    def _say(self, condition: Condition, detail: str, remedy: str) -> None:
        was = self._health
        if (condition, detail, remedy) == (was.condition, was.detail, was.remedy):
            return  # counters alone are no news: a lamp is written every ten seconds for ever
        since_us = was.since_us if condition is was.condition else self._clock.now().at_us
        self._health = self._part(condition, since_us, detail, remedy)
        self._report([self._health])

    def _part(self, condition: Condition, since_us: int, detail: str, remedy: str) -> Health:
        return Health(
            id=lamp_part(self._lamp),
            kind="lamp",
            condition=condition,
            since_us=since_us,
            station=self._lamp.station,
            detail=detail,
            remedy=remedy,
            counts=dict(self._counts),
        )


def _words(seen: Seen) -> str:
    return said(seen.shown) if seen.shown else "nothing that it says"
