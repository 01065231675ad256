"""What planners, leaders and suppliers do with the cards of a loop."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.events import CallRaised, CardCirculated, CardRetired, CardStarted, CardWithdrawn, ScanRefused
from shopfloor.core.events_loop import CardReceived, CardsIssued, LotReleased, ResponseLate
from shopfloor.core.line import LoopKind, Mark, Sequence, StartState
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import CardState
from shopfloor.core.surplus import jokers
from shopfloor.core.views import next_cards
from tests.helpers.desk import Desk, rule_of
from tests.helpers.kinds import desk_of, line_of, put, states

S = CardState


# Suppliers.


def test_a_supplier_acknowledges_then_delivers_without_ever_scanning() -> None:
    desk = desk_of(LoopKind.SUPPLIER)
    desk.scan("x", 1, "assembly")
    desk.do(c.AcknowledgeCard(station="assembly", card="x-01"))
    assert rule_of(desk.do(c.AcknowledgeCard(station="assembly", card="x-01"))) == "already_done"
    received = desk.scan("x", 1, "assembly")
    assert isinstance(received, CardReceived)
    assert [step.what for step in received.inferred] == ["start", "finish"]
    assert desk.scan("x", 1, "assembly").kind == "card_withdrawn"


def test_a_delivery_nobody_announced_is_asked_about_once() -> None:
    desk = desk_of(LoopKind.SUPPLIER, acknowledge=False)
    desk.scan("x", 1, "assembly")
    assert desk.scan("x", 1, "assembly").kind == "scan_repeated"
    assert desk.card("x", 1).state is S.EMPTY
    assert desk.scan("x", 1, "assembly").kind == "card_received"


def test_a_touch_receives_what_no_scan_announced() -> None:
    desk = desk_of(LoopKind.SUPPLIER)
    desk.scan("x", 1, "assembly")
    assert rule_of(desk.do(c.ReceiveCard(station="far", card="x-01"))) == "wrong_station"
    desk.do(c.ReceiveCard(station="assembly", card="x-01"))
    assert desk.card("x", 1).state is S.FULL
    assert rule_of(desk.do(c.ReceiveCard(station="assembly", card="x-01"))) == "already_done"


def test_an_answer_that_does_not_come_is_late_once_and_calls_for_its_reason() -> None:
    desk = desk_of(LoopKind.SUPPLIER, response_s=3600, response_reason="late")
    desk.scan("x", 1, "assembly")
    desk.scan("x", 2, "assembly")
    desk.do(c.AcknowledgeCard(station="assembly", card="x-02"))
    asked_us = desk.card("x", 1).since_us
    desk.clock.advance(3599 - 2)
    desk.tick()
    assert not desk.card("x", 1).late
    desk.clock.advance(10)
    desk.tick()
    desk.tick()
    found = [r.event for r in desk.journal if isinstance(r.event, ResponseLate)]
    assert found == [ResponseLate(card="x-01", since_us=asked_us + 3600 * US_PER_S)]
    assert desk.card("x", 1).late
    calls = [r.event for r in desk.journal if isinstance(r.event, CallRaised)]
    assert [(call.station, call.reason) for call in calls] == [("steelworks", "late")]


def test_a_new_signal_is_not_late_any_more() -> None:
    desk = desk_of(LoopKind.SUPPLIER, response_s=60)
    desk.scan("x", 1, "assembly")
    desk.clock.advance(100)
    desk.tick()
    desk.do(c.ReceiveCard(station="assembly", card="x-01"))
    assert not desk.card("x", 1).late
    desk.scan("x", 1, "assembly")
    assert not desk.card("x", 1).late


@pytest.mark.parametrize("arrives", ["finished", "found", "received"])
def test_a_container_that_is_there_is_late_no_more(arrives: str) -> None:
    desk = desk_of(LoopKind.SUPPLIER, response_s=60, route=("press",), transit=False)
    desk.scan("x", 1, "assembly")
    desk.clock.advance(100)
    desk.tick()
    desk.do(c.AcknowledgeCard(station="press", card="x-01"))
    if arrives == "finished":
        desk.scan("x", 1, "press")
        desk.scan("x", 1, "press")
    elif arrives == "found":
        desk.do(c.LoseCard(station="press", card="x-01"))
        desk.do(c.FindCard(station="press", card="x-01", full=True))
    else:
        put(desk, 1, S.IN_TRANSIT)
        desk.do(c.ReceiveCard(station="assembly", card="x-01"))
    card = desk.card("x", 1)
    assert (card.state, card.late, card.acked_us, card.acked_by, card.asked) == (S.FULL, False, 0, "", None)


def test_a_card_that_waits_for_its_lot_has_asked_nobody_yet() -> None:
    desk = desk_of(LoopKind.SUPPLIER, response_s=60, route=("press",), transit=False, lot=2)
    for number in (1, 2):
        desk.scan("x", number, "assembly")
    desk.clock.advance(100)
    desk.scan("x", 1, "press")
    assert desk.card("x", 1).late
    desk.scan("x", 1, "press")
    desk.scan("x", 1, "press")
    desk.scan("x", 1, "assembly")
    card = desk.card("x", 1)
    assert (card.state, card.late, card.acked_us) == (S.WAITING, False, 0)


# Lots.


def test_a_card_that_is_found_empty_joins_the_lot() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=3)
    desk.scan("x", 1, "assembly")
    desk.scan("x", 2, "assembly")
    desk.do(c.LoseCard(station="press", card="x-03"))
    desk.do(c.FindCard(station="press", card="x-03", full=False))
    desk.tick()
    assert states(desk) == "empty empty empty"


def test_a_smaller_lot_lets_go_what_waits() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=3)
    desk.scan("x", 1, "assembly")
    desk.scan("x", 2, "assembly")
    desk.do(c.ChangeLine(line=line_of(LoopKind.SIGNAL, lot=2)))
    desk.tick()
    assert states(desk) == "empty empty full"


def test_the_withdrawal_that_completed_a_lot_can_be_taken_back() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=2, cards=2)
    desk.scan("x", 1, "assembly")
    desk.scan("x", 2, "assembly")
    assert rule_of(desk.do(c.UndoStep(station="assembly"))) == ""
    assert states(desk) == "empty full"


def test_cards_put_in_circulation_empty_wait_for_their_lot() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=2, cards=3, start=StartState.EMPTY)
    desk.tick()
    assert states(desk) == "empty empty waiting"


# Many at once.


def test_many_containers_are_withdrawn_in_one_transaction_each_with_its_own_outcome() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=2, cards=4)
    desk.do(c.HoldCard(station="press", card="x-02", reason="dent"))
    head = len(desk.journal)
    desk.do(c.WithdrawMany(station="assembly", cards=("x-01", "x-02", "x-03", "x-01", "nobody-01")))
    kinds = [recorded.event.kind for recorded in desk.journal[head:]]
    assert kinds == ["card_withdrawn", "scan_refused", "card_withdrawn", "scan_refused", "lot_released"]
    assert states(desk) == "empty held empty full"


@pytest.mark.parametrize("count", [0, 201])
def test_nothing_and_too_many_at_once_are_refused(count: int) -> None:
    desk = desk_of()
    cards = tuple(f"x-{number:02d}" for number in range(count))
    assert rule_of(desk.do(c.WithdrawMany(station="assembly", cards=cards))) == "not_possible"


def test_many_at_another_place_are_refused_each() -> None:
    desk = desk_of()
    desk.do(c.WithdrawMany(station="far", cards=("x-01", "x-02")))
    refused = [r.event.rule for r in desk.journal if isinstance(r.event, ScanRefused)]
    assert refused == ["wrong_station", "wrong_station"]


# Extra cards, lives and days.


def test_extra_cards_live_for_one_turn_and_are_not_counted() -> None:
    desk = desk_of(cards=2)
    issued = desk.do(c.IssueCards(station="press", loop="x", count=2, reason="model change"))
    assert isinstance(issued, CardsIssued)
    assert issued.cards == ("x-03", "x-04")
    assert desk.shop.alive["x"] == 2
    desk.do(c.ChangeLine(line=desk.shop.line))
    assert states(desk) == "full full empty empty"
    desk.scan("x", 3, "press")
    desk.scan("x", 3, "press")
    desk.scan("x", 3, "assembly")
    desk.tick()
    assert [(r.event.card, r.event.reason) for r in desk.journal if isinstance(r.event, CardRetired)] == [
        ("x-03", "lives spent")
    ]


def test_jokers_are_the_highest_numbers_and_work_like_the_others() -> None:
    desk = desk_of(cards=4, jokers=2)
    loop = desk.shop.loops["x"]
    assert jokers(desk.shop, loop) == {"x-03", "x-04"}
    desk.do(c.IssueCards(station="press", loop="x", count=1, reason="peak"))
    desk.do(c.RetireCard(card="x-04"))
    assert jokers(desk.shop, loop) == {"x-02", "x-03"}
    assert desk.scan("x", 3, "assembly").kind == "card_withdrawn"


def test_an_extra_card_may_begin_with_a_full_container() -> None:
    desk = desk_of(cards=1)
    desk.do(c.IssueCards(station="press", loop="x", count=1, reason="peak", full=True))
    desk.scan("x", 2, "assembly")
    desk.tick()
    assert desk.card("x", 2).state is S.RETIRED


@pytest.mark.parametrize(("count", "reason", "rule"), [(0, "r", "not_possible"), (21, "r", "not_possible"),
                                                       (1, " ", "no_right")])  # fmt: skip
def test_extra_cards_need_a_number_and_a_reason(count: int, reason: str, rule: str) -> None:
    desk = desk_of()
    assert rule_of(desk.do(c.IssueCards(station="press", loop="x", count=count, reason=reason))) == rule


def test_cards_retire_after_their_cycles_and_are_not_replaced() -> None:
    desk = desk_of(lives=2, cards=1)
    for _ in range(2):
        desk.scan("x", 1, "assembly")
        desk.tick()
        if desk.card("x", 1).state is not S.RETIRED:
            desk.scan("x", 1, "press")
            desk.scan("x", 1, "press")
    assert desk.card("x", 1).state is S.RETIRED
    desk.do(c.ChangeLine(line=desk.shop.line))
    assert len(desk.shop.of_loop("x")) == 1


def test_after_its_last_day_a_card_retires_when_it_is_empty() -> None:
    start_us = desk_of().clock.now().at_us
    desk = desk_of(cards=2, expires_us=start_us + 100 * US_PER_S)
    desk.scan("x", 1, "assembly")
    desk.tick()
    assert states(desk) == "empty full"
    desk.clock.advance(100)
    desk.tick()
    assert states(desk) == "full"
    desk.scan("x", 2, "assembly")
    desk.tick()
    assert states(desk) == ""


# Prints and express.


def test_a_reprint_makes_the_old_paper_invalid() -> None:
    desk = desk_of()
    desk.do(c.LoseCard(station="press", card="x-01"))
    desk.do(c.ReprintCard(station="press", card="x-01"))
    desk.do(c.FindCard(station="press", card="x-01", full=True))
    refused = desk.scan("x", 1, "assembly")
    assert isinstance(refused, ScanRefused)
    assert (refused.rule, refused.args["print"], refused.args["current"]) == ("old_print", 1, 2)
    assert desk.read(card_code("plant", "x", 1, 2), "assembly").kind == "card_withdrawn"


def test_an_undo_does_not_bring_the_old_print_back() -> None:
    desk = desk_of()
    desk.scan("x", 1, "assembly")
    desk.do(c.ReprintCard(station="press", card="x-01"))
    desk.do(c.UndoStep(station="assembly"))
    assert desk.card("x", 1).state is S.FULL
    assert desk.card("x", 1).print_version == 2


def test_prints_end_where_their_one_character_ends() -> None:
    desk = desk_of()
    put(desk, 1, S.FULL, print_version=35)
    assert rule_of(desk.do(c.ReprintCard(station="press", card="x-01"))) == "not_possible"


def lane() -> Desk:
    """Three cards in the lane to deburr, number 1 the oldest."""
    desk = desk_of(route=("press", "deburr"))
    for number in (1, 2, 3):
        desk.scan("x", number, "assembly")
        desk.scan("x", number, "press")
        desk.scan("x", number, "press")
    return desk


def test_an_express_card_is_first_and_passes_the_order_of_its_lane() -> None:
    desk = lane()
    desk.do(c.MarkExpress(station="deburr", card="x-03", on=True))
    assert [(v.number, v.express, v.why) for v in next_cards(desk.shop, desk.shop.stations["deburr"])] == [
        (3, True, ""),
        (1, False, ""),
        (2, False, "not_oldest"),
    ]
    assert rule_of(desk.scan("x", 2, "deburr")) == "not_oldest"
    started = desk.scan("x", 3, "deburr")
    assert isinstance(started, CardStarted)
    assert started.over == ("not_oldest",), "it is recorded that others were passed"
    desk.scan("x", 3, "deburr")
    assert not desk.card("x", 3).express, "it is over when the card is full"


def test_express_cards_keep_their_order_among_each_other() -> None:
    desk = lane()
    for card in ("x-02", "x-03"):
        desk.do(c.MarkExpress(station="deburr", card=card, on=True))
    assert rule_of(desk.scan("x", 3, "deburr")) == "not_oldest"
    assert rule_of(desk.scan("x", 2, "deburr")) == ""


def test_express_can_be_taken_back_and_survives_an_undo() -> None:
    desk = lane()
    desk.do(c.MarkExpress(station="deburr", card="x-03", on=True))
    desk.scan("x", 3, "deburr")
    desk.do(c.UndoStep(station="deburr"))
    assert desk.card("x", 3).express
    desk.do(c.MarkExpress(station="deburr", card="x-03", on=False))
    assert rule_of(desk.do(c.MarkExpress(station="deburr", card="x-03", on=False))) == "already_done"
    assert rule_of(desk.scan("x", 3, "deburr")) == "not_oldest"


# Steps that only a touch asks for.


def test_a_touch_starts_what_a_scan_would_finish_at_once() -> None:
    desk = desk_of(sequence=Sequence(in_process=Mark.OPTIONAL))
    desk.scan("x", 1, "assembly")
    assert rule_of(desk.do(c.StartCard(station="assembly", card="x-01"))) == "wrong_station"
    desk.do(c.StartCard(station="press", card="x-01"))
    assert desk.card("x", 1).state is S.IN_PROCESS
    assert rule_of(desk.do(c.StartCard(station="press", card="x-01"))) == "already_done"
    desk.scan("x", 1, "press")
    assert desk.card("x", 1).state is S.FULL


def test_a_touch_opens_a_container() -> None:
    desk = desk_of()
    desk.do(c.OpenCard(station="assembly", card="x-01"))
    assert desk.card("x", 1).state is S.IN_USE
    assert rule_of(desk.do(c.OpenCard(station="assembly", card="x-01"))) == "already_done"
    assert isinstance(desk.scan("x", 1, "assembly"), CardWithdrawn)
    assert rule_of(desk.do(c.OpenCard(station="assembly", card="x-01"))) == "not_possible"


RIGHTS = [
    c.ReleaseLot(station="press", loop="x"),
    c.IssueCards(station="press", loop="x", count=1, reason="peak"),
    c.ReprintCard(station="press", card="x-01"),
    c.MarkExpress(station="press", card="x-01", on=True),
    c.PlanChange(station="press", loop="x", cards=4),
    c.CancelChange(station="press", loop="x"),
    c.TeachCode(station="press", code="OLD 1", card="x-01"),
]


@pytest.mark.parametrize("command", RIGHTS, ids=lambda command: type(command).__name__)
def test_what_changes_a_loop_needs_the_right_to_it(command: c.Command) -> None:
    desk = desk_of(people=True)
    desk.read("P-0008", "press")
    assert rule_of(desk.do(command)) == "no_right"
    assert not [r for r in desk.journal if isinstance(r.event, LotReleased | CardsIssued)]
    assert sum(isinstance(r.event, CardCirculated) for r in desk.journal) == 3
