"""What the text of a `port` or `target` may be, by the kind of what is plugged in there."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

MODBUS_PORT = 502
MQTT_PORT = 1883
MQTTS_PORT = 8883
SECRETS = "put it in secrets.toml in the data folder"  # the journal keeps every version of the line file

_NUMBER = r"0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+)"
_WHERE = rf"{_HOST}(?::{_NUMBER})?"
_VIRTUAL = r"virtual(?:://\S+)?"
_USB = r"(?i:[0-9A-F]{4}:[0-9A-F]{4}(?::\S+)?)"
_COM = r"(?i:(?:\\\\\.\\)?COM[1-9][0-9]{0,3})"
_SOCKET = rf"socket://{_HOST}:{_NUMBER}"
_SERIAL = rf"/\S.*|{_COM}|{_USB}"
_BUS = rf"/[^/\s].*|{_COM}"  # behind `modbus:`, where // begins a host
_MODBUS = rf"modbus://{_WHERE}|modbus:(?:{_BUS})"
_MQTT = rf"mqtts?://{_WHERE}/.+"  # a topic, or a filter with + and #

_SERIAL_WORDS = "/dev/serial/by-id/..., COM5, VID:PID or VID:PID:SERIAL (four hex digits each)"
_MODBUS_WORDS = "modbus://host, modbus:/dev/serial/by-id/..., modbus:COM5 or virtual"


class Form(Struct, frozen=True):
    """What may stand there, and what to write in place of something else."""

    pattern: re.Pattern[str]
    remedy: str


def _form(pattern: str, words: str) -> Form:
    return Form(re.compile(pattern), f"write {words}")


# The same grammar as the devices read; a test holds the two together.
_TYPED = _form(rf"{_VIRTUAL}|wedge|{_SERIAL}|{_SOCKET}", f"{_SERIAL_WORDS}, socket://host:port, wedge or virtual")
_BY_MODBUS = _form(rf"{_VIRTUAL}|{_MODBUS}", _MODBUS_WORDS)
_BY_SERIAL = _form(rf"{_VIRTUAL}|{_SERIAL}|{_SOCKET}", f"{_SERIAL_WORDS}, socket://host:port or virtual")
_BY_HID = _form(
    rf"|{_VIRTUAL}|{_USB}", "VID:PID or VID:PID:SERIAL (four hex digits each) or virtual, or leave port away"
)

DEVICE_PORTS: Mapping[str, Form] = MappingProxyType({
    "scanner": _TYPED,
    "buttons": _TYPED,
    "modbus": _BY_MODBUS,
    "mqtt": _form(rf"{_VIRTUAL}|{_MQTT}", "mqtt://host/topic, mqtts://host/topic or virtual"),
})  # fmt: skip
LAMP_PORTS: Mapping[str, Form] = MappingProxyType({
    "adafruit": _BY_SERIAL,
    "lcus": _BY_SERIAL,
    "text": _BY_SERIAL,
    "lr6-usb": _BY_HID,
    "ne-usb": _BY_HID,
    "pns": _form(rf"{_VIRTUAL}|{_SOCKET}", "socket://host:10000 with the lamp's own port, or virtual"),
    "modbus": _BY_MODBUS,
})  # fmt: skip
TARGETS: Mapping[str, Form] = MappingProxyType({
    "smtp": _form(rf"smtps?://{_WHERE}", "smtp://host:25, or smtps://host for one that begins with TLS"),
    "webhook": _form(rf"https?://{_WHERE}(?:[/?][^\s#]*)?", "https://host/path"),
    "mqtt": _form(rf"mqtts?://{_WHERE}/[^+#?]+(?:\?state=[01])?", "mqtt://host:1883/topic, or mqtts:// for TLS"),
})  # fmt: skip
HID_NUMBERS: Mapping[str, str] = MappingProxyType({"lr6-usb": "191A:8003", "ne-usb": "191A:6001"})

_HAS_PASSWORD = re.compile(r"[a-z]+://[^/]*@")


def names_somebody(target: str) -> bool:
    """Whether a user or a password stands in front of the host."""
    return _HAS_PASSWORD.match(target) is not None


def is_serial(port: str) -> bool:
    """Whether a port has a speed."""
    return re.fullmatch(_SERIAL, port.removeprefix("modbus:")) is not None and not port.startswith("modbus://")


def whole_port(port: str) -> str:
    """The port with the number that is usual where none is written."""
    text = port.strip()
    scheme, sign, rest = text.partition("://")
    usual = {"modbus": MODBUS_PORT, "mqtt": MQTT_PORT, "mqtts": MQTTS_PORT}.get(scheme)
    where, slash, topic = rest.partition("/")
    if not sign or usual is None or re.fullmatch(rf"{_HOST}:{_NUMBER}", where):
        return text
    return f"{scheme}://{where}:{usual}{slash}{topic}"


def place_of(port: str) -> str:
    """What two ports have in common if they are one: the same plug, module or topic."""
    text = whole_port(port)
    bare = text.removeprefix("modbus:") if is_serial(text) else text
    if re.fullmatch(rf"{_COM}|{_USB}", bare):
        return bare.upper().removeprefix("\\\\.\\")
    scheme, sign, rest = bare.partition("://")
    where, slash, topic = rest.partition("/")
    return f"{scheme}://{where.casefold()}{slash}{topic}" if sign and scheme in {"modbus", "mqtt", "mqtts"} else bare
