"""The line file and the devices agree on what a port is."""

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.address import (
    Address,
    ModbusAddress,
    ModbusSerialAddress,
    MqttAddress,
    VirtualAddress,
    parse_address,
)
from shopfloor.devices.lamps.make import driver_of
from shopfloor.linefile import parse
from shopfloor.linefile.ports import whole_port
from shopfloor.trouble import PortTrouble
from tests.linefile.good import GOOD, problems_of

PORTS = (
    "virtual", "virtual://gun", "virtual://", "wedge", "Wedge", "/dev/ttyACM0", "dev/ttyACM0", "COM5", "com12", "COM0",
    "\\\\.\\COM10", "0403:6001", "0403:6001:FT1 2", "0403:6001:FT12", "403:6001", "socket://10.0.0.1:4001",
    "socket://host", "socket://host:0", "socket://host:65535", "socket://host:65536", "socket://[::1]:23",
    "socket://a@b:1", "socket://host:1/x", "tcp://host:1", "", "ttyUSB0",
    "modbus://10.0.0.4", "modbus://10.0.0.4:1502", "modbus://[::1]", "modbus://", "modbus://a@b", "modbus://host/x",
    "modbus://host:0", "modbus:/dev/ttyUSB0", "modbus:COM6", "modbus:ttyUSB0", "modbus:", "modbus:0403:6001",
    "mqtt://host/topic", "mqtt://host:1884/a/b c", "mqtt://host", "mqtt://host/", "mqtt://host:x/topic", "mqtt:/topic", "mqtt://host/+/a/#",
    "mqtt://host/a?b",
)  # fmt: skip
KINDS: dict[str, tuple[type, ...]] = {
    "modbus": (ModbusAddress, ModbusSerialAddress, VirtualAddress),
    "mqtt": (MqttAddress, VirtualAddress),
}
MORE = {
    "modbus": 'map = { a = "stop" }\ninputs = [{ name = "a", address = 0 }]\n',
    "mqtt": 'map = { a = "stop" }\n',
}


def address_of(port: str) -> Address | None:
    try:
        return parse_address(port, name="gun-1")
    except PortTrouble:
        return None


@pytest.mark.parametrize("port", PORTS)
def test_the_check_and_the_devices_agree_on_what_a_port_is(port: str) -> None:
    text = GOOD.replace('"COM5"', f"'{port}'")
    if (address := address_of(port)) and not isinstance(address, ModbusAddress | ModbusSerialAddress | MqttAddress):
        parse(text.replace('port = "/dev/ttyACM0"', 'port = "COM99"'))
    else:
        assert "devices[1].port" in {one.path for one in problems_of(text)}


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("port", PORTS)
def test_they_agree_on_the_ports_of_modules_and_topics_too(kind: str, port: str) -> None:
    text = GOOD + f"[[devices]]\nid = 'm'\nkind = '{kind}'\nport = '{port}'\nstation = 'press'\n{MORE[kind]}"
    if isinstance(address_of(whole_port(port)), KINDS[kind]):
        assert address_of(parse(text).devices[2].port) == address_of(whole_port(port))
    else:
        assert {one.path for one in problems_of(text)} == {"devices[2].port"}


NEEDS = {
    LampKind.LCUS: "channels = { red = 1 }",
    LampKind.TEXT: 'texts = { "red:on" = "1", "red:off" = "0" }',
}


@pytest.mark.parametrize("kind", sorted(set(LampKind) - {LampKind.MODBUS}))
@pytest.mark.parametrize("port", PORTS)
def test_they_agree_on_the_ports_of_lamps(kind: LampKind, port: str) -> None:
    text = f"[line]\nid = 'a'\nname = 'A'\n[[stations]]\nid = 's'\nname = 'S'\n[[lamps]]\nid = 'l'\nkind = '{kind}'\n"
    text += f"port = '{port}'\n{NEEDS.get(kind, '')}\n"
    lamp = Lamp(id="l", kind=kind, port=port, channels={"red": 1}, texts={"red:on": "1", "red:off": "0"})
    try:
        driver_of(lamp, SystemClock())
    except PortTrouble:
        assert {one.path for one in problems_of(text)} == {"lamps[0].port"}
    else:
        assert parse(text).lamps[0].port == port
