"""The history of calls: the newest first, narrowed by touch, each with its times, and the way to go on with it."""

import msgspec

from shopfloor.core.commands_andon import OpenProblem, ReopenCall
from shopfloor.core.update import DigestRow, Update
from shopfloor.flow.andon.record import CALLS
from shopfloor.gui.calls_tabs import Part
from tests.gui import call_pasts, call_shops
from tests.gui.board_shops import START_US, Still
from tests.gui.calls_stage import CallsStage, ShowCalls
from tests.helpers.call_records import S, a_record


def opened(show_calls: ShowCalls, *stations: str) -> CallsStage:
    found = show_calls(call_pasts.past(), *stations)
    found.show_part(Part.HISTORY)
    return found


def facts(found: CallsStage) -> dict[str, str]:
    return {found.ui.say(f.name): found.ui.say(f.value) for f in found.page.history.detail.panel.facts()}


def touch(found: CallsStage, button: str, *answers: str) -> None:
    found.page.history.detail.buttons()[button].click()
    for answer in answers:
        found.answer(answer)
    found.settle()


def test_the_newest_call_is_first_and_its_times_are_from_the_call_on(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press")
    records = found.page.history.records()
    assert len(records) == 140
    assert [r.raised_us for r in records] == sorted((r.raised_us for r in records), reverse=True)
    found.page.history.choose("old6")
    said = facts(found)
    # By hand: a quality question of 358 s whose deadline is 60 s; somebody was there after a third of it.
    assert said["over after"] == "5:58"
    assert said["stood for"] == "4:58"
    assert said["stopped after"] == "1:00"
    assert said["arrived after"] == "1:59"
    assert said["taken after"] == "0:35"
    assert said["cause"] == "Method"


def test_the_past_is_asked_for_when_it_is_first_looked_at(show_calls: ShowCalls) -> None:
    found = show_calls(call_pasts.past(), "press")
    assert isinstance(found.line, Still)
    assert found.line.questions == []
    found.show_part(Part.HISTORY)
    found.show_part(Part.OPEN)
    found.show_part(Part.HISTORY)
    assert found.line.questions == [(CALLS, "", 200)]


def test_a_call_that_is_closed_now_is_there_at_once(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press")
    fresh = a_record(START_US - 30 * S, 20 * S, id="fresh", station="wash", reason="tool")
    row = DigestRow(CALLS, "", fresh.raised_us, 99_999, msgspec.json.encode(fresh))
    found.line.put(Update(digest=(row,)))  # type: ignore[union-attr]
    found.settle()
    assert found.page.history.records()[0].id == "fresh"


def test_it_is_narrowed_to_a_station_and_a_reason_and_widened_again(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press")
    touch(found, "only", "Press 1")
    touch(found, "only", "Quality question")
    records = found.page.history.records()
    assert {(r.station, r.reason) for r in records} == {("press", "quality")}
    assert found.ui.say(found.page.history.detail.buttons()["only"].note) == "Press 1 · Quality question"
    touch(found, "only", "ALL")
    assert len(found.page.history.records()) == 140


def test_a_call_is_opened_again_with_a_why(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press")
    found.page.history.choose("old6")
    touch(found, "reopen", "It was not solved")
    wanted = ReopenCall(station="press", call="old6", at="assembly", reason="quality", why="It was not solved")
    assert found.line.sent == [wanted]


def test_what_is_called_right_now_is_not_opened_again(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press")
    assert found.page.history.shown() is not None
    assert not found.page.history.detail.buttons()["reopen"].isEnabled(), "the pump stands just now"


def test_a_reason_is_made_a_problem(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press")
    found.page.history.choose("old6")
    touch(found, "problem")
    assert found.line.sent == [OpenProblem(station="press", at="assembly", reason="quality")]


def test_a_call_taken_back_says_why(show_calls: ShowCalls) -> None:
    found = opened(show_calls)
    rejected = next(r for r in found.page.history.records() if r.rejected)
    found.page.history.choose(rejected.id)
    assert facts(found)["taken back"] == "Only a test"
    assert list(found.page.history.detail.buttons()) == ["only"], "nothing can be done where there is no station"


def test_no_past_is_said(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.nothing(), "press")
    found.show_part(Part.HISTORY)
    assert found.ui.say(found.page.history.list._nothing) == "No call was closed yet."
