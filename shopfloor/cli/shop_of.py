"""The shop of a data folder for commands without an engine: as journalled, or with a line file tried on it."""

from pathlib import Path

from shopfloor.app import history_of
from shopfloor.core import commands as c
from shopfloor.core.decide import decide
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import apply
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment, Now
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.words import refusal_words
from shopfloor.linefile import read
from shopfloor.store.folder import journal_path
from shopfloor.trouble import StoreTrouble


def shop_of(folder: Path, line_file: Path | None) -> Shop:
    """The line's cards: as the journal knows them, and as a line file would put them in circulation.

    Raises LineFileError for a bad line file, StoreTrouble where there is no line at all.
    """
    shop = journalled(folder)
    if line_file is not None:
        preview(shop, read(line_file))
    if not shop.line.id:
        raise StoreTrouble(f"{folder} holds no journal with a line.", remedy="Name the line file with --line FILE.")
    return shop


def journalled(folder: Path) -> Shop:
    """The shop of a journal; an empty one where there is no journal yet."""
    if not journal_path(folder).exists():
        return Shop()
    history = history_of(folder)()
    try:
        line, entities, _ = history.snapshot()
    finally:
        history.close()
    return Shop(line, entities) if line is not None else Shop()


def preview(shop: Shop, line: Line) -> None:
    """Let a line file come into force in `shop` alone. Raises StoreTrouble with the words of a refusal."""
    decision = decide(shop, c.ChangeLine(line=line), Now(0, 0, ""))
    if isinstance(decision, Refusal):
        sentence, remedy = refusal_words(decision)
        raise StoreTrouble(str(sentence), remedy=str(remedy))
    for n, event in enumerate(decision, 1):
        apply(shop, Recorded(origin="", n=n, moment=Moment(0), mono_ns=0, boot="", event=event))
