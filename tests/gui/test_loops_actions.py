"""What a planner does on the Loops page: every touch ends in one command, or says why not."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.line import Loop
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.state import Card, CardState, PlannedChange, Taught
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome, Update
from shopfloor.gui.loops_actions import card_choices, card_command
from shopfloor.gui.pages.loops import LoopsPage
from tests.gui import loop_shops
from tests.gui.board_shops import START_US
from tests.gui.conftest import Show
from tests.gui.loops_stage import ShowLoops
from tests.gui.shops import Scene, gearbox

CARD_ACTIONS = [
    ("housing-03", ("HOLD", "Damaged"), c.HoldCard(station="press", card="housing-03", reason="Damaged")),
    ("shaft-02", ("RELEASE",), c.ReleaseCard(station="press", card="shaft-02")),
    ("housing-03", ("LOST",), c.LoseCard(station="press", card="housing-03")),
    ("shaft-04", ("FOUND, EMPTY",), c.FindCard(station="press", card="shaft-04", full=False)),
    ("housing-01", ("RETIRE", "Worn out"), c.RetireCard(station="press", card="housing-01", reason="Worn out")),
    ("housing-02", ("EXPRESS",), c.MarkExpress(station="press", card="housing-02", on=True)),
    ("shaft-04", ("NEW PRINT",), c.ReprintCard(station="press", card="shaft-04")),
]


@pytest.mark.parametrize(("card", "words", "command"), CARD_ACTIONS)
def test_a_card_is_changed_by_touch(
    show_loops: ShowLoops, card: str, words: tuple[str, ...], command: c.Command
) -> None:
    found = show_loops(loop_shops.urgent())
    found.page.open_loop(card.partition("-")[0])
    found.page.detail.chosen.emit(card)
    for word in words:
        found.answer(word)
    assert found.still.sent == [command]


def test_a_card_in_process_cannot_retire(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.urgent())
    found.page.detail.chosen.emit("housing-04")
    assert "RETIRE" not in found.answers()


def test_a_waiting_lot_is_released(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.all_states())
    found.page.open_loop("housing")
    found.page.detail.plan.click()
    found.answer("RELEASE THE LOT")
    assert found.still.sent == [c.ReleaseLot(station="press", loop="housing")]


def test_a_whole_loop_is_put_on_hold_and_released(show: Show) -> None:
    stage = show(Scene(gearbox(people=False)))
    page = LoopsPage(stage.model, stage.ui, stage.scene.ask, stations=("press",))
    page.open_loop("housing")
    page._do_plan("housing", "hold")
    next(b for b in page.sheet.buttons() if str(b.word) == "Supplier has none").click()
    cards = stage.scene.shop.of_loop("housing")
    assert {(card.state, card.note) for card in cards} == {(CardState.HELD, "Supplier has none")}
    page._do_plan("housing", "release")
    assert {card.state for card in stage.scene.shop.of_loop("housing")} == {CardState.FULL}
    page.deleteLater()


def test_extra_cards_need_a_reason(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.page.open_loop("cover")
    found.page.detail.plan.click()
    for word in ("EXTRA CARDS", "2 cards", "A peak in demand"):
        found.answer(word)
    assert found.still.sent == [c.IssueCards(station="press", loop="cover", count=2, reason="A peak in demand")]


def test_another_number_of_cards_holds_from_the_first_instant_of_its_day(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.page.open_loop("housing")
    found.page.detail.plan.click()
    found.answer("NUMBER OF CARDS")
    assert found.answers()[0] == "3 cards", "the measured number is offered though it is far away"
    found.answer("9 cards")
    found.answer("TOMORROW")
    midnight = 1_772_492_400_000_000  # Tuesday 3 March 2026, 00:00 in Berlin, an hour ahead of UTC
    wanted = c.PlanChange(station="press", loop="housing", cards=9, from_day="2026-03-03", from_us=midnight)
    assert found.still.sent == [wanted]


def test_another_quantity_of_a_card_is_planned(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.page.open_loop("housing")
    found.page.detail.plan.click()
    for word in ("PIECES A CARD", "+10", "+1", "+1", "12", "TODAY"):
        found.answer(word)
    (sent,) = found.still.sent
    assert isinstance(sent, c.PlanChange)
    assert (sent.loop, sent.cards, sent.quantity, sent.from_day) == ("housing", None, 12, "2026-03-02")


def test_a_taught_code_is_forgotten(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.still.put(Update(changed=(Taught(text="BIN 17", card="shaft-02"),)))
    found.page.detail.chosen.emit("shaft-02")
    found.answer("FORGET ITS CODE")
    assert found.still.sent == [c.TeachCode(station="press", code="BIN 17", card="")]
    found.page.detail.chosen.emit("shaft-01")
    assert "FORGET ITS CODE" not in found.answers()


def test_a_planned_change_can_be_taken_back(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.still.put(Update(changed=(PlannedChange(loop="shaft", cards=7, day="2026-03-05", from_us=START_US),)))
    found.page.open_loop("shaft")
    found.page.detail.plan.click()
    found.answer("TAKE BACK THE CHANGE")
    assert found.still.sent == [c.CancelChange(station="press", loop="shaft")]


def test_a_refusal_is_said_with_its_remedy(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    refusal = Refusal(Rule.NO_RIGHT, {"right": "hold"})
    words, remedy = Text("A leader has to do that"), Text("Ask a leader.")
    found.page.answered.emit(Outcome(n=0, kind="refused", refusal=refusal, words=words, remedy=remedy))
    assert (found.page.sheet.question, found.page.sheet.detail) == (words, remedy)
    found.answer("OK")
    assert found.page.sheet.isHidden()


def test_a_board_changes_nothing(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.urgent())
    watching = LoopsPage(found.model, found.ui, found.still.ask)
    watching.resize(1280, 700)
    watching.open_loop("housing")
    assert watching.detail.plan.isHidden()
    watching.detail.chosen.emit("housing-02")
    assert [found.ui.say(b.word) for b in watching.sheet.buttons()] == ["OK"]
    watching.deleteLater()


def test_a_suppliers_signal_is_acknowledged_once() -> None:
    loop = Loop(id="a", part="A", route=("press",), acknowledge=True)
    card = Card(id="a-1", loop="a", number=1, state=CardState.EMPTY)
    assert card_choices(card, loop)[0].key == "acknowledge"
    assert card_command("acknowledge", "press", "a-1") == c.AcknowledgeCard(station="press", card="a-1")
    done = Card(id="a-1", loop="a", number=1, state=CardState.EMPTY, acked_us=START_US)
    assert "acknowledge" not in {choice.key for choice in card_choices(done, loop)}


@pytest.mark.parametrize("state", [CardState.NEW, CardState.RETIRED])
def test_nothing_is_offered_for_a_card_that_is_not_in_circulation(state: CardState) -> None:
    loop = Loop(id="a", part="A", route=("press",))
    assert card_choices(Card(id="a-1", loop="a", number=1, state=state), loop) == ()


def test_the_rules_take_what_the_page_asks_for(show: Show) -> None:
    stage = show(Scene(gearbox(people=False)))
    page = LoopsPage(stage.model, stage.ui, stage.scene.ask, stations=("press",))
    page.open_loop("housing")
    page._do_card("housing-01", "lose")
    page._plan("housing", 7, None, "today")
    page._send(c.IssueCards(station="press", loop="cover", count=2, reason="A peak in demand"))
    stage.scene.wait(1)
    page.refresh()
    rows = {row.id: row for row in page._rows}
    assert stage.scene.shop.cards["housing-01"].state is CardState.LOST
    assert (rows["housing"].planned, rows["housing"].total) == (7, 7)
    assert (rows["cover"].planned, rows["cover"].total, rows["cover"].extra) == (4, 6, 2)
    page.deleteLater()
