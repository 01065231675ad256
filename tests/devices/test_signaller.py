"""Lamps follow a real engine, and are tested every day."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.commands import Command
from shopfloor.core.commands_andon import RecordLampTest
from shopfloor.core.events import Recorded
from shopfloor.core.events_andon import LampTested
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Line
from shopfloor.core.line_andon import CallKind, LampKind, Scope
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.state_andon import LampTest
from shopfloor.core.update import Outcome, Snapshot, Update
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import ALL_ON, DARK, Buzz, Light, lights
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.signaller import NEWS_MAX, PART, SOUND, TEST_S, TICK_S, Signaller
from shopfloor.devices.virtual import Fault
from tests.helpers.lamp_stage import a_line, lamp, names, opened, passes, shines, signalling
from tests.helpers.recorder import WAIT_S_MAX, HealthLog
from tests.helpers.terminal import Ear, events, running

__all__ = ["names"]  # a fixture

BERLIN = ZoneInfo("Europe/Berlin")
STOPPED = lights(red=Light.FLASH)
SILENT_ALL = replace(ALL_ON, buzzer=Buzz.OFF)


def at_us(zone: ZoneInfo, *when: int) -> int:
    """UTC microseconds of a local time."""
    year, month, day, hour, minute, second = when
    return round(datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()) * US_PER_S


def recorded(folder: Path) -> list[tuple[str, bool | None]]:
    return [(event.lamp, event.ok) for event in events(folder) if isinstance(event, LampTested)]


def test_a_stop_shines_at_its_station_and_over_the_line_until_it_is_cleared(
    tmp_path: Path, names: Callable[[str], str]
) -> None:
    saw, mill, whole = names("saw"), names("mill"), names("line")
    line = a_line(lamp(saw), lamp(mill, "mill"), lamp(whole, ""))
    with running(tmp_path, ManualClock(), line) as terminal, signalling(terminal, "saw"):
        opened(saw, whole)
        terminal.do(c.RaiseCall(station="saw", reason="fault"))
        for name in (saw, whole):
            shines(name, STOPPED)
        terminal.do(c.AcknowledgeCall(station="saw"))
        shines(saw, lights(red=Light.ON))
        terminal.do(c.ClearCall(station="saw"))
        shines(whole, DARK)
        terminal.scan("long", 1, "assembly")
        terminal.scan("long", 1, "saw")
        shines(saw, lights(green=Light.ON))
        assert not VirtualLamp.get(mill).frames
    shines(saw, DARK)


def test_a_lamp_shows_the_open_call_of_the_run_before(tmp_path: Path, names: Callable[[str], str]) -> None:
    saw = names("saw")
    with running(tmp_path, ManualClock(), a_line(lamp(saw))) as terminal:
        terminal.do(c.RaiseCall(station="saw", reason="fault"))
    with running(tmp_path, ManualClock()) as terminal, signalling(terminal):
        shines(saw, STOPPED)


def test_a_deadline_turns_the_lamp_red_without_anybody_doing_anything(
    tmp_path: Path, names: Callable[[str], str]
) -> None:
    saw = names("saw")
    with running(tmp_path, ManualClock(), a_line(lamp(saw))) as terminal, signalling(terminal):
        terminal.do(c.RaiseCall(station="saw", reason="material"))
        shines(saw, lights(yellow=Light.FLASH))
        terminal.clock.advance(61)
        shines(saw, STOPPED)


def test_a_line_file_that_changes_its_lamps_takes_effect_and_the_others_are_not_let_go_of(
    tmp_path: Path, names: Callable[[str], str]
) -> None:
    kept, gone, late = names("kept"), names("gone"), names("late")
    with running(tmp_path, ManualClock(), a_line(lamp(kept), lamp(gone))) as terminal, signalling(terminal):
        terminal.do(c.RaiseCall(station="saw", reason="fault"))
        shines(kept, STOPPED)
        shines(gone, STOPPED)
        was = terminal.ear.rest
        terminal.do(c.ChangeLine(line=a_line(lamp(kept), lamp(late, kind=LampKind.LR6_USB))))
        shines(late, STOPPED)
        shines(gone, DARK)
        told = {
            part.condition for news in (*was, *terminal.ear.rest) for part in news.health if part.id == f"lamp:{kept}"
        }
        assert Condition.STOPPED not in told
        assert VirtualLamp.get(kept).shown == STOPPED


def test_two_lamps_on_one_port_are_told_apart_with_words(tmp_path: Path, names: Callable[[str], str]) -> None:
    one, other = names("one"), names("other")
    twice = replace(lamp(one), port="virtual://same"), replace(lamp(other), port="virtual://same")
    with running(tmp_path, ManualClock(), a_line(*twice)) as terminal, signalling(terminal):
        heard = terminal.ear.until(lambda news: any(part.id == f"lamp:{other}" for part in news.health))
        part = next(part for part in heard.health if part.id == f"lamp:{other}")
        assert part.condition is Condition.TROUBLE
        assert f"the lamp {one} has already" in part.detail


def test_a_lamp_that_is_described_wrongly_is_left_out_with_words(tmp_path: Path, names: Callable[[str], str]) -> None:
    bad, good = names("bad"), names("good")
    line = a_line(replace(lamp(bad), port="/dev/ttyUSB0"), replace(lamp(good, kind=LampKind.LCUS)), lamp(names("x")))
    with running(tmp_path, ManualClock(), line) as terminal, signalling(terminal):
        seen: dict[str, Health] = {}
        while len(seen) < 2:
            seen |= {part.id: part for part in terminal.ear.next().health if part.condition is Condition.TROUBLE}
    assert "Expected socket://host:10000" in seen[f"lamp:{bad}"].detail
    assert "Expected channels" in seen[f"lamp:{good}"].detail


def test_a_test_lights_everything_for_two_seconds_and_records_what_was_read_back(
    tmp_path: Path, names: Callable[[str], str]
) -> None:
    read, blind, lost = names("read"), names("blind"), names("lost")
    VirtualLamp.get(lost).fault(Fault.UNPLUG)
    line = a_line(lamp(read, buzzer=True), lamp(blind, kind=LampKind.LR6_USB), lamp(lost, ""))
    with running(tmp_path, ManualClock(), line) as terminal, signalling(terminal) as made:
        made.set_sound_test(lambda done: done(True))
        terminal.do(c.RaiseCall(station="saw", reason="fault"))
        stop = replace(STOPPED, buzzer=Buzz.STOP)
        shines(read, stop)
        made.test_lamps()
        shines(read, ALL_ON)
        shines(blind, replace(ALL_ON, buzzer=Buzz.OFF))
        ear = Ear()
        end = terminal.engine.listen(ear)
        terminal.clock.advance(TEST_S)
        shines(read, stop)
        shines(blind, STOPPED)
        for _ in range(3):
            ear.event(LampTested)
        end()
        shown = {each.lamp: each for each in terminal.snapshot.entities if isinstance(each, LampTest)}
        assert "emulated" in shown[lost].detail
    assert sorted(recorded(tmp_path), key=str) == sorted(
        [(SOUND, True), (read, True), (blind, None), (lost, False)], key=str
    )


@pytest.mark.parametrize(
    ("begins", "ends", "test_at"),
    [
        ((2026, 3, 2, 5, 59, 58), (2026, 3, 2, 6, 0, 0), "06:00"),
        ((2026, 3, 29, 1, 59, 58), (2026, 3, 29, 3, 0, 0), "02:30"),  # the clock goes from 02:00 to 03:00
        ((2026, 10, 25, 2, 29, 58), (2026, 10, 25, 2, 30, 0), "02:30"),  # and comes twice to 02:30
    ],
)
def test_the_daily_test_comes_once_a_day_by_the_local_clock(
    tmp_path: Path,
    names: Callable[[str], str],
    begins: tuple[int, ...],
    ends: tuple[int, ...],
    test_at: str,
) -> None:
    saw = names("saw")
    clock = ManualClock(at_us(BERLIN, *begins))
    with running(tmp_path, clock, a_line(lamp(saw), test_at=test_at)) as terminal, signalling(terminal):
        opened(saw)
        passes(terminal, saw, SILENT_ALL)
        assert at_us(BERLIN, *ends) <= clock.now().at_us < at_us(BERLIN, *ends) + 60 * US_PER_S
        passes(terminal, saw, DARK)
        for _ in range(4):  # the hour that comes twice is over, too
            clock.advance(1800)
            terminal.do(c.SignOff(station="saw"))
        terminal.ear.event(LampTested)
    assert recorded(tmp_path) == [(saw, True)]
    year, month, day = begins[:3]
    tomorrow = ManualClock(at_us(BERLIN, year, month, day + 1, 12, 0, 0))
    with running(tmp_path, tomorrow) as terminal, signalling(terminal):
        passes(terminal, saw, SILENT_ALL)
        passes(terminal, saw, DARK)
        terminal.ear.event(LampTested)
    assert recorded(tmp_path) == [(saw, True)] * 2


def test_a_start_later_that_day_tests_only_if_nobody_has(tmp_path: Path, names: Callable[[str], str]) -> None:
    saw = names("saw")
    line = a_line(lamp(saw), test_at="06:00")
    noon = at_us(BERLIN, 2026, 3, 2, 12, 0, 0)
    with running(tmp_path, ManualClock(noon), line) as terminal, signalling(terminal):
        passes(terminal, saw, SILENT_ALL)
        passes(terminal, saw, DARK)
        terminal.ear.event(LampTested)
    with running(tmp_path, ManualClock(noon + 3600 * US_PER_S)) as terminal, signalling(terminal):
        terminal.do(c.RaiseCall(station="saw", reason="fault"))
        shines(saw, STOPPED)
        for _ in range(3):
            terminal.clock.advance(TEST_S)
            terminal.do(c.SignOff(station="saw"))
    assert recorded(tmp_path) == [(saw, True)]


class Feed:
    """An engine's `listen` that says more at once than anybody can keep."""

    def __init__(self, line: Line, after: tuple[Call, ...]) -> None:
        self._line, self._after = line, after
        self.listened: list[str] = []

    def __call__(self, put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        again = bool(self.listened)
        self.listened.append("begin")
        entities = self._after if again else ()
        put(Snapshot(line=self._line, entities=entities, health=(), head=0))
        if not again:
            for _ in range(NEWS_MAX):
                put(Update())
            put(Update(changed=self._after))
        return lambda: self.listened.append("end")


def _never(command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None) -> bool:
    raise AssertionError(command)


def test_who_falls_behind_reads_the_line_anew(names: Callable[[str], str]) -> None:
    saw = names("saw")
    clock = ManualClock()
    at = clock.now()
    fault = Call(
        id="1",
        station="saw",
        reason="fault",
        kind=CallKind.STOP,
        raised_kind=CallKind.STOP,
        scope=Scope.STATION,
        raised=at,
        by="box",
        stopped_us=at.at_us,
    )
    feed = Feed(a_line(lamp(saw)), (fault,))
    made = Signaller(
        feed, _never, report=HealthLog(), clock=clock, stations=("saw",), coils=Buses(clock).coils, terminal="saw"
    )
    made.start()
    shines(saw, STOPPED)
    made.stop()
    assert feed.listened == ["begin", "end", "begin", "end"]


def test_what_the_inbox_does_not_take_is_recorded_later(names: Callable[[str], str]) -> None:
    saw = names("saw")
    clock = ManualClock()
    full = threading.Event()
    full.set()
    taken: list[Command] = []
    came = threading.Event()

    def submit(
        command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        if full.is_set():
            return False
        taken.append(command)
        came.set()
        return True

    line = a_line(lamp(saw))

    def listen(put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        put(Snapshot(line=line, entities=(), health=(), head=0))
        return lambda: None

    made = Signaller(
        listen, submit, report=HealthLog(), clock=clock, stations=("saw",), coils=Buses(clock).coils, terminal="saw"
    )
    made.start()
    opened(saw)
    made.test_lamps()
    shines(saw, SILENT_ALL)
    clock.advance(TEST_S)
    shines(saw, DARK)
    assert not taken
    full.clear()
    clock.advance(TICK_S)
    assert came.wait(WAIT_S_MAX)
    made.stop()
    (record,) = taken
    assert isinstance(record, RecordLampTest)
    assert (record.station, record.lamp, record.ok) == ("saw", saw, True)


class BrokenSpeaker:
    """A speaker with a fault of the program in it."""

    def follow(self, events: Sequence[Recorded], shop: Shop, now: Now) -> None:
        """These events made the shop what it is."""

    def tick(self, shop: Shop, now: Now) -> None:
        """Time has passed."""
        raise ZeroDivisionError("a fault of the program")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_lamps_and_sounds_that_end_by_a_fault_say_so(names: Callable[[str], str]) -> None:
    health, clock = HealthLog(), ManualClock()
    feed = Feed(a_line(lamp(names("saw"))), ())
    made = Signaller(
        feed, _never, report=health, clock=clock, stations=("saw",), coils=Buses(clock).coils, terminal="saw"
    )
    made.set_speaker(BrokenSpeaker())
    made.start()
    part = health.wait(PART, Condition.TROUBLE)
    assert (part.condition, part.remedy) == (Condition.TROUBLE, "Restart the terminal.")
    made.stop()
