"""Everybody on the emulated line, on one thread that watches the line like a screen and acts through devices."""

import queue
import threading
from collections.abc import Callable, Collection
from random import Random

from msgspec.structs import replace

from shopfloor.clock import Clock
from shopfloor.core.commands import Command
from shopfloor.core.line import Line
from shopfloor.core.shop import Shop
from shopfloor.core.update import Snapshot, Update
from shopfloor.twin.gestures import Gestures, Send
from shopfloor.twin.leader import Leader
from shopfloor.twin.operators import Operators

NEWS_MAX = 10_000  # minutes of a fast demo; more means that the thread has died
STEP_S = 0.05
END_S_MAX = 2.0


class Crew:
    """Operators and a leader of a line. `listen` is an engine's; `send` puts bytes into a virtual port.

    `act` is the leader's finger on a screen, for what no button and no card asks for. `stations`: those they work at,
    where a line has several terminals, each with its own people; none: all of the line.
    """

    def __init__(
        self,
        line: Line,
        listen: Callable[[Callable[[Snapshot | Update], None]], Callable[[], None]],
        send: Send,
        *,
        clock: Clock,
        seed: int,
        speed: float,
        act: Callable[[Command], None],
        stations: Collection[str] = (),
    ) -> None:
        random = Random(seed)  # noqa: S311 - people's hesitation, not a secret
        gestures = Gestures(line, send)
        self._clock = clock
        self._operators = Operators(line, gestures, random, speed=speed, stations=stations)
        self._leader = Leader(line, gestures, random, speed=speed, act=act, stations=stations)
        self._news: queue.Queue[Snapshot | Update] = queue.Queue(NEWS_MAX)
        self._shop: Shop | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shopfloor-crew", daemon=True)
        self._end = listen(self._news.put_nowait)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Lay down tools."""
        self._end()
        self._stop.set()
        self._thread.join(END_S_MAX)

    def _run(self) -> None:
        begun_ns = self._clock.now().mono_ns
        while not self._clock.wait(self._stop, STEP_S):
            self._read_news()
            if self._shop is not None:
                now_s = (self._clock.now().mono_ns - begun_ns) / 1e9
                self._operators.step(self._shop, now_s)
                self._leader.step(self._shop, now_s)

    def _read_news(self) -> None:
        while not self._news.empty():
            news = self._news.get_nowait()
            if isinstance(news, Snapshot):
                self._shop = Shop(news.line, news.entities)
            elif self._shop is not None:
                if news.line is not None:
                    self._shop.set_line(news.line)
                self._shop.put(news.changed)


def faster(line: Line, speed: float) -> Line:
    """The line with every planned time divided by `speed`, so that the plots of a fast demo stay true."""
    return replace(
        line,
        takt_s=line.takt_s / speed if line.takt_s else None,
        restart_s=line.restart_s / speed,
        repeat_window_s=line.repeat_window_s / speed,
        stations=tuple(
            replace(
                station,
                cycle_target_s=station.cycle_target_s / speed if station.cycle_target_s else None,
                cycle_min_s=station.cycle_min_s / speed,
            )
            for station in line.stations
        ),
        reasons=tuple(
            replace(reason, deadline_s=reason.deadline_s / speed, delay_s=reason.delay_s / speed)
            for reason in line.reasons
        ),
        escalations=tuple(
            replace(
                escalation,
                not_taken=tuple(replace(step, after_s=step.after_s / speed) for step in escalation.not_taken),
                not_cleared=tuple(replace(step, after_s=step.after_s / speed) for step in escalation.not_cleared),
                repeat_s=escalation.repeat_s / speed,
            )
            for escalation in line.escalations
        ),
        watches=tuple(replace(watch, after_s=watch.after_s / speed) for watch in line.watches),
        andon=replace(line.andon, guard_s=line.andon.guard_s / speed),
    )
