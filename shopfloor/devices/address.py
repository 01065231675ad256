"""Where a device is plugged in: the text of the line file, checked."""

import re
from urllib.parse import urlsplit

from msgspec import Struct

from shopfloor.trouble import PortTrouble

VIRTUAL = "virtual"
WEDGE = "wedge"

_COM = re.compile(r"(?:\\\\\.\\)?COM[1-9][0-9]{0,3}", re.IGNORECASE)
_USB = re.compile(r"([0-9A-F]{4}):([0-9A-F]{4})(?::(\S+))?", re.IGNORECASE)
_REMEDY = (
    "Use a path such as /dev/serial/by-id/..., COM5, VID:PID or VID:PID:SERIAL (four hex digits each), "
    "socket://host:port, virtual, or wedge for a scanner that types."
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


class VirtualAddress(Struct, frozen=True):
    """A device inside this process, for demonstrations and tests."""

    name: str


class WedgeAddress(Struct, frozen=True):
    """A scanner that types: the screen reads it, no port does."""


Address = PathAddress | UsbAddress | SocketAddress | VirtualAddress | WedgeAddress


def parse_address(text: str, *, name: str) -> Address:
    """The address a `port` of the line file means; a bare `virtual` is named `name`. Raises PortTrouble."""
    port = text.strip()
    if port == WEDGE:
        return WedgeAddress()
    if port == VIRTUAL:
        return VirtualAddress(name)
    if "://" in port:
        return _url(port)
    if port.startswith("/"):
        return PathAddress(port)
    if _COM.fullmatch(port):
        return PathAddress(port.upper())
    if usb := _USB.fullmatch(port):
        return UsbAddress(int(usb[1], 16), int(usb[2], 16), usb[3] or "")
    raise _malformed("a port", text)


def _url(text: str) -> Address:
    scheme, _, rest = text.partition("://")
    if scheme == VIRTUAL:
        if not rest:
            raise _malformed("virtual://NAME", text)
        return VirtualAddress(rest)
    if scheme != "socket":
        raise _malformed("socket:// or virtual://", text)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _malformed("socket://HOST:PORT with a port from 1 to 65535", text) from None
    if not host or not port or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise _malformed("socket://HOST:PORT with a port from 1 to 65535", text)
    return SocketAddress(host, port)


def _malformed(expected: str, got: str) -> PortTrouble:
    return PortTrouble(f"Expected {expected}, got {got!r}.", remedy=_REMEDY)
