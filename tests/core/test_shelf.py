"""A shelf answers what is on it, each time it is asked, and nothing changes by that."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.codes import shelf_code
from shopfloor.core.events import CardWithdrawn, ScanRepeated, ShelfRead
from shopfloor.core.text import Text
from shopfloor.core.words import verdict_words
from tests.helpers.desk import Desk
from tests.helpers.routes import bring, long_line


@pytest.fixture
def desk() -> Desk:
    return Desk(long_line())


def ask(desk: Desk, *, after_s: float = 2.0, place: str = "saw") -> ShelfRead:
    event = desk.read(shelf_code(desk.shop.line.id, "long"), place, after_s=after_s)
    assert isinstance(event, ShelfRead)
    return event


def told(desk: Desk, place: str = "saw") -> tuple[Text, Text]:
    verdict = desk.shop.book(place).verdict
    assert verdict is not None
    return verdict_words(desk.shop, place, verdict)


def test_the_answer_counts_the_cards_of_the_loop_by_state(desk: Desk) -> None:
    total = len(desk.shop.of_loop("long"))
    bring(desk, "long", "in_process 1")
    event = ask(desk)
    assert event.loop == "long"
    assert event.states["in_process"] == 1
    assert sum(event.states.values()) == total
    assert 0 not in event.states.values()
    assert event.device == "gun"
    assert event.code == shelf_code(desk.shop.line.id, "long")


def test_the_strip_says_what_is_on_the_shelf(desk: Desk) -> None:
    desk.do(c.HoldCard(station="saw", card="long-02", reason="scratched"))
    bring(desk, "long", "empty")
    total = len(desk.shop.of_loop("long"))
    quantity = desk.shop.loops["long"].quantity
    ask(desk)
    sentence, remedy = map(str, told(desk))
    assert sentence == f"A: {total - 2} of {total} containers are full, {(total - 2) * quantity} pcs"
    assert remedy == "0 in use, 1 empty, 0 on the way, 1 on hold or lost."


def test_asking_changes_no_card_and_undo_takes_the_step_before_back(desk: Desk) -> None:
    bring(desk, "long", "empty")
    before = dict(desk.shop.cards)
    step = {place: desk.shop.book(place).step for place in desk.shop.stations}
    for place in desk.shop.stations:
        ask(desk, place=place)
    assert desk.shop.cards == before
    assert {place: desk.shop.book(place).step for place in desk.shop.stations} == step


def test_every_frame_of_a_shelf_is_one_entry_with_the_answer(desk: Desk) -> None:
    head = len(desk.journal)
    answers = [ask(desk, after_s=0.1) for _ in range(5)]
    assert len(desk.journal) == head + 5
    assert len({tuple(answer.states.items()) for answer in answers}) == 1


def test_a_shelf_between_two_reads_of_a_card_does_not_make_the_second_count(desk: Desk) -> None:
    consumer = desk.shop.loops["long"].consumer
    assert consumer is not None
    assert isinstance(desk.scan("long", 1, consumer), CardWithdrawn)
    ask(desk, place=consumer, after_s=0.2)
    assert isinstance(desk.scan("long", 1, consumer, after_s=0.2), ScanRepeated)


def test_a_shelf_is_told_about_while_the_station_stands(desk: Desk) -> None:
    desk.call("saw")
    assert ask(desk).states
