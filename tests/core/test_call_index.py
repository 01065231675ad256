"""Calls are found by their station and among what stands without looking at all of them."""

import random

from shopfloor.core.call_views import told_at
from shopfloor.core.events import CallRaised, Event, Recorded
from shopfloor.core.events_andon import CallShelved, CallUnshelved
from shopfloor.core.evolve import apply
from shopfloor.core.line import CallKind, Scope
from shopfloor.core.moment import Moment
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.state_hash import state_hash
from shopfloor.core.views import line_view, station_view
from tests.helpers.calls import andon_line
from tests.helpers.desk import Desk
from tests.helpers.plants import Crew, pass_time, random_line

SIGNALS = 1_500


def true_index(shop: Shop) -> tuple[dict[str, set[str]], set[str]]:
    """What is found by looking at every call."""
    at: dict[str, set[str]] = {}
    for call in shop.calls.values():
        at.setdefault(call.station, set()).add(call.id)
    return at, {call.id for call in shop.calls.values() if call.stopped_us and not call.cleared_us}


def index(shop: Shop) -> tuple[dict[str, set[str]], set[str]]:
    """What is found by the index."""
    for calls in shop.calls_of.values():
        for call in calls:
            assert shop.calls[call.id] is call, "the newest value"
    return {at: {call.id for call in calls} for at, calls in shop.calls_of.items() if calls}, {*shop.stops}


def test_the_index_of_calls_is_true_after_every_command_and_in_every_copy() -> None:
    rng = random.Random(11)
    desk, crew, seen = Desk(random_line(rng)), Crew(rng), 0
    for _ in range(SIGNALS):
        pass_time(desk, rng)
        copy, before = desk.shop.copy(), true_index(desk.shop)
        desk.do(crew.command(desk.shop))
        assert index(desk.shop) == true_index(desk.shop)
        assert index(copy) == before
        seen += len(desk.shop.calls)
    assert seen > SIGNALS
    assert index(Shop(desk.shop.line, desk.shop.entities())) == true_index(desk.shop)


def test_the_board_and_the_station_show_the_same_calls() -> None:
    rng = random.Random(12)
    desk, crew, shown = Desk(random_line(rng)), Crew(rng), 0
    for _ in range(SIGNALS // 5):
        pass_time(desk, rng)
        desk.do(crew.command(desk.shop))
        now = desk.clock.now()
        for view in line_view(desk.shop, now).stations:
            assert view.calls == station_view(desk.shop, view.id, now).calls
            assert [call.id for call in view.calls] == [call.id for call in told_at(desk.shop, view.id)]
            shown += len(view.calls)
    assert shown


def test_a_call_that_is_put_again_keeps_its_place() -> None:
    rng = random.Random(13)
    desk, crew = Desk(random_line(rng)), Crew(rng)
    while len(desk.shop.calls) < 3:
        pass_time(desk, rng)
        desk.do(crew.command(desk.shop))
    order = {at: [call.id for call in calls] for at, calls in desk.shop.calls_of.items()}
    desk.shop.put([entity for entity in desk.shop.entities() if isinstance(entity, Call)])
    assert {at: [call.id for call in calls] for at, calls in desk.shop.calls_of.items()} == order


def test_what_comes_off_a_shelf_is_the_same_whatever_order_calls_were_read_in() -> None:
    desk = Desk(andon_line())
    for call_id in ("t1~1-7", "t2~1-3"):  # two terminals that had not heard of each other
        raised = CallRaised(station="saw", reason="material", call_kind=CallKind.HELP, scope=Scope.STATION)
        apply(desk.shop, _at(call_id, raised, us=1_000 + len(desk.shop.calls)))
    apply(desk.shop, _at("t1~1-8", CallShelved(station="saw", reason="material", for_s=60, why="late"), us=2_000))
    orders = [list(desk.shop.entities()), list(desk.shop.entities())[::-1]]
    over = _at("t1~1-9", CallUnshelved(station="saw", reason="material"), us=3_000)
    states = set()
    for entities in orders:
        shop = Shop(desk.shop.line, entities)
        assert shop.open_call("saw", "material") == desk.shop.calls["t1~1-7"]
        apply(shop, over)
        states.add(state_hash(shop.entities()))
    assert len(states) == 1


def _at(event_id: str, event: Event, *, us: int) -> Recorded:
    origin, _, n = event_id.rpartition("-")
    return Recorded(origin=origin, n=int(n), moment=Moment(us), mono_ns=0, boot="b", event=event)
