"""Which terminal of several drives which lamp, and what its own lamp shows of stations that it took over."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core.commands import AcknowledgeCall, Command
from shopfloor.core.commands_andon import RecordLampTest
from shopfloor.core.line_andon import CallKind, LampKind, Scope, Severity
from shopfloor.core.moment import Now
from shopfloor.core.owning import drives
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.update import Outcome, Update
from shopfloor.devices.lamps.keeper import Shown
from shopfloor.devices.lamps.patlite_usb import NeTwin
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import ALL_ON, DARK, Buzz, Light, lights
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.signaller import TEST_S, TICK_S, Signaller
from tests.helpers.lamp_stage import Fed, a_line, lamp, names, opened, post, shines
from tests.helpers.recorder import WAIT_S_MAX, HealthLog

__all__ = ["names"]  # a fixture

CALLED = lights(yellow=Light.FLASH)


class Inbox:
    """Takes commands."""

    def __init__(self) -> None:
        self._taken: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def __call__(
        self, command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        """Queue a command."""
        self._taken.put(command)
        return True

    @property
    def has_some(self) -> bool:
        """Whether a command waits."""
        return not self._taken.empty()

    def next(self) -> Command:
        """The next command."""
        return self._taken.get(timeout=WAIT_S_MAX)


@contextmanager
def signaller(
    terminal: str, *stations: str, feed: Fed, clock: ManualClock, inbox: Inbox | None = None
) -> Iterator[Signaller]:
    """A terminal's signaller, which runs."""
    made = Signaller(
        feed,
        inbox or Inbox(),
        report=HealthLog(),
        clock=clock,
        stations=stations,
        coils=Buses(clock).coils,
        terminal=terminal,
    )
    made.start()
    try:
        yield made
    finally:
        made.stop()


def help_at(station: str, reason: str, clock: ManualClock) -> Call:
    return Call(
        id=f"{station}:{reason}",
        station=station,
        reason=reason,
        kind=CallKind.HELP,
        raised_kind=CallKind.HELP,
        scope=Scope.STATION,
        raised=clock.now(),
        by="box",
        severity=Severity.HIGH if reason == "tool" else Severity.LOW,
    )


def test_a_lamp_of_the_line_is_driven_by_the_terminal_of_its_first_station_alone_and_goes_over_with_it(
    names: Callable[[str], str],
) -> None:
    whole, clock = names("line"), ManualClock()
    line = a_line(lamp(whole, ""))
    first, second = (station.id for station in line.stations[:2])
    posts = (post(first, "t1"), post(second, "t2"))
    feeds = Fed(line, *posts), Fed(line, *posts)
    with signaller("t1", first, feed=feeds[0], clock=clock):
        shines(whole, DARK)
        with signaller("t2", second, feed=feeds[1], clock=clock) as other:
            assert other.shown(whole) == Shown(detail="The lamp is left out.")
            taken = Update(changed=(post(first, "t2", epoch=1),))
            feeds[0].put(taken)
            port = VirtualLamp.get(whole)
            assert port.wait(lambda: not port.is_open, WAIT_S_MAX), "who had it lets go of it"
            feeds[1].put(taken)
            opened(whole)


def test_the_line_file_says_which_terminal_drives_a_lamp_of_the_line(names: Callable[[str], str]) -> None:
    whole = replace(lamp(names("line"), ""), terminal="t2")
    shop = Shop(a_line(whole))
    first, second = shop.line.stations[:2]
    shop.put([post(first.id, "t1"), post(second.id, "t2")])
    assert [drives(shop, whole, terminal=name, stations=()) for name in ("t1", "t2")] == [False, True]
    own = replace(whole, station=second.id, terminal="")
    assert [drives(shop, own, terminal="t9", stations=(x.id,)) for x in (first, second)] == [False, True]


def test_the_first_lamp_of_a_terminal_shows_what_it_took_over_until_it_gives_it_back(
    names: Callable[[str], str],
) -> None:
    saw, drill, mill, clock = names("saw"), names("drill"), names("mill"), ManualClock()
    line = a_line(lamp(saw), lamp(drill, "drill"), lamp(mill, "mill"))
    posts = (post("saw", "t1"), post("drill", "t1"), post("mill", "t2"))
    feed = Fed(line, *posts, help_at("mill", "tool", clock))
    with signaller("t1", "saw", "drill", feed=feed, clock=clock):
        shines(saw, DARK)
        feed.put(Update(changed=(post("mill", "t1", epoch=1),)))
        shines(saw, CALLED)
        shines(drill, DARK)
        feed.put(Update(changed=(post("mill", "t2", epoch=2),)))
        shines(saw, DARK)
        assert not VirtualLamp.get(mill).frames, "that lamp is plugged in elsewhere"


def test_whoever_touches_a_lamp_takes_the_most_urgent_call_of_what_it_shows(names: Callable[[str], str]) -> None:
    name, clock, inbox, twin = names("ne"), ManualClock(), Inbox(), NeTwin()
    VirtualLamp.get(name).plug(twin)
    calls = help_at("saw", "material", clock), help_at("mill", "tool", clock), help_at("drill", "tool", clock)
    posts = (post("saw", "t1"), post("drill", "t2"), post("mill", "t1", epoch=1))
    feed = Fed(a_line(lamp(name, "saw", LampKind.NE_USB)), *posts, *calls)
    with signaller("t1", "saw", feed=feed, clock=clock, inbox=inbox):
        shines(name, CALLED)
        twin.touched = True
        port = VirtualLamp.get(name)
        for _ in range(round(WAIT_S_MAX / 0.02)):
            if port.wait(lambda: inbox.has_some, 0.02):
                break
            clock.advance(TICK_S / 4)
        assert inbox.next() == AcknowledgeCall(station="mill", call="mill:tool"), "drill is another terminal's"


def test_a_desk_tests_the_lamp_of_the_line_and_says_that_it_was_there(names: Callable[[str], str]) -> None:
    whole, clock, inbox = replace(lamp(names("line"), ""), terminal="office"), ManualClock(), Inbox()
    with signaller("office", feed=Fed(a_line(whole)), clock=clock, inbox=inbox) as made:
        opened(whole.id)
        made.test_lamps()
        shines(whole.id, replace(ALL_ON, buzzer=Buzz.OFF))
        clock.advance(TEST_S)
        record = inbox.next()
    assert isinstance(record, RecordLampTest)
    assert (record.station, record.lamp, record.ok) == ("desk:office", whole.id, True)
