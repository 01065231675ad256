"""What is shown of a loop: sums, order, projections, and whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopfloor.core.codes import card_id
from shopfloor.core.line import Line, Loop, LoopKind, Part, Station
from shopfloor.core.loop_views import (
    STATE_ORDER,
    Level,
    LoopRole,
    LoopRow,
    Pace,
    Zone,
    card_place,
    loop_row,
    loop_rows,
    rows_of,
)
from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState

MIN = 60 * US_PER_S
NOW = 1_000_000 * MIN
FULL, EMPTY, WORKING, QUEUED = CardState.FULL, CardState.EMPTY, CardState.IN_PROCESS, CardState.QUEUED
PACE = Pace(take_us=10 * MIN, wait_us=5 * MIN, make_us=20 * MIN)


def line(*loops: Loop) -> Line:
    names = {"press": "Press 1", "wash": "Wash", "assembly": "Assembly"}
    return Line(
        id="x",
        name="X",
        stations=tuple(Station(id=key, name=name) for key, name in names.items()),
        parts=(Part(id="A", description="Housing"),),
        loops=loops or (loop(),),
    )


def loop(name: str = "a", **changes: object) -> Loop:
    base = Loop(id=name, part=name.upper(), route=("press", "wash"), consumer="assembly", cards=4)
    return replace(base, **changes)


def card(number: int, state: CardState, *, of: str = "a", **rest: int) -> Card:
    values = {key: NOW - minutes * MIN if key.endswith("_us") else minutes for key, minutes in rest.items()}
    return replace(Card(id=card_id(of, number), loop=of, number=number, state=state, since_us=NOW), **values)


def cards(*states: CardState, of: str = "a") -> list[Card]:
    return [card(number, state, of=of) for number, state in enumerate(states, 1)]


def row(found: list[Card], pace: Pace = PACE, **changes: object) -> LoopRow:
    own = replace(loop(), **changes)
    return loop_row(Shop(line(own), found), own, NOW, pace)


@given(st.lists(st.sampled_from(list(CardState)), max_size=40))
def test_the_sum_over_states_is_the_number_of_cards_that_are_not_retired(states: list[CardState]) -> None:
    shown = row(cards(*states))
    assert shown.total == sum(len(group.cards) for group in shown.groups)
    assert shown.total == sum(1 for state in states if state is not CardState.RETIRED)
    assert [group.state for group in shown.groups] == [state for state in STATE_ORDER if state in states]


def test_every_state_but_retired_has_its_place_in_the_order() -> None:
    assert set(STATE_ORDER) == set(CardState) - {CardState.RETIRED}


def test_within_a_state_the_one_that_has_waited_longest_is_first() -> None:
    shown = row([card(1, EMPTY, since_us=3), card(2, EMPTY, since_us=9), card(3, QUEUED, since_us=1, queued_us=7)])
    assert [[c.number for c in group.cards] for group in shown.groups] == [[2, 1], [3]]


@pytest.mark.parametrize(("full", "zone"), [(0, Zone.RED), (2, Zone.RED), (3, Zone.YELLOW), (5, Zone.GREEN)])
def test_the_zone_is_that_of_the_board(full: int, zone: Zone) -> None:
    assert row(cards(*[FULL] * full, *[EMPTY] * (6 - full))).zone is zone


def test_retired_cards_do_not_make_a_store_red() -> None:
    assert row(cards(FULL, FULL, *[CardState.RETIRED] * 8)).zone is Zone.GREEN


def test_the_store_is_empty_after_as_many_withdrawals_as_it_has_containers() -> None:
    shown = row([card(1, FULL), card(2, FULL), card(3, FULL), card(4, EMPTY, emptied_us=4)])
    assert shown.out_us == (10 - 4 + 2 * 10) * MIN


def test_a_withdrawal_that_is_overdue_comes_at_any_moment() -> None:
    shown = row([card(1, FULL), card(2, FULL), card(3, EMPTY, emptied_us=300)])
    assert shown.out_us == 10 * MIN


def test_an_empty_store_is_empty_now_whatever_was_measured() -> None:
    shown = row(cards(EMPTY, EMPTY), Pace())
    assert (shown.out_us, shown.level) == (0, Level.EMPTY)


def test_the_next_container_is_that_of_the_card_that_is_furthest() -> None:
    found = [card(1, WORKING, step=2, released_us=17), card(2, EMPTY, emptied_us=1), card(3, WORKING, released_us=2)]
    assert row([*found, card(4, FULL)]).next_us == 3 * MIN


def test_an_emptied_card_waits_for_its_start_and_is_then_made() -> None:
    assert row([card(1, EMPTY, emptied_us=2), card(2, FULL)]).next_us == (5 - 2 + 20) * MIN


def test_a_card_that_is_late_comes_at_any_moment() -> None:
    assert row([card(1, QUEUED, step=2, released_us=90), card(2, FULL)]).next_us == 0


def test_a_release_nobody_scanned_is_taken_as_just_begun() -> None:
    assert row([replace(card(1, WORKING), released_us=0), card(2, FULL)]).next_us == 20 * MIN


@pytest.mark.parametrize("state", [FULL, CardState.HELD, CardState.LOST, CardState.WAITING, CardState.NEW])
def test_what_does_not_come_has_no_arrival(state: CardState) -> None:
    assert row([card(1, state), card(2, FULL)]).next_us is None


def test_only_working_time_counts() -> None:
    own = loop()
    shop = Shop(line(own), [card(1, FULL), card(2, EMPTY, emptied_us=600)])
    shown = loop_row(shop, own, NOW, PACE, worked=lambda a, b: MIN)
    assert (shown.out_us, shown.next_us) == (9 * MIN, (4 + 20) * MIN)


def test_a_store_that_is_empty_before_the_next_container_comes_is_short() -> None:
    soon = [card(1, FULL), card(2, FULL), card(3, FULL), card(4, WORKING, released_us=15)]
    assert row(soon).level is Level.NORMAL
    late = [card(1, FULL), card(2, FULL), card(3, EMPTY, emptied_us=0)]
    assert row(late).slack_us == (20 - 25) * MIN
    assert row(late).level is Level.SHORT


def test_the_most_urgent_loop_is_first() -> None:
    loops = (*map(loop, "abcdefh"), loop("g", kind=LoopKind.CONWIP, consumer=None))
    found = [
        *cards(FULL, FULL, FULL, of="a"),  # nothing known, green
        *[card(n, FULL, of="b") for n in (1, 2, 3)],
        card(4, WORKING, of="b", released_us=5),  # slack 30 − 15
        *cards(FULL, EMPTY, EMPTY, of="c"),  # 10 − 20: short
        *cards(EMPTY, EMPTY, of="d"),  # empty, 0 − 25
        *cards(FULL, CardState.HELD, CardState.HELD, of="e"),  # red, nothing comes
        *cards(FULL, FULL, EMPTY, of="f"),  # 20 − 25: short, by less
        *cards(EMPTY, EMPTY, of="g"),
        *cards(EMPTY, CardState.LOST, of="h"),  # empty, and nobody knows for how long
    ]
    rows = loop_rows(Shop(line(*loops), found), NOW, dict.fromkeys("bcdef", PACE))
    assert [(r.id, r.level) for r in rows] == [
        ("h", Level.EMPTY),
        ("d", Level.EMPTY),
        ("c", Level.SHORT),
        ("f", Level.SHORT),
        ("e", Level.LOW),
        ("b", Level.NORMAL),
        ("a", Level.NORMAL),
        ("g", Level.NO_STORE),
    ]


def test_a_loop_without_a_consumer_or_without_cards_has_no_store() -> None:
    assert row(cards(EMPTY), consumer=None).zone is None
    assert row([]).level is Level.NO_STORE


def test_each_role_sees_what_is_its_own() -> None:
    loops = (
        loop("a"),
        loop("b", route=("wash",), consumer="press", cards=3),
        loop("c", consumer=None),
        loop("d", cards=3),
    )
    found = [
        *cards(FULL, FULL, FULL, CardState.LOST, of="a"),
        *cards(FULL, FULL, FULL, of="b"),
        *cards(EMPTY, EMPTY, EMPTY, EMPTY, of="c"),
        *cards(FULL, FULL, of="d"),
    ]
    shop = Shop(line(*loops), found)
    rows = loop_rows(shop, NOW, {})

    def seen(role: LoopRole, *stations: str) -> set[str]:
        return {r.id for r in rows_of(shop, rows, role, stations)}

    assert seen(LoopRole.ALL, "press") == {"a", "b", "c", "d"}
    assert seen(LoopRole.CONSUMER) == {"a", "b", "d"}
    assert seen(LoopRole.CONSUMER, "press") == {"b"}
    assert seen(LoopRole.SUPPLIER, "press") == {"a", "c", "d"}
    assert seen(LoopRole.SUPPLIER, "assembly") == set()
    assert seen(LoopRole.PLANNER, "press") == {"a", "d"}, "a lost card, and one card fewer than planned"


def test_the_place_of_a_card_names_the_station_that_has_it() -> None:
    shop = Shop(line(), [])
    said = {
        state: str(card_place(shop, replace(card(1, state, step=2), done_station="wash", note="Damaged {1}")))
        for state in STATE_ORDER
    }
    assert said == {
        EMPTY: "for Press 1 to start",
        CardState.WAITING: "waits for its lot at Press 1",
        WORKING: "at Wash",
        QUEUED: "in the lane before Wash",
        CardState.IN_TRANSIT: "on the way to Assembly",
        FULL: "in the store for Assembly",
        CardState.IN_USE: "at Assembly",
        CardState.HELD: "Damaged {1}",
        CardState.LOST: "last seen at Wash",
        CardState.NEW: "not in circulation yet",
    }
