"""A line file's text, changed here and there: comments and order stay. The only place that knows tomlkit."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Comment, Table, Whitespace

from shopfloor.linefile.problems import LineFileError, Problem


class LineText:
    """The text of a line file that has passed its check, and changes to its lists: `[[loops]]`, `[[parts]]`.

    Raises LineFileError for what tomlkit reads otherwise than Python does.
    """

    def __init__(self, text: str) -> None:
        # A last line without an end would have the next table glued to it.
        try:
            self._doc = tomlkit.parse(text if text.endswith("\n") else text + "\n")
        except TOMLKitError as error:
            words = f"cannot be changed here and there: {error}"
            raise LineFileError(
                [Problem("", words, "write that line in the usual way, or the loops by hand")]
            ) from error

    @property
    def text(self) -> str:
        """The whole text as it is now."""
        return tomlkit.dumps(self._doc)

    def ids(self, name: str) -> list[str]:
        """The ids of a list's tables, in their order."""
        return [str(table.get("id", "")) for table in self._tables(name)]

    def get(self, name: str, index: int, key: str) -> Any:
        """A value of a table as plain Python; None if the key is absent. `a.b` is the key b inside a."""
        value = self._tables(name)[index]
        for step in key.split("."):
            value = value.get(step, {})
        return (value.unwrap() if hasattr(value, "unwrap") else value) if value != {} else None

    def put(self, name: str, index: int, key: str, value: Any) -> None:
        """Set a key of a table, or take it away: None."""
        table = self._tables(name)[index]
        outer, _, inner = key.rpartition(".")
        if outer:
            if outer not in table:
                _set(table, outer, tomlkit.inline_table())
            table, key = table[outer], inner
        if value is not None:
            _set(table, key, value)
        elif key in table:
            del table[key]

    def add(self, name: str, values: Mapping[str, Any]) -> int:
        """Put a table at the end of a list; its index."""
        tables = self._tables(name)
        if isinstance(tables, Array):
            tables.append(_filled(tomlkit.inline_table(), values))
            return len(tables) - 1
        table = _filled(tomlkit.table(), values)
        if not tables:
            tables = tomlkit.aot()
            tables.append(table)
            self._doc.append(name, tables)
            return 0
        # What stands below the last table's own lines heads the next list of the file, and goes on standing before it.
        below = _take_below(tables[-1])
        tables[-1].add(tomlkit.nl())
        for item in below:
            table.add(item)
        tables.append(table)
        return len(tables) - 1

    def remove(self, name: str, index: int) -> None:
        """Take a table out of a list."""
        tables = self._tables(name)
        if isinstance(tables, AoT):
            above = tables[index - 1] if index else self._above(name)
            below = _take_below(tables[index])
            for item in below if above is not None else ():
                _last_of(above).add(item)
        del tables[index]

    def _above(self, name: str) -> Any:
        """The table that stands before a list; None if there is none."""
        found = None
        for key, item in self._doc.body:
            if key is not None and key.key == name:
                break
            if isinstance(item, AoT | Table):
                found = item[-1] if isinstance(item, AoT) else item
        return found

    def _tables(self, name: str) -> Any:
        return self._doc.get(name, [])


def _filled(table: Any, values: Mapping[str, Any]) -> Any:
    for key, value in values.items():
        outer, _, inner = key.rpartition(".")
        if outer and outer not in table:
            table.add(outer, tomlkit.inline_table())
        (table[outer] if outer else table)[inner] = value
    return table


def _set(table: Any, key: str, value: Any) -> None:
    """Set a key; a new one before what stands below the table's last key."""
    below = _take_below(table) if isinstance(table, Table) else []
    table[key] = value
    for item in below:
        table.add(item)


def _take_below(table: Table) -> list[Comment | Whitespace]:
    """Blank lines and comments behind a table's last key, from the first blank line on."""
    body = _last_of(table).value.body
    first = len(body)
    while first and body[first - 1][0] is None:
        first -= 1
    while first < len(body) and not isinstance(body[first][1], Whitespace):
        first += 1
    taken = [item for _, item in body[first:] if isinstance(item, Comment | Whitespace)]
    del body[first:]
    return taken


def _last_of(table: Any) -> Any:
    """The table whose lines stand last: a table's own, or those of the last table inside it."""
    body = table.value.body
    last = body[-1][1] if body else None
    if isinstance(last, AoT):
        return _last_of(last[-1])
    return _last_of(last) if isinstance(last, Table) else table
