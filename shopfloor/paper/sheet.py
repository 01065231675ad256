"""What a printed page is made of, in millimetres from its top left corner: values, drawn by `pdf` alone."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.line import CodeType

BLACK = "#000000"
WHITE = "#FFFFFF"
GREY = "#5B6066"
HAIRLINE = "#8A8F94"
PALE = "#C9CDD1"
STOP = "#B3001B"
CALL = "#F2B705"
GREEN = "#2E8B57"
ACTION = "#1F5FA8"


class Face(StrEnum):
    """The typefaces of paper: Plex Sans for words, Plex Mono for what is typed by hand."""

    WORDS = "words"
    CODE = "code"


class Align(StrEnum):
    """Where a text stands in its box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Box(Struct, frozen=True, kw_only=True):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str = BLACK


class Shape(Struct, frozen=True, kw_only=True):
    """A filled polygon; an outline keeps a pale one visible in a copy."""

    points: tuple[tuple[float, float], ...]
    colour: str = BLACK
    outline_mm: float = 0


class Words(Struct, frozen=True, kw_only=True):
    """Text in a box: as large as fits between `size_mm` and `size_mm_min`, else ended by "…".

    Sizes are heights of capitals. `lines` is how many lines it may be broken into. `top`: not vertically centred.
    """

    x: float
    y: float
    width: float
    height: float
    text: str
    size_mm: float
    size_mm_min: float = 1.5
    lines: int = 1
    bold: bool = False
    face: Face = Face.WORDS
    align: Align = Align.LEFT
    top: bool = False
    colour: str = BLACK


class Code(Struct, frozen=True, kw_only=True):
    """A bar code of a text in a box that includes its quiet zone: a square one in a square."""

    x: float
    y: float
    width: float
    height: float
    text: str
    kind: CodeType = CodeType.QR


class Picture(Struct, frozen=True, kw_only=True):
    """A photo in the middle of a box, as large as fits, its proportions kept. `path`: a png or jpg file."""

    x: float
    y: float
    width: float
    height: float
    path: str


Mark = Box | Shape | Words | Code | Picture


class Page(Struct, frozen=True):
    """One page; A4 upright, unless said otherwise."""

    marks: tuple[Mark, ...]
    width: float = 210
    height: float = 297
