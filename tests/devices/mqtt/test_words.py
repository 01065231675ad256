"""What messages of buttons mean: those of the usual gateways, and any bytes at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.devices.mqtt.availability import availability_topics, is_online
from shopfloor.devices.mqtt.words import PAYLOAD_BYTES_MAX, WORD_CHARS_MAX, presses_of, readings_of


@pytest.mark.parametrize(
    ("payload", "presses"),
    [
        (b'{"action":"single","battery":87,"linkquality":120}', (("single",),)),
        (b'{"action":"1_hold"}', (("1_hold",),)),
        (b'{"action":""}', ()),
        (b'{"action":null,"battery":87}', ()),
        (b'{"action":7}', ()),
        (b'{"battery":87}', ()),
        (b'{"Button1":{"Action":"SINGLE"}}', (("Button1:SINGLE", "SINGLE"),)),
        (
            b'{"Button1":{"Action":"SINGLE"},"Button2":{"Action":"HOLD"}}',
            (("Button1:SINGLE", "SINGLE"), ("Button2:HOLD", "HOLD")),
        ),
        (b'{"Button1":{"Action":""}}', ()),
        (b'{"POWER":"TOGGLE"}', ()),
        (b"ON", (("ON",),)),
        (b" single\n", (("single",),)),
        (b'{"action":" single "}', (("single",),)),
        (b'"single"', (("single",),)),
        (b"1", (("1",),)),
        (b"true", (("true",),)),
        (b"", ()),
        (b"  ", ()),
        (b"null", ()),
        (b'["single"]', ()),
        (b'{"action":"sing', ()),
        (b"\xff\xfe", ()),
        (b"a\x00b", ()),
        (b"x" * (WORD_CHARS_MAX + 1), ()),
        (b'{"action":"' + b"x" * 70 + b'"}', ()),
        (b" " * PAYLOAD_BYTES_MAX + b"ON", ()),
        (b'{"a":' * 1500 + b"1" + b"}" * 1500, ()),
        ("Knöpfchen".encode(), (("Knöpfchen",),)),
    ],
)
def test_a_message_is_its_presses(payload: bytes, presses: tuple[tuple[str, ...], ...]) -> None:
    assert presses_of(payload) == presses


@given(
    st.binary(max_size=200) | st.text().map(lambda text: json.dumps({"action": text, text: {"Action": text}}).encode())
)
def test_no_bytes_are_too_strange(payload: bytes) -> None:
    for press in presses_of(payload):
        assert press
        assert all(word.strip() and word.isprintable() for word in press)
    assert set(readings_of(payload)) <= {"battery", "link"}
    assert is_online(payload) in {True, False, None}


def test_battery_and_link_are_read() -> None:
    assert readings_of(b'{"action":"single","battery":87.5,"linkquality":120}') == {"battery": 87, "link": 120}
    assert readings_of(b'{"action":"single","battery":"low"}') == {}
    assert readings_of(b"ON") == {}


@pytest.mark.parametrize(
    ("topic", "topics"),
    [
        ("zigbee2mqtt/andon 1", ("zigbee2mqtt/andon 1/availability",)),
        ("zigbee2mqtt/andon 1/action", ("zigbee2mqtt/andon 1/availability",)),
        ("stat/press_box/RESULT", ("tele/press_box/LWT",)),
        ("stat/hall/press_box/RESULT", ("tele/hall/press_box/LWT",)),
        ("press-box/binary_sensor/call/state", ("press-box/status",)),
        ("zigbee2mqtt/+", ()),
        ("stat/#", ()),
    ],
)
def test_where_a_device_says_that_it_is_there_follows_from_its_topic(topic: str, topics: tuple[str, ...]) -> None:
    assert availability_topics(topic) == topics


@pytest.mark.parametrize(
    ("payload", "online"),
    [
        (b"online", True),
        (b"Offline", False),
        (b'{"state":"offline"}', False),
        (b'{"state":"online"}', True),
        (b'"online"', True),
        (b"", None),
        (b"maybe", None),
        (b"\xff", None),
        (b'{"state":1}', None),
    ],
)
def test_the_last_word_of_a_device(payload: bytes, online: bool | None) -> None:
    assert is_online(payload) is online
