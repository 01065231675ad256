"""Quantities with their units, read from text as exact fractions; a number alone is refused where a unit matters."""

import re
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.text import Text

# A demand has ten digits at most; more is a slip of the keys, and endless numbers would make an answer endless too.
NUMBER_DIGITS_MAX = 15
# Long enough for any quantity with its unit; keeps an error that repeats the text readable.
TEXT_CHARS_MAX = 60

PIECES = "pcs"


class TimeUnit(StrEnum):
    """Units of time. A shift, a day and a week are working time: how long they are has to be stated."""

    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"


class Span(Struct, frozen=True):
    """A length of time in the unit it was given in."""

    value: Fraction
    unit: TimeUnit


class Amount(Struct, frozen=True):
    """A quantity of a part; an empty label means the unit that all other quantities have."""

    value: Fraction
    label: str = ""


class Rate(Struct, frozen=True):
    """A quantity for each length of time: `2400/2h` keeps both."""

    amount: Amount
    per: Span


class Wrong(Struct, frozen=True):
    """One input that cannot be used: its name, what was expected, what was got, and what to do."""

    name: str
    expected: Text
    got: str
    remedy: Text

    def __str__(self) -> str:
        return f"{self.name}: expected {self.expected}, got {self.got}.\n  {self.remedy}"


class InputError(ValueError):
    """Inputs that cannot be read or do not fit each other; every one of them at once."""

    def __init__(self, *wrongs: Wrong) -> None:
        super().__init__("\n".join(str(wrong) for wrong in wrongs))
        self.wrongs = wrongs


def read_span(text: str, name: str) -> Span:
    """A length of time: `75min`, `0.1d`, `8 h`, `2 shifts`, `1 week`. Raises InputError."""
    number, word = _split(text, name, _SPAN)
    unit = _TIME_UNITS.get(word.lower())
    if unit is not None:
        return Span(number, unit)
    if not word:
        raise _wrong(name, text, _TIME, Text("A number alone has no unit: write {n}min, {n}h or {n}d.", {"n": text}))
    if word == "m":
        raise _wrong(name, text, _TIME, Text("m may be metres or minutes: write min for minutes."))
    raise _wrong(name, text, _TIME, Text("Units of time are s, min, h, shift, day and week."))


def read_rate(text: str, name: str) -> Rate:
    """A quantity for each length of time: `2000/day`, `80/h`, `2400/2h`, `12 kg per shift`. Raises InputError."""
    found = _RATE.fullmatch(_checked(text, name))
    if found is None:
        plain = _AMOUNT.fullmatch(text.strip())
        remedy = (
            Text("It does not say in what time: write {n}/h, {n}/shift or {n}/day.", {"n": text.strip()})
            if plain
            else Text("Write a number, a stroke and a time: 2000/day, 80/h or 2400/2h.")
        )
        raise _wrong(name, text, _RATE_WORDS, remedy)
    number, label, times, unit = found.groups()
    per = _TIME_UNITS.get(unit.lower())
    if per is None:
        raise _wrong(name, text, _RATE_WORDS, Text("Units of time are s, min, h, shift, day and week."))
    length = _number(times, name) if times else Fraction(1)
    if length <= 0:
        raise _wrong(name, text, _RATE_WORDS, Text("The time after the stroke has to be longer than 0."))
    return Rate(Amount(_number(number, name), _label(label)), Span(length, per))


def read_amount(text: str, name: str) -> Amount:
    """A quantity of a part: `22`, `22 pcs`, `12.5 kg`. Raises InputError."""
    number, word = _split(text, name, _AMOUNT)
    if word.lower() in _TIME_UNITS:
        raise _wrong(name, text, _QUANTITY, Text("This is a length of time."))
    return Amount(number, _label(word))


def read_share(text: str, name: str) -> Fraction:
    """A share: `10%`, `0.1` or `1/10`; a bare number above 1 is refused, for 10 may mean 10 % or tenfold."""
    checked = _checked(text, name)
    if checked.endswith("%"):
        return _number(checked[:-1].strip(), name, whole=text) / 100
    share = read_number(text, name)
    if share > 1:
        remedy = Text("Write {n}% if that is meant. A factor of 1.5 is a safety of 50%.", {"n": checked})
        raise _wrong(name, text, Text("a share such as 10% or 0.1"), remedy)
    return share


def read_number(text: str, name: str) -> Fraction:
    """A number without a unit: `1.645`, `3` or `93/10`. Raises InputError."""
    above, stroke, below = _checked(text, name).partition("/")
    number = _number(above, name, whole=text)
    if not stroke:
        return number
    under = _number(below, name, whole=text)
    if not under:
        raise _wrong(name, text, _NUMBER, Text("Nothing can be divided by 0."))
    return number / under


def read_count(text: str, name: str) -> int:
    """A whole number from 0. Raises InputError."""
    number = read_number(text, name)
    if number.denominator != 1:
        raise _wrong(name, text, Text("a whole number"), Text("Cards are counted one by one."))
    return number.numerator


def number_text(value: Fraction) -> str:
    """The value as people write it: `7.5`, or `22/3 (about 7.333)` where no short decimal is exact."""
    exact = brief(value)
    return f"{exact} (about {_about(value)})" if "/" in exact else exact


def brief(value: Fraction) -> str:
    """The value in a line of working: `7.5`, `22/3`, or `about 107.703` where even the fraction is long."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10**_PLACES_SHOWN
    if scaled.denominator == 1:
        return _decimal(scaled.numerator, _PLACES_SHOWN)
    exact = str(value)
    return exact if len(exact) <= _FRACTION_CHARS_MAX else f"about {_about(value)}"


def span_text(span: Span) -> str:
    """The length of time with its unit: `0.1 day`."""
    return f"{number_text(span.value)} {span.unit}"


def amount_text(amount: Amount) -> str:
    """The quantity with its unit, pieces where none was given."""
    return f"{number_text(amount.value)} {amount.label or PIECES}"


_PLACES_SHOWN = 6
_FRACTION_CHARS_MAX = 15  # a longer fraction is no help to a reader; JSON has it in full

_TIME = Text("a length of time such as 75min, 1.5h or 0.1d")
_RATE_WORDS = Text("a quantity for each time such as 2000/day or 2400/2h")
_QUANTITY = Text("a quantity such as 22 or 12.5kg")
_NUMBER = Text("a number such as 22 or 0.15")

_DIGITS = r"(\d+(?:\.\d+)?|\.\d+)"
_WORD = r"([^\W\d_]+)"
_SPAN = re.compile(rf"{_DIGITS}\s*{_WORD}?", re.ASCII)
_AMOUNT = re.compile(rf"{_DIGITS}\s*([^\W\d_]+)?")
_RATE = re.compile(rf"{_DIGITS}\s*([^\W\d_]+?)?\s*(?:/|\s+per\s)\s*{_DIGITS}?\s*{_WORD}")
_PLAIN = re.compile(_DIGITS, re.ASCII)

_TIME_UNITS = {
    word: unit
    for unit, words in {
        TimeUnit.SECOND: "s sec secs second seconds",
        TimeUnit.MINUTE: "min mins minute minutes",
        TimeUnit.HOUR: "h hr hrs hour hours",
        TimeUnit.SHIFT: "shift shifts",
        TimeUnit.DAY: "d day days",
        TimeUnit.WEEK: "w wk week weeks",
    }.items()
    for word in words.split()
}
_PIECE_WORDS = frozenset(["pc", "pcs", "piece", "pieces", "unit", "units", "ea"])


def _checked(text: str, name: str) -> str:
    plain = text.strip()
    if len(plain) > TEXT_CHARS_MAX:
        remedy = Text("Write the number and its unit only.")
        raise _wrong(name, plain[:TEXT_CHARS_MAX] + "…", _NUMBER, remedy)
    if "," in plain:
        remedy = Text("A comma may be decimals or thousands: write 1.5 or 1500.")
        raise _wrong(name, text, _NUMBER, remedy)
    if plain.startswith(("-", "−")):
        raise _wrong(name, text, _NUMBER, Text("It cannot be less than 0."))
    return plain


def _split(text: str, name: str, form: re.Pattern[str]) -> tuple[Fraction, str]:
    found = form.fullmatch(_checked(text, name))
    if found is None:
        raise _wrong(name, text, _TIME if form is _SPAN else _QUANTITY, Text("Write a number and its unit."))
    return _number(found[1], name), found[2] or ""


def _number(digits: str, name: str, *, whole: str | None = None) -> Fraction:
    plain = digits.strip()
    if not _PLAIN.fullmatch(plain):
        raise _wrong(name, digits if whole is None else whole, _NUMBER, Text("Write digits and a decimal point."))
    if len(plain) > NUMBER_DIGITS_MAX:
        limit = Text("Numbers have at most {max} digits.", {"max": NUMBER_DIGITS_MAX})
        raise _wrong(name, digits, _NUMBER, limit)
    return Fraction(plain)


def _label(word: str | None) -> str:
    if not word:
        return ""
    return PIECES if word.lower() in _PIECE_WORDS else word


def _about(value: Fraction) -> str:
    return _decimal(round(value * 1000), 3)


def _decimal(scaled: int, places: int) -> str:
    whole, part = divmod(scaled, 10**places)
    return f"{whole}.{part:0{places}}".rstrip("0").rstrip(".")


def _wrong(name: str, got: str, expected: Text, remedy: Text) -> InputError:
    return InputError(Wrong(name, expected, got.strip() or "nothing", remedy))
