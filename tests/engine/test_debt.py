"""Calls and stops while the disk takes nothing: they stand at once, say so, and are written when there is space."""

from pathlib import Path

from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import call_code
from shopfloor.core.commands_andon import ReadContact
from shopfloor.core.events import CallCleared, CallRaised, CallStopped
from shopfloor.core.events_andon import ContactChanged
from shopfloor.core.events_loop import ChangeApplied
from shopfloor.core.evolve import fold
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind, Line
from shopfloor.core.line_andon import AndonPolicy, Input, InputMode, Watch, WatchKind
from shopfloor.core.moment import US_PER_S
from shopfloor.core.ports import Opened
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.state_andon import rule_reason
from shopfloor.store.journal import SqliteJournal
from tests.engine.test_trouble import fill_disk, free_disk, store_health, use_up
from tests.helpers.calls import andon_line
from tests.helpers.terminal import Terminal, events, rows, running, stored

IO = Device(
    id="io",
    kind=DeviceKind.MODBUS,
    port="virtual",
    station="saw",
    map={"cord": "call:tool"},
    inputs=(Input(name="cord", address=0, mode=InputMode.CONTACT),),
)


def full(terminal: Terminal) -> int:
    """A disk on which nothing more has a place; the number of the last entry."""
    fill_disk(terminal)
    use_up(terminal)
    return terminal.snapshot.head


def open_calls(terminal: Terminal) -> list[Call]:
    """The calls that stand."""
    return [entity for entity in terminal.snapshot.entities if isinstance(entity, Call)]


def line() -> Line:
    """A line with reasons and an input module."""
    return andon_line(devices=(IO,))


def test_a_call_by_touch_by_scan_and_by_contact_stands_though_the_disk_is_full(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line()) as terminal:
        head = full(terminal)
        touched = terminal.do(c.RaiseCall(station="saw", reason="material"))
        scan = c.ReadSignal(station="saw", device="gun", text=call_code(terminal.snapshot.line.id, "quality"))
        scanned = terminal.do(scan)
        terminal.do(ReadContact(station="saw", device="io", input="cord", active=True))
        stopped = terminal.do(c.RaiseCall(station="drill", reason=""))
        assert [call.reason for call in open_calls(terminal)] == ["material", "quality", "tool", ""]
        assert [outcome.kind for outcome in (touched, scanned, stopped)] == ["call_raised"] * 3
        for outcome in (touched, scanned, stopped):
            assert str(outcome.remedy).startswith("Not recorded yet.")
        part = store_health(terminal.snapshot)
        assert part is not None
        assert (part.condition, part.counts) == (Condition.TROUBLE, {"not_recorded": 5})
        assert len(events(tmp_path)) == head


def test_what_is_owed_is_written_in_its_order_when_there_is_space_again(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, line()) as terminal:
        head = full(terminal)
        terminal.do(c.RaiseCall(station="saw", reason="material"))
        (call,) = open_calls(terminal)
        clock.advance(61)
        terminal.do(c.AcknowledgeCall(station="saw", call=call.id))
        terminal.do(c.ClearCall(station="saw", call=call.id))
        assert open_calls(terminal) == []
        free_disk(terminal)
        clock.advance(2)
        terminal.on_engine(lambda: None)
        assert terminal.scan("long", 1, "assembly").kind == "card_withdrawn"
        written = [type(row.event) for row in rows(tmp_path) if row.n > head]
        assert written[0] is CallRaised
        assert written.index(CallStopped) < written.index(CallCleared)
        part = store_health(terminal.snapshot)
        assert part is not None
        assert part.condition is Condition.UP
        verdict = next(b.verdict for b in Shop(terminal.snapshot.line, terminal.snapshot.entities).books.values())
        assert verdict is not None
        assert "unrecorded" not in verdict.args
    assert {type(e): e for e in fold(rows(tmp_path)) if isinstance(e, Call)} == {}
    assert [row.n for row in rows(tmp_path)] == list(range(1, len(rows(tmp_path)) + 1))
    assert stored(tmp_path)


def test_a_second_tap_with_the_same_id_is_one_call(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line()) as terminal:
        full(terminal)
        raising = c.RaiseCall(station="saw", reason="material")
        first = terminal.do(raising, command_id="tap-1")
        again = terminal.do(raising, command_id="tap-1")
        assert (again.kind, again.n) == ("repeated_command", first.n)
        assert len(open_calls(terminal)) == 1


def test_a_second_press_is_told_what_is_so_and_owes_nothing(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, line()) as terminal:
        full(terminal)
        scan = c.ReadSignal(station="saw", device="gun", text=call_code(terminal.snapshot.line.id, "quality"))
        terminal.do(scan)
        terminal.do(c.RaiseCall(station="saw", reason="material"))
        before = terminal.snapshot.head
        at_once = terminal.do(scan)
        clock.advance(12)
        later = [terminal.do(scan), terminal.do(c.RaiseCall(station="saw", reason="material"))]
        nobody = terminal.do(c.ClearCall(station="drill"))
        for outcome in (at_once, *later, nobody):
            assert (outcome.n, outcome.kind) == (0, "not_recorded")
            assert "Scan again" not in str(outcome.remedy)
        assert all(str(outcome.words).startswith("Already called 0:12 ago") for outcome in later), later
        assert str(nobody.words) == "No open call at drill"
        assert terminal.snapshot.head == before
        part = store_health(terminal.snapshot)
        assert part is not None
        assert part.counts == {"not_recorded": 2}


def test_a_card_that_would_be_refused_is_scanned_again(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line()) as terminal:
        full(terminal)
        answer = terminal.scan("long", 99, "assembly")
        assert (answer.kind, answer.refusal) == ("not_recorded", None)
        assert str(answer.remedy).startswith("Scan again.")


def test_a_scan_of_a_card_is_still_refused_while_calls_are_owed(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line()) as terminal:
        full(terminal)
        terminal.do(c.RaiseCall(station="saw", reason="material"))
        before = terminal.snapshot.head
        assert terminal.scan("long", 1, "assembly").kind == "not_recorded"
        assert terminal.snapshot.head == before


def test_a_call_stands_though_something_else_is_due_that_the_disk_does_not_take(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, line()) as terminal:
        from_us = clock.now().at_us + 60 * US_PER_S
        terminal.do(c.PlanChange(station="saw", loop="long", quantity=7, from_day="2026-01-06", from_us=from_us))
        full(terminal)
        clock.advance(120)
        assert terminal.do(c.RaiseCall(station="saw", reason="material")).kind == "call_raised"
        assert [call.reason for call in open_calls(terminal)] == ["material"]
        free_disk(terminal)
        clock.advance(2)
        terminal.on_engine(lambda: None)
        assert terminal.scan("long", 1, "assembly").kind == "card_withdrawn"
    kinds = [type(event) for event in events(tmp_path)]
    assert kinds.count(CallRaised) == 1
    assert ChangeApplied in kinds


def test_a_contact_that_says_the_same_again_is_no_second_entry(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line()) as terminal:
        contact = ReadContact(station="saw", device="io", input="cord", active=True)
        terminal.do(contact)
        terminal.do(contact)
        assert [type(row.event) for row in rows(tmp_path)].count(ContactChanged) == 1


class FullFromTheStart(SqliteJournal):
    """A journal whose file may not grow from the moment it is opened."""

    def open(self) -> Opened:
        """Open it, and let the disk be full."""
        opened = super().open()
        assert self._conn is not None
        (pages,) = self._conn.execute("PRAGMA page_count").fetchone()
        self._conn.execute(f"PRAGMA max_page_count={pages}")
        return opened


def test_a_terminal_that_starts_on_a_full_disk_takes_calls(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, line()) as terminal:
        from_us = clock.now().at_us + 60 * US_PER_S
        terminal.do(c.PlanChange(station="saw", loop="long", quantity=7, from_day="2026-01-06", from_us=from_us))
        full(terminal)
    before = len(events(tmp_path))
    clock.advance(60)  # something is due by then that the disk does not take, either
    with running(tmp_path, clock, journal=FullFromTheStart(tmp_path, "t1")) as terminal:
        assert terminal.do(c.RaiseCall(station="saw", reason="material")).kind == "call_raised"
        assert len(open_calls(terminal)) == 1
        part = store_health(terminal.snapshot)
        assert part is not None
        assert part.counts["not_recorded"] in {1, 2}, "the start itself may fit on a page that is begun"
        free_disk(terminal)
        terminal.clock.advance(2)
        assert terminal.scan("long", 1, "assembly").kind == "card_withdrawn"
    assert len(events(tmp_path)) > before + 2


def test_a_rule_calls_though_the_disk_is_full_and_signs_of_life_fail(tmp_path: Path) -> None:
    clock = ManualClock()
    cards = next(loop.cards for loop in line().loops if loop.id == "long")
    red = Watch(kind=WatchKind.RED_LOOP, loop="long", red=cards - 1, after_s=10)
    watched = replace(line(), watches=(red,), andon=AndonPolicy(guard_s=0))
    with running(tmp_path, clock, watched, stations=tuple(s.id for s in watched.stations)) as terminal:
        terminal.scan("long", 1, "assembly")
        full(terminal)
        terminal.do(c.RaiseCall(station="saw", reason="material"))
        for _ in range(15):
            clock.advance(1)
            terminal.on_engine(lambda: None)
        assert [call.reason for call in open_calls(terminal)] == ["material", rule_reason(WatchKind.RED_LOOP)]
