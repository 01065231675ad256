"""What is wrong with a line file, in words for the person who wrote it."""

import difflib
from collections.abc import Iterable

from msgspec import Struct


class Problem(Struct, frozen=True):
    """One error: where (`loops[2].route[1]`, counted from 0), what, what to do; `line` of the file, 0 if unknown."""

    path: str
    problem: str
    remedy: str
    line: int = 0

    def __str__(self) -> str:
        where = f"line {self.line}: {self.path}" if self.line else self.path
        return f"{where}: {self.problem}; {self.remedy}" if where else f"{self.problem}; {self.remedy}"


class LineFileError(Exception):
    """A line file that cannot be used: every problem at once, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(wrong: str, known: Iterable[str], *, otherwise: str) -> str:
    """The remedy for a word that is not among `known`: the nearest one, or `otherwise`."""
    by_folded = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(wrong.casefold(), by_folded, n=1, cutoff=0.6)
    return f"did you mean '{by_folded[near[0]]}'?" if near else otherwise


def one_of(words: Iterable[str]) -> str:
    """The words as a choice: `full or empty`."""
    listed = list(words)
    return f"{', '.join(listed[:-1])} or {listed[-1]}" if len(listed) > 1 else "".join(listed)
