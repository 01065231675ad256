"""The bytes of each kind, as the makers give them, and each kind's twin that reads them back."""

import itertools
from collections.abc import Callable

import pytest

from shopfloor.devices.lamps.adafruit import AdafruitCode
from shopfloor.devices.lamps.code import LampCode, LampTwin
from shopfloor.devices.lamps.patlite_usb import Lr6Code, NeCode, NeTwin
from shopfloor.devices.lamps.pns import ACK, GET, NAK, PnsModel, PnsTwin, frame, set_frame, state_of
from shopfloor.devices.lamps.relays import LcusCode
from shopfloor.devices.lamps.text import TextCode
from shopfloor.devices.lamps.wish import ALL_ON, COLOURS, DARK, Buzz, LampWish, Light, lights

CHANNELS = {"red": 1, "yellow": 2, "green": 3, "buzzer": 4}
TEXTS = {
    "red:on": "R1\r",
    "red:off": "R0\r",
    "red:flash": "RF\r",
    "yellow:on": "Y1\r",
    "yellow:off": "Y0\r",
    "buzzer:on": "B1\r",
    "buzzer:off": "B0\r",
}
CODES: dict[str, LampCode] = {
    "adafruit": AdafruitCode(),
    "lr6-usb": Lr6Code(),
    "ne-usb": NeCode(),
    "lcus": LcusCode(CHANNELS),
    "text": TextCode(TEXTS),
}
WISHES = [
    lights(**dict(zip(COLOURS, shining, strict=True)), buzzer=buzz)
    for shining in itertools.product(Light, repeat=len(COLOURS))
    for buzz in Buzz
]
STOPPED = lights(red=Light.FLASH, yellow=Light.ON, buzzer=Buzz.STOP)


def written(code: LampCode, wish: LampWish) -> list[str]:
    return [piece.hex(" ") for piece in code.frames(wish)]


@pytest.mark.parametrize(
    ("kind", "wish", "pieces"),
    [
        ("adafruit", DARK, ["21", "22", "24", "28"]),
        ("adafruit", ALL_ON, ["11", "12", "14", "18"]),
        ("adafruit", lights(red=Light.FLASH, yellow=Light.FLASH, green=Light.FLASH), ["41", "42", "44", "28"]),
        ("adafruit", STOPPED, ["41", "12", "24", "18"]),
        ("lr6-usb", DARK, ["00 00 00 00 00 00 00 00"]),
        ("lr6-usb", ALL_ON, ["00 00 01 ef 11 11 10 00"]),
        ("lr6-usb", STOPPED, ["00 00 01 df 21 00 00 00"]),
        ("lr6-usb", lights(green=Light.ON, blue=Light.FLASH, white=Light.ON), ["00 00 00 00 00 12 10 00"]),
        ("ne-usb", DARK, ["00 00 00 0a 00 00 00 00"]),
        ("ne-usb", STOPPED, ["00 00 02 0a 12 00 00 00"]),
        ("ne-usb", lights(green=Light.ON), ["00 00 00 0a 21 00 00 00"]),
        ("ne-usb", lights(green=Light.ON, yellow=Light.FLASH, buzzer=Buzz.CALL), ["00 00 01 0a 32 00 00 00"]),
        ("ne-usb", lights(green=Light.ON, blue=Light.ON), ["00 00 00 0a 41 00 00 00"]),
        ("ne-usb", lights(white=Light.ON), ["00 00 00 0a 71 00 00 00"]),
        ("lcus", DARK, ["a0 01 00 a1", "a0 02 00 a2", "a0 03 00 a3", "a0 04 00 a4"]),
        ("lcus", STOPPED, ["a0 01 01 a2", "a0 02 01 a3", "a0 03 00 a3", "a0 04 01 a5"]),
        ("text", DARK, [b"R0\r".hex(" "), b"Y0\r".hex(" "), b"B0\r".hex(" ")]),
        ("text", STOPPED, [b"RF\r".hex(" "), b"Y1\r".hex(" "), b"B1\r".hex(" ")]),
    ],
)
def test_each_kind_is_written_as_its_maker_says(kind: str, wish: LampWish, pieces: list[str]) -> None:
    assert written(CODES[kind], wish) == pieces


@pytest.mark.parametrize("kind", list(CODES))
def test_a_lamp_shows_of_every_wish_what_it_can_after_every_other(kind: str) -> None:
    code = CODES[kind]
    twin = code.twin()
    for wish in (*WISHES, *reversed(WISHES)):
        for piece in code.frames(wish):
            assert twin.feed(piece) == b""
        assert twin.shown == code.able(wish)
        assert code.able(twin.shown) == twin.shown


@pytest.mark.parametrize("kind", list(CODES))
def test_what_matters_most_is_shown_by_every_kind(kind: str) -> None:
    code = CODES[kind]
    assert code.able(STOPPED).red is not Light.OFF
    assert code.able(STOPPED).buzzer is not Buzz.OFF
    assert code.able(lights(yellow=Light.FLASH)).yellow is not Light.OFF
    assert code.able(DARK) == DARK


def test_a_relay_frame_with_a_wrong_sum_switches_nothing_and_the_next_one_is_found() -> None:
    twin = LcusCode(CHANNELS).twin()
    twin.feed(bytes.fromhex("a0 01 01 a3"))
    assert twin.shown == DARK
    twin.feed(bytes.fromhex("a0 01"))
    twin.feed(bytes.fromhex("01 a2"))
    assert twin.shown == lights(red=Light.ON)


def test_a_text_lamp_without_a_text_for_flashing_is_on() -> None:
    code = TextCode({"red:on": "on", "red:off": "off", "buzzer:call": "beep", "buzzer:stop": "howl"})
    assert code.frames(lights(red=Light.FLASH, buzzer=Buzz.STOP)) == (b"on", b"howl")
    assert code.frames(lights(red=Light.FLASH, buzzer=Buzz.CALL)) == (b"on", b"beep")
    assert code.able(lights(red=Light.FLASH, green=Light.ON)) == lights(red=Light.ON)


def test_a_lamp_with_a_touch_sensor_says_whether_it_is_touched() -> None:
    code, twin = NeCode(), NeTwin()
    assert code.query.hex(" ") == "00 80 00 00 00 00 00 00"
    assert twin.feed(code.query) == b"\0\0"
    assert not code.read(b"\0\0").touched
    twin.touched = True
    assert code.read(twin.feed(code.query)).touched
    assert code.read(b"").shown is None


def test_the_frames_of_network_lamps_are_as_the_maker_says() -> None:
    wish = lights(red=Light.FLASH, yellow=Light.ON, white=Light.ON, buzzer=Buzz.STOP)
    assert set_frame(b"AB", wish).hex(" ") == "41 42 53 00 00 06 02 01 00 00 01 02"
    assert set_frame(b"XX", wish).hex(" ") == "58 58 53 00 00 06 02 01 00 00 01 02"
    assert frame(b"AB", GET).hex(" ") == "41 42 47 00 00 00"
    assert (ACK, NAK) == (0x06, 0x15)


@pytest.mark.parametrize("model", list(PnsModel))
def test_a_network_lamp_says_what_it_shows(model: PnsModel) -> None:
    twin = PnsTwin(model)
    for wish in WISHES:
        able = wish if model.two_sounds or wish.buzzer is not Buzz.STOP else ALL_ON
        assert twin.feed(set_frame(model.product, able)) == bytes([ACK])
        assert twin.shown == able
        assert state_of(twin.feed(frame(model.product, GET))) == able


def test_what_an_la6_answers_has_its_inputs_and_mode_in_front() -> None:
    twin = PnsTwin(PnsModel.LA6)
    twin.feed(set_frame(b"AB", lights(green=Light.ON)))
    assert twin.feed(frame(b"AB", GET)).hex(" ") == "00 00 00 00 00 00 00 00 00 00 00 01 00 00 00"


def test_a_network_lamp_refuses_the_frames_of_another() -> None:
    assert PnsTwin(PnsModel.NHL).feed(frame(b"AB", GET)) == bytes([NAK])
    assert PnsTwin(PnsModel.LA6).feed(set_frame(b"XX", ALL_ON)) == bytes([NAK])
    assert PnsTwin(PnsModel.LR5).feed(set_frame(b"AB", lights(buzzer=Buzz.STOP))) == bytes([NAK])
    assert PnsTwin(PnsModel.LA6).feed(frame(b"AB", b"S", b"\1")) == bytes([NAK])


def test_frames_may_come_in_any_pieces() -> None:
    twins: dict[str, tuple[Callable[[], LampTwin], bytes]] = {
        "pns": (PnsTwin, set_frame(b"AB", ALL_ON)),
        "lr6": (Lr6Code().twin, Lr6Code().frames(ALL_ON)[0]),
        "text": (CODES["text"].twin, b"".join(CODES["text"].frames(lights(red=Light.FLASH)))),
    }
    for make, whole in twins.values():
        once, piecemeal = make(), make()
        once.feed(whole)
        for byte in whole:
            piecemeal.feed(bytes([byte]))
        assert once.shown == piecemeal.shown != DARK


def test_a_pattern_that_somebody_else_set_counts_as_flashing() -> None:
    assert state_of(bytes([5, 0, 0, 0, 0, 7])) == lights(red=Light.FLASH, buzzer=Buzz.CALL)
