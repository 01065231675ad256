"""Lamps follow the line: one thread mirrors it, says what each lamp should show, and tests them every day."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from shopfloor.clock import Clock, zone_of
from shopfloor.core.call_views import all_call_views
from shopfloor.core.commands import AcknowledgeCall
from shopfloor.core.commands_andon import RecordLampTest
from shopfloor.core.events import Recorded
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Lamp
from shopfloor.core.moment import Now
from shopfloor.core.names import desk_of
from shopfloor.core.owning import drives, taken_over
from shopfloor.core.ports import Report, Submit
from shopfloor.core.shop import Shop
from shopfloor.core.state_line import Post
from shopfloor.core.update import Snapshot, Update
from shopfloor.devices.lamps.daily import is_due
from shopfloor.devices.lamps.keeper import Shown, for_lamp
from shopfloor.devices.lamps.rack import CoilsOf, LampRack
from shopfloor.devices.lamps.wish import ALL_ON, lamp_wish

TICK_S = 1.0  # a shelf that ends, a call that sounds again: soon enough for a lamp
TEST_S = 2.0  # long enough to see every colour, short enough to hide nothing
NEWS_MAX = 1000  # a second of scans from everywhere; with more than that behind, everything is read anew
RECORDS_MAX = 64  # tests of more lamps than a terminal has; the oldest are left out while the inbox is full
SOUND = "sound"
PART = "signaller"  # its id in Health
JOIN_S = 5.0  # the lamps' own two seconds, and a bus that is slow

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)

TestSound = Callable[[Callable[[bool], None]], None]  # plays something, and says whether it could be played


class Listen(Protocol):
    """What it needs of an engine: a snapshot and then updates, without a gap."""

    def __call__(self, put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        """Begin to call `put` from another thread; the returned function ends it."""


class Speaker(Protocol):
    """What makes the sounds of andon; called by the signaller's thread, and never blocks it."""

    def follow(self, events: Sequence[Recorded], shop: Shop, now: Now) -> None:
        """These events made the shop what it is."""

    def tick(self, shop: Shop, now: Now) -> None:
        """Time has passed."""


class Signaller:
    """Drives the lamps of some stations, and those of the line that are this terminal's, as the line file names them.

    Stations that the terminal took over have left their lamps where they were: the first of its own that has a lamp
    shows them too. Whoever touches the top of a lamp that feels it takes the most urgent call of what it shows.

    Any thread may call it; only `stop` waits.
    """

    def __init__(
        self,
        listen: Listen,
        submit: Submit,
        *,
        report: Report,
        clock: Clock,
        stations: tuple[str, ...],
        coils: CoilsOf,
        terminal: str,
    ) -> None:
        self._terminal = terminal
        self._listen = listen
        self._submit = submit
        self._report = report
        self._clock = clock
        self._stations = stations
        self._here = next(iter(stations), desk_of(terminal))
        self._rack = LampRack(report=report, clock=clock, coils=coils, touched=self._touched)
        self._news: queue.Queue[Snapshot | Update] = queue.Queue(NEWS_MAX)
        self._missed = False
        self._shop: Shop | None = None
        self._wake = threading.Event()
        self._stopping = False
        self._speaker: Speaker | None = None
        self._test_sound: TestSound | None = None
        self._test_asked = False
        self._test_ends_ns: int | None = None
        self._tested_us = 0
        self._records: deque[RecordLampTest | AcknowledgeCall] = deque(maxlen=RECORDS_MAX)
        self._thread = threading.Thread(target=self._run, name="shopfloor-signaller", daemon=True)

    def start(self) -> None:
        """Begin to listen and to shine."""
        self._thread.start()

    def stop(self) -> None:
        """Make the lamps dark and end."""
        self._stopping = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def restart(self, lamp: str) -> bool:
        """Try a lamp's port again at once; False if there is no such lamp."""
        return self._rack.restart(lamp)

    def shown(self, lamp: str) -> Shown:
        """What a lamp was told last, and what it said."""
        return self._rack.shown(lamp)

    def test_lamps(self) -> None:
        """Light everything for two seconds and sound, then go on; each lamp's test is recorded."""
        self._test_asked = True
        self._wake.set()

    def set_sound_test(self, test: TestSound | None) -> None:
        """What plays in a test, once there is a loudspeaker; whether it could be played is recorded as `sound`."""
        self._test_sound = test

    def set_speaker(self, speaker: Speaker) -> None:
        """What makes the sounds of andon, once there is a loudspeaker."""
        self._speaker = speaker

    def _run(self) -> None:
        end = self._listen(self._put)
        try:
            while not self._stopping:
                end = self._round(end)
        finally:
            end()
            self._rack.stop()
            if not self._stopping:
                self._say_dead()

    def _say_dead(self) -> None:
        """Only a bug ends it before it is asked to: a dark lamp and silence must not pass for a quiet line."""
        part = Health(
            id=PART,
            kind="lamps and sound",
            condition=Condition.TROUBLE,
            since_us=self._clock.now().at_us,
            detail="Lamps and sounds have ended by a fault of the program.",
            remedy="Restart the terminal.",
        )
        self._report([part])

    def _round(self, end: Callable[[], None]) -> Callable[[], None]:
        self._wake.clear()
        if self._stopping:
            return end  # asked between the look and the clearing
        if self._missed:
            end()
            self._forget()
            end = self._listen(self._put)
        self._take_news()
        if self._shop is not None:
            self._tick(self._shop, self._clock.now())
        self._clock.wait(self._wake, self._wait_s())
        return end

    def _put(self, news: Snapshot | Update) -> None:
        """On the engine's thread: nothing here may wait."""
        try:
            self._news.put_nowait(news)
        except queue.Full:
            self._missed = True
        self._wake.set()

    def _forget(self) -> None:
        log.info("more than %d updates behind: reading the line anew", NEWS_MAX)
        while not self._news.empty():
            self._news.get_nowait()
        self._missed = False

    def _take_news(self) -> None:
        while not self._news.empty():
            news = self._news.get_nowait()
            if isinstance(news, Snapshot):
                self._shop = Shop(news.line, news.entities)
                self._renew(self._shop)
            elif self._shop is not None:
                if news.line is not None:
                    self._shop.set_line(news.line)
                self._shop.put(news.changed)
                if news.line is not None or any(isinstance(entity, Post) for entity in news.changed):
                    self._renew(self._shop)  # a station has another terminal: the line's lamps may go over with it
                if self._speaker is not None:
                    self._speaker.follow(news.events, self._shop, self._clock.now())

    def _renew(self, shop: Shop) -> None:
        lamps = shop.line.lamps
        own = (lamp for lamp in lamps if drives(shop, lamp, terminal=self._terminal, stations=self._stations))
        self._rack.renew(tuple(own))

    def _tick(self, shop: Shop, now: Now) -> None:
        if self._speaker is not None:
            self._speaker.tick(shop, now)
        if self._test_ends_ns is not None and now.mono_ns >= self._test_ends_ns:
            self._end_test()
        if self._test_ends_ns is None and (self._test_asked or self._is_due(shop, now)):
            self._begin_test(now)
        if self._test_ends_ns is None:
            self._rack.want({lamp.id: lamp_wish(shop, self._shown_by(shop, lamp), now) for lamp in self._rack.lamps})
        while self._records and self._submit(self._records[0], now):
            self._records.popleft()

    def _shown_by(self, shop: Shop, lamp: Lamp) -> tuple[str, ...]:
        """The stations that a lamp speaks for; of a lamp of the line none: it speaks for all."""
        if not lamp.station:
            return ()
        lit = {one.station for one in self._rack.lamps}
        first = next((station for station in self._stations if station in lit), "")
        more = taken_over(shop, self._stations, self._terminal) if lamp.station == first else ()
        return (lamp.station, *more)

    def _wait_s(self) -> float:
        if self._test_ends_ns is None:
            return TICK_S
        return max(0.0, min(TICK_S, (self._test_ends_ns - self._clock.now().mono_ns) / _NS_PER_S))

    def _is_due(self, shop: Shop, now: Now) -> bool:
        names = {lamp.id for lamp in self._rack.lamps} | ({SOUND} if self._test_sound else set())
        if not names:
            return False
        # What is not in the journal yet, or was refused there, is not tested again each second.
        last_us = max((test.at_us for name, test in shop.lamp_tests.items() if name in names), default=0)
        zone = zone_of(shop.line.timezone)
        return is_due(now.at_us, zone, shop.line.andon.test_at, last_us=max(last_us, self._tested_us))

    def _begin_test(self, now: Now) -> None:
        self._test_asked = False
        self._tested_us = now.at_us
        self._test_ends_ns = now.mono_ns + round(TEST_S * _NS_PER_S)
        self._rack.want({lamp.id: ALL_ON for lamp in self._rack.lamps})
        if self._test_sound is not None:
            self._test_sound(self._sounded)

    def _end_test(self) -> None:
        self._test_ends_ns = None
        for lamp in self._rack.lamps:
            self._records.append(self._verdict(lamp))

    def _verdict(self, lamp: Lamp) -> RecordLampTest:
        shown = self._rack.shown(lamp.id)
        told = shown.wish == for_lamp(lamp, ALL_ON)
        return RecordLampTest(
            station=lamp.station or self._here,
            lamp=lamp.id,
            ok=shown.ok if told else False,
            detail=shown.detail,
        )

    def _touched(self, lamp: Lamp) -> None:
        """On the lamp's thread."""
        shop, station, call = self._shop, lamp.station or self._here, ""
        shown = self._shown_by(shop, lamp) if shop is not None else ()
        if shop is not None and shown != (lamp.station,):
            calls = (one for one in all_call_views(shop, self._clock.now()) if not (one.aside or one.acked_by))
            waiting = [one for one in calls if not shown or one.station in shown]
            station, call = (waiting[0].station, waiting[0].id) if waiting else (station, "")
        self._records.append(AcknowledgeCall(station=station, call=call))
        self._wake.set()

    def _sounded(self, heard: bool) -> None:  # noqa: FBT001 - the sound's own signature
        """On the sound's thread."""
        self._records.append(RecordLampTest(station=self._here, lamp=SOUND, ok=heard))
        self._wake.set()
