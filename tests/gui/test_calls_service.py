"""Out of service for what is not calling now: where, what, and why."""

from msgspec.structs import replace

from shopfloor.core.commands_andon import TakeOutOfService
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.line_andon import Effect, Input, InputMode, Watch, WatchKind
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import OutOfService
from shopfloor.gui.calls_service import EVERYTHING, station_choices, what_choices
from shopfloor.gui.calls_tabs import Part
from tests.gui import call_shops
from tests.gui.board_shops import Still
from tests.gui.calls_stage import ShowCalls
from tests.gui.shops import Scene

MODULE = Device(
    id="io",
    kind=DeviceKind.MODBUS,
    port="tcp://io",
    station="press",
    map={"low": "call:coolant", "button": "call:quality", "cord": "stop"},
    inputs=(
        Input(name="low", address=0, mode=InputMode.CONTACT),
        Input(name="button", address=1),
        Input(name="cord", address=2, mode=InputMode.CONTACT),
    ),
)
WATCHES = (
    Watch(kind=WatchKind.CYCLE, station="press", reason="tool"),
    Watch(kind=WatchKind.STARVED),
    Watch(kind=WatchKind.BLOCKED, effect=Effect.OFF),
    Watch(kind=WatchKind.SILENT, station="wash"),
)
LINE = call_shops.line(devices=(MODULE,), watches=WATCHES)


def out(station: str, reason: str = "") -> OutOfService:
    return OutOfService(station=station, reason=reason, by="ana", since_us=1, why="It is being repaired")


def test_what_contacts_and_rules_call_for_comes_first_and_everything_last() -> None:
    found = [choice.key for choice in what_choices(Shop(LINE), "press")]
    assert found[:3] == ["coolant", "tool", "rule-starved"]
    assert found[-1] == EVERYTHING
    assert "quality" in found[3:], "a button is pressed by somebody"
    assert "rule-blocked" not in found
    assert "rule-silent" not in found
    assert len(found) == len(set(found))


def test_what_is_out_of_service_is_not_offered_again() -> None:
    shop = Shop(LINE, (out("press", "coolant"), out("wash")))
    assert "coolant" not in {choice.key for choice in what_choices(shop, "press")}
    assert "wash" not in {choice.key for choice in station_choices(shop)}


def test_three_touches_and_the_reason_take_it_out(show_calls: ShowCalls) -> None:
    found = show_calls(Still(LINE, []), "press", size=(1280, 900))
    found.show_part(Part.ASIDE)
    found.page.put_aside.add.click()
    for answer in ("Deburr", "Coolant low", "The sensor is faulty"):
        found.answer(answer)
    wanted = TakeOutOfService(station="press", at="deburr", reason="coolant", why="The sensor is faulty")
    assert found.line.sent == [wanted]


def test_the_rules_take_it_and_it_is_put_aside(show_calls: ShowCalls) -> None:
    scene = Scene(replace(LINE, people=()))
    found = show_calls(scene, "press")
    found.show_part(Part.ASIDE)
    found.page.put_aside.add.click()
    for answer in ("Press 1", "EVERYTHING", "It is being repaired"):
        found.answer(answer)
    found.settle()
    assert [row[0] for row in found.page.put_aside.list.row_rects()] == ["out press/"]


def test_where_nothing_can_be_done_nothing_is_offered(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.put_aside())
    found.show_part(Part.ASIDE)
    assert not found.page.put_aside.add.isVisible()
