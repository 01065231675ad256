"""The values of a line file that are more than a type: ids, names, times, actions, and what is said of a wrong one."""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shopfloor.core.codes import looks_own, parse_action, printable
from shopfloor.core.labels import check_profile
from shopfloor.core.line import FOLDER, LoopKind, Role
from shopfloor.linefile.clocktime import DAYS, minutes_or_none
from shopfloor.linefile.problems import did_you_mean, one_of

ID_CHARS_MAX = 24  # what a card, a button and a journal line can show
NAME_CHARS_MAX = 80
TEXT_CHARS_MAX = 200
COUNT_MAX = 10_000  # limits of places and lanes: more is a slip of the pen
QUANTITY_MAX = 10_000_000
SECONDS_MAX = 31 * 24 * 3600.0
YEAR_END = 2200  # a slip of the pen, not a plan
REGISTER_MAX = 0xFFFF  # Modbus addresses are 16 bits
UNIT_MAX = 255  # over TCP; on a serial bus 247
# What plants and other systems call a loop that is one of our kinds with a switch.
OTHER_KINDS: Mapping[str, str] = MappingProxyType({
    "triangle": 'write kind = "signal" and lot = the cards of a lot',
    "lot": 'write kind = "signal" and lot = the cards of a lot',
    "move": 'write kind = "withdrawal"',
    "one-time": "write lives = 1, or issue extra cards where they are needed",
    "limited": "write lives = the cycles, or expires = the last day",
    "joker": "write jokers = how many of the cards are spare",
})  # fmt: skip

# What the sender to label printers takes as an address.
_TARGET = re.compile(r"(?i:tcp)://(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+)(:[0-9]{1,5})?")
_MAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
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


def _check_mail(text: str) -> str:
    mail = text.strip()
    if mail and not (mail.isascii() and mail.isprintable() and _MAIL.fullmatch(mail)):
        raise fault(f"'{printable(text)}' is no mail address", 'write e.g. "ana@plant.example", or remove it')
    return mail


def _check_severity(value: object) -> object:
    if value == "critical":
        raise fault("critical is what a stop is", 'write kind = "stop", or severity = "high"')
    return value


def _check_lane(value: object) -> object:
    if value == 0 and isinstance(value, int) and not isinstance(value, bool):
        raise fault(
            "a lane of 0 could never take a card, so its station could never finish",
            "write 1 or more, or leave lane_limits away for lanes without a limit",
        )
    return value


TABLE = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

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
TimeZone = Annotated[str, AfterValidator(_check_timezone)]
Kind = Annotated[LoopKind, Field(strict=False), BeforeValidator(_check_kind)]
Date = Annotated[str, AfterValidator(_check_date)]
Label = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_label)]
Photo = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_photo)]
Badge = Annotated[str, Field(max_length=64), AfterValidator(_check_badge)]
Port = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_name)]
PrinterTarget = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_target)]
Dpi = Annotated[int, AfterValidator(_check_dpi)]
Mail = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_check_mail)]
Severe = Annotated[Literal["low", "medium", "high"], BeforeValidator(_check_severity)]
Baud = Annotated[int, Field(ge=300, le=4_000_000)]
Register = Annotated[int, Field(ge=0, le=REGISTER_MAX)]
Unit = Annotated[int, Field(ge=0, le=UNIT_MAX)]
ARole = Annotated[Role, Field(strict=False)]
Roles = Annotated[list[ARole], Field(min_length=1)]
