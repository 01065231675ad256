"""`cards print` and `cards shelves`: PDF, or ZPL to a file or a label printer."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from shopfloor.cli.cards_shop import cards_in_order, line_option, shop_of, translation
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, language_option, say
from shopfloor.core.line import CardFormat, CodeType
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.paper.choose import batches
from shopfloor.paper.files import write_file
from shopfloor.paper.label_printer import is_printer, send
from shopfloor.paper.shelves import ShelfFormat, shelf_pages, stores
from shopfloor.paper.zpl import DPI
from shopfloor.paper.zpl import zpl as zpl_of

_F = TypeVar("_F", bound=Callable[..., Any])

_CARD_FORMAT = click.option(
    "--format",
    "paper",
    type=click.Choice([paper.value for paper in CardFormat]),
    help="Ten cards on A4, one on A6, or one on a label; without it as [[templates]] of the line file say.",
)
_SHELF_FORMAT = click.option(
    "--format",
    "paper",
    type=click.Choice([paper.value for paper in ShelfFormat]),
    help="Eight labels on A4 (the default), or one on a label.",
)
_CODE = click.option(
    "--code",
    type=click.Choice([code.value for code in CodeType]),
    help="The kind of bar code; else QR, or for cards what [[templates]] of the line file say.",
)
_DPI = click.option(
    "--dpi",
    type=click.Choice([str(dpi) for dpi in DPI]),
    default=str(DPI[0]),
    show_default=True,
    help="The resolution of the label printer.",
)


def _targets(command: _F) -> _F:
    """`--out` or `--zpl`, and `--dpi`."""
    out = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
    zpl = click.option("--zpl", help="Labels of 100 × 60 mm as ZPL: a file to write, or tcp://host:9100 to send to.")
    return out(zpl(_DPI(command)))


@click.command("print")
@data_option
@line_option
@_targets
@_CARD_FORMAT
@_CODE
@language_option
@click.option("--loop", "loops", multiple=True, help="Only the cards of this loop (may be repeated).")
@click.option("--card", "cards", multiple=True, help="Only this card, such as housing-04 (may be repeated).")
def print_cards(
    folder: Path,
    line_file: Path | None,
    *,
    out: Path | None,
    zpl: str | None,
    dpi: str,
    paper: str | None,
    code: str | None,
    language: str,
    loops: tuple[str, ...],
    cards: tuple[str, ...],
) -> int:
    """Print the cards as PDF or ZPL. Several formats give a file each: FILE-a6.pdf."""
    if not _one_target(out, zpl, paper):
        return USAGE
    shop = shop_of(folder, line_file)
    if not _are_known(shop, loops) or not _have_cards(shop, cards):
        return FAILED
    wanted = [card for card in cards_in_order(shop) if _is_wanted(card, loops, cards)]
    if not wanted:
        complain("There is no card to print.")
        return FAILED
    kind = CodeType(code) if code else None
    if zpl is not None:
        return _cards_zpl(shop, wanted, zpl, dpi=int(dpi), code=kind, language=language)
    assert out is not None
    photos = None if line_file is None else line_file.parent
    return _cards_pdf(
        shop, wanted, out, paper=CardFormat(paper) if paper else None, code=kind, photos=photos, language=language
    )


@click.command("shelves")
@data_option
@line_option
@_targets
@_SHELF_FORMAT
@_CODE
@language_option
@click.option("--loop", "loops", multiple=True, help="Only the shelf of this loop (may be repeated).")
def print_shelves(
    folder: Path,
    line_file: Path | None,
    *,
    out: Path | None,
    zpl: str | None,
    dpi: str,
    paper: str | None,
    code: str | None,
    language: str,
    loops: tuple[str, ...],
) -> int:
    """Print a label for the shelf of every store, as PDF or ZPL. Scanned at a station, it tells what is there."""
    if not _one_target(out, zpl, paper):
        return USAGE
    shop = shop_of(folder, line_file)
    if not _are_known(shop, loops):
        return FAILED
    translate = translation(language)
    words = [one for loop, one in stores(shop.line, translate) if not loops or loop in loops]
    if not words:
        complain("There is no store to print a label for: a store has a loop with a consumer.")
        return FAILED
    kind = CodeType(code or CodeType.QR)
    if zpl is not None:
        pages = shelf_pages(words, paper=ShelfFormat.LABEL, code=kind, translate=translate)
        return _put_zpl(zpl_of(pages, dpi=int(dpi)), zpl, f"{len(words)} shelf labels")
    from shopfloor.paper.pdf import write_pdf

    assert out is not None
    pages = shelf_pages(words, paper=ShelfFormat(paper or ShelfFormat.A4_8), code=kind, translate=translate)
    write_pdf(pages, out, title=f"{shop.line.name}: shelves")
    say(f"{out}: {len(words)} shelf labels")
    return DONE


def _one_target(out: Path | None, zpl: str | None, paper: str | None) -> bool:
    if (out is None) == (zpl is None):
        complain("Expected either --out FILE.pdf or --zpl FILE or tcp://host:9100.")
        return False
    if zpl is not None and paper not in {None, CardFormat.LABEL}:
        complain(f"Expected --format {CardFormat.LABEL.value} with --zpl, got {paper}: label printers print labels.")
        return False
    return True


def _are_known(shop: Shop, loops: tuple[str, ...]) -> bool:
    unknown = [loop for loop in loops if loop not in shop.loops]
    if unknown:
        complain(f"Expected loops of the line ({', '.join(shop.loops)}), got {', '.join(unknown)}.")
    return not unknown


def _count(cards: Sequence[Card]) -> str:
    return "1 card" if len(cards) == 1 else f"{len(cards)} cards"


def _have_cards(shop: Shop, cards: tuple[str, ...]) -> bool:
    unknown = [card for card in cards if card not in shop.cards]
    if unknown:
        complain(f"Expected cards of the line, got {', '.join(unknown)}.\n  `shopfloor cards list` names them all.")
    return not unknown


def _is_wanted(card: Card, loops: tuple[str, ...], cards: tuple[str, ...]) -> bool:
    named = (card.loop in loops or card.id in cards) if loops or cards else True
    return named and card.state is not CardState.RETIRED


def _cards_pdf(
    shop: Shop,
    wanted: list[Card],
    out: Path,
    *,
    paper: CardFormat | None,
    code: CodeType | None,
    photos: Path | None,
    language: str,
) -> int:
    from shopfloor.paper.cards import cards_pdf

    found = batches(shop.line, wanted, paper=paper, code=code)
    for batch in found:
        file = out if len(found) == 1 else out.with_name(f"{out.stem}-{batch.paper.value}{out.suffix}")
        cards_pdf(
            shop.line,
            batch.cards,
            file,
            paper=batch.paper,
            code=batch.codes,
            photos=photos,
            translate=translation(language),
        )
        say(f"{file}: {_count(batch.cards)}")
        if photos is None and batch.paper is CardFormat.A6 and any(part.photo for part in shop.line.parts):
            complain("Photos are left out. They lie beside the line file: name it with --line FILE.")
    return DONE


def _cards_zpl(shop: Shop, wanted: list[Card], target: str, *, dpi: int, code: CodeType | None, language: str) -> int:
    from shopfloor.paper.cards import card_pages

    (batch,) = batches(shop.line, wanted, paper=CardFormat.LABEL, code=code)
    pages = card_pages(
        shop.line, batch.cards, paper=CardFormat.LABEL, code=batch.codes, translate=translation(language)
    )
    return _put_zpl(zpl_of(pages, dpi=dpi), target, f"{_count(batch.cards)}")


def _put_zpl(data: bytes, target: str, what: str) -> int:
    if is_printer(target):
        send(data, target)
    else:
        write_file(data, Path(target))
    say(f"{target}: {what}")
    return DONE
