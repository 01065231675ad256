"""Kanban cards as PDF: ten on an A4 page (105 × 57 mm), one on A6, or one on a label of 100 × 60 mm."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import assert_never

from shopfloor.core.line import CardFormat, CodeType, Line
from shopfloor.core.state import Card
from shopfloor.core.text import Translate, english
from shopfloor.paper.blocks import Spot
from shopfloor.paper.card_a6 import A6_HEIGHT_MM, A6_WIDTH_MM, a6_face
from shopfloor.paper.card_small import small_face
from shopfloor.paper.card_words import CardWords, card_words
from shopfloor.paper.cut import Draw, Grid, sheets
from shopfloor.paper.pdf import write_pdf
from shopfloor.paper.sheet import Page

GRID = Grid(columns=2, rows=5, width=105, height=57)
LABEL_MM = (100.0, 60.0)

_A4_EDGE_MM = 6.0  # beside the text: printers leave 4.2 mm at the edge of the paper white, cuts wander 1 mm
_LABEL_EDGE_MM = 4.0  # a label runs through its printer up to 2 mm beside the middle


def cards_pdf(
    line: Line,
    cards: Sequence[Card],
    out: Path,
    *,
    paper: CardFormat = CardFormat.A4_10,
    code: CodeType | Mapping[str, CodeType] = CodeType.QR,
    photos: Path | None = None,
    translate: Translate = english,
) -> None:
    """Print cards in the order given. `code`: one kind for all, or one for each loop.

    `photos` is the folder of the line file; without it photos are left out.

    Raises Trouble if the file cannot be written or a photo not read, ValueError without a card or with one of a loop
    the line does not have: there is nothing to print on it.
    """
    pages = card_pages(line, cards, paper=paper, code=code, photos=photos, translate=translate)
    write_pdf(pages, out, title=f"{line.name}: {len(cards)} cards")


def card_pages(
    line: Line,
    cards: Sequence[Card],
    *,
    paper: CardFormat = CardFormat.A4_10,
    code: CodeType | Mapping[str, CodeType] = CodeType.QR,
    photos: Path | None = None,
    translate: Translate = english,
) -> list[Page]:
    """The pages of some cards."""
    if not cards:
        raise ValueError("expected at least one card, got none")
    words = [
        (card_words(line, card, translate), code if isinstance(code, CodeType) else code[card.loop]) for card in cards
    ]
    match paper:
        case CardFormat.A4_10:
            return sheets([_in_grid(one, kind) for one, kind in words], GRID, translate)
        case CardFormat.A6:
            return [_a6(one, kind, photos) for one, kind in words]
        case CardFormat.LABEL:
            return [_label(one, kind) for one, kind in words]
        case _:
            assert_never(paper)


def _in_grid(words: CardWords, code: CodeType) -> Draw:
    return lambda x, y: small_face(words, Spot(x=x, y=y, width=GRID.width, height=GRID.height, edge=_A4_EDGE_MM), code)


def _a6(words: CardWords, code: CodeType, photos: Path | None) -> Page:
    spot = Spot(x=0, y=0, width=A6_WIDTH_MM, height=A6_HEIGHT_MM, edge=_A4_EDGE_MM)
    photo = str(photos / words.photo) if photos is not None and words.photo else ""
    return Page(tuple(a6_face(words, spot, code, photo=photo)), A6_WIDTH_MM, A6_HEIGHT_MM)


def _label(words: CardWords, code: CodeType) -> Page:
    width, height = LABEL_MM
    spot = Spot(x=0, y=0, width=width, height=height, edge=_LABEL_EDGE_MM, plain=True)
    return Page(tuple(small_face(words, spot, code)), width, height)
