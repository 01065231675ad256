"""Counting and printing the cards of a loop by touch."""

from shopfloor.core import commands as c
from shopfloor.core.text import Text
from shopfloor.gui.bridge import Printed
from tests.gui import loop_shops
from tests.gui.loops_stage import LoopsStage, ShowLoops


def count(found: LoopsStage, loop: str = "cover") -> None:
    found.page.open_loop(loop)
    found.page.detail.plan.click()
    found.answer("COUNT THE CARDS")


def test_cards_that_are_not_there_are_marked_as_lost(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    count(found)
    cards = len(found.model.shop.of_loop("cover"))
    asked = []
    for n in range(cards):
        asked.append(found.ui.say(found.page.sheet.question))
        found.answer("MISSING" if n == 1 else "IT IS THERE")
    assert len(set(asked)) == cards
    assert found.ui.say(found.page.sheet.question).endswith(f"{cards - 1} of {cards} cards are there")
    assert found.ui.say(found.page.sheet.detail) == asked[1].partition(" (")[0]
    assert found.still.sent == []
    found.answer("MARK AS LOST")
    (sent,) = found.still.sent
    assert isinstance(sent, c.LoseCard)
    assert asked[1].startswith(found.ui.say(Text("{it}", {"it": _title(found, sent.card)})))


def test_who_walks_away_goes_on_where_the_count_was_left(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    count(found)
    found.answer("IT IS THERE")
    second = found.page.sheet.question
    found.page.sheet.leave()
    count(found, "housing")
    found.page.sheet.leave()
    count(found)
    assert found.page.sheet.question == second
    found.answer("COUNT AGAIN")
    assert found.page.sheet.question != second


def test_a_whole_loop_says_so_and_changes_nothing(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    count(found)
    cards = len(found.model.shop.of_loop("cover"))
    for _ in range(cards):
        found.answer("IT IS THERE")
    assert found.ui.say(found.page.sheet.question).endswith(f"{cards} of {cards} cards are there")
    assert found.answers() == ["OK"]
    assert found.still.sent == []


def test_cards_are_printed_from_the_page(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    wanted: list[tuple[str, str, Printed]] = []
    found.page._print = lambda *asked: wanted.append(asked)
    found.page.open_loop("shaft")
    found.page.detail.plan.click()
    found.answer("PRINT THE CARDS")
    found.page.detail.chosen.emit("shaft-02")
    found.answer("PRINT IT")
    assert [(loop, card) for loop, card, _ in wanted] == [("shaft", ""), ("shaft", "shaft-02")]
    printed = wanted[0][2]
    printed(Text("Ready"), Text("shaft.pdf"))
    assert found.page.sheet.detail == Text("shaft.pdf")


def test_without_a_way_to_print_nothing_is_offered(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.page.open_loop("shaft")
    found.page.detail.plan.click()
    assert "PRINT THE CARDS" not in found.answers()


def _title(found: LoopsStage, card: str) -> str:
    from shopfloor.core.loop_views import card_title

    return card_title(found.model.shop, card)
