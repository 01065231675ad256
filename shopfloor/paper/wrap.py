"""Make a text fit for paper: nothing invisible in it, broken into lines by words."""

from collections.abc import Callable

from shopfloor.paper.sheet import Face, Words

Measure = Callable[[str, float], float]  # width in mm of a text whose capitals are so many mm high

LINE = 1.75  # distance of two base lines, in heights of capitals

_SHRINK = 0.94


def visible(text: str) -> str:
    """The text with every character that cannot be printed as a box with a question mark: nothing turns it around."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def fitted(words: Words, measure: Measure) -> tuple[float, list[str]]:
    """The largest size in which the text fits its box, and its lines; at the smallest one the last line is elided."""
    text = visible(words.text if words.face is Face.CODE else " ".join(words.text.split()))
    size = words.size_mm
    while True:
        at = size

        def wide(line: str, at: float = at) -> float:
            return measure(line, at)

        room = max(1, min(words.lines, int((words.height / size - 1) / LINE) + 1))
        for count in range(1, room + 1):
            lines = wrapped(text, words.width, lines=count, measure=wide)
            if lines is not None:
                return size, lines
        if size <= words.size_mm_min:
            return size, _elided(text, words.width, lines=room, measure=wide)
        size = max(words.size_mm_min, size * _SHRINK)


def baselines(words: Words, size_mm: float, count: int) -> list[float]:
    """Where the lines stand, in mm from the top of the page."""
    step = size_mm * LINE
    above = 0.0 if words.top else words.height / 2 - (step * (count - 1) + size_mm) / 2
    return [words.y + above + size_mm + step * index for index in range(count)]


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


def _elided(text: str, width: float, *, lines: int, measure: Callable[[str], float]) -> list[str]:
    done: list[str] = []
    rest = text
    for _ in range(lines - 1):
        line = _longest_start(rest, width, measure)
        done.append(line)
        rest = rest[len(line) :].lstrip()
    if measure(rest) > width:
        end = len(rest)
        while end > 0 and measure(rest[:end] + "…") > width:
            end -= 1
        rest = rest[:end] + "…"
    return [*done, rest]


def _longest_start(text: str, width: float, measure: Callable[[str], float]) -> str:
    ends = [index for index, char in enumerate(text) if char == " "]
    fitting = [end for end in ends if measure(text[:end]) <= width]
    if fitting:
        return text[: fitting[-1]]
    end = len(text)
    while end > 1 and measure(text[:end]) > width:
        end -= 1
    return text[:end]
