"""The command sheet: a bar code for everything an operator may say with the scanner alone; and badges, apart."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from shopfloor.core.codes import call_code, single_code
from shopfloor.core.line import CallKind, Line, Person, Reason, Role, Scope
from shopfloor.core.text import Text, Translate, english, render
from shopfloor.paper.pdf import write_pdf
from shopfloor.paper.sheet import (
    ACTION,
    CALL,
    GREY,
    HAIRLINE,
    STOP,
    WHITE,
    Align,
    Box,
    Code,
    Face,
    Mark,
    Page,
    Shape,
    Words,
)

_LEFT, _RIGHT, _TOP, _BOTTOM = 12.0, 198.0, 12.0, 285.0
_COLUMN_MM = 96.0
_CELL_MM = (90.0, 33.5)
_CODE_MM = 32.0  # 21 modules and the quiet zone: 1.1 mm a module
_TITLE_MM = 13.5
_HEADING_MM = 7.5
_BADGE_CODE_MM = 35.0  # holds the longest badge, 64 characters of any script
_BADGE_MM = (85.6, 54.0)  # the size of a bank card, for the usual holders


class _Command(Struct, frozen=True):
    code: str
    name: Text
    what: Text
    sign: str


class _Group(Struct, frozen=True):
    heading: Text
    commands: tuple[_Command, ...]


def commands_pdf(line: Line, out: Path, *, translate: Translate = english) -> None:
    """Print the commands of a line, and badges if it has people. Raises Trouble if the file cannot be written."""
    pages = [*command_pages(line, translate=translate), *badge_pages(line, translate=translate)]
    write_pdf(pages, out, title=f"{line.name}: commands")


def command_pages(line: Line, *, translate: Translate = english) -> list[Page]:
    """One code for each call by reason, and for stop, acknowledge, arrived, clear, undo and sign off."""
    pages: list[list[Mark]] = []
    y = math.inf
    for group in _groups(line):
        for start in range(0, len(group.commands), 2):
            need = _CELL_MM[1] + (_HEADING_MM if start == 0 else 0)
            if y + need > _BOTTOM:
                pages.append(_title(render(Text("Commands"), translate), line.name))
                y = _TOP + _TITLE_MM
            if start == 0 or y == _TOP + _TITLE_MM:
                pages[-1] += _heading(y, render(group.heading, translate))
                y += _HEADING_MM
            for column, command in enumerate(group.commands[start : start + 2]):
                pages[-1] += _cell(_LEFT + column * _COLUMN_MM, y, command, translate)
            y += _CELL_MM[1]
    return [Page(tuple(marks)) for marks in pages]


def badge_pages(line: Line, *, translate: Translate = english) -> list[Page]:
    """A badge for each person, ten on a sheet; none for a line without people."""
    per_page = 10
    pages = []
    for start in range(0, len(line.people), per_page):
        marks: list[Mark] = []
        for index, person in enumerate(line.people[start : start + per_page]):
            row, column = divmod(index, 2)
            x = 105 + (column - 1) * _BADGE_MM[0]
            marks += _badge(x, (297 - 5 * _BADGE_MM[1]) / 2 + row * _BADGE_MM[1], person, line.name, translate)
        pages.append(Page(tuple(marks)))
    return pages


def _groups(line: Line) -> Iterator[_Group]:
    calls = [_call(line, reason) for reason in line.reasons if reason.kind is CallKind.HELP]
    if calls:
        yield _Group(Text("Call for help"), tuple(calls))
    stops = [_call(line, reason) for reason in line.reasons if reason.kind is CallKind.STOP]
    yield _Group(Text("Stop"), (*stops, _STOP))
    yield _Group(Text("After a call, and undo"), _AFTER)


def _call(line: Line, reason: Reason) -> _Command:
    if reason.kind is CallKind.STOP:
        what = _stops(reason.scope)
    elif reason.deadline_s:
        what = _stops_later(reason.scope, {"seconds": f"{reason.deadline_s:g}"})
    else:
        what = Text("Calls for help. Work goes on.")
    return _Command(call_code(line.id, reason.id), Text("{reason}", {"reason": reason.name}), what, reason.kind)


def _stops(scope: Scope) -> Text:
    match scope:
        case Scope.LINE:
            return Text("Stops the whole line at once.")
        case Scope.SEGMENT:
            return Text("Stops the whole segment at once.")
        case Scope.STATION:
            return Text("Stops this station at once.")


def _stops_later(scope: Scope, seconds: dict[str, str | int]) -> Text:
    match scope:
        case Scope.LINE:
            return Text("Calls for help. If nobody clears it within {seconds} s, the whole line stops.", seconds)
        case Scope.SEGMENT:
            return Text("Calls for help. If nobody clears it within {seconds} s, the whole segment stops.", seconds)
        case Scope.STATION:
            return Text("Calls for help. If nobody clears it within {seconds} s, this station stops.", seconds)


def _single(verb: str, name: Text, what: Text, *, sign: str = "action") -> _Command:
    return _Command(single_code(verb), name, what, sign)


_STOP = _single("stop", Text("Stop"), Text("Stops this station at once, without a reason."), sign=CallKind.STOP)
_AFTER = (
    _single("ack", Text("I take it"), Text("I have seen the call at this station and I am coming.")),
    _single("arrive", Text("I am here"), Text("Help has arrived at this station.")),
    _single("clear", Text("Cleared"), Text("The cause is gone. Ends the most urgent call at this station.")),
    _single("undo", Text("Undo"), Text("Takes back the last scan at this station, within 10 seconds.")),
    _single("signoff", Text("Sign off"), Text("Signs the person at this station off.")),
)


def _title(title: str, line_name: str) -> list[Mark]:
    return [
        Words(x=_LEFT, y=_TOP, width=70, height=9, text=title, size_mm=5.6, size_mm_min=3, bold=True),
        Words(
            x=_LEFT + 72, y=_TOP + 1, width=_RIGHT - _LEFT - 72, height=8, text=line_name,
            size_mm=3, size_mm_min=2, align=Align.RIGHT, colour=GREY,
        ),
        Box(x=_LEFT, y=_TOP + 10, width=_RIGHT - _LEFT, height=0.6),
    ]  # fmt: skip


def _heading(y: float, text: str) -> list[Mark]:
    return [Words(x=_LEFT, y=y + 1.2, width=_RIGHT - _LEFT, height=5.5, text=text, size_mm=3, bold=True, colour=GREY)]


def _cell(x: float, y: float, command: _Command, translate: Translate) -> list[Mark]:
    text_x = x + _CODE_MM - 1
    width = _CELL_MM[0] - _CODE_MM + 1
    return [
        Code(x=x - 4, y=y, width=_CODE_MM, height=_CODE_MM, text=command.code),
        _sign(text_x, y + 4.4, command.sign),
        Words(
            x=text_x + 8.5, y=y + 3.2, width=width - 8.5, height=8.6, text=render(command.name, translate),
            size_mm=3.8, size_mm_min=2.2, lines=2, bold=True,
        ),
        Words(
            x=text_x, y=y + 13.2, width=width, height=9.5, text=render(command.what, translate),
            size_mm=2.3, size_mm_min=1.6, lines=3, top=True,
        ),
        Words(x=text_x, y=y + 24, width=width, height=4, text=command.code, size_mm=2.5, bold=True, face=Face.CODE),
    ]  # fmt: skip


def _sign(x: float, y: float, sign: str) -> Shape:
    """Triangle for help, square for stop, round for the rest: the shapes of the screens, in six millimetres."""
    if sign == CallKind.HELP:
        return Shape(points=((x, y + 6), (x + 3.2, y), (x + 6.4, y + 6)), colour=CALL, outline_mm=0.5)
    if sign == CallKind.STOP:
        return Shape(points=((x, y), (x + 6, y), (x + 6, y + 6), (x, y + 6)), colour=STOP, outline_mm=0.5)
    corners = 48
    turns = [2 * math.pi * corner / corners for corner in range(corners)]
    return Shape(
        points=tuple((x + 3 + 3 * math.cos(turn), y + 3 + 3 * math.sin(turn)) for turn in turns),
        colour=ACTION,
        outline_mm=0.5,
    )


def _badge(x: float, y: float, person: Person, line_name: str, translate: Translate) -> list[Mark]:
    width, height = _BADGE_MM
    text_x, text_width = x + 5, width - _BADGE_CODE_MM - 6
    return [
        Box(x=x, y=y, width=width, height=9),
        Words(
            x=text_x, y=y + 1.5, width=width - 10, height=6, text=line_name,
            size_mm=2.4, size_mm_min=1.5, colour=WHITE,
        ),
        Words(
            x=text_x, y=y + 15, width=text_width, height=13, text=person.name,
            size_mm=5, size_mm_min=2.2, lines=2, bold=True, top=True,
        ),
        Words(x=text_x, y=y + 31, width=text_width, height=5, text=render(_ROLES[person.role], translate), size_mm=2.8),
        Words(
            x=text_x, y=y + 46, width=width - 10, height=4, text=person.badge,
            size_mm=2.5, size_mm_min=1.0, bold=True, face=Face.CODE,
        ),
        Code(
            x=x + width - _BADGE_CODE_MM - 1, y=y + 10, width=_BADGE_CODE_MM, height=_BADGE_CODE_MM,
            text=person.badge,
        ),
        *_frame(x, y, width, height),
    ]  # fmt: skip


_ROLES = {
    Role.OPERATOR: Text("Operator"),
    Role.LEADER: Text("Team leader"),
    Role.MAINTENANCE: Text("Maintenance"),
    Role.QUALITY: Text("Quality"),
    Role.PLANNER: Text("Planner"),
    Role.ADMIN: Text("Administrator"),
}


def _frame(x: float, y: float, width: float, height: float) -> Sequence[Mark]:
    line = 0.15
    return [
        Box(x=x, y=y, width=width, height=line, colour=HAIRLINE),
        Box(x=x, y=y + height, width=width, height=line, colour=HAIRLINE),
        Box(x=x, y=y, width=line, height=height, colour=HAIRLINE),
        Box(x=x + width, y=y, width=line, height=height, colour=HAIRLINE),
    ]
