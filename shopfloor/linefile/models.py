"""The shape of a line file: tables, keys, types and ranges. Used only at the boundary; `convert` makes core values."""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shopfloor.core.codes import CARD_NUMBER_MAX, looks_own, parse_action, printable
from shopfloor.core.labels import check_profile
from shopfloor.core.line import (
    FOLDER,
    CallKind,
    CardFormat,
    CodeType,
    Consume,
    DeviceKind,
    LaneOrder,
    LimitPolicy,
    LoopKind,
    Mark,
    PrintOn,
    Role,
    Scope,
    StartState,
)
from shopfloor.linefile.clocktime import DAYS, minutes_or_none
from shopfloor.linefile.problems import did_you_mean, one_of

ID_CHARS_MAX = 24  # what a card, a button and a journal line can show
NAME_CHARS_MAX = 80
TEXT_CHARS_MAX = 200
COUNT_MAX = 10_000  # limits of places and lanes: more is a slip of the pen
QUANTITY_MAX = 10_000_000
SECONDS_MAX = 31 * 24 * 3600.0
YEAR_END = 2200  # a slip of the pen, not a plan
LABELS_MAX = 20  # each is tried at every foreign code
PRINTERS_MAX = 20  # a terminal has a thread for each
REPEAT_WINDOW_S_MAX = 60.0  # longer, and two honest scans of one card would be one
# What plants and other systems call a loop that is one of our kinds with a switch.
OTHER_KINDS: Mapping[str, str] = MappingProxyType({
    "triangle": 'write kind = "signal" and lot = the cards of a lot',
    "lot": 'write kind = "signal" and lot = the cards of a lot',
    "move": 'write kind = "withdrawal"',
    "one-time": "write lives = 1, or issue extra cards where they are needed",
    "limited": "write lives = the cycles, or expires = the last day",
    "joker": "write jokers = how many of the cards are spare",
})  # fmt: skip

# The same grammar as the devices read; a test holds the two together.
_PORT = re.compile(
    r"virtual(://\S+)?|wedge|/\S.*|(?i:(\\\\\.\\)?COM[1-9][0-9]{0,3})|(?i:[0-9A-F]{4}:[0-9A-F]{4}(:\S+)?)"
    r"|socket://(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+):0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|"
    r"655[0-2][0-9]|6553[0-5])"
)
# What the sender to label printers takes as an address.
_TARGET = re.compile(r"(?i:tcp)://(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+)(:[0-9]{1,5})?")
_DPI = (203, 300)
_ID_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_PART_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/+ ")


def fault(problem: str, remedy: str) -> PydanticCustomError:
    """An error that already carries its remedy."""
    return PydanticCustomError("line_file", "{problem}", {"problem": problem, "remedy": remedy})


def is_id(text: str) -> bool:
    """Whether a text can name a station, loop, reason, device, person or line."""
    return 0 < len(text) <= ID_CHARS_MAX and _ID_CHARS.issuperset(text) and not text.startswith("-")


def _check_id(text: str) -> str:
    if is_id(text):
        return text
    remedy = f"use small letters, digits and -, at most {ID_CHARS_MAX}, beginning with a letter or digit"
    proposal = "".join(char if char in _ID_CHARS else "-" for char in text.lower()).strip("-")[:ID_CHARS_MAX]
    raise fault(f"'{printable(text)}' cannot be an id", f"{remedy}, e.g. '{proposal}'" if is_id(proposal) else remedy)


def _check_part_id(text: str) -> str:
    if 0 < len(text) <= ID_CHARS_MAX and _PART_CHARS.issuperset(text) and text[0].isalnum() and text == text.strip():
        return text
    raise fault(
        f"'{printable(text)}' cannot be a part number",
        f"use letters, digits, blanks and - . _ / +, at most {ID_CHARS_MAX}, beginning with a letter or digit",
    )


def _check_words(text: str) -> str:
    if not text.isprintable():
        raise fault(f"'{printable(text)}' holds characters that cannot be shown", "write it in plain letters")
    return text.strip()


def _check_name(text: str) -> str:
    words = _check_words(text)
    if not words:
        raise fault("is empty", "write a name that people on the line know")
    return words


def _check_timezone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        near = did_you_mean(text, zoneinfo.available_timezones(), otherwise='write e.g. timezone = "Europe/Berlin"')
        raise fault(f"there is no time zone '{printable(text)}'", near) from None
    return text


def _check_time(text: str) -> str:
    if minutes_or_none(text) is None:
        raise fault(f"expected a time as HH:MM, got '{printable(text)}'", 'write e.g. "06:00" or "22:30"')
    return text


def _check_day(text: str) -> str:
    if text not in DAYS:
        remedy = did_you_mean(text, DAYS, otherwise=f"write {one_of(DAYS)}")
        raise fault(f"'{printable(text)}' is no day of the week", remedy)
    return text


def _check_action(text: str) -> str:
    try:
        parse_action(text)
    except ValueError:
        raise fault(
            f"'{printable(text)}' is no action",
            "write call:REASON, stop, stop:REASON, ack, arrive, clear, undo or signoff",
        ) from None
    return text


def _check_badge(text: str) -> str:
    badge = _check_name(text)
    if looks_own(badge):
        raise fault(
            f"'{badge}' has the form of a card or command code", "give the badge another text, e.g. with P- in front"
        )
    return badge


def _check_port(text: str) -> str:
    port = _check_name(text)
    if not _PORT.fullmatch(port):
        raise fault(
            f"'{printable(port)}' is no port",
            "write /dev/serial/by-id/..., COM5, VID:PID or VID:PID:SERIAL (four hex digits each), socket://host:port, "
            "wedge or virtual",
        )
    return port


def _check_photo(text: str) -> str:
    way = text.replace("\\", "/")
    if not text.isprintable() or way.startswith("/") or ":" in way or ".." in way.split("/"):
        raise fault(
            f"'{printable(text)}' is no path from the folder of the line file",
            'put the picture beside the line file and write e.g. photo = "photos/housing.jpg"',
        )
    return way


def _check_kind(value: object) -> object:
    if isinstance(value, str) and value in OTHER_KINDS:
        raise fault(f"'{value}' is a switch of a loop, not its kind", OTHER_KINDS[value])
    return value


def _check_date(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    # Python reads other forms too; people write one, and no card lives for centuries.
    if day.isoformat() != text or day.year >= YEAR_END:
        raise fault(f"expected a day as YYYY-MM-DD, got '{printable(text)}'", 'write e.g. expires = "2026-12-31"')
    return text


def _check_label(text: str) -> str:
    wrong = check_profile(text)
    if wrong:
        raise fault(
            f"'{printable(text)}' cannot read a label: {wrong}",
            "write a regular expression with groups lot, serial or quantity, e.g. 'LOT (?P<lot>.+)'",
        )
    return text


def _check_target(text: str) -> str:
    target = text.strip()
    port = target.rpartition(":")[2]
    if target != FOLDER and not (_TARGET.fullmatch(target) and (not port.isdecimal() or 0 < int(port) < 65536)):
        raise fault(
            f"'{printable(text)}' is no printer",
            f'write target = "tcp://10.0.0.9:9100" for a label printer, or "{FOLDER}" for PDF files',
        )
    return target


def _check_dpi(value: int) -> int:
    if value not in _DPI:
        raise fault(f"expected 203 or 300 dpi, got {value}", "write what stands on the printer's type plate")
    return value


def _check_lane(value: object) -> object:
    if value == 0 and isinstance(value, int) and not isinstance(value, bool):
        raise fault(
            "a lane of 0 could never take a card, so its station could never finish",
            "write 1 or more, or leave lane_limits away for lanes without a limit",
        )
    return value


Id = Annotated[str, AfterValidator(_check_id)]
PartId = Annotated[str, AfterValidator(_check_part_id)]
Name = Annotated[str, Field(max_length=NAME_CHARS_MAX), AfterValidator(_check_name)]
Words = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_words)]
Time = Annotated[str, AfterValidator(_check_time)]
Day = Annotated[str, AfterValidator(_check_day)]
Action = Annotated[str, AfterValidator(_check_action)]
Frame = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX)]
Count = Annotated[int, Field(ge=1, le=COUNT_MAX)]
LaneLimit = Annotated[Count, BeforeValidator(_check_lane)]
Seconds = Annotated[float, Field(ge=0, le=SECONDS_MAX)]
SomeSeconds = Annotated[float, Field(gt=0, le=SECONDS_MAX)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class LineTable(_Table):
    """`[line]`."""

    id: Id
    name: Name
    timezone: Annotated[str, AfterValidator(_check_timezone)] = "UTC"
    wip_limit: Count | None = None
    restart_s: Seconds = 0
    takt_s: SomeSeconds | None = None
    repeat_window_s: Annotated[float, Field(ge=0, le=REPEAT_WINDOW_S_MAX)] = 1.0


class StationTable(_Table):
    """`[[stations]]`."""

    id: Id
    name: Name
    wip_limit: Count | None = None
    limit_policy: Annotated[LimitPolicy, Field(strict=False)] = LimitPolicy.HARD
    cycle_target_s: SomeSeconds | None = None
    cycle_min_s: Seconds = 0
    outside: bool = False


class PartTable(_Table):
    """`[[parts]]`."""

    id: PartId
    description: Words = ""
    unit: Annotated[Name, Field(max_length=12)] = "pcs"
    photo: Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_photo)] = ""


class SequenceTable(_Table):
    """`[loops.sequence]`."""

    in_process: Annotated[Mark, Field(strict=False)] = Mark.RECOMMENDED
    in_transit: Annotated[Mark, Field(strict=False)] = Mark.RECOMMENDED
    in_use: Annotated[Mark, Field(strict=False)] = Mark.OPTIONAL


class LoopTable(_Table):
    """`[[loops]]`. What is absent and None here follows from `kind`."""

    id: Id
    part: str
    kind: Annotated[LoopKind, Field(strict=False), BeforeValidator(_check_kind)] = LoopKind.PRODUCTION
    route: Annotated[list[str], Field(min_length=1)]
    lane_limits: list[LaneLimit] | None = None
    lane_order: Annotated[LaneOrder, Field(strict=False)] = LaneOrder.REFUSE
    consumer: str | None = None
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] = 1
    cards: Annotated[int, Field(ge=1, le=CARD_NUMBER_MAX)] = 1
    start: Annotated[StartState, Field(strict=False)] | None = None
    transit: bool | None = None
    acknowledge: bool | None = None
    response_s: Seconds = 0
    response_reason: str = ""
    lot: Annotated[int, Field(ge=0, le=COUNT_MAX)] = 1
    consume: Annotated[Consume, Field(strict=False)] = Consume.CONTAINER
    lives: Annotated[int, Field(ge=0, le=COUNT_MAX)] = 0
    expires: Annotated[str, AfterValidator(_check_date)] | None = None
    jokers: Annotated[int, Field(ge=0, le=CARD_NUMBER_MAX)] = 0
    sequence: SequenceTable = SequenceTable()
    labels: Annotated[
        list[Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_label)]],
        Field(max_length=LABELS_MAX),
    ] = []
    print_on: Annotated[PrintOn, Field(strict=False)] | None = None
    printer: str = ""


class ReasonTable(_Table):
    """`[[reasons]]`."""

    id: Id
    name: Name
    kind: Annotated[CallKind, Field(strict=False)] = CallKind.HELP
    deadline_s: Seconds = 0
    scope: Annotated[Scope, Field(strict=False)] = Scope.STATION


class DeviceTable(_Table):
    """`[[devices]]`."""

    id: Id
    kind: Annotated[DeviceKind, Field(strict=False)]
    port: Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_port)]
    station: str
    map: dict[str, Action] = {}
    baud: Annotated[int, Field(ge=300, le=4_000_000)] = 9600
    prefix: Annotated[str, Field(max_length=16)] = ""
    no_read: list[Frame] = ["NR", "NOREAD", "?"]
    role: Annotated[Role, Field(strict=False)] | None = None


class PersonTable(_Table):
    """`[[people]]`."""

    id: Id
    name: Name
    badge: Annotated[str, Field(max_length=64), AfterValidator(_check_badge)]
    role: Annotated[Role, Field(strict=False)] = Role.OPERATOR


class ShiftTable(_Table):
    """`[[calendar.shifts]]`."""

    name: Name
    start: Time
    end: Time
    days: Annotated[list[Day], Field(min_length=1)] = ["mon", "tue", "wed", "thu", "fri"]
    breaks: list[Annotated[list[Time], Field(min_length=2, max_length=2)]] = []


class CalendarTable(_Table):
    """`[calendar]`."""

    shifts: list[ShiftTable] = []


class TemplateTable(_Table):
    """`[[templates]]`."""

    kind: Annotated[LoopKind, Field(strict=False), BeforeValidator(_check_kind)] | None = None
    loop: str | None = None
    station: str | None = None
    format: Annotated[CardFormat, Field(strict=False)] = CardFormat.A4_10
    code: Annotated[CodeType, Field(strict=False)] = CodeType.QR


class PrinterTable(_Table):
    """`[[printers]]`."""

    id: Id
    target: Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_target)]
    dpi: Annotated[int, AfterValidator(_check_dpi)] = 203
    format: Annotated[CardFormat, Field(strict=False)] = CardFormat.LABEL
    code: Annotated[CodeType, Field(strict=False)] = CodeType.QR


class FileTable(_Table):
    """The whole file."""

    line: LineTable
    stations: Annotated[list[StationTable], Field(min_length=1)]
    parts: list[PartTable] = []
    loops: list[LoopTable] = []
    reasons: list[ReasonTable] = []
    devices: list[DeviceTable] = []
    people: list[PersonTable] = []
    calendar: CalendarTable = CalendarTable()
    templates: list[TemplateTable] = []
    printers: Annotated[list[PrinterTable], Field(max_length=PRINTERS_MAX)] = []
