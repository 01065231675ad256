"""What cards and labels are put together from: a fact with its small word, the black way from → to, a bar code."""

from msgspec import Struct

from shopfloor.core.line import CodeType
from shopfloor.paper.card_words import Fact
from shopfloor.paper.sheet import BLACK, GREY, PALE, WHITE, Align, Box, Code, Face, Mark, Shape, Words


class Spot(Struct, frozen=True, kw_only=True):
    """A place on paper. `edge` stays white; `plain`: black alone, because a label printer makes grey of dots."""

    x: float
    y: float
    width: float
    height: float
    edge: float
    plain: bool = False

    @property
    def left(self) -> float:
        """Where text begins."""
        return self.x + self.edge

    @property
    def right(self) -> float:
        """Where text ends."""
        return self.x + self.width - self.edge

    @property
    def grey(self) -> str:
        """The colour of small words."""
        return BLACK if self.plain else GREY

    @property
    def pale(self) -> str:
        """The colour of small words on black."""
        return WHITE if self.plain else PALE


_FACT_MM_MAX = 9.0  # read from three metres; larger, and two facts beside each other would differ in size


def small(x: float, y: float, width: float, text: str, *, height: float = 3, colour: str = BLACK) -> Words:
    """A line of the smallest words."""
    return Words(x=x, y=y, width=width, height=height, text=text, size_mm=1.7, size_mm_min=1.4, colour=colour)


def fact(x: float, y: float, width: float, what: Fact, *, height: float = 10, colour: str = GREY) -> list[Mark]:
    """A value under its small word."""
    label = 5.0 if height > 12 else min(3.6, height * 0.34)
    return [
        Words(
            x=x, y=y, width=width, height=label - 0.4, text=what.label,
            size_mm=label * 0.47, size_mm_min=1.4, colour=colour,
        ),
        Words(
            x=x, y=y + label + 0.3, width=width, height=height - label - 0.3, text=what.value,
            size_mm=min((height - label) * (0.75 if height >= 10 else 0.66), _FACT_MM_MAX),
            size_mm_min=1.3, lines=2, bold=True,
        ),
    ]  # fmt: skip


def way(spot: Spot, y: float, height: float, *, origin: Fact, goal: Fact) -> list[Mark]:
    """From where to where, white on black, with an arrow between."""
    left, right = spot.left, spot.right
    split = left + (right - left) * 0.57
    after = split + 6.5
    half = min(4.4, height * 0.27)
    middle = y + height / 2
    return [
        Box(x=left, y=y, width=right - left, height=height),
        *_place(spot, left + 2, y, split - left - 4, height, origin),
        Shape(
            points=((split, middle - half), (split + half * 1.16, middle), (split, middle + half)), colour=WHITE
        ),
        *_place(spot, after, y, right - after - 2, height, goal),
    ]  # fmt: skip


def _place(spot: Spot, x: float, y: float, width: float, height: float, what: Fact) -> list[Mark]:
    large = height > 16
    label = 3.4 if large else 2.4
    return [
        Words(
            x=x, y=y + (1.0 if large else 1.2), width=width, height=label, text=what.label,
            size_mm=2.3 if large else 1.7, size_mm_min=1.4, colour=spot.pale,
        ),
        Words(
            x=x, y=y + 2.0 + label, width=width, height=height - label - (4.0 if large else 3.0), text=what.value,
            size_mm=4.2 if large else 3.3, size_mm_min=1.4, lines=3, bold=True, colour=WHITE,
        ),
    ]  # fmt: skip


def square_code(x: float, y: float, side: float, *, kind: CodeType, text: str, text_mm: float = 2.5) -> list[Mark]:
    """A QR or Data Matrix code with its text for the eye below it."""
    return [
        Code(x=x, y=y, width=side, height=side, text=text, kind=kind),
        Words(
            x=x, y=y + side - 0.6, width=side, height=text_mm * 1.36, text=text,
            size_mm=text_mm, bold=True, face=Face.CODE, align=Align.CENTRE,
        ),
    ]  # fmt: skip


def bars(x: float, y: float, width: float, height: float, *, text: str, text_mm: float = 2.5) -> list[Mark]:
    """A Code 128 as wide as given, with its text for the eye below it; `height` with the text."""
    below = text_mm * 1.36
    return [
        Code(x=x, y=y, width=width, height=height - below - 0.6, text=text, kind=CodeType.CODE_128),
        Words(
            x=x, y=y + height - below, width=width, height=below, text=text,
            size_mm=text_mm, bold=True, face=Face.CODE, align=Align.CENTRE,
        ),
    ]  # fmt: skip


def foot(spot: Spot, y: float, text: str, *, right: str) -> list[Mark]:
    """Loop and line at the left, the print version at the right."""
    middle = spot.left + (spot.right - spot.left) * 0.7
    return [
        small(spot.left, y, middle - spot.left - 2, text),
        Words(
            x=middle, y=y, width=spot.right - middle, height=3, text=right,
            size_mm=1.7, size_mm_min=1.4, align=Align.RIGHT,
        ),
    ]  # fmt: skip
