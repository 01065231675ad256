"""Read a line file: a frozen `Line`, or every problem at once."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from shopfloor.core.line import Line
from shopfloor.linefile.checks import cross_check
from shopfloor.linefile.photos import check_photos
from shopfloor.linefile.places import Places
from shopfloor.linefile.problems import LineFileError, Problem
from shopfloor.linefile.tables import Table

FILE_BYTES_MAX = 1_000_000  # a line of hundreds of stations has 100 kB; the journal keeps every version whole

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read(path: Path) -> Line:
    """The line of a file. Raises LineFileError with every problem, an unreadable file included."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _lone(
            str(path), f"cannot be read: {reason}", "check the path; `shopfloor line new DIR` writes a first line file"
        ) from error
    if len(data) > FILE_BYTES_MAX:
        raise _lone(str(path), f"expected at most {FILE_BYTES_MAX} bytes, got more", "is this the right file?")
    try:
        text = data.decode("utf-8-sig")  # the mark that Windows editors put in front is no error
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise _lone(str(path), f"line {number} is not UTF-8 text", "save the file as UTF-8") from error
    return parse(text, folder=path.parent)


def parse(text: str, *, folder: Path | None = None) -> Line:
    """The line of a TOML text. Raises LineFileError with every problem, in the order of the text.

    Pictures are looked at where `folder`, that of the line file, is known.
    """
    data = _load(text)
    # pydantic costs 60 ms: only who reads a line file pays for it.
    from shopfloor.linefile.convert import line_of
    from shopfloor.linefile.shape import check_shape

    model, problems = check_shape(data)
    problems = [*problems, *cross_check(Table((), data))]
    if folder is not None:
        problems += check_photos(Table((), data), folder)
    if model is None or problems:
        raise LineFileError(_in_order(problems, Places(text)))
    return line_of(model)


def _load(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LineFileError([_syntax_problem(str(error), text)]) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits or brackets a thousand deep: tomllib passes on what Python says.
        raise _lone(
            "", f"this is no line file: {error}", "write it as the example of `shopfloor line new DIR`"
        ) from error


def _syntax_problem(message: str, text: str) -> Problem:
    place = _PLACE.search(message)
    words = _PLACE.sub("", message)
    if place is None or place[1] is None:
        number = len(text.splitlines()) or 1
        return Problem("end of the file", words, "close the last quote or bracket", number)
    number = int(place[1])
    return Problem(f"column {place[2]}", words, _syntax_remedy(words, text.splitlines()[number - 1 : number]), number)


def _syntax_remedy(words: str, line: list[str]) -> str:
    if "overwrite" in words.lower() or "declare" in words.lower() or "duplicate" in words.lower():
        return "each key may be written once in a table; a table of a list begins with [[double brackets]]"
    if "=" in "".join(line):
        return 'write key = value, with texts and times in "quotes" and no unit behind a number'
    return "write key = value, [table] or [[list]]; a note begins with #"


def _in_order(problems: Iterable[Problem], places: Places) -> Iterator[Problem]:
    placed = [
        Problem(problem.path, problem.problem, problem.remedy, places.line_of(problem.path)) for problem in problems
    ]
    # What is missing has no line of its own: the table around it, or the beginning of the file.
    yield from sorted(dict.fromkeys(placed), key=lambda problem: (problem.line, problem.path))


def _lone(path: str, problem: str, remedy: str) -> LineFileError:
    return LineFileError([Problem(path, problem, remedy)])
