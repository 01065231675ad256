"""Modbus modules, topics and lamps: what their kind has, what their port may be, and who is in whose way."""

import pytest

from shopfloor.core.line_andon import LampKind
from shopfloor.linefile import parse
from shopfloor.linefile.ports import LAMP_PORTS
from tests.linefile.calls import TEXT
from tests.linefile.good import GOOD, problems_of


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, f"expected {old!r} once in the good file"
    return TEXT.replace(old, new)


BROKEN = [
    # (old, new, path, part of the problem, part of the remedy)
    ('kind = "modbus"\nport = "modbus:/dev/ttyS7"\nstation = "press"\nbaud = 19200\nunit = 3\npoll',
     'kind = "modbus"\nport = "/dev/ttyS7"\nstation = "press"\nbaud = 19200\nunit = 3\npoll',
     "devices[2].port", "'/dev/ttyS7' is no port of a Modbus module", "modbus://host"),
    ('"mqtt://10.0.0.9/zigbee2mqtt/button 4"', '"mqtt://10.0.0.9"', "devices[3].port", "no port of an MQTT", "topic"),
    ('"mqtt://10.0.0.9/zigbee2mqtt/button 4"', '"https://10.0.0.9/x"', "devices[3].port", "no port", "mqtt://"),
    ('"mqtt://10.0.0.9/zigbee2mqtt/button 4"', '"COM5"', "devices[3].port", "no port of an MQTT topic", "mqtt://"),
    ('"COM5"', '"modbus:COM5"', "devices[1].port", "no port of a button box", "COM5"),
    ('"COM5"', '"COM5"\nuser = "x"', "devices[1].user", "means nothing for a button box", "remove"),
    ('"COM5"', '"COM5"\nunit = 3', "devices[1].unit", "means nothing for a button box", "remove"),
    ('no_read = ["NR"]', "poll_ms = 50", "devices[0].poll_ms", "means nothing for a scanner", "remove"),
    ("poll_ms = 100", 'no_read = ["NR"]', "devices[2].no_read", "means nothing for a Modbus module", "remove"),
    ('station = "deburr"\n[dev', 'station = "deburr"\nbaud = 9600\n[dev', "devices[3].baud", "an MQTT topic", "remove"),
    ('[devices.map]\n"single" = "call:part"\n', "", "devices[3].map", "what its words do", "[devices.map]"),
    ('"single" = "call:part"', '"single" = "call:prt"', "devices[3].map.single", "not in [[reasons]]", "'part'"),
    ("unit = 3\npoll_ms", "unit = 248\npoll_ms", "devices[2].unit", "1 to 247 on a serial bus, got 248", "the module"),
    ("unit = 3\npoll_ms", "unit = 0\npoll_ms", "devices[2].unit", "1 to 247", "the module"),
    ("unit = 3\npoll_ms", "unit = 256\npoll_ms", "devices[2].unit", "at most 255", "smaller"),
    ("poll_ms = 100", "poll_ms = 5", "devices[2].poll_ms", "10 or more, got 5", "leave poll_ms away"),
    ("poll_ms = 100", "poll_ms = 20_000", "devices[2].poll_ms", "at most 10000", "smaller"),
    ('"call" = "call:material"\n', "", "devices[2].inputs[0].name", "nothing says what 'call' does", '"call" ='),
    ('"call" = "call:material"', '"cal" = "call:material"', "devices[2].map.cal", "is no input", "'call'"),
    ('"call" = "call:material"', '"call" = "call:materal"', "devices[2].map.call", "not in [[reasons]]", "'material'"),
    ('"cord" = "stop:fault"', '"cord" = "ack"', "devices[2].map.cord", "a contact calls", "stop:REASON"),
    ('name = "cord"', 'name = "call"', "devices[2].inputs[1].name", "already devices[2].inputs[0]", "another name"),
    ("address = 1\n", "address = 0\n", "devices[2].inputs[1].address", "already devices[2].inputs[0]", "own address"),
    ("address = 1\n", "address = 65536\n", "devices[2].inputs[1].address", "at most 65535", "smaller"),
    ("address = 1\n", "", "devices[2].inputs[1].address", "is missing", "address = 0"),
    ("normally_closed = true", "counter = 20", "devices[2].inputs[1].counter", "counts presses", 'mode = "press"'),
    ('mode = "contact"\nnormally_closed = true', "counter = 15",
     "devices[2].inputs[1].counter", "register 16 is already the counter", "counter_words = 1"),
    ("normally_closed = true", "counter_words = 2", "devices[2].inputs[1].counter_words", "without a counter", "add"),
    ("counter_words = 1", "counter_words = 3", "devices[2].inputs[0].counter_words", "at most 2", "smaller"),
    ("debounce_ms = 50", "debounce_ms = 5", "devices[2].inputs[0].debounce_ms", "10 or more", "larger"),
    ("debounce_ms = 50", "debounce_ms = 1001", "devices[2].inputs[0].debounce_ms", "at most 1000", "smaller"),
    ('mode = "contact"', 'mode = "contct"', "devices[2].inputs[1].mode", "press or contact", "'contact'"),
    ('mode = "contact"', 'normaly_closed = true', "devices[2].inputs[1].normaly_closed", "unknown", "normally_closed"),
    ('id = "tower"', 'id = "sound"', "lamps[0].id", "what the sound is called", "another id"),
    ('id = "tower"', 'id = "gun-1"', "lamps[0].id", "already one of [[devices]]", "of its own"),
    ('id = "big"', 'id = "tower"', "lamps[1].id", "already lamps[0]", "its own id"),
    ('kind = "pns"', 'kind = "psn"', "lamps[3].kind", "got 'psn'", "'pns'"),
    ('port = "socket://10.0.0.7:10000"\nstation = "deburr"', 'port = "socket://10.0.0.7:10000"\nstation = "debur"',
     "lamps[3].station", "not in [[stations]]", "'deburr'"),
    ('port = "socket://10.0.0.7:10000"\n', 'port = "socket://10.0.0.7:10000"\nterminal = "office"\n',
     "lamps[3].terminal", "means nothing for a lamp of a station", "remove"),
    ('"socket://10.0.0.7:10000"', '"COM7"', "lamps[3].port", "'COM7' is no port of a lamp of kind pns", "socket://"),
    ('port = "socket://10.0.0.7:10000"\n', "", "lamps[3].port", "is missing", "socket://host"),
    ('kind = "ne-usb"', 'kind = "ne-usb"\nport = "COM9"', "lamps[2].port", "no port of a lamp", "leave port away"),
    ('kind = "ne-usb"', 'kind = "ne-usb"\nbaud = 9600', "lamps[2].baud", "means nothing for a lamp", "remove"),
    ('kind = "ne-usb"', 'kind = "ne-usb"\nunit = 2', "lamps[2].unit", "means nothing for a lamp", "remove"),
    ('kind = "ne-usb"', 'kind = "ne-usb"\nchannels = { red = 1 }', "lamps[2].channels", "means nothing", "remove"),
    ("channels = { green = 1, yellow = 2 }\n", "", "lamps[4].channels", "nothing says how", "add channels"),
    ("green = 1, yellow = 2", "gren = 1", "lamps[4].channels.gren", "no colour", "'green'"),
    ("green = 1, yellow = 2", "purple = 1", "lamps[4].channels.purple", "no colour", "red, yellow, green"),
    ("green = 1, yellow = 2", "green = 0", "lamps[4].channels.green", "a relay from 1 to 16, got 0", "printed"),
    ("green = 1, yellow = 2", "green = 1, yellow = 1", "lamps[4].channels.yellow", "1 is already green", "own number"),
    ("green = 1, yellow = 2", "green = 'a'", "lamps[4].channels.green", "a whole number", "without quotes"),
    ("channels = { green = 1, yellow = 2 }", "channels = [1, 2]", "lamps[4].channels", "a table, got a list", "red ="),
    ("channels = { green = 1, yellow = 2 }", "channels = { green = 1 }\nbuzzer = true",
     "lamps[4].buzzer", "where the buzzer is", "channels"),
    ('"red:off" = "R0\\r"', "", "lamps[1].texts", "red is switched off", '"red:off"'),
    ('"red:off" = "R0\\r"', '"red:of" = "R0"', 'lamps[1].texts."red:of"', "nothing a lamp does", "'red:off'"),
    ('"red:off" = "R0\\r"', '"red:off" = ""', 'lamps[1].texts."red:off"', "is empty", "quotes"),
    ('[lamps.texts]\n"red:on" = "R1\\r"\n"red:off" = "R0\\r"\n', "", "lamps[1].texts", "nothing says", "add texts"),
    ('"socket://10.0.0.8:4001"', '"socket://10.0.0.8:4001"\nbuzzer = true', "lamps[1].buzzer", "sounds", "buzzer:on"),
    ('"socket://10.0.0.8:4001"', '"socket://10.0.0.8:4001"\nbaud = 9600', "lamps[1].baud", "over a network", "remove"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "problem", "remedy"), BROKEN, ids=[f"{row[2]} {row[1][:30]}" for row in BROKEN]
)
def test_a_mistake_is_named_where_it_is(old: str, new: str, path: str, problem: str, remedy: str) -> None:
    at_path = [one for one in problems_of(changed(old, new)) if one.path == path]
    assert any(problem in one.problem and remedy in one.remedy for one in at_path), problems_of(changed(old, new))
    assert all(one.line for one in at_path)


def test_a_module_without_inputs_is_refused() -> None:
    text = GOOD + '[[devices]]\nid = "m"\nkind = "modbus"\nport = "modbus://10.0.0.4"\nstation = "press"\n'
    for inputs in ("", "inputs = []\n"):
        (found,) = problems_of(text + inputs)
        assert (found.path, "[[devices.inputs]]" in found.remedy) == ("devices[2].inputs", True)


def test_a_module_on_a_network_has_any_unit_and_no_baud() -> None:
    text = changed('port = "modbus:/dev/ttyS7"\nstation = "press"\nbaud = 19200\nunit = 3\npoll',
                   'port = "modbus://[::1]"\nstation = "press"\nunit = 255\npoll')  # fmt: skip
    assert (parse(text).devices[2].port, parse(text).devices[2].unit) == ("modbus://[::1]:502", 255)
    (found,) = problems_of(text.replace("unit = 255", "baud = 9600"))
    assert (found.path, found.problem) == ("devices[2].baud", "a network has no baud")


def test_no_lamp_hangs_at_a_station_outside() -> None:
    (found,) = problems_of(changed('name = "Pack"', 'name = "Pack"\noutside = true') + LAMP.format(port="COM9"))
    assert found.path == "lamps[5].station"


LAMP = '[[lamps]]\nid = "one-more"\nkind = "adafruit"\nport = "{port}"\nstation = "pack"\n'
COILS = '[[lamps]]\nid = "one-more"\nkind = "modbus"\nport = "{port}"\nunit = {unit}\nbaud = {baud}\nchannels = {red}\n'


@pytest.mark.parametrize("port", ["com5", "COM5", "\\\\\\\\.\\\\COM5", "1a86:7523", "/dev/ttyACM0", "/dev/ttyS7"])
def test_a_port_that_is_taken_is_refused_for_a_lamp_too(port: str) -> None:
    (found,) = problems_of(TEXT.replace("[andon]", LAMP.format(port=port) + "[andon]"))
    assert (found.path, "already belongs to" in found.problem) == ("lamps[5].port", True)


def test_two_usb_lamps_of_a_kind_need_their_serials() -> None:
    lamp = '[[lamps]]\nid = "usb-{id}"\nkind = "{kind}"\n{port}\n'
    (found,) = problems_of(TEXT + lamp.format(id=2, kind="ne-usb", port='port = "191a:6001"'))
    assert found.path == "lamps[5].port"
    parse(TEXT + lamp.format(id=2, kind="ne-usb", port='port = "191A:6001:A1"'))
    parse(TEXT + lamp.format(id=2, kind="lr6-usb", port=""))


@pytest.mark.parametrize(
    ("unit", "baud", "red", "path"),
    [(3, 19200, 0, "port"), (3, 19200, 1, ""), (4, 19200, 0, ""), (4, 9600, 9, "baud")],
)
def test_modules_share_a_bus_but_no_coil_and_have_one_speed(unit: int, baud: int, red: int, path: str) -> None:
    text = TEXT + COILS.format(port="modbus:/dev/ttyS7", unit=unit, baud=baud, red=f"{{ red = {red} }}")
    if not path:
        assert len(parse(text).lamps) == 6
        return
    (found,) = problems_of(text)
    assert found.path == f"lamps[5].{path}"


def test_two_devices_share_a_module_but_no_input() -> None:
    other = (
        '[[devices]]\nid = "other"\nkind = "modbus"\nport = "modbus:/dev/ttyS7"\nstation = "deburr"\nbaud = 19200\n'
        'unit = 3\nmap = {{ red = "stop" }}\ninputs = [{{ name = "red", address = {address} }}]\n'
    )
    assert parse(TEXT + other.format(address=2)).devices[4].station == "deburr"
    (found,) = problems_of(TEXT + other.format(address=1))
    assert found.path == "devices[4].port"
    assert "input 1 of unit 3 at 'modbus:/dev/ttyS7' already belongs to devices[2]" in found.problem


def test_a_topic_has_one_device_whether_or_not_its_port_is_written() -> None:
    other = '[[devices]]\nid = "other"\nkind = "mqtt"\nport = "{port}"\nstation = "press"\nmap = {{ a = "stop" }}\n'
    (found,) = problems_of(TEXT + other.format(port="mqtt://10.0.0.9:1883/zigbee2mqtt/button 4"))
    assert found.path == "devices[4].port"
    parse(TEXT + other.format(port="mqtt://10.0.0.9/zigbee2mqtt/button 5"))


def test_every_kind_of_lamp_may_be_virtual_and_any_number_of_them() -> None:
    assert set(LAMP_PORTS) == set(LampKind)
    needs = {"modbus": "channels = { red = 0 }", "lcus": "channels = { red = 1 }",
             "text": 'texts = { "red:on" = "1", "red:off" = "0", "buzzer:call" = "2", "buzzer:off" = "3" }',
             }  # fmt: skip
    text = GOOD + "".join(
        f'[[lamps]]\nid = "l{index}"\nkind = "{kind}"\nport = "virtual"\n{needs.get(kind, "")}\n'
        for index, kind in enumerate([*LampKind, *LampKind])
    )
    assert {lamp.port for lamp in parse(text).lamps} == {"virtual"}


def test_a_broker_may_want_tls_and_a_user() -> None:
    text = changed('"mqtt://10.0.0.9/zigbee2mqtt/button 4"', '"mqtts://broker/zigbee2mqtt/button 4"\nuser = "zigbee"')
    device = parse(text).devices[3]
    assert (device.port, device.user) == ("mqtts://broker:8883/zigbee2mqtt/button 4", "zigbee")
