"""The judge of a line finds what it is there for: each promise broken on purpose, on the journals of a real line."""

from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from typing import ClassVar

import pytest
from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.events import CardStarted, Recorded, SignalEvent, TerminalStarted
from shopfloor.core.evolve import apply
from shopfloor.core.merge import key_of
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.link.log import LineLog, Stored
from shopfloor.link.softnet import SoftLog
from shopfloor.store.connection import open_reader
from shopfloor.store.folder import journal_path
from tests.helpers import line_verdict as verdict
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_cable import Way
from tests.helpers.line_crew import Crew
from tests.helpers.line_floor import Floor
from tests.helpers.line_rig import Rig, judge
from tests.helpers.line_served import need_nats
from tests.helpers.line_verdict import Copy, Told

TIMES_APART_MAX = 12
TOGETHER_STEPS = (
    30  # that people do before one station's cable is silent: who has no places of the line does nothing alone
)
APART_SCANS = 90  # that everybody does then: the others meet containers of which they have not heard
APART_STEPS = 10  # that whoever is cut off does in all: some of what is told late is then always seen
LOST_S = 300.0  # of a clock in software
Order = dict[tuple[str, int], int]


class Shift(Struct):
    """What a line was left with after some work, a part of it while one terminal was cut off."""

    rig: Rig
    copies: list[Copy]
    told: list[Told]
    floor: Floor
    arrived: Order


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    need_nats()
    with Rig(tmp_path_factory.mktemp("shift"), terminals=3, seed=3, pause_s=0.01) as rig:
        rig.start()
        rig.open_shift()
        done = 0
        for _ in range(TIMES_APART_MAX):
            rig.work_on(TOGETHER_STEPS)
            done += _work_apart(rig)
            if done >= APART_STEPS:
                break
        assert done >= APART_STEPS, "whoever is cut off does not work"
        rig.close_shift()
        judge(rig)
        yield Shift(rig, rig.same_copies(), rig.told, rig.floor, _arrival(rig))


def _work_apart(rig: Rig) -> int:
    """Silence one station's cable for a while; how many steps its person did meanwhile."""
    _, apart, _ = rig.people
    before = apart.steps
    rig.cables.set(rig.cable_of["s2"], Way.SILENT)
    scans = len(rig.told) + APART_SCANS
    rig.until(lambda: len(rig.told) >= scans, within_s=60, what="nobody works")
    rig.cables.set(rig.cable_of["s2"])
    return apart.steps - before


def _arrival(rig: Rig) -> Order:
    """The order in which the server got the events."""
    first = rig.copies()[0]
    with closing(open_reader(journal_path(rig.terminals[first.name].data))) as conn:
        names = {row[0]: f"{row[1]}~{row[2]}" for row in conn.execute("SELECT id, terminal, incarnation FROM origin")}
        rows = conn.execute(
            "SELECT origin, n, line_seq FROM event UNION ALL SELECT origin, n, line_seq FROM foreign_event"
        )
        return {(names[origin], n): seq for origin, n, seq in rows}


def _without(copy: Copy, recorded: Recorded) -> Copy:
    return replace(copy, events=tuple(r for r in copy.events if r != recorded))


def _a_start(copy: Copy) -> Recorded:
    """What gave a terminal its station: nothing later covers that it is missing."""
    return next(r for r in copy.events if isinstance(r.event, TerminalStarted) and r.origin == copy.origin)


def test_events_folded_as_they_arrived_put_cards_in_wrong_places(shift: Shift) -> None:
    events = sorted(shift.copies[0].events, key=lambda r: (shift.arrived[r.origin, r.n], r.n))
    assert [key_of(r) for r in events] != sorted(map(key_of, events))
    shop = Shop()
    for recorded in events:
        apply(shop, recorded)
    wrong = shift.floor.misplaced(shop.cards)
    print(f"in the order of arrival {len(wrong)} of {len(shop.cards)} cards are in a wrong place")
    as_arrived = replace(shift.copies[0], entities=tuple(shop.entities()))
    assert verdict.unlike([shift.copies[1], as_arrived])
    assert verdict.folded_otherwise([as_arrived])


def test_an_event_that_is_not_everywhere_is_found(shift: Shift) -> None:
    first, *others = shift.copies
    lost = _without(first, _a_start(first))
    assert verdict.gaps([lost]) != []
    assert verdict.unlike([lost, *others]) != []
    assert not verdict.is_one([lost, *others])
    assert verdict.folded_otherwise([lost]) != []


def test_a_believed_scan_that_is_gone_or_other_or_answers_two_is_found(shift: Shift) -> None:
    copies, told = shift.copies, shift.told
    assert verdict.unbelievable(copies, told) == []
    mine = next(r for r in copies[0].events if isinstance(r.event, SignalEvent) and r.event.device)
    assert verdict.unbelievable([_without(copies[0], mine), *copies[1:]], told) != []
    assert verdict.unbelievable(copies, [*told, told[0]]) != []
    other = replace(told[0], code="K")
    assert verdict.unbelievable(copies, [other, *told[1:]]) != []


def test_a_scan_that_was_recorded_twice_is_found(shift: Shift) -> None:
    assert verdict.unasked(shift.copies, shift.told, {}) == []
    assert verdict.unasked(shift.copies, shift.told[1:], {}) != []
    assert verdict.unasked(shift.copies, shift.told[1:], {shift.told[0].terminal: 1}) == []


def test_a_limit_that_is_passed_is_found_and_one_that_is_named_is_counted(shift: Shift) -> None:
    copy, line = shift.copies[0], shift.rig.line
    kept = verdict.limits_kept(copy.events)
    assert kept.broken == []
    last = copy.events[-1]
    cards = [e for e in copy.entities if isinstance(e, Card) and e.loop == line.loops[0].id]
    rushed = [
        replace(
            last,
            moment=replace(last.moment, us=last.moment.us + index + 1),
            event=CardStarted(station=line.stations[0].id, card=card.id, step=1),
        )
        for index, card in enumerate(cards)
    ]
    assert verdict.limits_kept([*copy.events, *rushed]).broken != []
    named = [replace(r, event=replace(r.event, over=("wip_limit", "line_limit"))) for r in rushed]
    found = verdict.limits_kept([*copy.events, *named])
    assert found.broken == []
    assert found.named > kept.named


def test_cards_that_vanish_or_stand_elsewhere_are_found(shift: Shift) -> None:
    copy, floor = shift.copies[0], deepcopy_of(shift.floor)
    assert verdict.misplaced(copy, floor) == ([], 0)
    next(iter(floor.containers.values())).place = "nowhere"
    card = next(e for e in copy.entities if isinstance(e, Card))
    retired = replace(copy, entities=(*(e for e in copy.entities if e != card), replace(card, state=CardState.RETIRED)))
    assert verdict.not_conserved([retired], shift.rig.line) != []
    held = replace(copy, entities=(*(e for e in copy.entities if e != card), replace(card, state=CardState.HELD)))
    assert verdict.misplaced(held, shift.floor)[0] != []


def deepcopy_of(floor: Floor) -> Floor:
    """The same containers, to be moved by hand."""
    other = Floor.__new__(Floor)
    other.containers = deepcopy(floor.containers)
    return other


class _Remembers(SoftLog):
    """A log whose sender goes by what was acknowledged once, instead of asking the line what it has."""

    acked: ClassVar[dict[str, Stored]] = {}

    async def publish(self, origin: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """Append, whatever the line lost meanwhile."""
        last = await super().last_of(origin)
        expected_seq = last.seq if last else 0
        seq = await super().publish(origin, payload, expected_seq=expected_seq, message_id=message_id)
        stored = await super().last_of(origin)
        assert stored is not None
        self.acked[origin] = stored
        return seq

    async def last_of(self, origin: str) -> Stored | None:
        """What was acknowledged last."""
        return self.acked.get(origin)


class _Forgetful(SoftBench):
    def log(self, terminal: str) -> LineLog:
        return _Remembers(self.net, terminal)


@pytest.mark.parametrize(("make", "is_whole"), [(SoftBench, True), (_Forgetful, False)])
def test_a_server_that_loses_what_it_acknowledged_is_found_where_nobody_sends_it_again(
    make: type[SoftBench], is_whole: bool
) -> None:
    _Remembers.acked.clear()
    bench = make(seed=1)
    crew = Crew(bench, 2)

    async def body() -> None:
        crew.start()
        try:
            crew.record("t1", 5)
            await crew.converged()
            copy = bench.copy()
            crew.record("t1", 5)
            await crew.converged()
            bench.restore(copy)
            crew.record("t2", 3)
            if is_whole:
                await crew.converged()
            else:
                with pytest.raises(AssertionError, match="not within"):
                    await crew.converged(within_s=LOST_S)
        finally:
            await crew.stop()

    bench.run(body())
    bench.close()
