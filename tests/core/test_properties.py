"""Random lines and random people: what must hold after every single event."""

import random
from collections.abc import Callable, Iterable, Iterator

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.call_views import all_call_views
from shopfloor.core.codec import decode_event, encode_event, entity_id
from shopfloor.core.decide import decide
from shopfloor.core.decision import Decision
from shopfloor.core.due import due
from shopfloor.core.events import CallRaised, Event, Recorded
from shopfloor.core.events_andon import CallReopened
from shopfloor.core.evolve import apply, fold
from shopfloor.core.line import Line
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.core.views import line_view
from shopfloor.flow.andon.record import CALLS
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from tests.helpers.andon_crew import andon_command
from tests.helpers.desk import Desk
from tests.helpers.invariants import Watch
from tests.helpers.plants import Crew, pass_time, random_line
from tests.helpers.scale import scaled

PLANTS = scaled(30, 1_000)
SIGNALS = scaled(700, 2_000)  # of each plant; what comes out depends on its seed alone
Rules = Callable[[Shop, c.Command, Now], Decision]


class WatchedDesk(Desk):
    """A desk that looks at every event as it happens."""

    def __init__(self, line: Line, rules: Rules = decide) -> None:
        self.watch = Watch()
        super().__init__(line, rules)

    def record(self, event: Event) -> Recorded:
        """Put one event into the journal, let it happen, and look."""
        before = self.shop.copy()
        recorded = super().record(event)
        self.watch.look(before, recorded, self.shop)
        return recorded


def work(seed: int, signals: int, rules: Rules = decide) -> WatchedDesk:
    """A plant and its people for so many signals."""
    rng = random.Random(seed)
    desk = WatchedDesk(random_line(rng), rules)
    crew = Crew(rng)
    for _ in range(signals):
        pass_time(desk, rng)
        desk.do(crew.command(desk.shop))
        desk.tick()
        assert due(desk.shop, desk.clock.now()) == (), "what was due is due again"
    return desk


@pytest.mark.parametrize("seed", range(PLANTS))
def test_limits_hold_cards_are_conserved_and_steps_happen_once(seed: int) -> None:
    desk = work(seed, SIGNALS)
    assert by_key(fold(desk.journal)) == by_key(desk.shop.entities())
    for recorded in desk.journal:
        assert decode_event(*encode_event(recorded.event)) == recorded.event
    line_view(desk.shop, desk.clock.now())


@pytest.mark.parametrize("seed", range(scaled(6, 200)))
def test_calls_of_every_kind_are_in_the_journal_alone_and_each_is_open_once(seed: int) -> None:
    rng = random.Random(seed)
    desk = Desk(random_line(rng))
    crew = Crew(rng)
    for _ in range(600):
        pass_time(desk, rng)
        busy = rng.random() < 0.7
        desk.do(andon_command(rng, desk.shop, rng.choice("abc")) if busy else crew.command(desk.shop))
        desk.tick()
        assert due(desk.shop, desk.clock.now()) == (), "what was due is due again"
        standing = [(call.station, call.reason) for call in desk.shop.calls.values() if not call.cleared_us]
        assert len(standing) == len(set(standing))
        all_call_views(desk.shop, desk.clock.now())
    assert by_key(fold(desk.journal)) == by_key(desk.shop.entities())
    began = [r.event for r in desk.journal if isinstance(r.event, CallRaised | CallReopened)]
    ended = [row for r, row in figures(desk) if row.series == CALLS]
    assert len(began) == len(ended) + len(desk.shop.calls), "each call is over once, or open"


@pytest.mark.parametrize("seed", range(scaled(3, 20)))
def test_any_event_can_happen_at_any_time_to_any_line(seed: int) -> None:
    rng = random.Random(seed)
    journal = list(work(seed, 400).journal)
    foreign = list(work(seed + 1_000, 400).journal)
    mixed = [*journal, *journal, *foreign]
    rng.shuffle(mixed)
    shop = Shop()
    for recorded in mixed:
        apply(shop, recorded)
        now = Now(recorded.moment.us, recorded.mono_ns, recorded.boot)
        due(shop, now)
    line_view(shop, now)
    assert by_key(Shop(shop.line, shop.entities()).entities()) == by_key(shop.entities())


@pytest.mark.parametrize("seed", range(scaled(3, 20)))
def test_an_event_that_comes_twice_changes_no_count_of_cards(seed: int) -> None:
    journal = work(seed, 400).journal
    shop = Shop()
    for recorded in journal:
        apply(shop, recorded)
        cards = dict(shop.cards)
        apply(shop, recorded)
        assert shop.cards.keys() == cards.keys()
        assert {card.id: card.state for card in shop.cards.values()} == {card.id: card.state for card in cards.values()}


# Controls: the same run with a rule left out has to fail.


def no_lanes(shop: Shop, command: c.Command, now: Now) -> Decision:
    """The rules of a line whose lanes have no limit."""
    return _with_line(shop, command, now, replace_loops(shop.line, lane_limits=()))


def no_stations(shop: Shop, command: c.Command, now: Now) -> Decision:
    """The rules of a line whose stations have no limit."""
    stations = tuple(replace(station, wip_limit=None) for station in shop.line.stations)
    return _with_line(shop, command, now, replace(shop.line, stations=stations))


def no_line(shop: Shop, command: c.Command, now: Now) -> Decision:
    """The rules of a line that has no limit."""
    return _with_line(shop, command, now, replace(shop.line, wip_limit=None))


def deaf(shop: Shop, command: c.Command, now: Now) -> Decision:
    """The rules of a line where no call is a stop."""
    other = shop.copy()
    other.calls, other.calls_of, other.stops = {}, {}, {}
    return decide(other if isinstance(command, c.ReadSignal) else shop, command, now)


def forgetful(shop: Shop, command: c.Command, now: Now) -> Decision:
    """Rules that take a card at rest for a new one: its steps happen again in the same cycle."""
    other = shop.copy()
    other.put(replace(card, step=0, state="empty") for card in shop.cards.values() if card.state == "queued")
    return decide(other, command, now)


def impatient(shop: Shop, command: c.Command, now: Now) -> Decision:
    """Rules that wait for no lot."""
    other = shop.copy()
    other.put(replace(card, state="empty") for card in shop.cards.values() if card.state == "waiting")
    return decide(other, command, now)


def wasteful(shop: Shop, command: c.Command, now: Now) -> Decision:
    """Rules that open a full container while another is in use."""
    other = shop.copy()
    if isinstance(command, c.WithdrawPieces):
        other.put(replace(card, state="held") for card in shop.cards.values() if card.state == "in_use")
    return decide(other, command, now)


def eager(shop: Shop, command: c.Command, now: Now) -> Decision:
    """Rules that take a container on its way for an empty one."""
    other = shop.copy()
    other.put(replace(card, state="empty", cycle=99) for card in shop.cards.values() if card.state == "in_transit")
    return decide(other, command, now)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (impatient, "before its lot"),
        (wasteful, "full before in use"),
        (eager, "without a pull signal"),
        (no_lanes, "at ('lane'"),
        (no_stations, "at ('station'"),
        (no_line, "at ('line'"),
        (forgetful, "twice"),
        (deaf, "under a stop"),
    ],
)
def test_a_rule_left_out_is_caught(rules: Rules, words: str) -> None:
    caught: list[str] = []
    for seed in range(20):
        try:
            work(seed, 300, rules)
        except AssertionError as error:
            caught.append(str(error))
            if words in caught[-1]:
                return
    pytest.fail(f"expected {words!r} to be caught, got {caught}")


def figures(desk: Desk) -> Iterator[tuple[Recorded, DigestRow]]:
    """The figures that each event of a desk's journal leaves."""
    shop, calendar = Shop(), WorkCalendar(desk.shop.line)
    for recorded in desk.journal:
        yield from ((recorded, row) for row in digest_rows(shop, recorded, calendar))
        apply(shop, recorded)


def by_key(entities: Iterable[Entity]) -> dict[tuple[str, str], Entity]:
    """Entities by kind and id."""
    return {(type(entity).__name__, entity_id(entity)): entity for entity in entities}


def replace_loops(line: Line, **changes: object) -> Line:
    """The line with every loop changed alike."""
    return replace(line, loops=tuple(replace(loop, **changes) for loop in line.loops))


def _with_line(shop: Shop, command: c.Command, now: Now, line: Line) -> Decision:
    if isinstance(command, c.ChangeLine):
        return decide(shop, command, now)
    other = shop.copy()
    other.set_line(line)
    return decide(other, command, now)
