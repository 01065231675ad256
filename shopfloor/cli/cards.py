"""`cards list` and `cards commands`; `cards print` and `cards shelves` are in `cards_print`."""

from pathlib import Path
from typing import Any

import click

from shopfloor.cli.cards_print import print_cards, print_shelves
from shopfloor.cli.cards_shop import cards_in_order, line_option, shop_of, translation
from shopfloor.cli.output import DONE, data_option, json_option, language_option, say, say_json
from shopfloor.core.codes import card_code, known_codes
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import Card, CardState


@click.group()
def cards() -> None:
    """The kanban cards of a line: list them, print them, print shelf labels and the command sheet."""


cards.add_command(print_cards)
cards.add_command(print_shelves)


@cards.command("list")
@data_option
@line_option
@json_option
def list_cards(folder: Path, line_file: Path | None, *, as_json: bool) -> int:
    """Every card, with the text in its bar code, and whether the line file has changed what is printed on it."""
    shop = shop_of(folder, line_file)
    rows = [_row(shop, card) for card in cards_in_order(shop)]
    if as_json:
        say_json(rows)
    else:
        for row in rows:
            anew = "print anew" if row["stale_print"] else ""
            say(f"{row['card']:<20} {row['code']:<12} {row['state']:<12} {row['station']:<16} {anew}".rstrip())
    return DONE


@cards.command("commands")
@data_option
@line_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@language_option
@json_option
def print_commands(folder: Path, line_file: Path | None, out: Path | None, language: str, *, as_json: bool) -> int:
    """Print the command sheet as PDF: call, stop, take back and the like as codes to scan."""
    line = shop_of(folder, line_file).line
    if out is not None:
        from shopfloor.paper.commands import commands_pdf

        commands_pdf(line, out, translate=translation(language))
    codes = known_codes(line).commands
    if as_json:
        say_json([{"code": code, "action": action} for code, action in codes.items()])
    elif out is not None:
        say(f"{out}: {len(codes)} commands")
    else:
        for code, action in codes.items():
            say(f"{code:<12} {action}")
    return DONE


def _row(shop: Shop, card: Card) -> dict[str, Any]:
    at_rest = shop.loops[card.loop].consumer or "" if card.state is CardState.FULL else ""
    return {
        "card": card.id,
        "loop": card.loop,
        "number": card.number,
        "code": card_code(shop.line.id, card.loop, card.number, card.print_version),
        "state": card.state.value,
        "station": place(shop, card) or at_rest,
        "stale_print": card.stale_print,
    }
