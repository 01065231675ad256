"""What a label on a container says of its contents: GS1, AIAG/VDA (ISO 15434 with data identifiers), or plain text.

| what | GS1 | data identifiers |
|---|---|---|
| lot | 10 | T, 1T, 30T |
| serial number | 21 | S, 3S, 25S |
| quantity | 30, 37 | Q, 7Q |

Identifiers: GS1 General Specifications; ANSI MH10.8.2, as AIAG B-10 and VDA 4994 use them in format 06 of ISO 15434.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from shopfloor.core.reading import EOT, GS, RS

_GS1_LOT, _GS1_SERIAL, _GS1_COUNTS = "10", "21", ("37", "30")
_LOTS, _SERIALS, _QUANTITIES = ("1T", "30T", "T"), ("S", "3S", "25S"), ("Q", "7Q")
_LOOKS_GS1 = re.compile(r"(0[12]\d{14}|00\d{18})")
_ENVELOPE = "[)>" + RS
_FORMATS = ("06", "12")
_FIELD = re.compile(r"(\d{0,3}[A-Z])(.+)", re.DOTALL)
_COUNT = re.compile(r"(\d{1,9})(?:[.,]0+)?(?:[A-Z]{2})?")  # "7Q20PC": a quantity with its unit


class Contents(Struct, frozen=True, kw_only=True):
    """What a label says; 0 or "" where it says nothing."""

    quantity: int = 0
    lot: str = ""
    serial: str = ""


def read_label(text: str, profiles: Iterable[str] = ()) -> Contents | None:
    """The contents a label names, None if it is none or names nothing. The loop's own `profiles` come first."""
    found = _plain(text, profiles)
    if found is None and text.startswith(_ENVELOPE):
        found = _identifiers(text)
    elif found is None and (GS in text or _LOOKS_GS1.match(text)):
        found = _gs1(text)
    return found if found not in {None, Contents()} else None


def check_profile(pattern: str) -> str:
    """What is wrong with the regular expression of a plain label, "" if nothing."""
    try:
        names = set(re.compile(pattern).groupindex)
    except re.error as error:
        return f"it is no regular expression: {error}"
    if not names:
        return "it names no group"
    unknown = sorted(names - {"lot", "serial", "quantity"})
    return f"there is no group {', '.join(unknown)}" if unknown else ""


def _plain(text: str, profiles: Iterable[str]) -> Contents | None:
    for profile in profiles:
        match = re.fullmatch(profile, text)
        if match is not None:
            said = {name: value for name, value in match.groupdict().items() if value}
            quantity = _whole(said.get("quantity", ""))
            return Contents(quantity=quantity, lot=said.get("lot", ""), serial=said.get("serial", ""))
    return None


def _gs1(text: str) -> Contents | None:
    # biip costs 0.3 s: only a plant that scans GS1 labels pays for it, once.
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        message = GS1Message.parse(text)
    except ParseError:
        return None
    values = {element.ai.ai: element.value for element in message.element_strings}
    counts = [_whole(values[ai]) for ai in _GS1_COUNTS if ai in values]
    return Contents(quantity=next(iter(counts), 0), lot=values.get(_GS1_LOT, ""), serial=values.get(_GS1_SERIAL, ""))


def _identifiers(text: str) -> Contents | None:
    values: dict[str, str] = {}
    for record in text.removeprefix(_ENVELOPE).rstrip(EOT).split(RS):
        form, *fields = record.split(GS)
        if form not in _FORMATS:
            continue
        for field in fields:
            match = _FIELD.fullmatch(field)
            if match is not None:
                values.setdefault(match[1], match[2].strip())
    lot = next((values[name] for name in _LOTS if name in values), "")
    serial = next((values[name] for name in _SERIALS if name in values), "")
    quantity = next((_whole(values[name]) for name in _QUANTITIES if name in values), 0)
    return Contents(quantity=quantity, lot=lot, serial=serial)


def _whole(text: str) -> int:
    """A whole number; 0 for anything else: half a piece is for a person to judge."""
    match = _COUNT.fullmatch(text)
    return int(match[1]) if match else 0
