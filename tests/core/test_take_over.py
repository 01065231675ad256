"""Taking over a terminal's stations: what it means, who may, what goes along, and what its own terminal may then."""

from collections.abc import Iterable
from datetime import UTC

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.credits import held, spent
from shopfloor.core.events import ScanRefused, TerminalStarted
from shopfloor.core.events_line import CreditsGiven, StationsTaken
from shopfloor.core.line import Line
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.merge import key_of
from shopfloor.core.moment import Now
from shopfloor.core.owning import is_mine, minded
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.core.state_line import FindingKind, Post
from shopfloor.core.take_over import stakes_of, terminals_with_stations
from shopfloor.core.words import recorded_words, verdict_words
from shopfloor.core.words_line import finding_words
from tests.engine.test_credits import line as race_line
from tests.helpers.line_peer import Peer
from tests.helpers.line_verdict import limits_kept
from tests.helpers.lines import ANA, OLE

LIMIT = 7
WHY = "its computer is dead"


class Floor:
    """Terminals t0, t1 and so on, each with some stations of a line; they hear of each other when it is said."""

    def __init__(self, *stations: tuple[str, ...], line: Line | None = None) -> None:
        self.line = line or race_line()
        self.peers = [Peer(f"t{k}", self.line, own) for k, own in enumerate(stations)]
        self.at_us = 1_767_600_000_000_000
        for peer in self.peers:
            peer.shop.linked, peer.shop.live = True, frozenset(other.name for other in self.peers)
            peer.begin(self.now())
        self.talk()

    def now(self) -> Now:
        """A second later."""
        self.at_us += 1_000_000
        return Now(self.at_us, self.at_us * 1000, "boot")

    def talk(self, among: Iterable[int] | None = None) -> None:
        """Let them hear everything of each other."""
        some = self.peers if among is None else [self.peers[k] for k in among]
        for one in some:
            for other in some:
                if one is not other:
                    one.hear(other.own[one.heard.get(other.name, 0) :])

    def scan(self, terminal: int, station: int, number: int) -> CardState:
        """Scan a card of the loop of a station there; how the card is then, as this terminal knows."""
        peer = self.peers[terminal]
        text = card_code("race", f"l{station}", number, 1)
        peer.do(c.ReadSignal(station=f"s{station}", device="gun", text=text), self.now())
        return peer.shop.cards[f"l{station}-{number:02}"].state

    def take(self, terminal: int, *stations: str, why: str = WHY, at: str = "") -> StationsTaken | str:
        """Take stations over; what came of it, a refusal as its rule and what it is about."""
        peer = self.peers[terminal]
        peer.do(TakeOver(station=at, stations=stations, reason=why), self.now())
        event = peer.own[-1].event
        if isinstance(event, ScanRefused):
            return f"{event.rule} {event.args.get('what', event.args.get('why', ''))}".strip()
        assert isinstance(event, StationsTaken)
        return event

    def held(self, shop: Shop) -> list[int]:
        """What each terminal holds."""
        return [held(shop, peer.name) for peer in self.peers]

    def spent(self, shop: Shop) -> list[int]:
        """What each has spent."""
        return [spent(shop, peer.name) for peer in self.peers]


def test_the_stations_their_time_and_all_its_places_are_the_takers() -> None:
    floor = Floor(("s0", "s1"), ("s2",))
    for number in (1, 2, 3):
        floor.scan(0, 0, number)
    floor.talk()
    taken = floor.take(1, "s0", "s1")
    assert isinstance(taken, StationsTaken)
    assert (taken.from_terminal, taken.left, taken.over) == ("t0", LIMIT - 3, ("line_limit",))
    shop = floor.peers[1].shop
    assert [(p.terminal, p.epoch) for p in shop.posts.values()] == [("t1", 1), ("t1", 1), ("t1", 0)]
    assert all(is_mine(shop, station) for station in ("s0", "s1", "s2"))
    assert floor.held(shop) == [0, LIMIT]
    assert floor.spent(shop) == [0, 3]
    assert floor.scan(1, 0, 4) is CardState.IN_PROCESS, "people go on"
    assert floor.scan(1, 0, 1) is CardState.EMPTY, "and what was begun is finished, which gives its place back"
    assert floor.spent(shop := floor.peers[1].shop) == [0, 3]
    assert "t0 may have used 4 places" in str(recorded_words(shop, floor.peers[1].own[-3])[1])


def test_places_given_before_are_where_they_were() -> None:
    floor = Floor(("s0",), ("s1",), ("s2",))
    floor.peers[0]._record((CreditsGiven(giver="t0~1", to="t1~1", count=2),), floor.now())
    floor.talk()
    assert floor.held(floor.peers[2].shop) == [5, 2, 0]
    floor.take(2, "s0")
    assert floor.held(floor.peers[2].shop) == [0, 2, 5]


def test_a_terminal_that_keeps_a_station_keeps_its_places() -> None:
    floor = Floor(("s0", "s1"), ("s2",))
    floor.scan(0, 0, 1)
    floor.talk()
    floor.take(1, "s0")
    shop = floor.peers[1].shop
    assert floor.held(shop) == [LIMIT, 0]
    assert floor.spent(shop) == [1, 0]


def test_the_silent_ones_gift_of_what_it_has_no_more_is_nothing() -> None:
    floor = Floor(("s0",), ("s1",), ("s2",))
    floor.take(1, "s0")
    floor.peers[0]._record((CreditsGiven(giver="t0~1", to="t2~1", count=3),), floor.now())
    floor.talk()
    assert floor.held(floor.peers[2].shop) == [0, LIMIT, 0]


def test_its_own_terminal_is_refused_when_it_hears_and_works_again_when_a_leader_takes_back() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.take(1, "s0")
    assert floor.scan(0, 0, 1) is CardState.IN_PROCESS, "it does not know yet, and what happened is a fact"
    floor.talk()
    assert floor.scan(0, 0, 2) is CardState.EMPTY
    back = floor.peers[0]
    refused = back.own[-1].event
    assert isinstance(refused, ScanRefused)
    assert refused.rule == "taken_over"
    verdict = back.shop.book("s0").verdict
    assert verdict is not None
    words = str(verdict_words(back.shop, "s0", verdict)[0])
    assert words.startswith("s0 was taken over by t1 at 08:00:")
    floor.talk()
    taken = floor.take(0, "s0", why="repaired")
    assert isinstance(taken, StationsTaken)
    assert taken.epoch == 2
    assert [floor.peers[1].shop.posts["s0"].home, back.shop.posts["s0"].home] == ["t0", ""]
    assert floor.scan(0, 0, 2) is CardState.EMPTY, "the places are the other's, and are asked for"
    floor.talk()
    floor.peers[1].do(c.NoteClockStep(step_ms=0), floor.now())
    floor.talk()
    assert floor.scan(0, 0, 2) is CardState.IN_PROCESS
    assert floor.scan(1, 0, 3) is CardState.EMPTY, "the taker is refused now"
    assert sum(floor.held(floor.peers[1].shop)) == LIMIT


def test_what_the_silent_one_still_did_is_a_finding_with_its_count() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.take(1, "s0")
    for number in (1, 2):
        floor.scan(0, 0, number)
    floor.talk()
    for peer in floor.peers:
        (found,) = peer.shop.findings.values()
        assert (found.kind, found.count, found.places) == (FindingKind.STILL_WORKED, 2, ("s0", "t0", "t1"))
        assert "s0: t0 did 2 steps that t1 did not know of when it took over" in str(
            finding_words(peer.shop, found, UTC)[0]
        )
    assert floor.spent(floor.peers[1].shop) == [2, 0]


def test_what_it_had_done_unheard_before_is_a_finding_too() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.scan(0, 0, 1)
    floor.talk()
    floor.scan(0, 0, 2)
    taken = floor.take(1, "s0")
    assert isinstance(taken, StationsTaken)
    assert taken.cards == ("l0-01",)
    assert floor.peers[1].shop.findings == {}
    floor.talk()
    for peer in floor.peers:
        (found,) = peer.shop.findings.values()
        assert (found.kind, found.count, found.places) == (FindingKind.STILL_WORKED, 1, ("s0", "t0", "t1"))
    assert floor.spent(floor.peers[1].shop) == [0, 2]


def test_cards_over_the_lines_limit_are_as_many_as_findings_count() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.take(1, "s0")
    for number in range(1, 6):
        assert floor.scan(0, 0, number) is CardState.IN_PROCESS, "it holds the places, as far as it knows"
        assert floor.scan(1, 1, number) is CardState.IN_PROCESS
    floor.talk()
    events = sorted((r for peer in floor.peers for r in peer.own), key=key_of)
    limits = limits_kept(events)
    assert (limits.broken, limits.named, limits.silent) == ([], 0, 10 - LIMIT)
    unsaid = [r for r in events if not isinstance(r.event, StationsTaken)]
    assert len(limits_kept(unsaid).broken) == 10 - LIMIT, "without the take-over nothing would account for them"


def test_all_come_to_the_same_whoever_hears_first() -> None:
    floor = Floor(("s0",), ("s1",), ("s2",))
    floor.scan(0, 0, 1)
    floor.talk((0, 1))
    floor.take(1, "s0")
    floor.take(2, "s0")
    floor.scan(0, 0, 2)
    floor.talk()
    owners = {peer.shop.posts["s0"].terminal for peer in floor.peers}
    assert len(owners) == 1
    assert len({tuple(floor.held(peer.shop)) for peer in floor.peers}) == 1
    assert sum(floor.held(floor.peers[0].shop)) == LIMIT


@pytest.mark.parametrize(
    ("stations", "said"),
    [
        (("s0", "s1"), "not_possible take_over_several"),
        (("s2",), "not_possible take_over_none"),
        (("s0", "nowhere"), "not_possible take_over_none"),
        ((), "not_possible take_over_none"),
    ],
)
def test_only_stations_of_one_other_terminal_are_taken(stations: tuple[str, ...], said: str) -> None:
    floor = Floor(("s0",), ("s1",), ("s2",))
    assert floor.take(2, *stations) == said


def test_it_needs_a_leader_and_a_reason_and_a_line_of_several() -> None:
    line = replace(race_line(), people=(ANA, OLE))
    floor = Floor(("s0",), ("s1",), line=line)
    assert floor.take(1, "s0", at="s1").startswith("no_right")  # type: ignore[union-attr]
    leader = next(p for p in (ANA, OLE) if p.role == "leader")
    floor.peers[1].do(c.SignOn(station="s1", person=leader.id), floor.now())
    assert floor.take(1, "s0", at="s1", why=" ") == "no_right reason"
    floor.peers[1].shop.linked = None
    assert floor.take(1, "s0", at="s1") == "not_possible take_over_alone"
    floor.peers[1].shop.linked = True
    assert isinstance(floor.take(1, "s0", at="s1"), StationsTaken)


def test_what_it_would_mean_is_told_before() -> None:
    line = race_line()
    stations = tuple(replace(s, wip_limit=3) for s in line.stations)
    floor = Floor(("s0", "s1"), ("s2",), line=replace(line, stations=stations))
    floor.scan(0, 0, 1)
    floor.scan(0, 1, 2)
    floor.talk()
    shop, now = floor.peers[1].shop, floor.now()
    other = Presence(
        terminal="t0", origin="t0~1", n=1, hash=b"", applied=1, offset_us=0, uncertainty_us=0, version="1",
        heard_ns=now.mono_ns - 90_000_000_000,
    )  # fmt: skip
    view = LinkView(state=LinkState.UP, since_us=1, origin="t1~1", terminal="t1", others=(other,))
    assert terminals_with_stations(shop) == ("t0",)
    stakes = stakes_of(shop, view, "t0", now)
    assert (stakes.stations, stakes.cards) == (("s0", "s1"), ("l0-01", "l1-02"))
    assert (stakes.left, stakes.free, stakes.silent_us) == (LIMIT - 2, {"s0": 2, "s1": 2}, 90_000_000)
    taken = floor.take(1, *stakes.stations)
    assert isinstance(taken, StationsTaken)
    assert taken.over == ("line_limit", "wip_limit")


def test_a_return_that_was_taken_over_claims_nothing_anew() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.take(1, "s0")
    floor.talk()
    floor.peers[0]._record((TerminalStarted(terminal="t0", stations=("s0",)),), floor.now())
    assert floor.peers[0].shop.findings == {}
    assert not is_mine(floor.peers[0].shop, "s0")


def test_a_taker_under_a_new_journal_keeps_what_it_took() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.take(1, "s0")
    floor.peers[1].name = "t1~2"
    floor.peers[1].own.clear()
    floor.peers[1]._record((TerminalStarted(terminal="t1", stations=("s1",)),), floor.now())
    assert {p.origin for p in floor.peers[1].shop.posts.values()} == {"t1~2"}


def test_cards_the_silent_one_released_meanwhile_count_when_the_taker_hears_of_them() -> None:
    floor = Floor(("s0",), ("s1",))
    floor.take(1, "s0")
    for number in range(1, 6):
        floor.scan(0, 0, number)
    floor.talk()
    started = [floor.scan(1, 1, number) for number in range(1, 6)]
    assert started == [CardState.IN_PROCESS] * 2 + [CardState.EMPTY] * 3, f"{LIMIT} in all"


def test_a_terminal_looks_after_what_it_was_given_but_for_what_was_decided_since() -> None:
    shop = Shop()

    def post(station: str, terminal: str, epoch: int) -> Post:
        return Post(station=station, terminal=terminal, origin=f"{terminal}~1", since_us=0, epoch=epoch)

    assert minded(shop, ("saw", "mill"), "one") == {"saw", "mill"}
    shop.put((post("saw", "one", 0), post("mill", "two", 0), post("wash", "two", 0)))
    assert minded(shop, ("saw", "mill"), "one") == {"saw", "mill"}, "a claim is no decision"
    shop.put((post("saw", "two", 1), post("wash", "one", 2)))
    assert minded(shop, ("saw", "mill"), "one") == {"mill", "wash"}
    assert minded(shop, ("mill", "wash"), "two") == {"saw", "mill"}
