"""Emulated lamps on a real engine: named for one test alone, and watched until they show what they should."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from shopfloor.core.line import Line
from shopfloor.core.line_andon import AndonPolicy, Lamp, LampKind
from shopfloor.core.state import Entity
from shopfloor.core.state_line import Post
from shopfloor.core.update import Snapshot, Update
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import LampWish
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.signaller import TICK_S, Signaller
from shopfloor.devices.virtual import Fault
from tests.helpers.calls import andon_line
from tests.helpers.recorder import WAIT_S_MAX
from tests.helpers.terminal import Terminal


@pytest.fixture
def names(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Lamps of this test alone, plugged in whatever the test did."""
    made: list[str] = []

    def name(short: str) -> str:
        made.append(f"{short}-{request.node.name}")
        return made[-1]

    yield name
    for each in made:
        VirtualLamp.get(each).fault(Fault.REPLUG)


def lamp(name: str, station: str = "saw", kind: LampKind = LampKind.PNS, *, buzzer: bool = False) -> Lamp:
    """An emulated lamp."""
    return Lamp(id=name, kind=kind, port="virtual", station=station, buzzer=buzzer)


def a_line(*lamps: Lamp, test_at: str = "") -> Line:
    """The andon line with these lamps."""
    return andon_line(lamps=lamps, andon=AndonPolicy(test_at=test_at), timezone="Europe/Berlin")


@contextmanager
def signalling(terminal: Terminal, *stations: str) -> Iterator[Signaller]:
    """A signaller that follows a terminal's engine."""
    made = Signaller(
        terminal.engine.listen,
        terminal.engine.submit,
        report=terminal.engine.report,
        clock=terminal.clock,
        stations=stations or ("saw",),
        coils=Buses(terminal.clock).coils,
        terminal="saw",
    )
    made.start()
    try:
        yield made
    finally:
        made.stop()


class Fed:
    """An engine that says what a test tells it to."""

    def __init__(self, line: Line, *entities: Entity) -> None:
        self._first = Snapshot(line=line, entities=entities, health=(), head=0)
        self.put: Callable[[Snapshot | Update], None] = lambda _: None

    def __call__(self, put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        """Begin to listen."""
        self.put = put
        put(self._first)
        return lambda: None


def post(station: str, terminal: str, epoch: int = 0) -> Post:
    """A station and whose it is."""
    return Post(station=station, terminal=terminal, origin=f"{terminal}~1", since_us=1, epoch=epoch)


def shines(name: str, wish: LampWish) -> None:
    """Wait until a lamp shows this."""
    port = VirtualLamp.get(name)
    assert port.wait_shown(wish, WAIT_S_MAX), f"{name} shows {port.shown}, expected {wish}"


def opened(*names: str) -> None:
    """Wait until lamps are open."""
    for name in names:
        port = VirtualLamp.get(name)
        assert port.wait(lambda port=port: port.is_open, WAIT_S_MAX)  # type: ignore[misc]


def passes(terminal: Terminal, name: str, wish: LampWish) -> None:
    """Let time go on until a lamp shows this: a thread that looks at the clock between two steps misses none."""
    port = VirtualLamp.get(name)
    for _ in range(round(WAIT_S_MAX / 0.02)):
        if port.wait_shown(wish, 0.02):
            return
        terminal.clock.advance(TICK_S / 4)
    raise AssertionError(f"{name} shows {port.shown}, expected {wish}")
