"""Lamps: where they hang, what their kind has and has not, and that whatever can be lit can be put out."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from shopfloor.core.codes import printable
from shopfloor.linefile.device_checks import check_bus, check_inside
from shopfloor.linefile.ports import LAMP_PORTS
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table

SOUND = "sound"  # what the daily test calls the loudspeaker
RELAYS_MAX = 16  # of one board

_HAS_CHANNELS = frozenset({"modbus", "lcus"})
_NEEDS_NO_PORT = frozenset({"lr6-usb", "ne-usb"})
_NO_BAUD = frozenset({*_NEEDS_NO_PORT, "pns"})
_EXAMPLES: Mapping[str, str] = MappingProxyType({
    "channels": "channels = { red = 0, yellow = 1, green = 2 }",
    "texts": 'texts = { "red:on" = "R1\\r", "red:off" = "R0\\r" }',
})  # fmt: skip


def check_lamp(lamp: Table, *, stations: list[str], devices: list[str], outside: set[str]) -> Iterator[Problem]:
    """Every problem of one lamp, its port's neighbours apart."""
    if station := lamp.text("station"):
        yield from reference(lamp.path("station"), station, known=stations, what="station", table="stations")
        yield from check_inside(lamp, station, outside)
        if lamp.has("terminal"):
            yield Problem(lamp.path("terminal"), "means nothing for a lamp of a station", "remove it")
    name = lamp.text("id")
    if name == SOUND:
        yield Problem(lamp.path("id"), f"'{SOUND}' is what the sound is called", "give the lamp another id")
    if name is not None and name in devices:
        yield Problem(
            lamp.path("id"), f"'{printable(name)}' is already one of [[devices]]", "give the lamp an id of its own"
        )
    kind = lamp.text("kind") or ""
    if kind not in LAMP_PORTS:
        return
    port = (lamp.text("port") or "").strip()
    yield from _port(lamp, kind, port)
    yield from _keys(lamp, kind, port)
    if kind == "modbus":
        yield from check_bus(lamp, port)
    yield from _channels(lamp, kind)
    yield from _texts(lamp)


def _port(lamp: Table, kind: str, port: str) -> Iterator[Problem]:
    form = LAMP_PORTS[kind]
    if form.pattern.fullmatch(port):
        return
    if port:
        yield Problem(lamp.path("port"), f"'{printable(port)}' is no port of a lamp of kind {kind}", form.remedy)
    elif not lamp.has("port") or lamp.text("port") is not None:
        yield Problem(lamp.path("port"), "is missing", form.remedy)


def _keys(lamp: Table, kind: str, port: str) -> Iterator[Problem]:
    meant = {
        "channels": kind in _HAS_CHANNELS,
        "texts": kind == "text",
        "unit": kind == "modbus",
        "baud": kind not in _NO_BAUD and not port.startswith("socket://"),
    }
    for key, is_meant in meant.items():
        if lamp.has(key) and not is_meant:
            where = "over a network" if key == "baud" and kind not in _NO_BAUD else f"for a lamp of kind {kind}"
            yield Problem(lamp.path(key), f"means nothing {where}", "remove it")
    for key in ("channels", "texts"):
        if meant[key] and not lamp.table(key).keys and (not lamp.has(key) or lamp.is_table(key)):
            yield Problem(
                lamp.path(key),
                f"nothing says how a lamp of kind {kind} is lit",
                f"add {_EXAMPLES[key]}",
            )


def _channels(lamp: Table, kind: str) -> Iterator[Problem]:
    channels = lamp.table("channels")
    if kind not in _HAS_CHANNELS or not channels.keys:
        return
    first: dict[int, str] = {}
    for colour in channels.keys:
        number = channels.whole(colour)
        if number is None:
            continue
        if kind == "lcus" and not 1 <= number <= RELAYS_MAX:
            yield Problem(
                channels.path(colour),
                f"expected a relay from 1 to {RELAYS_MAX}, got {number}",
                "write the number that is printed beside it",
            )
        if (other := first.setdefault(number, colour)) != colour:
            yield Problem(
                channels.path(colour),
                f"{number} is already {printable(other)}",
                "give each colour its own number",
            )
    if lamp.is_true("buzzer") and not channels.has("buzzer"):
        yield Problem(lamp.path("buzzer"), "nothing says where the buzzer is", "add buzzer = 3 or the like to channels")


def _texts(lamp: Table) -> Iterator[Problem]:
    texts = lamp.table("texts")
    for colour in dict.fromkeys(word.partition(":")[0] for word in texts.keys if ":" in word):
        starts = ("on", "call") if colour == "buzzer" else ("on",)
        for how, is_said in (
            ("on", any(texts.has(f"{colour}:{start}") for start in starts)),
            ("off", texts.has(f"{colour}:off")),
        ):
            if not is_said:
                yield Problem(
                    lamp.path("texts"),
                    f"nothing says how {printable(colour)} is switched {how}",
                    f'add "{printable(colour)}:{how}" = "..."',
                )
    if lamp.is_true("buzzer") and texts.keys and not any(word.startswith("buzzer:") for word in texts.keys):
        yield Problem(
            lamp.path("buzzer"), "nothing says how the buzzer sounds", 'add "buzzer:on" and "buzzer:off" to texts'
        )
