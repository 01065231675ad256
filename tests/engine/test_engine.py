"""The one writer on a real journal: one entry a frame, ids, order of commit and publishing, listeners, line files."""

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codec import entity_id
from shopfloor.core.codes import card_code
from shopfloor.core.entities import is_gone
from shopfloor.core.events import (
    CardCirculated,
    CardStarted,
    CardWithdrawn,
    LineChanged,
    SignalEvent,
    TerminalStarted,
    TerminalStopped,
)
from shopfloor.core.evolve import fold
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Device, DeviceKind, LoopKind
from shopfloor.core.state import Card, Entity
from shopfloor.core.update import Outcome, Snapshot, Update
from shopfloor.engine.publisher import LISTENERS_MAX
from shopfloor.store.history import SqliteHistory
from shopfloor.trouble import DataFolderBusy
from tests.helpers.kinds import line_of
from tests.helpers.logfail import LogGuard
from tests.helpers.routes import long_line, with_loop
from tests.helpers.scale import scaled
from tests.helpers.terminal import WAIT_S_MAX, Ear, Terminal, events, rows, running, stored

FRAMES = scaled(100, 1_000)  # of each of three scanners
WAITING_MAX = 50  # a scanner's frames in the inbox: a port would hold the rest back


def test_every_frame_of_three_scanners_is_one_entry(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        head = terminal.snapshot.head
        scanners = [threading.Thread(target=_scan_much, args=(terminal, f"gun-{i}", i)) for i in range(3)]
        for scanner in scanners:
            scanner.start()
        for scanner in scanners:
            scanner.join(WAIT_S_MAX)
        signals = [row for row in rows(tmp_path) if row.n > head and isinstance(row.event, SignalEvent)]
    assert len(signals) == 3 * FRAMES
    for i in range(3):
        codes = [getattr(row.event, "code", "") for row in signals if getattr(row.event, "device", "") == f"gun-{i}"]
        assert codes == [_frame(i, k) for k in range(FRAMES)]
    assert [row.n for row in rows(tmp_path)] == list(range(1, len(rows(tmp_path)) + 1))
    assert {(type(e).__name__, entity_id(e)): e for e in fold(rows(tmp_path))} == stored(tmp_path)


def _scan_much(terminal: Terminal, device: str, i: int) -> None:
    room = threading.Semaphore(WAITING_MAX)
    for k in range(FRAMES):
        assert room.acquire(timeout=WAIT_S_MAX)
        terminal.clock.advance(0.3)
        signal = c.ReadSignal(station=("saw", "mill", "assembly")[k % 3], device=device, text=_frame(i, k))
        assert terminal.engine.submit(signal, terminal.clock.now(), reply=lambda _: room.release())
    for _ in range(WAITING_MAX):
        assert room.acquire(timeout=WAIT_S_MAX)


def _frame(i: int, k: int) -> str:
    return f"X{i}-{k}" if k % 5 == 4 else card_code("long", "long", 1 + (i + k) % 4, 1)


def test_a_command_with_an_id_happens_once(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        step = c.StepCard(station="assembly", card="long-01")
        first = terminal.do(step, command_id="touch-1")
        again = terminal.do(step, command_id="touch-1")
        assert (first.kind, again.kind, again.n) == ("card_withdrawn", "repeated_command", first.n)
    with running(tmp_path, clock) as terminal:
        assert terminal.do(step, command_id="touch-1").n == first.n
        assert terminal.do(step, command_id="touch-2").kind == "scan_refused"
    assert sum(isinstance(event, CardWithdrawn) for event in events(tmp_path)) == 1


def test_the_scan_that_completes_a_lot_is_answered_and_commits_with_it(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line_of(LoopKind.SIGNAL, lot=2)) as terminal:
        terminal.scan("x", 1, "assembly")
        terminal.ear.rest.clear()
        answer = terminal.scan("x", 2, "assembly")
        update = terminal.ear.until(lambda heard: isinstance(heard, Update) and heard.outcome == answer)
    assert (answer.kind, answer.card) == ("card_withdrawn", "x-02")
    assert isinstance(update, Update)
    assert [recorded.event.kind for recorded in update.events] == ["card_withdrawn", "lot_released"]


def test_extra_cards_asked_for_with_an_id_are_issued_once(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), line_of()) as terminal:
        issue = c.IssueCards(station="press", loop="x", count=2, reason="peak")
        assert terminal.do(issue, command_id="issue-1").kind == "cards_issued"
        assert terminal.do(issue, command_id="issue-1").kind == "repeated_command"
        assert sum(isinstance(entity, Card) for entity in terminal.snapshot.entities) == 3 + 2


def test_a_refused_command_with_an_id_is_answered_once_too(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        step = c.StepCard(station="saw", card="long-01")
        first = terminal.do(step, command_id="touch-1")
        assert first.refusal is not None
        assert terminal.do(step, command_id="touch-1").n == first.n


def test_what_is_published_is_in_the_journal(tmp_path: Path) -> None:
    late: list[int] = []
    with running(tmp_path, ManualClock(), long_line()) as terminal, SqliteHistory(tmp_path) as history:

        def look(heard: Snapshot | Update) -> None:
            if isinstance(heard, Update):
                late.extend(row.n for row in heard.events if row not in history.events(after=row.n - 1, limit=1))

        end = terminal.engine.listen(look)
        for number in range(1, 5):
            assert terminal.scan("long", number, "assembly").n
        end()
    assert late == []


def test_the_outcome_says_what_the_strip_says(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        outcome = terminal.scan("long", 1, "saw")
    assert outcome.refusal is not None
    assert (outcome.kind, outcome.station, outcome.card, outcome.device) == ("scan_refused", "saw", "long-01", "gun")
    assert outcome.refusal.rule == "no_pull_signal"
    assert str(outcome.words) == "A 1: not started. It is full, nobody has taken it."
    assert str(outcome.remedy) == "Nothing is made until Assembly takes it."


def test_a_listener_gets_a_snapshot_and_every_update_after_it_while_scans_rain(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        scanner = threading.Thread(target=_scan_much, args=(terminal, "gun-0", 0))
        scanner.start()
        ears = []
        for _ in range(LISTENERS_MAX - 2):
            ears.append(Ear())
            terminal.engine.listen(ears[-1])
        scanner.join(WAIT_S_MAX)
        final = terminal.snapshot
        for ear in ears:
            first, *updates = ear.rest
            assert isinstance(first, Snapshot)
            numbers = [row.n for update in updates if isinstance(update, Update) for row in update.events]
            assert numbers == list(range(first.head + 1, final.head + 1))
            assert _built(first, updates) == {(type(e), entity_id(e)): e for e in final.entities}


def _built(first: Snapshot, updates: list[Snapshot | Update]) -> dict[tuple[type, str], Entity]:
    entities = {(type(entity), entity_id(entity)): entity for entity in first.entities}
    for update in updates:
        for entity in update.changed if isinstance(update, Update) else ():
            entities[type(entity), entity_id(entity)] = entity
    return {key: entity for key, entity in entities.items() if not is_gone(entity)}


def test_a_listener_that_ended_hears_nothing_more(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        ear = Ear()
        end = terminal.engine.listen(ear)
        ear.until(lambda heard: isinstance(heard, Snapshot))
        end()
        end()
        terminal.scan("long", 1, "assembly")
        assert ear.rest == []


def test_health_is_told_and_is_in_the_next_snapshot(tmp_path: Path) -> None:
    part = Health(id="gun-1", kind="scanner", condition=Condition.LOST, since_us=5, detail="unplugged")
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        terminal.engine.report([part])
        terminal.ear.until(lambda heard: isinstance(heard, Update) and part in heard.health)
        assert part in terminal.snapshot.health


def test_history_is_answered_while_the_engine_writes(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        terminal.scan("short", 1, "assembly")
        terminal.scan("short", 1, "saw")
        terminal.scan("short", 1, "saw", after_s=50)
        last = terminal.engine.ask(lambda history: list(history.events())[-1]).result(WAIT_S_MAX)
        assert last.n == terminal.snapshot.head
        (row,) = terminal.engine.figures("cycle", "saw", 10).result(WAIT_S_MAX)
        assert (row.series, row.key, row.n) == ("cycle", "saw", last.n)


def test_a_start_and_an_end_are_events(tmp_path: Path) -> None:
    clock = ManualClock()
    for _ in range(2):
        with running(tmp_path, clock, long_line()):
            pass
    found = [event for event in events(tmp_path) if not isinstance(event, CardCirculated)]
    kinds = [type(event) for event in found]
    assert kinds == [TerminalStarted, LineChanged, TerminalStopped, TerminalStarted, TerminalStopped]


def test_what_waits_is_done_before_the_end(tmp_path: Path) -> None:
    clock = ManualClock()
    outcomes: list[Outcome] = []
    with running(tmp_path, clock, long_line()) as terminal:
        for k in range(50):
            signal = c.ReadSignal(station="saw", device="gun", text=f"NOTHING-{k}")
            terminal.engine.submit(signal, clock.now(), reply=outcomes.append)
    assert len(outcomes) == 50
    assert isinstance(events(tmp_path)[-1], TerminalStopped)
    assert not terminal.engine.submit(signal, clock.now())


def test_a_second_terminal_on_the_same_folder_says_who_has_it(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        other = Terminal(tmp_path, clock, None)
        with pytest.raises(DataFolderBusy):
            other.engine.wait_ready(WAIT_S_MAX)
        other.engine.stop()
        assert terminal.scan("long", 1, "assembly").kind == "card_withdrawn"


def test_a_step_of_the_process_before_is_not_done_again(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        terminal.scan("long", 1, "assembly")
        assert terminal.scan("long", 1, "saw").kind == "card_started"
    clock.reboot("boot-2", after_s=20)
    with running(tmp_path, clock) as terminal:
        assert terminal.scan("long", 1, "saw").kind == "scan_repeated"
        clock.advance(30)
        assert terminal.scan("long", 1, "saw").kind == "card_finished"


# Line files.


def test_a_line_file_refused_at_the_start_leaves_the_last_good_one_and_says_so(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        terminal.scan("long", 1, "assembly")
        terminal.scan("long", 1, "saw")
    bad = replace(long_line(), loops=long_line().loops[1:])
    with running(tmp_path, clock, bad) as terminal:
        snapshot = terminal.snapshot
        assert snapshot.line == long_line()
        (part,) = (part for part in snapshot.health if part.id == "line-file")
        assert part.condition is Condition.TROUBLE
        assert "long-01" in part.detail
        assert "last good line file" in part.remedy
        clock.advance(40)
        assert terminal.scan("long", 1, "saw").kind == "card_finished"


def test_a_line_file_that_changes_while_it_runs_is_told_with_its_cards(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        more = with_loop(long_line(), "long", cards=6)
        terminal.do(c.ChangeLine(line=more))
        heard = terminal.ear.until(lambda x: isinstance(x, Update) and x.line is not None)
        assert isinstance(heard, Update)
        assert heard.line == more
        assert [row.event.kind for row in heard.events] == ["line_changed", "card_circulated", "card_circulated"]
        bad = terminal.do(c.ChangeLine(line=replace(more, id="other")))
        assert bad.refusal is not None
        assert (bad.n, bad.refusal.rule, bad.kind) == (0, "line_file", "refused")
        assert terminal.snapshot.line == more
        terminal.do(c.ChangeLine(line=long_line()))
        (part,) = (part for part in terminal.snapshot.health if part.id == "line-file")
        assert part.condition is Condition.UP


# Faults of the program.


def test_a_fault_in_a_rule_is_told_and_takes_nothing_away(tmp_path: Path, expect_log: LogGuard) -> None:
    expect_log("a command was dropped by a fault of the program")
    box = Device(id="box", kind=DeviceKind.BUTTONS, port="virtual", station="saw", map={"B1": "dance"})
    with running(tmp_path, ManualClock(), replace(long_line(), devices=(box,))) as terminal:
        before = terminal.snapshot
        press = c.ReadSignal(station="saw", device="box", text="B1", signal=c.SignalKind.BUTTON)
        outcome = terminal.do(press)
        assert (outcome.kind, outcome.n) == ("not_recorded", 0)
        assert "ValueError" in str(outcome.words)
        after = terminal.snapshot
        assert (after.entities, after.head) == (before.entities, before.head)
        assert terminal.do(c.RaiseCall(station="saw")).kind == "call_raised"


def test_a_listener_that_fails_does_not_make_a_recorded_scan_unrecorded(tmp_path: Path, expect_log: LogGuard) -> None:
    expect_log("a command was dropped by a fault of the program")

    def broken(heard: Snapshot | Update) -> None:
        if isinstance(heard, Update) and any(isinstance(row.event, CardWithdrawn) for row in heard.events):
            raise ValueError("a screen with a fault")

    with running(tmp_path, ManualClock(), long_line()) as terminal:
        end = terminal.engine.listen(broken)
        terminal.clock.advance(2)
        signal = c.ReadSignal(station="assembly", device="gun", text=card_code("long", "long", 1, 1))
        assert terminal.engine.submit(signal, terminal.clock.now())
        end_of_it = terminal.scan("long", 1, "saw")
        end()
        assert end_of_it.kind == "card_started"
        told = [heard.outcome for heard in terminal.ear.rest if isinstance(heard, Update) and heard.outcome]
    assert "not_recorded" not in [outcome.kind for outcome in told]
    assert sum(isinstance(event, CardStarted) for event in events(tmp_path)) == 1


def test_a_noisy_port_leaves_time_for_a_sign_of_life(tmp_path: Path) -> None:
    clock = ManualClock()
    noise = Health(id="gun", kind="scanner", condition=Condition.UP, since_us=0)
    with running(tmp_path, clock, long_line()) as terminal, SqliteHistory(tmp_path) as history:
        terminal.ear.until(lambda heard: isinstance(heard, Snapshot))
        for k in range(20):
            clock.advance(0.5)
            terminal.engine.report([replace(noise, counts={"bytes": k})])
            terminal.ear.until(lambda heard: bool(heard.health))
        assert clock.now().at_us - history.alive_us() < 2_000_000


def test_an_answer_to_a_window_that_is_gone_harms_nobody(tmp_path: Path) -> None:
    def gone(_: Outcome) -> None:
        raise RuntimeError("Internal C++ object already deleted.")

    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        call = c.RaiseCall(station="saw")
        assert terminal.engine.submit(call, clock.now(), reply=gone)
        assert terminal.scan("long", 1, "assembly").kind == "card_withdrawn"


def test_a_fault_in_what_is_due_does_not_take_the_stop_button_away(tmp_path: Path, expect_log: LogGuard) -> None:
    line, clock = line_of(LoopKind.SUPPLIER, response_s=60, start="empty"), ManualClock()
    nowhere = replace(line, loops=tuple(replace(loop, route=()) for loop in line.loops))  # no line file may say so
    expect_log("fault of the program")
    with running(tmp_path, clock, nowhere) as terminal:
        clock.advance(61)
        assert terminal.do(c.RaiseCall(station="press")).kind == "call_raised"


def test_an_end_in_the_middle_of_a_burst_is_recorded_too(tmp_path: Path) -> None:
    clock, full = ManualClock(), threading.Event()
    with running(tmp_path, clock, long_line()) as terminal:
        inbox = terminal.engine._inbox

        def fill(_: Outcome) -> None:
            while terminal.engine.submit(
                c.ReadSignal(station="saw", device="gun", text=f"X-{len(inbox)}"), clock.now()
            ):
                pass
            full.set()
            while terminal.engine.alive and not inbox._closed:
                clock.wait(threading.Event(), 0)

        assert terminal.engine.submit(c.RaiseCall(station="saw"), clock.now(), reply=fill)
        assert full.wait(WAIT_S_MAX)
    assert isinstance(events(tmp_path)[-1], TerminalStopped)
