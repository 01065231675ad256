"""The columns of loops, named like the line file's keys and made from them, so that none is forgotten."""

from collections.abc import Container, Iterator
from enum import Enum, auto
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from shopfloor.core.line import Line, Loop, Part
from shopfloor.exchange.cells import Cell, Column
from shopfloor.exchange.table import Table

ROUTE_SIGN = ">"
LINE_SIGN = "\n"
LIST_SIGN = ";"


class Kind(Enum):
    """What a cell of a column holds."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    YES_NO = auto()
    ROUTE = auto()
    LINES = auto()
    WHOLES = auto()


_SIGNS = {Kind.ROUTE: ROUTE_SIGN, Kind.LINES: LINE_SIGN, Kind.WHOLES: LIST_SIGN}


class LoopColumn(Struct, frozen=True, kw_only=True):
    """One column: a key of the loop (`sequence.in_use` is a key inside `sequence`), or of its part where `of_part`.

    `default` is what an empty cell means.
    """

    name: str
    kind: Kind
    of_part: bool = False
    default: Any = None


@cache
def loop_columns() -> tuple[LoopColumn, ...]:
    """Every key of a loop in its order, those of its part behind `part`."""
    return tuple(_columns())


def loop_value(loop: Loop, part: Part | None, column: LoopColumn) -> Any:
    """The value as the line file would write it; None where it would leave the key away."""
    owner: Any = part if column.of_part else loop
    value = attrgetter(column.name)(owner) if owner is not None else None
    if isinstance(value, tuple):
        return None if all(item is None for item in value) else list(value)
    return value.value if isinstance(value, Enum) else value


def loop_cell(loop: Loop, part: Part | None, column: LoopColumn) -> Cell:
    """The value in one cell: a route as `press>deburr`, limits as `2;3`, texts that may hold anything one a line."""
    value = loop_value(loop, part, column)
    if isinstance(value, list):
        return _SIGNS[column.kind].join("" if item is None else str(item) for item in value)
    assert value is None or isinstance(value, str | int | float)
    return value


def loop_table(line: Line) -> Table[Loop]:
    """The loops of a line with their parts; what `import loops` takes."""
    columns = loop_columns()
    parts = {part.id: part for part in line.parts}
    return Table(
        "loops",
        [Column(column.name, 24 if column.kind in {Kind.TEXT, Kind.ROUTE, Kind.LINES} else 10) for column in columns],
        line.loops,
        row=lambda loop: [loop_cell(loop, parts.get(loop.part), column) for column in columns],
        document=lambda loop: {column.name: loop_value(loop, parts.get(loop.part), column) for column in columns},
    )


def _columns() -> Iterator[LoopColumn]:
    from shopfloor.linefile.models import LoopTable, PartTable  # pydantic costs 60 ms

    for column in _of(Loop, LoopTable.model_fields, of_part=False):
        yield column
        if column.name == "part":
            yield from (about for about in _of(Part, PartTable.model_fields, of_part=True) if about.name != "id")


def _of(owner: type[Struct], keys: Container[str], *, of_part: bool, inside: str = "") -> Iterator[LoopColumn]:
    """The fields that are keys of the line file too: the others follow from them."""
    hints = get_type_hints(owner)
    for field in msgspec.structs.fields(owner):
        if field.name not in keys:
            continue
        hint, name = hints[field.name], inside + field.name
        if isinstance(hint, type) and issubclass(hint, Struct):
            yield from _of(hint, hint.__struct_fields__, of_part=of_part, inside=f"{name}.")
            continue
        default = None if field.default is msgspec.NODEFAULT else field.default
        default = default.value if isinstance(default, Enum) else default
        kind = Kind.ROUTE if name == "route" else _kind(hint)
        yield LoopColumn(name=name, kind=kind, of_part=of_part, default=default)


def _kind(hint: Any) -> Kind:
    if get_origin(hint) is tuple:
        return Kind.LINES if _kind(get_args(hint)[0]) is Kind.TEXT else Kind.WHOLES
    for choice in get_args(hint) or (hint,):
        if choice is NoneType:
            continue
        for cls, kind in ((bool, Kind.YES_NO), (str, Kind.TEXT), (int, Kind.WHOLE), (float, Kind.NUMBER)):
            if isinstance(choice, type) and issubclass(choice, cls):
                return kind
    raise TypeError(f"expected a field that fits a cell, got {hint}")
