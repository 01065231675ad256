"""A cell's text as the value a line file would hold."""

import re
from collections.abc import Callable

from msgspec import Struct

from shopfloor.core.codes import printable
from shopfloor.exchange.loop_columns import LIST_SIGN, ROUTE_SIGN, Kind

DIGITS_MAX = 18  # more is a slip; Python takes its time over thousands of them

Value = str | int | float | bool | list[str] | list[int]

_WHOLE = re.compile(rf"[+-]?[0-9]{{1,{DIGITS_MAX}}}")
_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{DIGITS_MAX}}}(\.[0-9]{{1,{DIGITS_MAX}}})?")
_GROUPED = re.compile(r"[0-9]{1,3}([.,' \u00a0\u202f’][0-9]{3})+")
_POINT_ZERO = re.compile(r"([0-9]+)[.,]0+")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_YES_NO = {"true": True, "false": False}


class WrongCell(Struct, frozen=True):
    """What is wrong with a cell, and what to do."""

    problem: str
    remedy: str


def read_cell(kind: Kind, text: str) -> Value | WrongCell:
    """The value of a text that is not empty; the line file's check says whether it makes sense there."""
    return _READERS[kind](text)


def _yes_no(text: str) -> Value | WrongCell:
    value = _YES_NO.get(text.casefold())
    return (
        WrongCell(f"expected true or false, got '{printable(text)}'", "write true or false") if value is None else value
    )


def whole(text: str) -> int | WrongCell:
    """A whole number, without any sign between its digits."""
    if _WHOLE.fullmatch(text):
        return int(text)
    problem = f"expected a whole number, got '{printable(text)}'"
    if _GROUPED.fullmatch(text):
        digits = re.sub("[^0-9]", "", text)
        return WrongCell(problem, f"write {digits} without a sign between the digits, if that is meant")
    if zero := _POINT_ZERO.fullmatch(text):
        return WrongCell(problem, f"write {zero[1]}")
    if _COMMA.fullmatch(text):
        return WrongCell(f"{problem}, with a decimal comma", "write a whole number, without a comma")
    return WrongCell(problem, "write digits and nothing else, e.g. 3")


def _number(text: str) -> float | WrongCell:
    if _NUMBER.fullmatch(text):
        return float(text)
    problem = f"expected a number, got '{printable(text)}'"
    if _COMMA.fullmatch(text):
        return WrongCell(f"{problem}, with a decimal comma", f"write it with a point: {text.replace(',', '.')}")
    return WrongCell(problem, "write digits, and a point if needed, e.g. 2.5")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _route(text: str) -> list[str] | WrongCell:
    stations = [item.strip() for item in text.replace("→", ROUTE_SIGN).split(ROUTE_SIGN)]
    if "" in stations:
        return WrongCell(f"a station is missing in '{printable(text)}'", "write their ids, e.g. press>deburr")
    return stations


def _wholes(text: str) -> list[int] | WrongCell:
    if LIST_SIGN not in text and "," in text:
        numbers = text.replace(",", LIST_SIGN)
        return WrongCell(
            f"expected whole numbers with {LIST_SIGN} between them, got '{printable(text)}'", f"write {numbers}"
        )
    found = []
    for item in text.split(LIST_SIGN):
        value = whole(item.strip())
        if isinstance(value, WrongCell):
            return value
        found.append(value)
    return found


_READERS: dict[Kind, Callable[[str], Value | WrongCell]] = {
    Kind.TEXT: lambda text: text,
    Kind.WHOLE: whole,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
    Kind.ROUTE: _route,
    Kind.LINES: _lines,
    Kind.WHOLES: _wholes,
}
