"""A card on 105 × 57 or 100 × 60 mm: a tenth of an A4 page, or a label."""

from shopfloor.core.line import CodeType
from shopfloor.paper.blocks import Spot, bars, fact, foot, square_code, way
from shopfloor.paper.card_words import CardWords, Fact, ShelfWords
from shopfloor.paper.sheet import Box, Mark, Words

_CODE_MM = 29.0  # 21 modules and the quiet zone of 4 + 4: a millimetre each
_CODE_INSET_MM = 2.5  # its quiet zone is white: the dark part lines up with the edge of the text
_DESIGNED_FOR_MM = 57.0  # what a higher place has more is left above and below


def small_face(words: CardWords, spot: Spot, code: CodeType) -> list[Mark]:
    """The marks of one card in its place."""
    y = spot.y + (spot.height - _DESIGNED_FOR_MM) / 2
    return [
        *head(words, spot, y, code, facts=(words.quantity, words.count)),
        *way(spot, y + 37.6, 11.6, origin=words.origin, goal=words.goal),
        *foot(spot, y + 50.1, words.loop, right=words.version),
    ]


def head(
    words: CardWords | ShelfWords, spot: Spot, y: float, code: CodeType, *, facts: tuple[Fact, Fact]
) -> list[Mark]:
    """Part, description, two facts and the code: the upper 37 mm of a card or a shelf's label."""
    return (_bar_head if code is CodeType.CODE_128 else _square_head)(words, spot, y, code, facts)


def _square_head(
    words: CardWords | ShelfWords, spot: Spot, y: float, code: CodeType, facts: tuple[Fact, Fact]
) -> list[Mark]:
    code_x = spot.right - _CODE_MM + _CODE_INSET_MM
    width = code_x - spot.left
    half = width / 2
    return [
        *_name(words, spot.left, y + 4, width - 1, height=11),
        *square_code(code_x, y + 1.2, _CODE_MM, kind=code, text=words.code),
        Box(x=spot.left, y=y + 24.6, width=width - 3, height=0.3),
        *fact(spot.left, y + 25.8, half - 3, facts[0], colour=spot.grey),
        *fact(spot.left + half, y + 25.8, half - 3, facts[1], colour=spot.grey),
    ]


def _bar_head(words: CardWords | ShelfWords, spot: Spot, y: float, _: CodeType, facts: tuple[Fact, Fact]) -> list[Mark]:
    facts_x = spot.right - 32
    return [
        *_name(words, spot.left, y + 3, facts_x - spot.left - 3, height=8.4),
        Box(x=facts_x - 1.6, y=y + 3.4, width=0.3, height=16.2),
        *fact(facts_x + 1, y + 3, 31, facts[0], height=8.2, colour=spot.grey),
        *fact(facts_x + 1, y + 11.8, 31, facts[1], height=8.2, colour=spot.grey),
        *bars(spot.left, y + 20.8, spot.right - spot.left, 15.6, text=words.code),
    ]


def _name(words: CardWords | ShelfWords, x: float, y: float, width: float, *, height: float) -> list[Mark]:
    return [
        Words(
            x=x, y=y, width=width, height=height, text=words.part,
            size_mm=height * 0.78, size_mm_min=2.2, bold=True,
        ),
        Words(
            x=x, y=y + height + 0.4, width=width, height=8.2, text=words.description,
            size_mm=3.4, size_mm_min=1.8, lines=3,
        ),
    ]  # fmt: skip
