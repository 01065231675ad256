"""A terminal whose disk was put back or copied goes on under a new name, with everything it told anybody."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core import commands as c
from shopfloor.core.commands_andon import SettleFinding
from shopfloor.core.events import Recorded, SignalEvent
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, CardState
from shopfloor.core.state_hash import state_hash
from shopfloor.core.state_line import Finding, FindingKind, Post
from shopfloor.core.update import Snapshot, Update
from shopfloor.engine.follower import Follower
from shopfloor.flow.digest import Cycle, Made, read_figures
from shopfloor.store.history import SqliteHistory
from tests.helpers.line_yard import Yard, work
from tests.helpers.scale import scaled
from tests.helpers.terminal import Ear

TICKS_MAX = 5


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    yard = Yard(tmp_path)
    yield yard
    yard.close()


def _events(yard: Yard) -> list[Recorded]:
    return [entry.recorded for entry in yard.line]


def _whole(yard: Yard) -> None:
    """All hold the same, every journal is whole, and no event is on the line twice."""
    for _ in range(TICKS_MAX):  # what fell due since the last look is on its way
        if len(yard.hashes()) == 1:
            break
        yard.settle()
    assert len(yard.hashes()) == 1
    assert yard.problems() == []
    events = _events(yard)
    assert len({(r.origin, r.n) for r in events}) == len(events)
    for origin in {r.origin for r in events}:
        numbers = [r.n for r in events if r.origin == origin]
        assert numbers == list(range(1, len(numbers) + 1)), origin


def _figures(yard: Yard, computer: str) -> list[tuple[int, str, Made | Cycle]]:
    """What was made and how long it took, but for what was taken back."""
    with SqliteHistory(yard.disk(computer)) as history:
        made, cycles = read_figures(history.digest("made"), Made), read_figures(history.digest("cycle"), Cycle)
    found: list[tuple[int, str, Made | Cycle]] = [(row.at_us, row.key, figure) for row, figure in made]
    found += [(row.at_us, row.key, figure) for row, figure in cycles]
    return sorted(found, key=repr)


def _findings(yard: Yard, computer: str) -> list[Finding]:
    found = [e for e in yard.at[computer].snapshot.entities if isinstance(e, Finding)]
    return [finding for finding in found if finding.kind is FindingKind.BEGUN_ANEW]


def test_a_disk_put_back_learns_what_it_forgot_and_keeps_what_it_did_since(yard: Yard) -> None:
    assert yard.scan("two", "long", 1, "assembly").kind == "card_withdrawn"
    yard.settle()
    yard.copy("one", "safe")
    assert yard.scan("one", "long", 1, "saw").kind == "card_started"
    yard.settle()
    before = yard.origin("one")
    yard.put_back("one", "safe")
    assert yard.card("one", "long-01").state is CardState.EMPTY, "it has forgotten"
    assert yard.scan("one", "ring", 1, "saw").kind == "card_started"
    assert yard.scan("two", "short", 1, "assembly").kind == "card_withdrawn"
    yard.settle()
    assert yard.origin("one") != before
    _whole(yard)
    assert [yard.card("one", card).state for card in ("long-01", "ring-01")] == [CardState.IN_PROCESS] * 2
    assert yard.scan("one", "long", 1, "saw").kind == "card_finished"
    yard.settle()
    _whole(yard)


def test_a_leader_sees_it_everywhere_and_settles_it(yard: Yard) -> None:
    yard.copy("one", "safe")
    yard.scan("one", "long", 1, "saw")
    yard.settle()
    yard.put_back("one", "safe")
    yard.settle()
    for computer in yard.at:
        (found,) = _findings(yard, computer)
        assert found.places == ("one",)
    yard.do("two", SettleFinding(station="wash", finding=found.id))
    yard.settle()
    assert [_findings(yard, computer) for computer in yard.at] == [[], []]


def test_its_stations_come_along(yard: Yard) -> None:
    yard.settle()
    yard.copy("one", "safe")
    yard.scan("one", "long", 1, "saw")
    yard.settle()
    yard.put_back("one", "safe")
    yard.settle()
    posts = {e.station: e.origin for e in yard.at["two"].snapshot.entities if isinstance(e, Post)}
    assert posts == {
        "saw": yard.origin("one"), "mill": yard.origin("one"),
        "wash": yard.origin("two"), "assembly": yard.origin("two"),
    }  # fmt: skip


def test_a_call_raised_on_the_copy_is_another_one_than_the_line_has_under_its_id(yard: Yard) -> None:
    yard.settle()
    yard.copy("one", "other")
    yard.start("other")
    assert yard.do("one", c.RaiseCall(station="saw", reason="material")).kind == "call_raised"
    yard.sync("one")
    assert yard.do("other", c.RaiseCall(station="mill", reason="tool")).kind == "call_raised"
    assert yard.do("other", c.AcknowledgeCall(station="mill")).kind == "call_acknowledged"
    calls = [next(iter(_calls(yard, computer))) for computer in ("one", "other")]
    assert calls[0].id == calls[1].id, "nobody could know better"
    ear = yard.at["other"].ear
    assert ear.rest
    yard.settle()
    _whole(yard)
    names = {call.id: call.reason for call in _calls(yard, "two")}
    new = yard.origin("other")
    assert sorted(names.values()) == ["material", "tool"]
    assert {name.rpartition("-")[0] for name in names} == {yard.origin("one"), new}
    (tool,) = (call for call in _calls(yard, "two") if call.reason == "tool")
    assert tool.acked_us, "what was said of it went with it"
    heard = next(news for news in ear.rest if isinstance(news, Snapshot))
    assert {e.id for e in heard.entities if isinstance(e, Call)} <= set(names), "whoever shows calls begins anew"


def _calls(yard: Yard, computer: str) -> list[Call]:
    return [e for e in yard.at[computer].snapshot.entities if isinstance(e, Call)]


@pytest.mark.parametrize("is_before", [True, False])
def test_a_step_of_before_or_after_the_copy_is_taken_back_on_it(yard: Yard, is_before: bool) -> None:
    yard.scan("two", "long", 1, "assembly")
    yard.settle()
    if is_before:
        yard.scan("one", "long", 1, "saw")
        yard.settle()
    yard.copy("one", "safe")
    yard.do("one", c.RaiseCall(station="saw", reason="material"))
    yard.settle()
    yard.put_back("one", "safe")
    if not is_before:
        assert yard.scan("one", "long", 1, "saw").kind == "card_started"
    assert yard.do("one", c.UndoStep(station="saw"), after_s=1.0).kind == "step_undone"
    yard.settle()
    _whole(yard)
    assert yard.card("two", "long-01").state is CardState.EMPTY
    assert yard.scan("one", "long", 1, "saw").kind == "card_started"
    assert yard.do("one", c.UndoStep(station="saw"), after_s=1.0).kind == "step_undone", "the new name undoes, too"
    yard.settle()
    _whole(yard)


def test_of_two_copies_that_both_run_one_keeps_the_name_for_good(yard: Yard) -> None:
    rng = random.Random(5)
    work(yard, rng, "one", 30)
    yard.settle()
    yard.copy("one", "other")
    yard.start("other")
    before = yard.origin("one")
    told = len(yard.told)
    for _ in range(5):
        work(yard, rng, "one", 4)
        work(yard, rng, "other", 4)
        yard.settle()
        names = {yard.origin("one"), yard.origin("other")}
        assert before in names
        assert len(names) == 2
    assert len({r.origin for r in _events(yard)}) == 3, "nobody changed the name twice"
    _whole(yard)
    recorded = sum(isinstance(r.event, SignalEvent) and bool(r.event.device) for r in _events(yard))
    assert recorded == sum(bool(outcome.n) for _, outcome in yard.told), "each answer is one event"
    assert len(yard.told) > told


def test_what_it_answers_goes_on_without_a_restart(yard: Yard) -> None:
    yard.settle()
    yard.copy("one", "safe")
    yard.scan("one", "long", 1, "saw")
    yard.settle()
    yard.put_back("one", "safe")
    engine = yard.at["one"].engine
    yard.settle()
    assert yard.at["one"].engine is engine
    outcome = yard.scan("two", "ring", 1, "wash")
    yard.settle()
    assert yard.scan("one", "ring", 2, "saw").kind == "card_started"
    assert outcome.n
    yard.stop("one")
    yard.start("one")
    yard.settle()
    _whole(yard)


def test_a_board_beside_it_shows_what_is_true_under_the_new_name(yard: Yard) -> None:
    yard.settle()
    yard.copy("one", "safe")
    yard.scan("one", "long", 1, "saw")
    yard.settle()
    yard.put_back("one", "safe")
    ear, shops = Ear(), [Shop()]

    def shows(news: Snapshot | Update) -> str:
        if isinstance(news, Snapshot):
            shops[0] = Shop(news.line, news.entities)
        else:
            shops[0].put(news.changed)
        return state_hash(shops[0].entities())

    follower = Follower(lambda: SqliteHistory(yard.disk("one")), SystemClock())
    follower.listen(ear)
    follower.start()
    try:
        ear.until(lambda news: shows(news) == state_hash(yard.at["one"].snapshot.entities))
        yard.scan("one", "ring", 1, "saw")
        yard.settle()
        (expected,) = yard.hashes()
        ear.until(lambda news: shows(news) == expected)
    finally:
        follower.stop()


@pytest.mark.parametrize("seed", range(scaled(4, 60)))
def test_whatever_disks_are_put_back_and_copied_all_hold_the_same(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    yard = Yard(tmp_path)
    try:
        work(yard, rng, "one", 20)
        yard.settle()
        yard.copy("one", "safe")
        for turn in range(6):
            for computer in sorted(yard.at):
                work(yard, rng, computer, rng.randrange(8))
                if rng.random() < 0.6:
                    yard.sync(computer)
            match rng.randrange(4):
                case 0:
                    yard.sync("one")  # a disk that is gone takes with it what it has not sent
                    yard.put_back("one", "safe")
                case 1:
                    yard.copy("one", f"other-{turn}")
                    yard.start(f"other-{turn}")
                case 2:
                    yard.copy("one", "safe")
                case _:
                    yard.settle()
        yard.settle()
        _whole(yard)
        figures = [_figures(yard, computer) for computer in yard.at]
        assert all(found == figures[0] for found in figures), "no figure is left of an event's other name"
    finally:
        yard.close()
