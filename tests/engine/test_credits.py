"""The line's limit in shares: terminals race for the last places, some of them cut off, and none is granted twice."""

import random

import pytest

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.credits import gifts_due, held, spent
from shopfloor.core.due import next_due_us
from shopfloor.core.events import CardStarted, Recorded, ScanRefused
from shopfloor.core.events_line import CreditsAsked, CreditsGiven, StationsTaken
from shopfloor.core.evolve import apply
from shopfloor.core.line import Line, Loop, LoopKind, Part, StartState, Station
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.line_views import see_link
from shopfloor.core.merge import key_of
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.core.state_hash import state_hash
from tests.helpers.line_peer import Peer
from tests.helpers.line_verdict import limits_kept
from tests.helpers.scale import scaled

TERMINALS = 10
LIMIT = 7
STEPS = scaled(500, 10_000)
TAKE_OVERS = scaled(12, 60)
START_US = 1_767_600_000_000_000


def line() -> Line:
    """Ten stations, each with a loop of its own that begins and ends there, under one limit."""
    names = [f"s{i}" for i in range(TERMINALS)]
    return Line(
        id="race",
        name="Race",
        wip_limit=LIMIT,
        repeat_window_s=0,
        stations=tuple(Station(id=name, name=name) for name in names),
        parts=(Part(id="P"),),
        loops=tuple(
            Loop(id=f"l{i}", part="P", kind=LoopKind.CONWIP, route=(name,), cards=5, start=StartState.EMPTY)
            for i, name in enumerate(names)
        ),
    )


class Race:
    """Ten terminals that start and finish cards as fast as they may."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.peers = [Peer(f"t{i}", line(), (f"s{i}",)) for i in range(TERMINALS)]
        self.cut: set[str] = set()
        self.at_us = START_US
        for peer in self.peers:
            peer.begin(self.now(peer))
        self.tell_all()

    def beat(self) -> None:
        """Everybody hears everybody who is not cut off."""
        there = frozenset(peer.name for peer in self.peers if peer.name not in self.cut)
        for peer in self.peers:
            peer.shop.live = there - {peer.name} if peer.name in there else frozenset()

    def scan(self, index: int, number: int, *, by: Peer | None = None) -> None:
        """A card is scanned at its station, by the station's own terminal if it is not said."""
        peer = by or self.peers[index]
        text = card_code("race", f"l{index}", number, 1)
        peer.do(c.ReadSignal(station=f"s{index}", device="gun", text=text), self.now(peer))

    def tick(self, index: int) -> None:
        """A quiet second of one terminal."""
        self.peers[index].do(c.NoteClockStep(step_ms=0), self.now(self.peers[index]))

    def now(self, peer: Peer) -> Now:
        """A later instant."""
        self.at_us += self.rng.randrange(1_000, 900_000)
        return Now(self.at_us, self.at_us * 1_000, peer.name)

    def step(self) -> None:
        """One terminal scans a card; some hear of each other; now and then one is cut off or comes back."""
        self.scan(self.rng.randrange(TERMINALS), self.rng.randrange(1, 6))
        if self.rng.random() < 0.03:
            self.cut ^= {self.rng.choice(self.peers).name}
            self.beat()
        for one in self.rng.sample(self.peers, 3):
            for other in self.rng.sample(self.peers, 3):
                self.tell(one, other)

    def tell(self, one: Peer, other: Peer) -> None:
        """Let one hear everything of another, unless either is cut off."""
        if one is not other and not self.cut & {one.name, other.name}:
            one.hear(other.own[one.heard.get(other.name, 0) :])

    def tell_all(self) -> None:
        """Let everybody hear everything."""
        self.cut.clear()
        self.beat()
        for one in self.peers:
            for other in self.peers:
                self.tell(one, other)

    def events(self) -> list[Recorded]:
        """What happened, in the order of the line."""
        return sorted((r for peer in self.peers for r in peer.own), key=key_of)


def most_released(events: list[Recorded]) -> int:
    """The most cards released at any event."""
    shop, most = Shop(), 0
    for recorded in events:
        apply(shop, recorded)
        most = max(most, len(shop.released))
    return most


@pytest.mark.parametrize("seed", range(scaled(2, 4)))
def test_never_more_is_granted_than_there_is(seed: int) -> None:
    race = Race(seed)
    for _ in range(STEPS):
        race.step()
    race.tell_all()
    events = race.events()
    assert most_released(events) <= LIMIT
    kinds = [type(r.event) for r in events]
    assert kinds.count(CreditsGiven) > 10
    starters = {r.origin for r in events if isinstance(r.event, CardStarted)}
    assert len(starters) > TERMINALS // 3, "places travel"
    shop = race.peers[0].shop
    assert sum(held(shop, peer.name) for peer in race.peers) == LIMIT
    assert sum(spent(shop, peer.name) for peer in race.peers) == len(shop.released)


@pytest.mark.parametrize("seed", range(scaled(3, 30)))
def test_places_are_neither_lost_nor_doubled_by_take_overs_of_silent_terminals_that_work_on(seed: int) -> None:
    race = Race(seed)
    for _ in range(TAKE_OVERS):
        race.tell_all()
        taker, victim = race.rng.sample(race.peers, 2)
        for other in race.peers:
            race.tell(taker, other)  # whoever asks the line has read it
        stations = tuple(post.station for post in taker.shop.posts.values() if post.origin == victim.name)
        race.cut = {victim.name}
        race.beat()
        if stations:
            taken = stations if race.rng.random() < 0.7 else stations[:1]
            race.scan(int(stations[0][1:]), race.rng.randrange(1, 3), by=victim)  # nobody hears of that
            taker.shop.linked = True
            taker.do(TakeOver(station="", stations=taken, reason="silent"), race.now(taker))
            assert isinstance(taker.own[-1].event, StationsTaken)
        for station in race.rng.choices(range(TERMINALS), k=3 * TERMINALS):
            posts = (victim if race.rng.random() < 0.3 else taker).shop.posts
            owner = next(peer for peer in race.peers if peer.name == posts[f"s{station}"].origin)
            race.scan(station, race.rng.randrange(1, 3), by=owner)
    race.tell_all()
    race.tell_all()
    assert len({state_hash(peer.shop.entities()) for peer in race.peers}) == 1
    shop = race.peers[0].shop
    assert sum(held(shop, peer.name) for peer in race.peers) == LIMIT
    assert sum(spent(shop, peer.name) for peer in race.peers) == len(shop.released)
    assert limits_kept(race.events()).broken == []


def test_a_terminal_without_places_asks_and_is_told_so() -> None:
    race = Race(1)
    race.scan(3, 1)
    peer = race.peers[3]
    refused = next(r.event for r in reversed(peer.own) if isinstance(r.event, ScanRefused))
    assert (refused.rule, refused.args["share"]) == ("line_limit", 0)
    race.tell_all()
    race.tick(0)
    race.tell_all()
    assert held(peer.shop, peer.name) == (LIMIT + 1) // 2
    race.scan(3, 1)
    assert peer.shop.cards["l3-01"].state is CardState.IN_PROCESS


def test_held_places_may_be_spent_while_nobody_is_heard() -> None:
    race = Race(1)
    for number in (1, 2, 3, 4, 5):
        race.scan(0, number)
    assert spent(race.peers[0].shop, race.peers[0].name) == 5


def _asked(race: Race, index: int) -> int:
    return sum(isinstance(r.event, CreditsAsked) for r in race.peers[index].own)


def test_one_that_was_away_when_others_asked_gives_as_soon_as_it_is_back() -> None:
    race = Race(1)
    race.cut = {race.peers[0].name}
    race.beat()
    race.scan(3, 1)
    race.tell_all()
    assert next_due_us(race.peers[0].shop, race.now(race.peers[0])) == 0, "no second is waited"
    race.tick(0)
    race.tell_all()
    assert held(race.peers[3].shop, race.peers[3].name) == (LIMIT + 1) // 2


def test_a_question_stands_and_whoever_asks_often_does_not_lose_its_turn() -> None:
    race = Race(1)
    race.scan(3, 1)
    race.tell_all()
    race.scan(4, 1)
    for _ in range(3):
        race.at_us += 60_000_000
        race.scan(3, 1)
    assert _asked(race, 3) == 1
    race.tell_all()
    race.tick(0)
    gift = next(r.event for r in reversed(race.peers[0].own) if isinstance(r.event, CreditsGiven))
    assert gift.to == race.peers[3].name


def test_nothing_is_given_to_a_terminal_that_is_not_heard() -> None:
    race = Race(1)
    race.scan(3, 1)
    race.tell_all()
    race.cut = {race.peers[3].name}
    race.beat()
    race.tick(0)
    assert held(race.peers[0].shop, race.peers[0].name) == LIMIT
    race.cut.clear()
    race.beat()
    race.tick(0)
    assert held(race.peers[0].shop, race.peers[0].name) == LIMIT // 2


def test_a_terminal_whose_places_came_back_is_served_after_one_that_has_none() -> None:
    race = Race(1)
    race.scan(3, 1)
    race.tell_all()
    race.tick(0)
    race.tell_all()  # 3 holds four
    for number in (1, 2, 3, 4, 5):
        race.scan(3, number)
    race.scan(3, 1)  # finished: it has one again, and its second question stands
    race.scan(4, 1)
    race.tell_all()
    race.tick(0)
    gift = next(r.event for r in reversed(race.peers[0].own) if isinstance(r.event, CreditsGiven))
    assert gift.to == race.peers[4].name


def _with_one_place_each() -> Race:
    """Two terminals that hold a place each, and a third that holds all others; the first has spent its own."""
    race = Race(1)
    for taker, count in (("t1~1", 1), ("t2~1", LIMIT - 2)):
        race.peers[0]._record((CreditsGiven(giver="t0~1", to=taker, count=count),), race.now(race.peers[0]))
    race.tell_all()
    race.scan(0, 1)
    race.tell_all()
    return race


def test_a_step_is_not_taken_back_into_a_place_that_was_given_away_meanwhile() -> None:
    race = _with_one_place_each()
    first = race.peers[0]
    race.scan(0, 1)
    first._record((CreditsGiven(giver="t0~1", to="t2~1", count=1),), race.now(first))
    first.do(c.UndoStep(station="s0"), race.now(first))
    refused = first.own[-1].event
    assert isinstance(refused, ScanRefused)
    assert (refused.rule, refused.args["limit"]) == ("undo_moved_on", "line_limit")


@pytest.mark.parametrize(("is_given_away", "state"), [(False, CardState.IN_PROCESS), (True, CardState.HELD)])
def test_a_card_on_hold_comes_back_into_the_place_of_whoever_released_it(
    *, is_given_away: bool, state: CardState
) -> None:
    race = _with_one_place_each()
    first, other = race.peers[0], race.peers[5]
    first.do(c.HoldCard(station="s0", card="l0-01", reason="scratched"), race.now(first))
    if is_given_away:
        first._record((CreditsGiven(giver="t0~1", to="t2~1", count=1),), race.now(first))
    race.tell_all()
    other.do(c.ReleaseCard(station="s5", card="l0-01"), race.now(other))
    race.tell_all()
    card = first.shop.cards["l0-01"]
    assert card.state is state
    assert spent(first.shop, "t0~1") == (not is_given_away)
    assert sum(held(first.shop, peer.name) for peer in race.peers) == LIMIT


def test_nobody_gives_before_it_has_read_what_its_disk_may_have_forgotten() -> None:
    race = Race(1)
    race.scan(3, 1)  # it has no place, and asks
    race.tell_all()
    giver, asker = race.peers[0], race.peers[3]
    assert gifts_due(giver.shop) != ()

    def gives(
        applied: int, state: LinkState = LinkState.UP, origin: str = giver.name, *, listens: bool = False
    ) -> bool:
        now = race.now(giver)
        there = Presence(
            terminal="t3", origin=asker.name, n=1, hash=b"", applied=0, offset_us=0, uncertainty_us=0, version="",
            heard_ns=now.mono_ns,
        )  # fmt: skip
        view = LinkView(
            state=state, since_us=1, origin=origin, last_seq=9, applied=applied, others=(there,), listens=listens
        )
        see_link(giver.shop, view, now)
        return gifts_due(giver.shop) != ()

    assert not gives(4), "the line had nine messages as the link came up"
    assert gives(9)
    assert gives(8), "what came since is no past of its own"
    assert not gives(9, state=LinkState.FORKED)
    assert not gives(9, listens=True), "the line has forgotten something, and the others know it"
    assert not gives(4)
    assert gives(9)
    assert not gives(9, origin="t0~2"), "not under this name"
