"""The line file and the devices agree on what a port is."""

import pytest

from shopfloor.devices.address import parse_address
from shopfloor.linefile import parse
from shopfloor.trouble import PortTrouble
from tests.linefile.good import GOOD, problems_of

PORTS = (
    "virtual", "virtual://gun", "virtual://", "wedge", "Wedge", "/dev/ttyACM0", "dev/ttyACM0", "COM5", "com12", "COM0",
    "\\\\.\\COM10", "0403:6001", "0403:6001:FT1 2", "0403:6001:FT12", "403:6001", "socket://10.0.0.1:4001",
    "socket://host", "socket://host:0", "socket://host:65535", "socket://host:65536", "socket://[::1]:23",
    "socket://a@b:1", "socket://host:1/x", "tcp://host:1", "", "ttyUSB0",
)  # fmt: skip


@pytest.mark.parametrize("port", PORTS)
def test_the_check_and_the_devices_agree_on_what_a_port_is(port: str) -> None:
    try:
        parse_address(port, name="gun-1")
        good = True
    except PortTrouble:
        good = False
    text = GOOD.replace('"COM5"', f"'{port}'")
    if good:
        parse(text.replace('port = "/dev/ttyACM0"', 'port = "COM99"'))
    else:
        assert "devices[1].port" in {one.path for one in problems_of(text)}
