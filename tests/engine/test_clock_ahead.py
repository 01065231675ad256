"""A clock that was set ahead while the computer was off is believed until the line is heard, and undone then."""

from pathlib import Path

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import ClockStepped
from shopfloor.core.evolve import fold
from shopfloor.core.health import Condition
from shopfloor.core.line_link import UNHEARD_US, Discipline, LineClock, LinkState, LinkView
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import Call
from shopfloor.core.state_line import Finding, FindingKind
from shopfloor.engine.parts import TIME
from shopfloor.store.verify import verify
from tests.helpers.calls import andon_line
from tests.helpers.terminal import WAIT_S_MAX, Terminal, rows, running

NIGHT_S = 8 * 3600
DAYS_20_S = 20 * 86_400


def _heard(terminal: Terminal, *, off_s: int, kept: int = 0) -> None:
    """The line is heard, and has the own events up to `kept`; the wall clock is off its clock by so much."""
    now = terminal.clock.now()
    clock = Discipline(now.at_us - off_s * US_PER_S, now.mono_ns, now.boot, 500)
    terminal.engine.retime(kept, clock).result(WAIT_S_MAX)


def test_what_was_recorded_before_the_line_was_heard_is_put_back_and_time_goes_on_from_there(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line(), line_clock=LineClock()) as terminal:
        terminal.scan("long", 1, "assembly")
    kept = len(rows(tmp_path))
    clock.reboot("boot-2", after_s=NIGHT_S)
    clock.step_wall(DAYS_20_S)
    with running(tmp_path, clock, line_clock=LineClock()) as terminal:
        terminal.scan("long", 1, "saw")
        terminal.do(c.RaiseCall(station="saw", reason="material"))
        raised_us = clock.now().at_us - DAYS_20_S * US_PER_S
        clock.advance(5)
        _heard(terminal, off_s=DAYS_20_S, kept=kept)
        entities = terminal.snapshot.entities
        (call,) = (entity for entity in entities if isinstance(entity, Call))
        (found,) = (entity for entity in entities if isinstance(entity, Finding))
        assert (call.raised.at_us, call.raised.mono_ns) == (raised_us, clock.now().mono_ns - 5_000_000_000)
        assert (found.kind, found.apart_us, found.count) == (FindingKind.CLOCK_AHEAD, DAYS_20_S * US_PER_S, 3)
        terminal.do(c.AcknowledgeCall(station="saw"))
        _heard(terminal, off_s=DAYS_20_S, kept=kept)
        assert terminal.engine.alive, "the second time there is nothing to do"
    recorded = rows(tmp_path)
    assert [event.event.step_ms for event in recorded if isinstance(event.event, ClockStepped)] == [-DAYS_20_S * 1_000]
    true_us = clock.now().at_us - DAYS_20_S * US_PER_S
    assert recorded[-1].moment.us <= true_us
    assert all(event.uncertainty_us < US_PER_S for event in recorded[kept:])
    assert verify(tmp_path, fold) == []


def test_a_clock_within_its_uncertainty_is_only_followed(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line(), line_clock=LineClock()) as terminal:
        terminal.scan("long", 1, "assembly")
        before = rows(tmp_path)
        _heard(terminal, off_s=UNHEARD_US // 2 // US_PER_S)
        assert rows(tmp_path) == before
        assert not [entity for entity in terminal.snapshot.entities if isinstance(entity, Finding)]


def test_a_line_whose_newest_event_is_of_the_future_says_so_until_that_time_has_come(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line(), line_clock=LineClock()) as terminal:
        terminal.scan("long", 1, "assembly")
        now = clock.now()
        said = Discipline(now.at_us - 2 * 3600 * US_PER_S, now.mono_ns, now.boot, 500)  # somebody set the server's
        terminal.engine.see_link(LinkView(state=LinkState.UP, since_us=now.at_us, discipline=said))
        clock.advance(2)
        terminal.scan("long", 2, "assembly", after_s=0)
        told = terminal.ear.until(lambda news: any(part.id == TIME for part in news.health))
        (part,) = (part for part in told.health if part.id == TIME)
        assert part.condition is Condition.TROUBLE
        assert "1:59:58 ahead of its clock" in part.detail
        clock.advance(2 * 3600)
        terminal.scan("long", 3, "assembly", after_s=0)
        terminal.ear.until(lambda news: any((p.id, p.condition) == (TIME, Condition.UP) for p in news.health))
