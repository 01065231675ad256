"""Behaviours that other systems document or get wrong, by their names in the reference (B1 to B17)."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.events import CardRetired, CardWithdrawn, ScanRefused, ScanRepeated
from shopfloor.core.events_loop import LotReleased, PiecesWithdrawn
from shopfloor.core.line import Consume, LoopKind
from shopfloor.core.state import CardState
from shopfloor.core.surplus import leaving_next
from shopfloor.core.views import next_cards
from tests.helpers.desk import Desk, rule_of
from tests.helpers.kinds import desk_of, line_of, put, states
from tests.helpers.lines import a_line

S = CardState


def test_b1_two_of_three_emptied_cards_wait_and_the_third_lets_all_go() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=3, quantity=10)
    desk.scan("x", 1, "assembly")
    desk.scan("x", 2, "assembly")
    assert states(desk) == "waiting waiting full"
    assert [card.why for card in next_cards(desk.shop, desk.shop.stations["press"])] == ["lot_incomplete"] * 2
    refused = desk.scan("x", 1, "press")
    assert isinstance(refused, ScanRefused)
    assert (refused.rule, refused.args["empty"], refused.args["lot"]) == ("lot_incomplete", 2, 3)
    head = len(desk.journal)
    assert isinstance(desk.scan("x", 3, "assembly"), CardWithdrawn)
    withdrawn, released = (recorded.event for recorded in desk.journal[head:])
    assert isinstance(withdrawn, CardWithdrawn)
    assert released == LotReleased(station="assembly", loop="x", cards=("x-01", "x-02", "x-03"))
    assert states(desk) == "empty empty empty"


def test_b1_a_planner_may_let_two_go() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=3)
    desk.scan("x", 1, "assembly")
    desk.scan("x", 2, "assembly")
    desk.do(c.ReleaseLot(station="press", loop="x"))
    assert states(desk) == "empty empty full"
    assert rule_of(desk.scan("x", 1, "press")) == ""


def test_b1_only_a_planner_may_let_fewer_go() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=3, people=True)
    desk.scan("x", 1, "assembly")
    assert rule_of(desk.do(c.ReleaseLot(station="press", loop="x"))) == "no_right"
    desk.read("P-0007", "press")
    assert rule_of(desk.do(c.ReleaseLot(station="press", loop="x"))) == ""


def test_b2_an_emptied_card_of_an_independent_source_waits_until_it_is_let_go() -> None:
    desk = desk_of(LoopKind.SIGNAL, lot=0)
    for number in (1, 2, 3):
        desk.scan("x", number, "assembly")
    assert states(desk) == "waiting waiting waiting"
    assert rule_of(desk.scan("x", 2, "press")) == "lot_incomplete"
    desk.do(c.ReleaseLot(station="press", loop="x", cards=("x-02",)))
    assert states(desk) == "waiting empty waiting"
    assert rule_of(desk.scan("x", 2, "press")) == ""


def test_b3_pieces_come_from_what_is_in_use_and_then_from_what_is_full_longest() -> None:
    desk = desk_of(consume=Consume.PIECES)
    put(desk, 1, S.IN_USE, pieces=10, since_us=300)
    put(desk, 2, S.FULL, since_us=100)
    put(desk, 3, S.FULL, since_us=200)
    head = len(desk.journal)
    desk.do(c.WithdrawPieces(station="assembly", loop="x", pieces=25))
    taken = [recorded.event for recorded in desk.journal[head:]]
    assert [(e.card, e.pieces, e.left) for e in taken if isinstance(e, PiecesWithdrawn)] == [
        ("x-01", 10, 0),
        ("x-02", 15, 35),
    ]
    assert states(desk) == "empty in_use full"
    assert desk.card("x", 2).pieces == 35
    assert rule_of(desk.scan("x", 1, "press")) == "", "the emptied container is a pull signal"


def test_b3_more_than_there_is_is_refused_with_the_number() -> None:
    desk = desk_of(consume=Consume.PIECES, cards=2)
    refused = desk.do(c.WithdrawPieces(station="assembly", loop="x", pieces=101))
    assert isinstance(refused, ScanRefused)
    assert (refused.rule, refused.args["wanted"], refused.args["have"]) == ("not_enough", 101, 100)
    assert states(desk) == "full full"


def test_b6_a_start_taken_back_leaves_the_signal_as_it_was() -> None:
    desk = desk_of()
    desk.scan("x", 1, "assembly")
    signal = desk.card("x", 1)
    desk.scan("x", 1, "press")
    desk.do(c.UndoStep(station="press"))
    assert desk.card("x", 1).state is S.EMPTY
    assert desk.card("x", 1).emptied_us == signal.emptied_us
    assert rule_of(desk.scan("x", 1, "press")) == "", "the order may be placed again, and no signal was lost"


def test_b7_a_finish_sooner_than_the_cycle_allows_is_asked_about_once() -> None:
    line = a_line()
    stations = tuple(
        station if station.id != "press" else type(station)(id="press", name="Press 1", cycle_min_s=60)
        for station in line.stations
    )
    desk = Desk(a_line(stations=stations))
    desk.scan("shaft", 1, "assembly")
    desk.scan("shaft", 1, "press")
    asked = desk.scan("shaft", 1, "press", after_s=30)
    assert isinstance(asked, ScanRepeated)
    assert asked.asked
    assert desk.card("shaft", 1).state is S.IN_PROCESS
    assert desk.scan("shaft", 1, "press", after_s=5).kind == "card_finished", "a warning, which the second scan answers"


def test_b8_fewer_cards_leave_in_a_fixed_order_and_given_signals_stay() -> None:
    kind = LoopKind.SIGNAL
    desk = desk_of(kind, cards=5, lot=2, transit=True)
    put(desk, 1, S.WAITING, since_us=1)
    put(desk, 2, S.FULL, since_us=2)
    put(desk, 3, S.IN_TRANSIT, since_us=3)
    put(desk, 4, S.EMPTY, since_us=4)
    put(desk, 5, S.EMPTY, since_us=5)
    desk.do(c.ChangeLine(line=line_of(kind, cards=2, lot=2, transit=True)))
    loop = desk.shop.loops["x"]
    assert [card.number for card in leaving_next(desk.shop, loop)] == [1, 2, 3]
    desk.tick()
    assert [r.event.card for r in desk.journal if isinstance(r.event, CardRetired)] == ["x-01"], "what waits, at once"
    assert [card.number for card in leaving_next(desk.shop, loop)] == [2, 3]
    desk.scan("x", 2, "assembly")
    desk.scan("x", 3, "assembly")
    desk.scan("x", 3, "assembly")
    desk.tick()
    assert [r.event.card for r in desk.journal if isinstance(r.event, CardRetired)] == ["x-01", "x-02", "x-03"]
    assert states(desk) == "empty empty"


def test_b12_a_turn_adds_one_cycle_and_leaves_nothing_of_the_one_before() -> None:
    desk = desk_of(LoopKind.SUPPLIER)
    desk.scan("x", 1, "assembly")
    desk.do(c.AcknowledgeCard(station="assembly", card="x-01"))
    desk.scan("x", 1, "assembly")
    desk.do(c.NoteContents(station="assembly", card="x-01", quantity=48, lot="L7", serials=("S1",)))
    desk.scan("x", 1, "assembly")
    card = desk.card("x", 1)
    assert card.cycle == 2
    assert (card.acked_us, card.acked_by, card.lot, card.serials, card.pieces) == (0, "", "", (), 0)
    assert (card.made_by, card.finished_us) == ("", ())


def test_b12_a_card_of_a_loop_that_is_gone_does_nothing() -> None:
    desk = desk_of()
    desk.scan("x", 1, "assembly")
    code = card_code("plant", "x", 1, 1)
    desk.do(c.ChangeLine(line=replace(desk.shop.line, loops=())))
    assert rule_of(desk.read(code, "press")) == "unknown_code"


def test_b16_the_same_card_scanned_twice_is_one_order() -> None:
    for kind in LoopKind:
        desk = desk_of(kind)
        consumer = desk.shop.loops["x"].consumer
        if consumer is None:
            continue
        desk.scan("x", 1, consumer)
        after = desk.card("x", 1)
        again = desk.scan("x", 1, consumer)
        assert isinstance(again, ScanRefused | ScanRepeated), kind
        assert desk.card("x", 1).state is after.state
        assert desk.card("x", 1).cycle == after.cycle == 1


def test_b17_ten_scans_in_two_seconds_are_ten_outcomes() -> None:
    desk = desk_of(cards=10)
    head = len(desk.journal)
    for number in range(1, 11):
        desk.scan("x", number, "assembly", after_s=0.19)
    assert len(desk.journal) == head + 10
    assert [r.event.card for r in desk.journal[head:] if isinstance(r.event, CardWithdrawn)] == [
        f"x-{number:02d}" for number in range(1, 11)
    ]


def test_b17_ten_scans_of_one_card_are_ten_outcomes_and_one_withdrawal() -> None:
    desk = desk_of()
    head = len(desk.journal)
    for _ in range(10):
        desk.scan("x", 1, "assembly", after_s=0.19)
    outcomes = [recorded.event for recorded in desk.journal[head:]]
    assert len(outcomes) == 10
    assert sum(isinstance(event, CardWithdrawn) for event in outcomes) == 1
