"""Whoever reads beside a terminal: nothing is missed, a replaced journal is followed, a silent terminal is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import CardWithdrawn, TerminalStopped
from shopfloor.core.health import Condition
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, Card, CardState
from shopfloor.core.state_hash import state_hash
from shopfloor.core.update import Snapshot, Update
from shopfloor.engine.follower import SILENT_US, TERMINAL, Follower
from shopfloor.store.history import SqliteHistory
from tests.helpers.kinds import line_of
from tests.helpers.line_pair import Pair, exchange, pair
from tests.helpers.line_yard import Yard
from tests.helpers.routes import long_line
from tests.helpers.terminal import Ear, running

US_PER_S = 1_000_000


class Restless(ManualClock):
    """A clock whose waits are over at once, whatever time it is."""

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        del timeout_s
        return event.wait(0.005)


@contextmanager
def following(folder: Path, clock: ManualClock) -> Iterator[Follower]:
    follower = Follower(lambda: SqliteHistory(folder), clock)
    follower.start()
    try:
        yield follower
    finally:
        follower.stop()


def terminal_is(heard: Snapshot | Update) -> Condition | None:
    return next((part.condition for part in heard.health if part.id == TERMINAL), None)


def states(snapshot: Snapshot | Update) -> dict[str, CardState]:
    assert isinstance(snapshot, Snapshot)
    return {card.id: card.state for card in snapshot.entities if isinstance(card, Card)}


def test_a_listener_hears_the_snapshot_and_then_what_happens(tmp_path: Path) -> None:
    clock, ear = Restless(), Ear()
    with running(tmp_path, clock, long_line()) as terminal, following(tmp_path, clock) as follower:
        follower.listen(ear)
        assert states(ear.next())["long-01"] is CardState.FULL
        terminal.scan("long", 1, "assembly")
        heard = ear.until(lambda heard: isinstance(heard, Update) and bool(heard.events))
    assert isinstance(heard, Update)
    assert [card.state for card in heard.changed if isinstance(card, Card)] == [CardState.EMPTY]


def test_what_happens_while_the_folder_is_away_is_not_missed(tmp_path: Path) -> None:
    clock, ear, folder = Restless(), Ear(), tmp_path / "data"
    with running(folder, clock, long_line()) as terminal, following(folder, clock) as follower:
        follower.listen(ear)
        ear.next()
        folder.rename(tmp_path / "away")
        ear.until(lambda heard: terminal_is(heard) is Condition.LOST)
        terminal.scan("long", 1, "assembly")
        (tmp_path / "away").rename(folder)
        back = ear.until(lambda heard: isinstance(heard, Snapshot))
        assert states(back)["long-01"] is CardState.EMPTY


def test_a_journal_that_takes_the_place_of_another_is_followed(tmp_path: Path) -> None:
    clock, ear = Restless(), Ear()
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, line in ((old, long_line()), (new, line_of())):
        with running(folder, clock, line):
            pass
    with following(old, clock) as follower:
        follower.listen(ear)
        assert "long-01" in states(ear.next())
        (new / "journal.db").replace(old / "journal.db")
        assert set(states(ear.until(lambda heard: isinstance(heard, Snapshot)))) == {"x-01", "x-02", "x-03"}


def test_a_listener_that_ended_before_it_began_hears_nothing(tmp_path: Path) -> None:
    clock, early, late = Restless(), Ear(), Ear()
    with running(tmp_path, clock, long_line()):
        follower = Follower(lambda: SqliteHistory(tmp_path), clock)
        follower.listen(early)()
        follower.listen(late)
        follower.start()
        late.next()
        follower.stop()
    assert early.rest == []


def test_a_terminal_that_ends_is_silent_though_its_time_was_ahead(tmp_path: Path) -> None:
    clock, ear, late = Restless(), Ear(), Ear()
    with following(tmp_path, clock) as follower:
        follower.listen(ear)
        with running(tmp_path, clock, long_line()) as terminal:
            ear.until(lambda heard: terminal_is(heard) is Condition.UP)
            clock.step_wall(3600)
            terminal.scan("long", 1, "assembly")
            clock.step_wall(-3600)
        ear.event(TerminalStopped)
        follower.listen(late)
        late.next()  # at the end of a round: the last sign of life has been seen
        clock.advance(SILENT_US / US_PER_S + 1)
        ear.until(lambda heard: terminal_is(heard) is Condition.LOST)


def test_a_terminal_that_ended_long_ago_is_silent_at_once(tmp_path: Path) -> None:
    clock, ear = Restless(), Ear()
    with running(tmp_path, clock, long_line()):
        pass
    clock.advance(60)
    with following(tmp_path, clock) as follower:
        follower.listen(ear)
        assert terminal_is(ear.next()) is Condition.LOST


class Screen:
    """The line as a window keeps it by what it hears."""

    def __init__(self) -> None:
        self.ear, self.shop = Ear(), Shop()

    def comes_to(self, wanted: str) -> bool:
        """Take what is heard until that is what is so; the ear fails where it never is."""
        while state_hash(self.shop.entities()) != wanted:
            heard = self.ear.next()
            if isinstance(heard, Snapshot):
                self.shop = Shop(heard.line, heard.entities)
            else:
                self.shop.put(heard.changed)
        return True


def test_a_screen_beside_shows_what_its_terminal_shows_however_late_others_events_come(tmp_path: Path) -> None:
    with pair(tmp_path, Restless()) as two, following(tmp_path / "one", two.clock) as follower:
        exchange(two)
        beside, inside = Screen(), Screen()
        follower.listen(beside.ear)
        two.terminals[0].engine.listen(inside.ear)
        for work in (_in_time, _late, _late_end_of_a_call):
            work(two)
            exchange(two)
            (wanted,) = two.hashes()
            assert inside.comes_to(wanted), work.__name__
            assert beside.comes_to(wanted), work.__name__


def _in_time(two: Pair) -> None:
    two.terminals[1].scan("long", 1, "assembly")


def _late(two: Pair) -> None:
    two.terminals[1].scan("long", 1, "saw", after_s=5)
    two.terminals[0].do(c.RaiseCall(station="saw", reason="material"))
    two.terminals[1].scan("long", 1, "saw", after_s=20)


def _late_end_of_a_call(two: Pair) -> None:
    call = next(iter(entity for entity in two.terminals[1].snapshot.entities if isinstance(entity, Call)))
    two.clock.advance(5)
    two.terminals[1].do(c.ClearCall(station="saw", call=call.id))
    two.clock.advance(5)
    two.terminals[0].scan("long", 2, "assembly")


def test_what_is_found_late_has_its_figures_read_again(tmp_path: Path) -> None:
    with pair(tmp_path, Restless()) as two, following(tmp_path / "one", two.clock) as follower:
        exchange(two)
        ear = Ear()
        follower.listen(ear)
        ear.next()
        two.terminals[1].scan("long", 1, "assembly")
        exchange(two)
        assert ear.event(CardWithdrawn).card == "long-01"
        two.terminals[1].scan("long", 1, "saw", after_s=5)
        two.terminals[1].scan("long", 1, "saw", after_s=60)
        two.terminals[0].scan("long", 2, "assembly")
        assert ear.event(CardWithdrawn).card == "long-02"  # it is known here before the others are
        exchange(two)
        late = ear.until(lambda heard: isinstance(heard, Update) and heard.refigured)
        assert isinstance(late, Update)
        assert [r.event.kind for r in late.events if r.origin.startswith("two")] == ["card_started", "card_finished"]


def test_more_than_is_told_of_makes_the_mirror_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopfloor.engine.follower.EVENTS_MAX", 3)
    with pair(tmp_path, Restless()) as two, following(tmp_path / "one", two.clock) as follower:
        exchange(two)
        screen = Screen()
        follower.listen(screen.ear)
        for number in (1, 2, 3, 4):
            two.terminals[1].scan("long", number, "assembly")
        two.terminals[0].scan("long", 5, "assembly")
        exchange(two)
        assert screen.comes_to(two.hashes().pop())


def test_what_is_stored_and_not_folded_in_yet_is_not_shown_before_its_terminal_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pair(tmp_path, Restless()) as two, following(tmp_path / "one", two.clock) as follower:
        exchange(two)
        screen = Screen()
        follower.listen(screen.ear)
        monkeypatch.setattr("shopfloor.engine.desk.DIRECT_EVENTS_MAX", 0)
        for number in (1, 2, 3):
            two.terminals[1].scan("long", number, "assembly")
        two.terminals[0].scan("long", 4, "assembly")
        assert screen.comes_to(state_hash(two.terminals[0].snapshot.entities))
        exchange(two)
        two.terminals[0].scan("long", 5, "assembly")
        exchange(two)
        while len(two.hashes()) > 1:  # what waits is folded in when there is time for it
            threading.Event().wait(0.01)
        assert screen.comes_to(two.hashes().pop())


def test_a_terminal_that_began_anew_is_followed(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    try:
        yard.clock.__class__ = Restless
        assert yard.scan("two", "long", 1, "assembly").kind == "card_withdrawn"
        yard.settle()
        yard.copy("one", "safe")
        assert yard.scan("one", "long", 1, "saw").kind == "card_started"
        yard.settle()
        yard.put_back("one", "safe")
        with following(yard.disk("one"), yard.clock) as follower:
            screen = Screen()
            follower.listen(screen.ear)
            assert yard.scan("one", "ring", 1, "saw").kind == "card_started"
            before = yard.origin("one")
            yard.settle()
            assert yard.origin("one") != before
            assert screen.comes_to(state_hash(yard.at["one"].snapshot.entities))
    finally:
        yard.close()
