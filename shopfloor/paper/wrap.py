"""Break a text into lines by words."""

from collections.abc import Callable


def wrapped(text: str, width: float, *, lines: int, measure: Callable[[str], float]) -> list[str] | None:
    """The text in at most `lines` lines no wider than `width`; None if it does not fit. A word is never broken."""
    done: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        if not line or measure(word) > width or len(done) + 1 >= lines:
            return None
        done.append(line)
        line = word
    return [*done, line]
