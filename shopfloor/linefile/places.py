"""Where in the file something is: paths such as `loops[2].route[1]`, and the line they begin on."""

import re
from collections.abc import Iterable

from shopfloor.core.codes import printable

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')((?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def path_of(steps: Iterable[str | int]) -> str:
    """`("loops", 2, "route", 1)` as `loops[2].route[1]`; odd keys in quotes."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            key = step if _BARE.fullmatch(step) else f'"{printable(step)}"'
            path += f".{key}" if path else key
    return path


class Places:
    """The line each table and key of a TOML text begins on: a hint for people, found without a second TOML parser."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(line):
                table = self._table(header[2], is_list=header[1] == "[[")
                self._lines.setdefault(table, number)
                if header[1] == "[[":
                    self._lines.setdefault(table.rpartition("[")[0], number)
            elif key := _KEY.match(line):
                steps = [key[1].strip("\"'"), *(step.strip() for step in key[2].split(".")[1:])]
                path = path_of(steps)
                self._lines.setdefault(f"{table}.{path}" if table else path, number)

    def line_of(self, path: str) -> int:
        """The line of a path or of the nearest thing around it; 0 if the file does not have it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 0

    def _table(self, name: str, *, is_list: bool) -> str:
        steps = [step.strip().strip("\"'") for step in name.split(".")]
        path = ""
        for step in steps[:-1]:
            path = self._last(f"{path}.{step}" if path else step)
        path = f"{path}.{steps[-1]}" if path else steps[-1]
        if is_list:
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._last(path)
        return path

    def _last(self, path: str) -> str:
        count = self._counts.get(path, 0)
        return f"{path}[{count - 1}]" if count else path
