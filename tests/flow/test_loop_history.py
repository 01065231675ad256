"""Turns of cards out of journals whose every second is known."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import ClockStepped
from shopfloor.core.line import Consume, Line
from shopfloor.core.moment import Moment
from shopfloor.core.state import CardState
from shopfloor.flow import loop_history
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import IN_STORE, Flaw, LoopHistory, between
from shopfloor.flow.loop_history import LoopReader, read_loops
from shopfloor.flow.replay import recorded, replay
from tests.helpers.desk import Desk
from tests.helpers.lines import a_line
from tests.helpers.loop_journals import LoopJournal, S, random_journal, shaft_line
from tests.helpers.plants import Crew, random_line
from tests.helpers.scale import scaled


def test_a_turn_has_every_stay_from_withdrawal_to_withdrawal() -> None:
    journal = LoopJournal()
    journal.scan(100, "housing", 1, "assembly")
    journal.scan(160, "housing", 1, "press")
    journal.scan(400, "housing", 1, "press")
    journal.scan(430, "housing", 1, "deburr")
    journal.scan(500, "housing", 1, "deburr")
    journal.scan(1100, "housing", 1, "assembly")
    (first, second) = journal.history("housing").cycles
    begin = journal.start_us
    assert [(s.state, s.step, (s.from_us - begin) // S, (s.to_us - begin) // S) for s in first.stays] == [
        (CardState.EMPTY, 0, 100, 160),
        (CardState.IN_PROCESS, 1, 160, 400),
        (CardState.QUEUED, 2, 400, 430),
        (CardState.IN_PROCESS, 2, 430, 500),
        (CardState.FULL, 0, 500, 1100),
    ]
    assert [(t - begin) // S for t in (first.began_us, first.full_us, first.ended_us)] == [100, 500, 1100]
    assert (first.flaws, second.full_us, second.ended_us) == (frozenset(), 0, 0)
    assert journal.events[first.full_n - 1].event.kind == "card_finished"
    assert journal.events[first.n - 1].event.kind == "card_withdrawn"


def test_an_undone_withdrawal_never_was() -> None:
    journal = LoopJournal(shaft_line())
    journal.turn(1, 100, 160, 400)
    before = journal.history()
    journal.scan(500, "shaft", 2, "assembly")
    journal.do(505, c.UndoStep(station="assembly"))
    after = journal.history()
    assert (after.cycles, after.moves, after.stays, after.undone) == (before.cycles, before.moves, before.stays, 1)
    assert after.now[1].from_us == before.now[1].from_us


def test_an_undone_finish_leaves_the_card_in_process_since_its_start() -> None:
    journal = LoopJournal(shaft_line())
    journal.scan(100, "shaft", 1, "assembly")
    journal.scan(160, "shaft", 1, "press")
    journal.scan(300, "shaft", 1, "press")
    journal.do(305, c.UndoStep(station="press"))
    journal.scan(400, "shaft", 1, "press")
    (turn,) = journal.history().cycles
    assert [(s.to_us - s.from_us) // S for s in turn.stays] == [60, 240]
    assert (turn.full_us - journal.start_us) // S == 400


def test_a_step_that_nobody_scanned_marks_the_turn_and_not_the_next() -> None:
    journal = LoopJournal(shaft_line())
    journal.scan(100, "shaft", 1, "assembly")
    journal.scan(160, "shaft", 1, "press")
    journal.scan(900, "shaft", 1, "assembly")  # the finish was forgotten
    journal.scan(960, "shaft", 1, "press")
    journal.scan(1000, "shaft", 1, "press")
    forgotten, clean = journal.history().cycles
    assert (forgotten.flaws, forgotten.full_us) == (frozenset({Flaw.INFERRED}), 0)
    assert (clean.flaws, (clean.full_us - clean.began_us) // S) == (frozenset(), 100)
    assert len(journal.history().withdrawals) == 2, "both withdrawals were scanned: they are demand"


def test_a_hold_a_loss_and_a_set_clock_are_known_of_the_turn() -> None:
    journal = LoopJournal(shaft_line())
    journal.scan(100, "shaft", 1, "assembly")
    journal.do(130, c.HoldCard(station="press", card="shaft-01", reason="burr"))
    journal.do(150, c.ReleaseCard(station="press", card="shaft-01"))
    journal.scan(160, "shaft", 1, "press")
    journal.scan(200, "shaft", 1, "press")
    journal.scan(300, "shaft", 2, "assembly")
    journal.do(310, c.LoseCard(station="press", card="shaft-02"))
    journal.do(320, c.FindCard(station="press", card="shaft-02", full=True))
    journal.scan(400, "shaft", 3, "assembly")
    journal.at(410).desk.record(ClockStepped(step_ms=60_000))
    journal.scan(420, "shaft", 3, "press")
    held, lost, stepped = journal.history().cycles
    assert [s.state for s in held.stays] == ["empty", "held", "empty", "in_process"]
    assert [set(turn.flaws) for turn in (held, lost, stepped)] == [set(), {Flaw.LOST}, {Flaw.CLOCK}]


def test_conwip_turns_end_and_begin_with_the_last_finish() -> None:
    journal = LoopJournal(a_line())
    for second, station in ((10, "deburr"), (20, "deburr"), (30, "assembly"), (50, "assembly"), (70, "deburr")):
        journal.scan(second, "kit", 1, station)
    journal.scan(80, "kit", 1, "deburr")
    journal.scan(90, "kit", 1, "assembly")
    journal.scan(100, "kit", 1, "assembly")
    first, second_turn = journal.history("kit").cycles
    assert [(t - journal.start_us) // S for t in (first.began_us, first.full_us, first.ended_us)] == [50, 100, 100]
    assert second_turn.full_us == 0
    assert journal.history("kit").moves == ()


def test_changes_of_the_number_of_cards_are_kept() -> None:
    journal = LoopJournal(shaft_line(3))
    journal.do(50, c.ChangeLine(line=shaft_line(5)))
    journal.do(60, c.ChangeLine(line=shaft_line(5, quantity=12)))
    (change,) = journal.history().changes
    assert (change.before, change.after, (change.at_us - journal.start_us) // S) == (3, 5, 50)
    assert journal.history().circulated == 5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_stays_follow_each_other_and_the_store_is_what_the_cards_say(seed: int) -> None:
    journal = random_journal(seed, steps=120)
    history = journal.history()
    for turn in history.cycles:
        if turn.stays:
            assert turn.stays[0].from_us == turn.began_us
            for one, following in zip(turn.stays, turn.stays[1:], strict=False):
                assert one.to_us == following.from_us
            if turn.ended_us:
                assert turn.stays[-1].to_us == turn.ended_us
    cards = journal.desk.shop.of_loop("shaft")
    assert history.level + sum(m.change for m in history.moves) == sum(1 for card in cards if card.state in IN_STORE)
    assert Counter(s.state for s in history.now) == Counter(card.state for card in cards)
    assert history.circulated - history.retired == len(history.now)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 120), st.integers(0, 120))
def test_parts_of_a_history_add_up(seed: int, one: int, other: int) -> None:
    history = random_journal(seed, steps=100).history()
    length = history.to_us - history.from_us
    cuts = sorted(history.from_us + length * part // 120 for part in (one, other))
    parts = [between(history, a, b) for a, b in zip([0, *cuts], [*cuts, history.to_us + 1], strict=True)]
    assert [move for part in parts for move in part.moves] == list(history.moves)
    assert [c.n for part in parts for c in part.cycles] == [c.n for c in history.cycles]
    level = history.level
    for part in parts:
        assert part.level == level
        level += sum(move.change for move in part.moves)


def test_memory_is_bounded_and_the_store_still_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_history, "MOVES_MAX", 20)
    monkeypatch.setattr(loop_history, "CYCLES_MAX", 8)
    journal = random_journal(3, steps=400)
    history = journal.history()
    assert len(history.moves) <= 44
    assert len(history.cycles) <= 12
    full = sum(1 for card in journal.desk.shop.of_loop("shaft") if card.state in IN_STORE)
    assert history.level + sum(move.change for move in history.moves) == full
    assert all(move.at_us >= history.from_us for move in history.moves)


def test_what_is_read_piece_by_piece_is_the_same() -> None:
    journal = random_journal(11, steps=200)
    reader = LoopReader()
    for event in journal.events:
        reader.add(event)
        if event.n % 40 == 0:
            reader.history("shaft")
    assert reader.history("shaft") == journal.history()


def test_a_hundred_thousand_events_are_read_in_seconds() -> None:
    """The limit of a test is the time: a search that grew with what was read would not end."""
    piece = random_journal(5, steps=400).events
    span = piece[-1].moment.us - piece[0].moment.us + S
    reader = LoopReader()
    times = scaled(20_000, 100_000) // len(piece)
    for turn in range(times):
        for event in piece:
            moved = Moment(event.moment.us + turn * span, event.moment.count)
            reader.add(replace(event, n=event.n + turn * len(piece), moment=moved))
    assert len(reader.history("shaft").cycles) > 5_000 * times // 100


def test_the_window_ends_before_its_end() -> None:
    journal = LoopJournal(shaft_line())
    journal.turn(1, 100, 160, 400)
    history = read_loops(journal.events, until_us=journal.start_us + 400 * S).history("shaft")
    assert [c.full_us for c in history.cycles] == [0]
    assert history.to_us == journal.start_us + 160 * S


def _kind(**switches: object) -> Line:
    line = shaft_line(3)
    return replace(line, loops=(replace(line.loops[0], **switches),))


def test_a_container_on_its_way_is_not_in_the_store() -> None:
    journal = LoopJournal(_kind(transit=True))
    for second, station in ((10, "assembly"), (40, "press"), (100, "press"), (300, "assembly"), (900, "assembly")):
        journal.scan(second, "shaft", 1, station)
    turn = journal.history().cycles[0]
    assert [(s.state, (s.to_us - s.from_us) // S) for s in turn.stays] == [
        ("empty", 30), ("in_process", 60), ("in_transit", 200), ("full", 600),
    ]  # fmt: skip
    assert (turn.full_us - journal.start_us) // S == 300


def test_a_card_waits_for_its_lot_and_goes_back_with_an_undone_withdrawal() -> None:
    journal = LoopJournal(_kind(lot=2))
    journal.scan(10, "shaft", 1, "assembly")
    before = journal.history()
    journal.scan(110, "shaft", 2, "assembly")
    assert [stay.state for stay in journal.history().now] == ["empty", "empty", "full"]
    journal.do(113, c.UndoStep(station="assembly"))
    after = journal.history()
    assert (after.moves, [cycle.n for cycle in after.cycles]) == (before.moves, [cycle.n for cycle in before.cycles])
    assert (after.now[1], after.now[2]) == (before.now[1], before.now[2])
    journal.scan(200, "shaft", 2, "assembly")
    journal.scan(260, "shaft", 1, "press")
    journal.scan(300, "shaft", 1, "press")
    (first, second) = journal.history().cycles
    assert [(s.state, (s.to_us - s.from_us) // S) for s in first.stays][:1] == [("waiting", 100)]
    assert (second.began_us - journal.start_us) // S == 200


def test_a_container_in_use_is_still_in_the_store_until_its_last_piece() -> None:
    journal = LoopJournal(_kind(consume=Consume.PIECES))
    for second, pieces in ((10, 4), (20, 6), (50, 3)):
        journal.do(second, c.WithdrawPieces(station="assembly", loop="shaft", pieces=pieces))
    history = journal.history()
    later = [move for move in history.moves if move.at_us > journal.start_us]
    assert [((move.at_us - journal.start_us) // S, move.change) for move in later] == [(20, -1)]
    assert Counter(stay.state for stay in history.now) == {"empty": 1, "in_use": 1, "full": 1}


@pytest.mark.parametrize("seed", range(12))
def test_any_plant_is_read_to_the_same_stores_and_counts(seed: int) -> None:
    """Every kind of loop, line files that change, and people who do anything."""
    rng = random.Random(seed)
    desk, crew = Desk(random_line(rng)), Crew(rng)
    for _ in range(scaled(300, 2_000)):
        desk.clock.advance(rng.choice((0.2, 2, 30, 600)))
        desk.do(crew.command(desk.shop))
    reader = read_loops(desk.journal)
    for loop in desk.shop.line.loops:
        history = reader.history(loop.id)
        cards = [card for card in desk.shop.of_loop(loop.id) if card.state is not CardState.RETIRED]
        assert Counter(stay.state for stay in history.now) == Counter(card.state for card in cards)
        assert history.circulated - history.retired == len(cards)
        if loop.consumer is not None:
            full = sum(1 for card in cards if card.state in IN_STORE)
            assert history.level + sum(move.change for move in history.moves) == full
            assert recorded_and_replayed(history) == (True, 0)


def recorded_and_replayed(history: LoopHistory) -> tuple[bool, int]:
    """Whether a replay with no card more or less is the history, and how many withdrawals it let wait."""
    calendar = WorkCalendar(shaft_line())
    found, said = replay(history, calendar, 0), recorded(history, calendar)
    return (found.outages, found.full_mean) == (said.outages, said.full_mean), found.late
