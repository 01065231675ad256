"""The port of a line file."""

import pytest

from shopfloor.devices.address import (
    Address,
    ModbusAddress,
    ModbusSerialAddress,
    MqttAddress,
    PathAddress,
    SocketAddress,
    UsbAddress,
    VirtualAddress,
    WedgeAddress,
    parse_address,
)
from shopfloor.trouble import PortTrouble


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/dev/ttyUSB0", PathAddress("/dev/ttyUSB0")),
        (" /dev/serial/by-id/usb-Honeywell_1-if00 ", PathAddress("/dev/serial/by-id/usb-Honeywell_1-if00")),
        ("com5", PathAddress("COM5")),
        ("\\\\.\\COM15", PathAddress("\\\\.\\COM15")),
        ("0c2e:0b61", UsbAddress(0x0C2E, 0x0B61)),
        ("0C2E:0B61:A-1:2", UsbAddress(0x0C2E, 0x0B61, "A-1:2")),
        ("socket://10.0.0.7:4001", SocketAddress("10.0.0.7", 4001)),
        ("socket://[::1]:4001", SocketAddress("::1", 4001)),
        ("modbus://10.0.0.7:502", ModbusAddress("10.0.0.7", 502)),
        ("modbus://[::1]:502", ModbusAddress("::1", 502)),
        ("modbus:/dev/serial/by-id/usb-FTDI-if00", ModbusSerialAddress("/dev/serial/by-id/usb-FTDI-if00")),
        ("modbus:com7", ModbusSerialAddress("COM7")),
        ("mqtt://broker:1883/hall/button #1?", MqttAddress("broker", 1883, "hall/button #1?")),
        ("mqtt://[::1]:1883/+/action", MqttAddress("::1", 1883, "+/action")),
        ("virtual", VirtualAddress("gun-1")),
        ("virtual://other", VirtualAddress("other")),
        ("wedge", WedgeAddress()),
    ],
)
def test_a_port_is_understood(text: str, address: Address) -> None:
    assert parse_address(text, name="gun-1") == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ttyUSB0",
        "COM",
        "COM0",
        "0C2E:0B6",
        "0C2E:0B61:",
        "12345:0B61",
        "socket://host",
        "socket://:4001",
        "socket://host:0",
        "socket://host:99999",
        "socket://host:port",
        "socket://host:1/path",
        "modbus://host",
        "modbus://host:0",
        "modbus://host:502/1",
        "modbus:",
        "modbus:ttyUSB0",
        "modbus:0403:6001",
        "mqtt://host:1883",
        "mqtt://host:1883/",
        "mqtt://host/topic",
        "mqtt://user@host:1883/topic",
        "rfc2217://host:1",
        "loop://",
        "virtual://",
    ],
)
def test_a_malformed_port_says_expected_and_got_and_what_to_write(text: str) -> None:
    with pytest.raises(PortTrouble) as caught:
        parse_address(text, name="gun-1")
    assert repr(text) in caught.value.what
    assert "Expected" in caught.value.what
    assert "socket://host:port" in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["0C2E:0B61:A1", "socket://h:1", "socket://[::1]:1", "modbus://h:1", "modbus://[::1]:1", "modbus:/dev/a"]
)
def test_an_address_is_shown_as_it_is_written(text: str) -> None:
    assert str(parse_address(text, name="")) == text
