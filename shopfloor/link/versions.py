"""Programs of several versions on one line: who is another one, and which line a program may write into.

The line's version is a word in its stream, which the line server puts there and each terminal reads with every sign of
life. So a wiped server has it again as it starts, and a line is taken to a newer version by starting the newer server.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from shopfloor.core.line_link import Presence
from shopfloor.link.trouble import LinkTrouble

LINE_MAJOR: Final = (
    1  # rises when older programs would misread what newer ones write; they only skip new kinds till then
)
WORD: Final = "shopfloor-version"  # of the stream's metadata


class OtherMajor(LinkTrouble):
    """The line is of another version than this program: it is read, and nothing is written into it."""


def major_of(metadata: Mapping[str, str]) -> int:
    """The version of a line, 1 for one that does not say; 0 for one nobody can read."""
    word = metadata.get(WORD, "1")
    return int(word) if word.isascii() and word.isdecimal() else 0


def refuse_other(line: int, own: int) -> OtherMajor | None:
    """Why a program of version `own` may not write into the line."""
    if line == own:
        return None
    words = f"The line is of version {line}, this program writes version {own}: it works on alone, and sends nothing."
    if line > own:
        return OtherMajor(words, remedy="Install here the program that the line server has: what waits is sent then.")
    return OtherMajor(words, remedy="Install this program on every terminal, then on the line server.")


def programs_of(others: Iterable[Presence]) -> list[tuple[str, str]]:
    """The versions that terminals said they run."""
    return [(other.terminal, other.version) for other in others]


def unlike_words(programs: Iterable[tuple[str, str]], own: str) -> str:
    """Which terminals, of (name, version), run another program than this one; "" if none does."""
    found = [f"{terminal} runs {version}" for terminal, version in programs if version != own]
    return f"{', '.join(found)}, this one {own}: unknown entries are kept and passed on." if found else ""
