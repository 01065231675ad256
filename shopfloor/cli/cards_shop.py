"""The cards a command speaks of: as the journal knows them, and as a line file would put them in circulation."""

from pathlib import Path

import click

from shopfloor.app import history_of
from shopfloor.core import commands as c
from shopfloor.core.decide import decide
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import apply
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment, Now
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card
from shopfloor.core.text import Translate
from shopfloor.core.words import refusal_words
from shopfloor.linefile import read
from shopfloor.store.folder import journal_path
from shopfloor.trouble import StoreTrouble

line_option = click.option(
    "--line", "line_file", type=click.Path(dir_okay=False, path_type=Path), help="The line file."
)


def shop_of(folder: Path, line_file: Path | None) -> Shop:
    """The line of a data folder, or of a line file as it would be. Raises Trouble if there is neither."""
    shop = Shop()
    if journal_path(folder).exists():
        history = history_of(folder)()
        try:
            line, entities, _ = history.snapshot()
        finally:
            history.close()
        if line is not None:
            shop = Shop(line, entities)
    if line_file is not None:
        _preview(shop, read(line_file))
    if not shop.line.id:
        raise StoreTrouble(f"{folder} holds no journal with a line.", remedy="Name the line file with --line FILE.")
    return shop


def cards_in_order(shop: Shop) -> list[Card]:
    """Every card, loop by loop as the line file names them."""
    return [card for loop in shop.line.loops for card in shop.of_loop(loop.id)]


def translation(language: str) -> Translate:
    """The words of a language."""
    from shopfloor.gui.lang import Language

    return Language(language).translate


def _preview(shop: Shop, line: Line) -> None:
    decision = decide(shop, c.ChangeLine(line=line), Now(0, 0, ""))
    if isinstance(decision, Refusal):
        sentence, remedy = refusal_words(decision)
        raise StoreTrouble(str(sentence), remedy=str(remedy))
    for n, event in enumerate(decision, 1):
        apply(shop, Recorded(origin="", n=n, moment=Moment(0), mono_ns=0, boot="", event=event))
