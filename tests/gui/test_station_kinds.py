"""What the cards of every kind of loop need at a station, by touch alone."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.line import Consume, LoopKind, Mark, Sequence
from shopfloor.core.state import CardState
from tests.gui.conftest import Show, Stage
from tests.gui.shops import Scene
from tests.helpers.kinds import line_of

ONE_SCAN = Sequence(in_process=Mark.OPTIONAL)
OPENING = Sequence(in_use=Mark.RECOMMENDED)


def scene_of(kind: LoopKind = LoopKind.PRODUCTION, *, people: bool = False, **changes: object) -> Scene:
    """Such a line, half a minute old."""
    return Scene(line_of(kind, people=people, **changes)).wait(30)


def touch(stage: Stage, *words: str) -> None:
    """Answer one sheet after the other; settled only where a meaning is new."""
    for word in words:
        button = next(b for b in stage.page.sheet.buttons() if str(b.word) == word)
        stage.tap(button)


def words(stage: Stage) -> list[str]:
    return [str(button.word) for button in stage.page.sheet.buttons()]


def open_card(stage: Stage, card: str) -> None:
    stage.page.cards.ask(card)
    stage.settle()


def test_pieces_are_counted_by_quick_touches(show: Show) -> None:
    stage = show(scene_of(consume=Consume.PIECES), "assembly", size=(1280, 800))
    open_card(stage, "x-01")
    touch(stage, "TAKE PIECES")
    stage.settle()
    touch(stage, "+1", "+10", "+10", "+1", "= 0", "+10", "+10", "+1", "21 pcs")
    assert stage.scene.sent == [c.WithdrawPieces(station="assembly", loop="x", pieces=21)]
    assert stage.scene.shop.cards["x-01"].state is CardState.IN_USE


def test_a_number_never_passes_what_is_there_and_zero_is_no_answer(show: Show) -> None:
    stage = show(scene_of(consume=Consume.PIECES), "assembly", size=(1280, 800))
    open_card(stage, "x-01")
    touch(stage, "TAKE PIECES")
    stage.settle()
    touch(stage, "0 pcs", "+100", "+100", "150 pcs")
    assert stage.scene.sent == [c.WithdrawPieces(station="assembly", loop="x", pieces=150)]


def test_containers_in_use_and_on_the_way_stand_in_the_store(show: Show) -> None:
    scene = scene_of(LoopKind.WITHDRAWAL)
    scene.do(c.OpenCard(station="assembly", card="x-02")).scan("assembly", "x-03", after_s=5)
    scene.scan("press", "x-03", after_s=5).scan("press", "x-03", after_s=30)
    stage = show(scene, "assembly")
    panel = stage.page.store_panels[0]
    assert panel._keys == ("x-02", "x-01", "x-03")
    assert [panel._note(panel._cards[card]) for card in panel._keys] == [
        "in use · 50 pcs",
        "50 pcs",
        "on the way · 50 pcs",
    ]


@pytest.mark.parametrize(
    ("card", "word", "command"),
    [
        ("x-03", "RECEIVE", c.ReceiveCard(station="assembly", card="x-03")),
        ("x-02", "IT IS EMPTY", c.StepCard(station="assembly", card="x-02")),
        ("x-01", "OPEN IT", c.OpenCard(station="assembly", card="x-01")),
        ("x-01", "TAKE IT", c.StepCard(station="assembly", card="x-01")),
    ],
)
def test_a_container_is_received_opened_and_emptied(show: Show, card: str, word: str, command: c.Command) -> None:
    scene = scene_of(LoopKind.WITHDRAWAL)
    scene.do(c.OpenCard(station="assembly", card="x-02")).scan("assembly", "x-03", after_s=5)
    scene.scan("press", "x-03", after_s=5).scan("press", "x-03", after_s=30).sent.clear()
    stage = show(scene, "assembly")
    open_card(stage, card)
    touch(stage, word)
    assert stage.scene.sent == [command]
    assert stage.scene.shop.book("assembly").verdict.rule == ""  # type: ignore[union-attr]


def test_what_a_supplier_outside_has_on_order_is_received_by_touch(show: Show) -> None:
    scene = scene_of(LoopKind.SUPPLIER).scan("assembly", "x-01")
    stage = show(scene, "assembly")
    panel = stage.page.store_panels[0]
    assert panel._note(panel._cards["x-01"]) == "on order · 50 pcs"
    open_card(stage, "x-01")
    touch(stage, "RECEIVE")
    assert stage.scene.shop.cards["x-01"].state is CardState.FULL


def test_an_opening_loop_offers_to_open_first(show: Show) -> None:
    stage = show(scene_of(sequence=OPENING), "assembly")
    open_card(stage, "x-01")
    assert words(stage)[0] == "OPEN IT"
    touch(stage, "OPEN IT")
    assert stage.scene.shop.cards["x-01"].state is CardState.IN_USE


def test_several_containers_are_taken_at_once_the_oldest_first(show: Show) -> None:
    stage = show(scene_of(), "assembly", size=(1280, 800))
    open_card(stage, "x-02")
    touch(stage, "TAKE SEVERAL")
    stage.settle()
    touch(stage, "+1", "+1", "2")
    assert stage.scene.sent == [c.WithdrawMany(station="assembly", cards=("x-01", "x-02"))]


def test_a_quantity_that_is_not_the_cards_is_noted(show: Show) -> None:
    stage = show(scene_of(), "assembly", size=(1280, 800))
    open_card(stage, "x-01")
    touch(stage, "ANOTHER QUANTITY")
    stage.settle()
    touch(stage, "+10", "+10", "+1", "21 pcs")
    assert stage.scene.sent == [c.NoteContents(station="assembly", card="x-01", quantity=21)]
    assert stage.scene.shop.cards["x-01"].pieces == 21


def test_where_a_start_is_optional_it_may_be_said_apart(show: Show) -> None:
    scene = scene_of(sequence=ONE_SCAN).scan("assembly", "x-01")
    stage = show(scene, "press")
    open_card(stage, "x-01")
    assert words(stage)[:2] == ["IT IS DONE", "START"]
    touch(stage, "START")
    assert stage.scene.sent == [c.StartCard(station="press", card="x-01")]
    assert stage.scene.shop.cards["x-01"].state is CardState.IN_PROCESS


def test_a_card_that_waits_for_its_lot_says_so(show: Show) -> None:
    stage = show(scene_of(LoopKind.SIGNAL).scan("assembly", "x-01"), "press")
    panel = stage.page.next_panel
    assert panel._note(panel._cards["x-01"]) == "waits for its lot"


def test_an_express_card_is_first_and_says_so(show: Show) -> None:
    scene = scene_of().scan("assembly", "x-01").scan("assembly", "x-02", after_s=5)
    stage = show(scene.do(c.MarkExpress(station="press", card="x-02", on=True)), "press")
    panel = stage.page.next_panel
    assert panel._keys == ("x-02", "x-01")
    assert panel._note(panel._cards["x-02"]).startswith("express")


def foreign(scene: Scene, text: str) -> Scene:
    return scene.do(c.ReadSignal(station="assembly", device="gun-1", text=text), after_s=5)


def test_a_foreign_code_is_taught_where_it_was_read(show: Show) -> None:
    stage = show(foreign(scene_of(), "bin 17"), "assembly", size=(1280, 800))
    stage.tap(stage.page.strip)
    stage.settle()
    touch(stage, "P1")
    stage.settle()
    touch(stage, "P1 2")
    assert stage.scene.sent == [c.TeachCode(station="assembly", code="BIN 17", card="x-02")]
    foreign(stage.scene, "bin 17")
    assert stage.scene.shop.cards["x-02"].state is CardState.EMPTY


def test_only_who_may_teach_is_offered_it(show: Show) -> None:
    stage = show(foreign(scene_of(people=True), "bin 17"), "assembly")
    assert not stage.page.strip._offer.template
    stage.scene.do(c.SignOn(station="assembly", person="ana"))
    foreign(stage.scene, "bin 18")
    assert str(stage.page.strip._offer) == "TEACH IT"
