"""The texts in our bar codes: card identities and commands, written and read back."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.check_chars import ALPHABET, CHECK_CHARS, base36, check_chars, is_valid
from shopfloor.core.line import Line

CARD_NUMBER_MAX = 36**2 - 1  # two base-36 characters
PRINT_VERSION_MAX = 35  # one base-36 character
PRINTABLE_CHARS_MAX = 64  # what a verdict strip and a journal line can show of a foreign text

_TAG_CHARS = 4
_CARD_CHARS = 1 + _TAG_CHARS + 2 + 1 + CHECK_CHARS
_COMMAND_CHARS = 2 + CHECK_CHARS
_CALL_CHARS = 2 + _TAG_CHARS + CHECK_CHARS
_SHELF_CHARS = 1 + _TAG_CHARS + CHECK_CHARS
_SINGLE_COMMANDS = {"XS": "stop", "XU": "undo", "XA": "ack", "XL": "clear", "XR": "arrive", "XO": "signoff"}
_CHARS = frozenset(ALPHABET)


class Verb(StrEnum):
    """What a command code or a button may ask for; `call` needs a reason, `stop` may have one."""

    CALL = "call"
    STOP = "stop"
    ACK = "ack"
    ARRIVE = "arrive"
    CLEAR = "clear"
    UNDO = "undo"
    SIGNOFF = "signoff"


class UnknownWhy(StrEnum):
    """Why a text is no code of this line: not our form, wrong check characters, or ours but of another line or loop."""

    FORM = "form"
    CHECK = "check"
    FOREIGN = "foreign"


class CardScan(Struct, frozen=True):
    """A card's code of a loop of this line; whether the card exists and the print is current is judged later."""

    loop: str
    number: int
    print_version: int


class CommandScan(Struct, frozen=True):
    """A command; `action` in the grammar of a button's map, for `parse_action`."""

    action: str


class BadgeScan(Struct, frozen=True):
    """The badge of a person of this line."""

    person: str


class ShelfScan(Struct, frozen=True):
    """The label on the shelf of a loop's store: a question, no step."""

    loop: str


class UnknownScan(Struct, frozen=True):
    """None of ours; `text` is already safe to show."""

    text: str
    why: UnknownWhy


Scan = CardScan | CommandScan | BadgeScan | ShelfScan | UnknownScan


class Known(Struct, frozen=True):
    """What a line's codes mean: loop tag -> loop id, command code -> action, badge in capitals -> person id."""

    loops: Mapping[str, str]
    commands: Mapping[str, str]
    badges: Mapping[str, str]


def known_codes(line: Line) -> Known:
    """Build, once for each line, what `parse` looks texts up in."""
    commands = {single_code(verb): verb for verb in _SINGLE_COMMANDS.values()}
    commands |= {call_code(line.id, reason.id): f"{Verb.CALL}:{reason.id}" for reason in line.reasons}
    return Known(
        loops={loop_tag(line.id, loop.id): loop.id for loop in line.loops},
        commands=commands,
        badges={folded(person.badge): person.id for person in line.people},
    )


def parse(text: str, known: Known) -> Scan:
    """What a scanned text means on this line; capitals or not, blanks around it do not count. Never raises."""
    code = folded(text)
    if looks_own(code):
        return _parse_own(code, known)
    person = known.badges.get(code)
    if person is not None:
        return BadgeScan(person)
    return _unknown(code, UnknownWhy.CHECK if _nearly_shelf(code, known) else UnknownWhy.FORM)


def looks_own(text: str) -> bool:
    """Whether a text has the form of a card or command code, right or wrong, or is a shelf's: no badge may be like it.

    Badges of S and six digits are common, so only one with a shelf's check characters is taken for a shelf.
    """
    code = folded(text)
    if not _CHARS.issuperset(code):
        return False
    return (
        (code.startswith("K") and len(code) == _CARD_CHARS)
        or (code[:2] in _SINGLE_COMMANDS and len(code) == _COMMAND_CHARS)
        or (code.startswith("XC") and len(code) == _CALL_CHARS)
        or (_has_shelf_form(code) and is_valid(code))
    )


def card_id(loop_id: str, number: int) -> str:
    """The name of a card for people: `housing-04`."""
    return f"{loop_id}-{number:02d}"


def card_code(line_id: str, loop_id: str, number: int, print_version: int) -> str:
    """The text in a card's bar code: K, loop tag, number, print version, check characters.

    Raises ValueError for a number outside 1..1295 or a print version outside 1..35.
    """
    if not 1 <= number <= CARD_NUMBER_MAX:
        raise ValueError(f"expected a card number from 1 to {CARD_NUMBER_MAX}, got {number}")
    if not 1 <= print_version <= PRINT_VERSION_MAX:
        raise ValueError(f"expected a print version from 1 to {PRINT_VERSION_MAX}, got {print_version}")
    return _checked("K" + loop_tag(line_id, loop_id) + base36(number, 2) + base36(print_version, 1))


def shelf_code(line_id: str, loop_id: str) -> str:
    """The text on the shelf of a loop's store: S, loop tag, check characters."""
    return _checked("S" + loop_tag(line_id, loop_id))


def call_code(line_id: str, reason_id: str) -> str:
    """The text of the command that calls for a reason."""
    return _checked("XC" + reason_tag(line_id, reason_id))


def single_code(verb: str) -> str:
    """The text of a command that needs nothing else: stop, undo, ack, clear, arrive or signoff; else KeyError."""
    prefixes = {action: prefix for prefix, action in _SINGLE_COMMANDS.items()}
    return _checked(prefixes[verb])


def loop_tag(line_id: str, loop_id: str) -> str:
    """Four characters that stand for a loop of a line; a line file whose tags collide is refused."""
    return _tag(f"{line_id}\0{loop_id}")


def reason_tag(line_id: str, reason_id: str) -> str:
    """Four characters that stand for a reason of a line; a line file whose tags collide is refused."""
    return _tag(f"call\0{line_id}\0{reason_id}")


def parse_action(text: str) -> tuple[Verb, str]:
    """(verb, argument) of `call:REASON`, `stop`, `stop:REASON`, `ack`, `arrive`, `clear`, `undo` or `signoff`.

    The argument is "" where there is none. Raises ValueError with what was expected.
    """
    word, colon, argument = text.partition(":")
    try:
        verb = Verb(word)
    except ValueError:
        raise ValueError(f"expected {', '.join(Verb)} (call and stop with :REASON), got {text!r}") from None
    if verb is Verb.CALL and not argument:
        raise ValueError(f"expected call:REASON, got {text!r}")
    if colon and (verb not in {Verb.CALL, Verb.STOP} or not argument):
        raise ValueError(f"expected {verb!s} without anything behind it, got {text!r}")
    return verb, argument


def folded(text: str) -> str:
    """A text as codes and badges are compared: capitals, without blanks around it."""
    bare = text.strip()
    if bare.isascii():
        return bare.upper()
    # Only ASCII grows to capitals: "ß" would become two characters of a code, "ı" and "ſ" somebody else's letters.
    return "".join(char.upper() if char.isascii() else char for char in bare)


def printable(text: str) -> str:
    """Foreign text made safe to show: control, invisible and direction characters escaped, at most 64 characters."""
    if len(text) <= PRINTABLE_CHARS_MAX and text.isprintable():
        return text
    shown = ""
    for char in text[: PRINTABLE_CHARS_MAX + 1]:
        shown += char if char.isprintable() else _escaped(char)
    return shown if len(shown) <= PRINTABLE_CHARS_MAX else shown[: PRINTABLE_CHARS_MAX - 1] + "…"


def _parse_own(code: str, known: Known) -> Scan:
    if not is_valid(code):
        return _unknown(code, UnknownWhy.CHECK)
    if code.startswith("X"):
        action = known.commands.get(code)
        return _unknown(code, UnknownWhy.FOREIGN) if action is None else CommandScan(action)
    loop = known.loops.get(code[1 : 1 + _TAG_CHARS])
    if loop is None:
        return _unknown(code, UnknownWhy.FOREIGN)
    if code.startswith("S"):
        return ShelfScan(loop)
    return CardScan(loop, number=int(code[5:7], 36), print_version=int(code[7], 36))


def _has_shelf_form(code: str) -> bool:
    return code.startswith("S") and len(code) == _SHELF_CHARS


def _nearly_shelf(code: str, known: Known) -> bool:
    return _has_shelf_form(code) and code[1 : 1 + _TAG_CHARS] in known.loops


def _unknown(text: str, why: UnknownWhy) -> UnknownScan:
    return UnknownScan(printable(text), why)


def _checked(body: str) -> str:
    return body + check_chars(body)


def _tag(identity: str) -> str:
    digest = hashlib.sha256(identity.encode()).digest()
    return base36(int.from_bytes(digest, "big") % len(ALPHABET) ** _TAG_CHARS, _TAG_CHARS)


def _escaped(char: str) -> str:
    point = ord(char)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
