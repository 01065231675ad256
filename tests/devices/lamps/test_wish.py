"""What a lamp should show, in every state of the line."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import GiveCause, ShelveCall
from shopfloor.core.line_andon import AndonPolicy, CallKind, Cause, Scope
from shopfloor.devices.lamps.wish import (
    ALL_ON,
    CALL_SOUND_S,
    DARK,
    Buzz,
    LampWish,
    Light,
    lamp_wish,
    lights,
    only,
    said,
    steady,
)
from tests.helpers.calls import REASONS, andon_line, desk_with, only_call
from tests.helpers.desk import Desk
from tests.helpers.routes import with_station

LINE = ""


def shown(desk: Desk, station: str = "saw") -> LampWish:
    desk.tick()
    return lamp_wish(desk.shop, (station,) if station else (), desk.clock.now())


def quiet(desk: Desk, station: str = "saw") -> LampWish:
    return replace(shown(desk, station), buzzer=Buzz.OFF)


def test_a_station_without_work_is_dark_and_one_with_work_is_green() -> None:
    desk = desk_with()
    assert shown(desk) == DARK
    desk.scan("long", 1, "saw")
    assert shown(desk) == lights(green=Light.ON)
    assert shown(desk, LINE) == lights(green=Light.ON)
    assert shown(desk, "mill") == DARK


def test_a_call_flashes_yellow_until_somebody_takes_it_and_green_is_off_until_it_is_cleared() -> None:
    desk = desk_with()
    desk.scan("long", 1, "saw")
    desk.call("saw", "material")
    assert quiet(desk) == lights(yellow=Light.FLASH)
    assert quiet(desk, LINE) == lights(yellow=Light.FLASH)
    assert shown(desk, "mill") == DARK
    desk.do(c.AcknowledgeCall(station="saw"))
    assert shown(desk) == lights(yellow=Light.ON)
    desk.do(c.ClearCall(station="saw"))
    assert shown(desk) == lights(green=Light.ON)


def test_a_stop_flashes_red_until_somebody_takes_it_and_sounds_all_the_while() -> None:
    desk = desk_with()
    desk.call("saw", "fault")
    for _ in range(3):
        assert shown(desk) == lights(red=Light.FLASH, buzzer=Buzz.STOP)
        desk.clock.advance(7)
    desk.do(c.AcknowledgeCall(station="saw"))
    assert shown(desk) == lights(red=Light.ON)
    desk.do(c.ClearCall(station="saw"))
    assert shown(desk) == DARK


def test_a_call_that_becomes_a_stop_at_its_deadline_turns_red() -> None:
    desk = desk_with()
    desk.call("saw", "material")
    desk.clock.advance(61)
    assert shown(desk) == lights(red=Light.FLASH, buzzer=Buzz.STOP)


def test_what_somebody_took_as_a_call_flashes_again_when_it_becomes_a_stop() -> None:
    desk = desk_with()
    desk.call("saw", "material")
    desk.do(c.AcknowledgeCall(station="saw"))
    assert shown(desk) == lights(yellow=Light.ON)
    desk.clock.advance(61)
    assert shown(desk) == lights(red=Light.FLASH, buzzer=Buzz.STOP)


def test_red_shines_where_the_stop_reaches_and_yellow_only_where_somebody_called() -> None:
    line = with_station(with_station(andon_line(), "saw", segment="cut"), "mill", segment="cut")
    stops = (replace(REASONS[3], id="jam", scope=Scope.SEGMENT), *REASONS)
    desk = Desk(replace(line, reasons=stops))
    desk.call("saw", "jam")
    places = ("saw", "mill", "wash", LINE)
    assert [shown(desk, place).red for place in places] == [Light.FLASH, Light.FLASH, Light.OFF, Light.FLASH]
    desk.call("wash", "fire")
    assert {shown(desk, place).red for place in places} == {Light.FLASH}
    desk.call("mill", "tool")
    assert [shown(desk, place).yellow for place in places] == [Light.OFF, Light.FLASH, Light.OFF, Light.FLASH]


def test_of_two_stops_one_that_is_not_taken_is_enough_to_flash() -> None:
    desk = desk_with()
    desk.call("saw", "fault")
    desk.do(c.AcknowledgeCall(station="saw"))
    desk.call("wash", "fire")
    assert shown(desk, "saw").red is Light.FLASH
    assert shown(desk, LINE).red is Light.FLASH


def test_a_restart_is_not_green() -> None:
    desk = desk_with(restart_s=30)
    desk.scan("long", 1, "saw")
    desk.call("saw", "fault")
    desk.do(c.ClearCall(station="saw"))
    assert shown(desk) == DARK
    assert shown(desk, LINE) == DARK
    desk.clock.advance(31)
    assert shown(desk) == lights(green=Light.ON)


def test_a_cleared_call_that_waits_for_its_cause_is_blue_and_the_station_runs() -> None:
    reasons = (replace(REASONS[3], id="jam", cause=True), *REASONS)
    desk = desk_with(causes=(Cause(id="worn", name="Worn"),))
    desk.do(c.ChangeLine(line=replace(desk.shop.line, reasons=reasons)))
    desk.scan("long", 1, "saw")
    desk.call("saw", "jam")
    desk.do(c.ClearCall(station="saw"))
    assert shown(desk) == lights(green=Light.ON, blue=Light.ON)
    assert shown(desk, LINE) == lights(green=Light.ON, blue=Light.ON)
    assert shown(desk, "mill") == DARK
    desk.do(GiveCause(station="saw", call=only_call(desk).id, cause="worn"))
    assert shown(desk) == lights(green=Light.ON)


def test_nobody_is_told_of_a_call_on_the_shelf_but_a_stop_lies_on_none() -> None:
    desk = desk_with()
    desk.scan("long", 1, "saw")
    desk.do(ShelveCall(station="saw", at="saw", reason="tool", for_s=600, why="known"))
    desk.do(ShelveCall(station="saw", at="saw", reason="fault", for_s=600, why="known"))
    desk.call("saw", "tool")
    assert len(desk.shop.calls) == 1
    assert shown(desk) == lights(green=Light.ON)
    desk.clock.advance(601)
    assert quiet(desk).yellow is Light.FLASH
    desk.call("saw", "fault")
    assert shown(desk).red is Light.FLASH


def test_a_call_sounds_when_it_comes_and_again_every_so_often_until_it_is_taken() -> None:
    desk = desk_with(andon=AndonPolicy(nag_s=30))
    desk.call("saw", "tool")
    assert only_call(desk).kind is CallKind.HELP
    heard = []
    for second in range(63):
        if shown(desk).buzzer is Buzz.CALL:
            heard.append(second)
        desk.clock.advance(1)
    sounds = range(round(CALL_SOUND_S))
    assert heard == [start + second for start in (0, 30, 60) for second in sounds]
    desk.do(c.AcknowledgeCall(station="saw"))
    assert shown(desk).buzzer is Buzz.OFF


def test_without_an_interval_a_call_sounds_once() -> None:
    desk = desk_with(andon=AndonPolicy(nag_s=0))
    desk.call("saw", "tool")
    assert shown(desk).buzzer is Buzz.CALL
    desk.clock.advance(40)
    assert shown(desk).buzzer is Buzz.OFF


def test_what_shines_is_said_in_words() -> None:
    assert said(DARK) == "dark"
    assert said(lights(red=Light.FLASH, blue=Light.ON, buzzer=Buzz.STOP)) == "red flash, blue on, buzzer stop"


def test_a_plain_lamp_gets_what_it_can_show() -> None:
    wish = lights(red=Light.FLASH, white=Light.ON, buzzer=Buzz.STOP)
    assert steady(wish) == lights(red=Light.ON, white=Light.ON, buzzer=Buzz.CALL)
    assert steady(wish, buzzer=False) == lights(red=Light.ON, white=Light.ON)
    assert only(wish, ("white", "buzzer")) == lights(white=Light.ON, buzzer=Buzz.STOP)
    assert only(ALL_ON, ()) == DARK
