"""A name in one table that has to be in another."""

from collections.abc import Iterator

from shopfloor.core.codes import printable
from shopfloor.linefile.problems import Problem, did_you_mean


def reference(path: str, word: str, *, known: list[str], what: str, table: str, key: str = "id") -> Iterator[Problem]:
    """The problem of a word that is not among the ids (or another key) of a table."""
    if word not in known:
        add = f'add [[{table}]] with {key} = "{printable(word)}"'
        yield Problem(
            path, f"{what} '{printable(word)}' is not in [[{table}]]", did_you_mean(word, known, otherwise=add)
        )
