"""`cards list`, `cards print` and `cards commands`."""

from pathlib import Path
from typing import Any

import click

from shopfloor.cli.output import DONE, FAILED, complain, data_option, json_option, language_option, say, say_json
from shopfloor.cli.shop_of import shop_of
from shopfloor.core.codes import card_code, known_codes
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import Card, CardState
from shopfloor.core.text import Translate

_OUT = click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
_LINE = click.option("--line", "line_file", type=click.Path(dir_okay=False, path_type=Path), help="The line file.")


@click.group()
def cards() -> None:
    """The kanban cards of a line: list them, print them, print the command sheet."""


@cards.command("list")
@data_option
@_LINE
@json_option
def list_cards(folder: Path, line_file: Path | None, *, as_json: bool) -> int:
    """Every card, with the text in its bar code."""
    shop = shop_of(folder, line_file)
    rows = [_row(shop, card) for card in _sorted(shop)]
    if as_json:
        say_json(rows)
    else:
        for row in rows:
            say(f"{row['card']:<20} {row['code']:<12} {row['state']:<12} {row['station']}".rstrip())
    return DONE


@cards.command("print")
@data_option
@_LINE
@_OUT
@language_option
@click.option("--loop", "loops", multiple=True, help="Only the cards of this loop (may be repeated).")
def print_cards(folder: Path, line_file: Path | None, out: Path, language: str, loops: tuple[str, ...]) -> int:
    """Print the cards as PDF, ten on a page."""
    from shopfloor.paper.cards import cards_pdf

    shop = shop_of(folder, line_file)
    unknown = [loop for loop in loops if loop not in shop.loops]
    if unknown:
        known = ", ".join(shop.loops)
        complain(f"Expected loops of the line ({known}), got {', '.join(unknown)}.")
        return FAILED
    wanted = [
        card for card in _sorted(shop) if card.state is not CardState.RETIRED and (not loops or card.loop in loops)
    ]
    cards_pdf(shop.line, wanted, out, translate=_translate(language))
    say(f"{out}: {len(wanted)} cards")
    return DONE


@cards.command("commands")
@data_option
@_LINE
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@language_option
@json_option
def print_commands(folder: Path, line_file: Path | None, out: Path | None, language: str, *, as_json: bool) -> int:
    """Print the command sheet as PDF: call, stop, take back and the like as codes to scan."""
    line = shop_of(folder, line_file).line
    if out is not None:
        from shopfloor.paper.commands import commands_pdf

        commands_pdf(line, out, translate=_translate(language))
    codes = known_codes(line).commands
    if as_json:
        say_json([{"code": code, "action": action} for code, action in codes.items()])
    elif out is not None:
        say(f"{out}: {len(codes)} commands")
    else:
        for code, action in codes.items():
            say(f"{code:<12} {action}")
    return DONE


def _translate(language: str) -> Translate:
    from shopfloor.gui.lang import Language

    return Language(language).translate


def _sorted(shop: Shop) -> list[Card]:
    return [card for loop in shop.line.loops for card in shop.of_loop(loop.id)]


def _row(shop: Shop, card: Card) -> dict[str, Any]:
    at_rest = shop.loops[card.loop].consumer or "" if card.state is CardState.FULL else ""
    return {
        "card": card.id,
        "loop": card.loop,
        "number": card.number,
        "code": card_code(shop.line.id, card.loop, card.number, card.print_version),
        "state": card.state.value,
        "station": place(shop, card) or at_rest,
    }
