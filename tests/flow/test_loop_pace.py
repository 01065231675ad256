"""How a loop turns, and how many cards that asks for."""

from fractions import Fraction

import msgspec
import pytest

from shopfloor.core.line import Line, Loop, Shift
from shopfloor.core.loop_views import Pace
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import Card, CardState
from shopfloor.core.update import DigestRow
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import Lead, Made
from shopfloor.flow.loop_pace import Evidence, line_paces, loop_evidence, loop_pace, why_cards

MIN = 60 * US_PER_S
NOON = 1_772_452_800_000_000  # Monday 2 March 2026, 12:00 UTC
ALWAYS = WorkCalendar(Line(id="x", name="X"))
LOOP = Loop(id="a", part="A", route=("press",), consumer="wash", quantity=20, cards=4)


def card(number: int, *, emptied: int = 0, released: int = 0, full: int = 0) -> Card:
    """Instants in minutes after noon, 0 for none."""

    def at(minutes: int) -> int:
        return NOON + minutes * MIN if minutes else 0

    state = CardState.FULL if full else CardState.EMPTY
    return Card(
        id=f"a-{number}",
        loop="a",
        number=number,
        state=state,
        cycle=1 if emptied else 0,
        emptied_us=at(emptied),
        released_us=at(released),
        since_us=at(full or emptied),
    )


def made(*minutes: int, key: str = "a") -> list[DigestRow]:
    body = msgspec.json.encode(Made("a-1"))
    return [DigestRow("made", key, NOON + at * MIN, n, body) for n, at in enumerate(minutes, 1)]


def leads(*minutes: int | None) -> list[DigestRow]:
    return [
        DigestRow("lead", "a", NOON, n, msgspec.json.encode(Lead("a-1", None if at is None else at * 60_000)))
        for n, at in enumerate(minutes, 1)
    ]


def test_the_pace_is_from_withdrawal_to_withdrawal() -> None:
    cards = [card(1, emptied=10), card(2, emptied=40), card(3, emptied=20), card(4)]
    assert loop_pace(cards, made(1, 2, 3), (), ALWAYS).take_us == 15 * MIN


@pytest.mark.parametrize("state", [CardState.LOST, CardState.HELD, CardState.RETIRED])
def test_a_card_that_left_the_loop_long_ago_does_not_slow_it(state: CardState) -> None:
    gone = msgspec.structs.replace(card(9, emptied=-9000), state=state)
    cards = [gone, card(1, emptied=10), card(2, emptied=40), card(3, emptied=20)]
    assert loop_pace(cards, (), (), ALWAYS).take_us == 15 * MIN


def test_too_few_withdrawals_are_helped_out_by_what_was_made() -> None:
    cards = [card(1, emptied=10), card(2, emptied=40)]
    assert loop_pace(cards, (), (), ALWAYS).take_us is None
    assert loop_pace(cards, made(10, 20, 40), (), ALWAYS).take_us == 15 * MIN


def test_what_was_undone_was_not_made() -> None:
    rows = made(10, 20, 40, 41)
    rows.append(DigestRow("made", "a", NOON + 42 * MIN, 9, msgspec.json.encode(Made("a-1", -1, undone=4))))
    assert loop_pace([], rows, (), ALWAYS).take_us == 15 * MIN


def test_breaks_are_no_time() -> None:
    line = Line(id="x", name="X", shifts=(Shift(name="Day", start="06:00", end="22:00", breaks=(("12:15", "12:30"),)),))
    cards = [card(1, emptied=5), card(2, emptied=10), card(3, emptied=40)]
    assert loop_pace(cards, (), (), WorkCalendar(line)).take_us == 10 * MIN


def test_the_time_to_make_is_the_median_of_the_turns() -> None:
    assert loop_pace([], (), leads(10, None, 30, 50), ALWAYS).make_us == 30 * MIN


def test_without_figures_the_full_cards_say_how_long_they_took() -> None:
    cards = [card(1, emptied=5, released=10, full=30), card(2, emptied=6, released=9, full=20)]
    assert loop_pace(cards, (), (), ALWAYS) == Pace(take_us=None, wait_us=3 * MIN, make_us=11 * MIN)


def test_nothing_known_is_no_pace() -> None:
    assert loop_pace([card(1), card(2)], (), (), ALWAYS) == Pace()


def test_every_loop_has_its_own_rows() -> None:
    line = Line(id="x", name="X", loops=(LOOP, msgspec.structs.replace(LOOP, id="b")))
    paces = line_paces(line, {}, [*made(0, 10, 20), *made(0, 30, 60, key="b")], leads(7), ALWAYS)
    assert paces == {"a": Pace(take_us=10 * MIN, make_us=7 * MIN), "b": Pace(take_us=30 * MIN)}


def evidence(*, turns: int = 7) -> Evidence:
    cards = [card(1, emptied=5, released=10, full=30), card(2, emptied=6, released=9, full=20)]
    return loop_evidence(cards, made(0, 15, 30, 45, 60, 75, 90), leads(*range(14, 14 + turns)), ALWAYS)


def test_the_evidence_covers_85_percent_of_the_turns() -> None:
    assert evidence() == Evidence(
        made=7, over_us=90 * MIN, turns=7, make_us=19 * MIN, waits=2, wait_us=3 * MIN
    )  # the 6th of 7 turns, 14..20 min


def test_the_number_of_cards_follows_from_the_evidence() -> None:
    why = why_cards(LOOP, "pcs", evidence())
    assert why is not None
    # By hand: 6 containers of 20 in 1.5 h are 80 an hour; 80 · 22/60 / 20 = 22/15, so 2 cards.
    assert why.inputs.demand is not None
    assert why.inputs.demand.amount.value == 80
    assert why.sizing.exact == Fraction(22, 15)
    assert why.sizing.cards == 2
    assert {other.sizing.formula for other in why.others} >= {"sap", "oracle", "d365", "qad", "infor"}
    assert any(change.name == "lead_time" for change in why.changes)


@pytest.mark.parametrize("turns", [0, 4])
def test_of_less_than_five_turns_no_number_is_made(turns: int) -> None:
    found = evidence(turns=turns)
    assert not found.enough
    assert why_cards(LOOP, "", found) is None


def test_what_was_made_at_one_instant_has_no_rate() -> None:
    found = loop_evidence([], made(*[5] * 8), leads(*[10] * 8), ALWAYS)
    assert why_cards(LOOP, "", found) is None


def test_the_demand_is_rounded_up_as_it_is_shown() -> None:
    found = msgspec.structs.replace(evidence(), over_us=91 * MIN)
    why = why_cards(LOOP, "kg", found)
    assert why is not None
    assert why.inputs.demand is not None
    assert (why.inputs.demand.amount.value, why.inputs.demand.amount.label) == (Fraction("79.2"), "kg")  # 79.12…
