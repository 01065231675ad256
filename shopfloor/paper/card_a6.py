"""A card on A6, for the usual holders: the part seen from some metres away, with its photo."""

from shopfloor.core.line import CodeType
from shopfloor.paper.blocks import Spot, bars, fact, foot, square_code, way
from shopfloor.paper.card_words import CardWords
from shopfloor.paper.sheet import Box, Mark, Picture, Words

A6_WIDTH_MM, A6_HEIGHT_MM = 105.0, 148.0

_CODE_MM = 44.0  # 21 modules and the quiet zone: 1.5 mm each
_CODE_INSET_MM = 4.0
_PHOTO_MM = (46.0, 44.0)


def a6_face(words: CardWords, spot: Spot, code: CodeType, *, photo: str) -> list[Mark]:
    """The marks of one card on its page; `photo` is the path of a picture, "" for none."""
    left, y, width = spot.left, spot.y, spot.right - spot.left
    middle = _bar_middle if code is CodeType.CODE_128 else _square_middle
    return [
        Words(x=left, y=y + 7, width=width, height=18, text=words.part, size_mm=14, size_mm_min=3, bold=True),
        Words(
            x=left, y=y + 26, width=width, height=15, text=words.description,
            size_mm=5, size_mm_min=2.6, lines=3, top=True,
        ),
        Box(x=left, y=y + 42.6, width=width, height=0.5),
        *middle(words, spot, code, photo),
        *way(spot, y + 113, 22, origin=words.origin, goal=words.goal),
        *foot(spot, y + 138, words.loop, right=words.version),
    ]  # fmt: skip


def _square_middle(words: CardWords, spot: Spot, code: CodeType, photo: str) -> list[Mark]:
    left, y = spot.left, spot.y
    code_x = spot.right - _CODE_MM + _CODE_INSET_MM
    code_marks = square_code(code_x, y + 43.4, _CODE_MM, kind=code, text=words.code, text_mm=3.4)
    if not photo:
        width = code_x - left - 2
        return [
            *code_marks,
            *fact(left, y + 47, width, words.quantity, height=24, colour=spot.grey),
            *fact(left, y + 77, width, words.count, height=24, colour=spot.grey),
        ]
    half = (spot.right - left) / 2
    return [
        *code_marks,
        Picture(x=left, y=y + 46, width=_PHOTO_MM[0], height=_PHOTO_MM[1], path=photo),
        *fact(left, y + 95, half - 3, words.quantity, height=15, colour=spot.grey),
        *fact(left + half, y + 95, half, words.count, height=15, colour=spot.grey),
    ]


def _bar_middle(words: CardWords, spot: Spot, _: CodeType, photo: str) -> list[Mark]:
    left, y, width = spot.left, spot.y, spot.right - spot.left
    code_marks = bars(left, y + 89, width, 22, text=words.code, text_mm=3.4)
    if not photo:
        return [
            *fact(left, y + 46, width, words.quantity, height=20, colour=spot.grey),
            *fact(left, y + 67, width, words.count, height=20, colour=spot.grey),
            *code_marks,
        ]
    facts_x = left + _PHOTO_MM[0] + 4
    return [
        Picture(x=left, y=y + 45, width=_PHOTO_MM[0], height=42, path=photo),
        *fact(facts_x, y + 47, spot.right - facts_x, words.quantity, height=17, colour=spot.grey),
        *fact(facts_x, y + 67, spot.right - facts_x, words.count, height=17, colour=spot.grey),
        *code_marks,
    ]
