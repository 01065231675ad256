"""What a leader does on the Calls page: every touch ends in one command the rules take, or says why not."""

import msgspec
import pytest

from shopfloor.core import commands as c
from shopfloor.core.call_views import Aside
from shopfloor.core.commands_andon import (
    GiveCause,
    NameCall,
    ReturnToService,
    ShelveCall,
    TakeOutOfService,
    UnshelveCall,
)
from shopfloor.core.line_andon import CallKind
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.state_andon import Shelf
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.gui.calls_actions import Action, cause_choices, causes_of, is_last_level, shelve_choices
from shopfloor.gui.calls_tabs import Part
from tests.gui import call_shops
from tests.gui.calls_stage import ShowCalls
from tests.gui.shops import Scene

CALL = "press/quality"
TOUCHES = [
    (Action.TAKE, (), c.AcknowledgeCall(station="press", call=CALL)),
    (Action.CLEAR, (), c.ClearCall(station="press", call=CALL)),
    (Action.STOP, (), c.StopCall(station="press", call=CALL)),
    (
        Action.SHELVE,
        ("15 MIN", "Parts are ordered"),
        ShelveCall(station="press", at="press", reason="quality", for_s=900, why="Parts are ordered"),
    ),
    (
        Action.SHELVE,
        ("UNTIL IT CLEARS", "False alarm"),
        ShelveCall(station="press", at="press", reason="quality", one_shot=True, why="False alarm"),
    ),
    (Action.REJECT, ("Only a test",), c.RejectCall(station="press", call=CALL, reason="Only a test")),
]


@pytest.mark.parametrize(("action", "answers", "command"), TOUCHES)
def test_a_call_is_changed_by_touch(
    show_calls: ShowCalls, action: Action, answers: tuple[str, ...], command: c.Command
) -> None:
    found = show_calls(call_shops.one(), "press")
    found.touch(action, *answers)
    assert found.line.sent == [command]


def test_a_mistake_of_this_moment_is_taken_back_without_a_question(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.still(call_shops.call("press", "quality", 3)), "press")
    found.touch(Action.REJECT)
    assert found.line.sent == [c.RejectCall(station="press", call=CALL, reason="mistake")]


def test_what_is_due_next_is_offered_first(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    offered = {}
    for call in found.rows():
        found.page.open.choose(call)
        offered[call] = found.offered()
    assert offered["wash/pump"] == [Action.CLEAR, Action.REJECT], "taken and arrived: a stop is not shelved"
    assert offered["press/missing"][0] is Action.ARRIVE
    assert offered["press/quality"] == [Action.TAKE, Action.CLEAR, Action.STOP, Action.SHELVE, Action.REJECT]
    assert Action.SERVICE in offered["wash/coolant"]
    assert offered["assembly/quality"] == [Action.CAUSE]


def test_a_contact_is_taken_out_of_service(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    found.tap_row("wash/coolant")
    found.touch(Action.SERVICE, "The sensor is faulty")
    wanted = TakeOutOfService(station="press", at="wash", reason="coolant", why="The sensor is faulty")
    assert found.line.sent == [wanted]


def test_a_call_is_answered_at_its_own_station_where_that_is_ours(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", "wash")
    found.touch(Action.CLEAR)
    assert found.line.sent == [c.ClearCall(station="wash", call="wash/pump")]


def test_a_cause_is_chosen_on_two_levels_and_closes_the_call(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.wants_cause(), "press")
    found.tap_row(CALL)
    found.touch(Action.CAUSE, "Machine")
    assert found.answers() == ["Worn part", "Wrong setting", "something else"], "the leak is offered for the pump alone"
    found.answer("Worn part")
    found.answer("NO NOTE")
    assert found.line.sent == [GiveCause(station="press", call=CALL, cause="wear")]


def test_a_first_level_cause_may_stand_with_a_note(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.wants_cause(), "press")
    found.tap_row(CALL)
    found.touch(Action.CAUSE, "Material", "something else", "It came back")
    assert found.line.sent == [GiveCause(station="press", call=CALL, cause="material", note="It came back")]


def test_a_note_is_written_where_the_line_names_no_cause(show_calls: ShowCalls) -> None:
    line = msgspec.structs.replace(call_shops.line(), causes=())
    found = show_calls(call_shops.still(call_shops.asks("press", "quality", 400), on=line), "press")
    found.touch(Action.CAUSE)
    assert "NO NOTE" not in found.answers()
    found.answer("WRITE IT")
    for key in "Oel":
        found.page.hub.writing.keys.touch(key)
    found.page.hub.writing.keys.touch("erase")
    found.page.hub.writing.done.click()
    assert found.line.sent == [GiveCause(station="press", call=CALL, cause="", note="Oe")]
    assert found.page.hub.writing.isHidden()


def test_a_call_that_recurs_asks_for_its_whys_first(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.wants_cause(), "press")
    wanted: list[str] = []
    found.page.open.whys.connect(wanted.append)
    found.tap_row("wash/pump")
    assert found.offered() == [Action.WHYS]
    found.touch(Action.WHYS)
    assert wanted == ["wash/pump"]


def test_a_stop_is_shared_by_two_causes(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.wants_cause(), "press")
    found.tap_row(CALL)
    found.touch(Action.CAUSE, "Machine", "Worn part", "ANOTHER CAUSE TOO", "Material", "something else")
    assert found.answers() == ["75 : 25", "50 : 50", "25 : 75"]
    found.answer("75 : 25")
    assert found.line.sent == [GiveCause(station="press", call=CALL, shares={"wear": 75, "material": 25})]


def test_what_did_not_stand_has_no_minutes_to_share(show_calls: ShowCalls) -> None:
    helped = msgspec.structs.replace(call_shops.asks("press", "quality", 400), kind=CallKind.HELP, stopped_us=0)
    found = show_calls(call_shops.still(helped), "press")
    found.touch(Action.CAUSE, "Machine", "Worn part")
    assert "ANOTHER CAUSE TOO" not in found.answers()


def test_a_second_look_is_no_touch(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.wants_check(), "press")
    assert found.offered() == []
    facts = found.facts()
    assert "A second person checks it: somebody else scans a badge at the station." in facts
    assert next(iter(facts)) == "Measure three parts before you clear it."
    found.change(CALL, verified_by="okoro")
    found.settle()
    assert found.offered() == [Action.CAUSE]
    assert found.facts()["checked by"] == "Okoro"


def test_a_call_of_help_gets_its_reason(show_calls: ShowCalls) -> None:
    line = call_shops.line()
    policy = msgspec.structs.replace(line.andon, help_reason="material")
    on = msgspec.structs.replace(line, andon=policy)
    calls = (call_shops.call("press", "material", 20), call_shops.call("wash", "material", 10))
    found = show_calls(call_shops.still(*calls, on=on), "press")
    found.tap_row("wash/material")
    assert Action.NAME not in found.offered(), "that is said where it is"
    found.tap_row("press/material")
    found.touch(Action.NAME, "Tool worn")
    assert found.line.sent == [NameCall(station="press", reason="tool")]


def test_what_is_put_aside_is_taken_off_by_one_touch(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.put_aside(), "press", size=(1280, 1100))
    found.show_part(Part.ASIDE)
    shown = [button for button in found.page.put_aside.buttons if button.isVisible()]
    assert [found.ui.say(b.word) for b in shown] == ["TAKE OFF", "TAKE OFF", "RETURN", "RETURN"]
    shown[0].click()
    shown[3].click()
    assert found.line.sent == [
        UnshelveCall(station="press", at="deburr", reason="tool"),
        ReturnToService(station="press", at="deburr", reason=""),
    ]


def test_where_there_is_no_station_nothing_can_be_done(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed())
    assert found.offered() == []
    found.show_part(Part.ASIDE)
    assert not [button for button in found.page.put_aside.buttons if button.isVisible()]


def test_a_touch_right_after_another_call_is_shown_does_nothing(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    found.page.open.choose("press/quality")
    found.touch(Action.TAKE)
    assert found.line.sent == []
    found.touch(Action.TAKE)
    assert found.line.sent == [c.AcknowledgeCall(station="press", call="press/quality")]


def test_a_refusal_is_said_with_its_remedy(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.one(), "press")
    words, remedy = Text("A leader has to do that"), Text("Ask a leader.")
    refusal = Refusal(Rule.NO_RIGHT, {"right": "shelve"})
    found.page.hub.answered.emit(Outcome(n=0, kind="refused", refusal=refusal, words=words, remedy=remedy))
    assert (found.page.hub.sheet.question, found.page.hub.sheet.detail) == (words, remedy)


def test_nothing_is_shelved_for_longer_than_the_line_allows(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.one(), "press")
    shop = found.model.shop
    policy = msgspec.structs.replace(shop.line.andon, shelve_s_max=1800)
    shop.set_line(msgspec.structs.replace(shop.line, andon=policy))
    assert [choice.key for choice in shelve_choices(shop)] == ["900", "one-shot"]


def test_a_cause_whose_parent_is_not_offered_stands_on_the_first_level(show_calls: ShowCalls) -> None:
    shop = show_calls(call_shops.one(), "press").model.shop
    causes = causes_of(shop, "pump")
    under = tuple(cause for cause in causes if cause.id != "machine")
    assert "wear" in {choice.key for choice in cause_choices(under)}
    assert is_last_level(causes, "method", "")
    assert not is_last_level(causes, "machine", "")


def test_the_rules_take_what_the_page_asks_for(show_calls: ShowCalls) -> None:
    scene = Scene(call_shops.line(people=False))
    scene.do(c.RaiseCall(station="press", reason="quality")).do(c.RaiseCall(station="wash", reason="tool")).wait(20)
    found = show_calls(scene, "press")
    found.tap_row(next(call.id for call in scene.shop.calls.values() if call.reason == "tool"))
    found.touch(Action.SHELVE, "15 MIN", "Parts are ordered")
    assert [(shelf.station, shelf.reason, shelf.why) for shelf in scene.shop.shelves.values()] == [
        ("wash", "tool", "Parts are ordered")
    ]
    assert [type(entity) for entity in scene.shop.shelves.values()] == [Shelf]
    for action in (Action.TAKE, Action.ARRIVE, Action.CLEAR):
        found.touch(action)
        found.line.clock.advance(5)
        found.settle()
    assert found.offered() == [Action.CAUSE]
    found.touch(Action.CAUSE, "Method", "NO NOTE")
    assert found.rows() == []
    found.show_part(Part.ASIDE)
    found.page.put_aside.buttons[0].click()
    found.show_part(Part.OPEN)
    view = found.page.open.shown()
    assert view is not None
    assert (view.reason, view.aside) == ("tool", Aside.NOT)
