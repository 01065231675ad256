"""Where a device is plugged in: the text of the line file, checked."""

import re
from urllib.parse import urlsplit

from msgspec import Struct

from shopfloor.trouble import PortTrouble

VIRTUAL = "virtual"
WEDGE = "wedge"

_COM = re.compile(r"(?:\\\\\.\\)?COM[1-9][0-9]{0,3}", re.IGNORECASE)
_MODBUS = "modbus"
_USB = re.compile(r"([0-9A-F]{4}):([0-9A-F]{4})(?::(\S+))?", re.IGNORECASE)
_REMEDY = (
    "Use a path such as /dev/serial/by-id/..., COM5, VID:PID or VID:PID:SERIAL (four hex digits each), "
    "socket://host:port, modbus://host:port, modbus:PATH, mqtt://host:port/topic (mqtts:// over TLS), "
    "virtual, or wedge for a scanner that types."
)


class PathAddress(Struct, frozen=True):
    """A device file or COM port."""

    path: str


class UsbAddress(Struct, frozen=True):
    """A USB device by its numbers, wherever it is plugged in; `serial` "" is any."""

    vid: int
    pid: int
    serial: str = ""

    def __str__(self) -> str:
        return f"{self.vid:04X}:{self.pid:04X}" + (f":{self.serial}" if self.serial else "")


class SocketAddress(Struct, frozen=True):
    """A device server or a scanner with Ethernet."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"socket://[{self.host}]:{self.port}" if ":" in self.host else f"socket://{self.host}:{self.port}"


class ModbusAddress(Struct, frozen=True):
    """Modbus modules over TCP: an I/O module or a gateway."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"modbus://[{self.host}]:{self.port}" if ":" in self.host else f"modbus://{self.host}:{self.port}"


class ModbusSerialAddress(Struct, frozen=True):
    """Modbus modules on a serial line (RTU)."""

    path: str

    def __str__(self) -> str:
        return f"modbus:{self.path}"


class MqttAddress(Struct, frozen=True):
    """A topic of a broker; `tls`: over TLS, by the authorities that the system trusts."""

    host: str
    port: int
    topic: str
    tls: bool = False


class VirtualAddress(Struct, frozen=True):
    """A device inside this process, for demonstrations and tests."""

    name: str


class WedgeAddress(Struct, frozen=True):
    """A scanner that types: the screen reads it, no port does."""


Address = (
    PathAddress
    | UsbAddress
    | SocketAddress
    | ModbusAddress
    | ModbusSerialAddress
    | MqttAddress
    | VirtualAddress
    | WedgeAddress
)


def parse_address(text: str, *, name: str) -> Address:
    """The address a `port` of the line file means; a bare `virtual` is named `name`. Raises PortTrouble."""
    port = text.strip()
    if port == WEDGE:
        return WedgeAddress()
    if port == VIRTUAL:
        return VirtualAddress(name)
    if "://" in port:
        return _url(port)
    if path := _path(port):
        return PathAddress(path)
    if port.startswith(f"{_MODBUS}:"):
        if path := _path(port.removeprefix(f"{_MODBUS}:")):
            return ModbusSerialAddress(path)
        raise _malformed("modbus:PATH with a path such as /dev/serial/by-id/... or COM5", text)
    if usb := _USB.fullmatch(port):
        return UsbAddress(int(usb[1], 16), int(usb[2], 16), usb[3] or "")
    raise _malformed("a port", text)


def _path(text: str) -> str:
    if text.startswith("/"):
        return text
    return text.upper() if _COM.fullmatch(text) else ""


def _url(text: str) -> Address:
    scheme, _, rest = text.partition("://")
    match scheme:
        case "virtual" if rest:
            return VirtualAddress(rest)
        case "virtual":
            raise _malformed("virtual://NAME", text)
        case "socket":
            return SocketAddress(*_host_and_port(text, scheme, rest))
        case "modbus":
            return ModbusAddress(*_host_and_port(text, scheme, rest))
        case "mqtt" | "mqtts":
            # A topic may hold what would end the path of a URL.
            place, _, topic = rest.partition("/")
            if not topic:
                raise _malformed(f"{scheme}://HOST:PORT/TOPIC", text)
            return MqttAddress(*_host_and_port(text, scheme, place), topic, tls=scheme == "mqtts")
        case _:
            raise _malformed("socket://, modbus://, mqtt://, mqtts:// or virtual://", text)


def _host_and_port(text: str, scheme: str, place: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"{scheme}://{place}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or not port or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise _malformed(f"{scheme}://HOST:PORT with a port from 1 to 65535", text)
    return host, port


def _malformed(expected: str, got: str) -> PortTrouble:
    return PortTrouble(f"Expected {expected}, got {got!r}.", remedy=_REMEDY)
