"""Floors under a line: whoever knows the same events has the same state, with the old history or with a snapshot."""

import random

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import fold
from shopfloor.core.floor import Floor, floor_of, is_covered, next_floor, pack_shop, unpack_shop
from shopfloor.core.merge import key_of
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state_hash import state_hash
from tests.helpers.line_peer import Peer
from tests.helpers.plants import Crew, random_line
from tests.helpers.scale import scaled

PLANTS = scaled(6, 200)
SIGNALS = 300
FLOORS = 6
AGE_US = 60_000_000
CLIMBS = 0.1  # how often somebody begins to stand on a floor, and something else happens before it does
LONG_OFF = 0.4  # how much of the time the terminals that are off are off


class Plant:
    """Terminals at work, of which some are off for long, while floors are set."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.line = random_line(self.rng)
        self.peers = [
            Peer("t1", self.line, ("a", "b")),
            Peer("t2", self.line, ("c", "d")),
            Peer("t3", self.line, ("e",)),
        ]
        self.at_us = 1_767_600_000_000_000
        self.off: dict[str, int] = {}
        self._crew = Crew(self.rng)
        self._climbs = random.Random(seed)
        for peer in self.peers:
            peer.begin(Now(self.at_us, 0, peer.name))

    def work(self, step: int) -> None:
        """One signal somewhere, and who is on hears of each other."""
        self.at_us += self.rng.randrange(1_000, 5_000_000)
        peer = self.rng.choice(self.peers)
        command = self._crew.command(peer.shop)
        if not isinstance(command, c.ReadSignal | c.StepCard) or command.station in peer.stations:
            peer.do(command, self.now(peer, step))
        if self.rng.random() < 0.02:
            self.off[self.rng.choice(self.peers[1:]).name] = step + self.rng.randrange(10, round(SIGNALS * LONG_OFF))
        if self._climbs.random() < CLIMBS:
            self._climbs.choice(self.peers).begin_to_settle()
        on = [one for one in self.peers if self.off.get(one.name, 0) <= step]
        for one in on:
            for other in on:
                if one is not other and self.rng.random() < 0.7:
                    one.hear(other.own[: self.rng.randrange(len(other.own) + 1)])

    def now(self, peer: Peer, step: int = 0) -> Now:
        """Its clocks."""
        return Now(self.at_us, step * 10**9, peer.name)

    def finish(self, extra: tuple[Peer, ...] = ()) -> None:
        """Everybody hears everything, in any order, and stands where it has to."""
        everybody = [*self.peers, *extra]
        for one in everybody:
            for other in self.rng.sample(everybody, len(everybody)):
                if one is not other:
                    one.hear(other.own)
                if self.rng.random() < 0.3:
                    one.settle()
            one.settle()

    def events(self, extra: tuple[Peer, ...] = ()) -> list[Recorded]:
        """Everything that was written."""
        return [r for peer in (*self.peers, *extra) for r in peer.own]


def way(events: list[Recorded]) -> list[Floor]:
    """The floors that count, of all that were set."""
    known = [floor for floor in map(floor_of, events) if floor is not None]
    found: list[Floor] = []
    while floor := next_floor(found[-1] if found else None, known):
        found.append(floor)
    return found


def folded(events: list[Recorded]) -> str:
    """What the state has to be, by the rule and with no help of the merger."""
    vectors = [floor.vector() for floor in way(events)]

    def place(recorded: Recorded) -> tuple[object, ...]:
        return sum(not is_covered(recorded, vector) for vector in vectors), *key_of(recorded)

    return state_hash(fold(sorted(events, key=place)))


@pytest.mark.parametrize("seed", range(PLANTS))
def test_a_terminal_with_a_snapshot_and_those_with_the_history_have_the_same_state(seed: int) -> None:
    plant = Plant(seed)
    setter, guest = plant.peers[0], Peer("t4", plant.line, ("f",))
    guest.begin(plant.now(guest))  # what it wrote before it joined stays
    joined = False
    for step in range(SIGNALS):
        plant.work(step)
        if step % (SIGNALS // FLOORS) == SIGNALS // FLOORS - 1:
            setter.set_floor(plant.at_us - AGE_US, plant.now(setter, step))
            setter.settle()
            if plant.rng.random() < 0.3:
                plant.rng.choice(plant.peers).restart()
        if not joined and step > SIGNALS // 2 and setter.settle():
            guest.join(setter)
            joined = True
    plant.finish((guest,))
    everybody = (*plant.peers, guest)
    expected = folded(plant.events((guest,)))
    assert {peer.name: state_hash(peer.shop.entities()) for peer in everybody} == dict.fromkeys(
        (peer.name for peer in everybody), expected
    )
    assert [peer.tip.hash for peer in everybody] == [setter.tip.floor.hash] * len(everybody)
    assert len(guest.known) < len(setter.known), "it has only what came after"


@pytest.mark.parametrize("seed", range(PLANTS))
def test_floors_that_several_set_at_once_leave_one_state(seed: int) -> None:
    plant = Plant(seed)
    for step in range(SIGNALS):
        plant.work(step)
        if plant.rng.random() < 2 * FLOORS / SIGNALS:
            peer = plant.rng.choice(plant.peers)
            peer.settle()
            peer.set_floor(plant.at_us - plant.rng.randrange(AGE_US), plant.now(peer, step))
            peer.settle()
    plant.finish()
    expected = folded(plant.events())
    assert {state_hash(peer.shop.entities()) for peer in plant.peers} == {expected}
    assert {peer.tip.floor.id for peer in plant.peers} == {way(plant.events())[-1].id}


def test_some_events_come_after_a_floor_that_is_above_them_and_make_another_state_than_by_moment() -> None:
    late = differing = 0
    for seed in range(8):
        plant = Plant(seed)
        for step in range(SIGNALS):
            plant.work(step)
            if step % 50 == 49:
                plant.peers[0].set_floor(plant.at_us - AGE_US, plant.now(plant.peers[0], step))
                plant.peers[0].settle()
        events = plant.events()
        top = way(events)[-1]
        late += sum(r.moment.us <= top.us and not is_covered(r, top.vector()) for r in events)
        differing += state_hash(fold(sorted(events, key=key_of))) != folded(events)
    assert late > 20
    assert differing > 0


def test_the_state_at_a_floor_is_the_same_after_its_way_through_bytes() -> None:
    plant = Plant(3)
    for step in range(SIGNALS):
        plant.work(step)
    made = pack_shop(plant.peers[0].shop)
    assert pack_shop(Shop(*unpack_shop(made[1], made[0]))) == made
    with pytest.raises(ValueError, match="something else"):
        unpack_shop(b"no state", made[0])
    with pytest.raises(ValueError, match="got " + made[0][:12]):
        unpack_shop(made[1], "0" * 64)


def test_a_floor_that_does_not_go_on_from_the_one_below_is_none() -> None:
    plant = Plant(1)
    setter = plant.peers[0]
    for step in range(50):
        plant.work(step)
        if step in {20, 40}:
            setter.set_floor(plant.at_us, plant.now(setter, step))
            assert setter.settle() == (1 if step == 20 else 2)
    first, second = way(setter.own)
    assert next_floor(first, [replace(second, us=first.us)]) is None
    assert next_floor(first, [replace(second, covers=second.covers[1:])]) is None
    assert next_floor(first, [replace(second, number=7)]) is None
    assert next_floor(first, [replace(second, before="t9~1:3")]) is None
