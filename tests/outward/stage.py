"""A terminal that tells people: a real engine and a teller on one data folder, with time moved by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Line
from shopfloor.core.line_andon import Sender
from shopfloor.core.state import Call
from shopfloor.core.update import Outcome
from shopfloor.outward.teller import Teller
from tests.helpers.recorder import HealthLog
from tests.helpers.terminal import Terminal, running
from tests.outward.calls import HOOK, LINE

STATIONS = ("press",)


def line_of(*senders: Sender) -> Line:
    """The line with these senders."""
    return replace(LINE, senders=senders)


def hook_at(port: int) -> Sender:
    """The web service at this port."""
    return replace(HOOK, target=f"http://127.0.0.1:{port}/calls")


class Stage:
    """What a test does with it."""

    def __init__(self, terminal: Terminal, teller: Teller, health: HealthLog, clock: ManualClock) -> None:
        self.terminal, self.teller, self.health, self.clock = terminal, teller, health, clock

    def call(self, reason: str = "material", station: str = "press") -> Outcome:
        """Call for help."""
        return self.terminal.do(c.RaiseCall(station=station, reason=reason))

    def open_call(self, reason: str = "material") -> Call:
        """The open call for a reason."""
        calls = (entity for entity in self.terminal.snapshot.entities if isinstance(entity, Call))
        return next(call for call in calls if call.reason == reason and not call.cleared_us)

    def take(self, reason: str = "material") -> None:
        """Take the call for a reason."""
        self.terminal.do(c.AcknowledgeCall(station="press", call=self.open_call(reason).id))

    def clear(self, reason: str = "material") -> None:
        """Clear the call for a reason."""
        self.terminal.do(c.ClearCall(station="press", call=self.open_call(reason).id))

    def wait(self, sender: str, *conditions: Condition, **counts: int) -> Health:
        """Wait until a sender is so."""
        return self.health.wait(f"sender:{sender}", *conditions, **counts)


@contextmanager
def stage(folder: Path, line: Line, clock: ManualClock | None = None) -> Iterator[Stage]:
    """Run it, and end it as the terminal does."""
    clock = clock or ManualClock()
    with running(folder, clock, line) as terminal, telling(terminal, clock) as (teller, health):
        yield Stage(terminal, teller, health, clock)


@contextmanager
def telling(terminal: Terminal, clock: ManualClock) -> Iterator[tuple[Teller, HealthLog]]:
    """A teller beside an engine."""
    health = HealthLog()
    teller = Teller(
        terminal.engine.line,
        terminal.folder,
        listen=terminal.engine.listen,
        report=health,
        clock=clock,
        stations=STATIONS,
        terminal="t1",
    )
    teller.start()
    try:
        yield teller, health
    finally:
        teller.stop()
