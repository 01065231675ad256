"""The first state of cards from CSV: what is on the shelves when a plant begins, or everything that is wrong."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from shopfloor.core.codes import CardScan, card_id, parse, printable
from shopfloor.core.line import StartState
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.exchange.card_rows import CARD_COLUMNS
from shopfloor.exchange.csv_in import Record, Sheet, choices, in_order, place
from shopfloor.exchange.read_cell import WrongCell, whole
from shopfloor.linefile.problems import LineFileError, Problem, did_you_mean

KNOWN = tuple(column.name for column in CARD_COLUMNS)  # what `export cards` writes can be filled in and given back
NEEDED = ("state",)

_LATER = {
    "in_process": "begin with empty; the scan at its station starts it",
    "queued": "begin with empty; scans at the stations before take it there",
    "waiting": "begin with empty",
    "in_use": "begin with empty: its container is open",
    "in_transit": "begin with empty; scan it where it arrives",
    "held": "begin with full or empty, then put it on hold at a terminal",
    "lost": "begin with full or empty, then mark it as lost at a terminal",
    "retired": "leave the row out: a retired card never comes back",
    "new": "leave the row out: the card begins as the line file says",
}


class CardPlan(Struct, frozen=True, kw_only=True):
    """What each named card begins with, and how many cards of the loops begin as the line file says."""

    first: dict[str, StartState]
    by_loop: dict[str, dict[str, int]]
    unnamed: int


def plan_cards(sheet: Sheet, now: Shop, new: Mapping[str, Card], after: Shop) -> CardPlan:
    """The first states of the rows; `new` are the cards that the line file would put in circulation.

    `now` is the shop as it is, `after` the same with the line file in force. Raises LineFileError with every problem.
    """
    problems = [*sheet.problems]
    if not {"card", "code"} & set(sheet.columns) and not {"loop", "number"} <= set(sheet.columns):
        problems.append(Problem(place(1), "does not say which card", "add a column card, or loop and number"))
        raise LineFileError(problems)
    first: dict[str, StartState] = {}
    rows: dict[str, int] = {}
    for record in sheet.records:
        found = _card(record, after)
        card = found if isinstance(found, str) else ""
        problems += [found] if isinstance(found, Problem) else _card_problems(record, card, now, new, after, rows)
        state = _state(record, after, card)
        if isinstance(state, Problem):
            problems.append(state)
        elif card:
            first[card] = state
        rows.setdefault(card, record.row)
    if problems:
        raise LineFileError(in_order(problems))
    by_loop = {loop.id: {state.value: 0 for state in StartState} for loop in after.line.loops}
    for card, state in first.items():
        by_loop[new[card].loop][state.value] += 1
    return CardPlan(
        first=first,
        by_loop={loop: counts for loop, counts in by_loop.items() if any(counts.values())},
        unnamed=len(new) - len(first),
    )


def _card(record: Record, after: Shop) -> str | Problem:
    """The card a row names, by whatever it names it with; all of it has to agree."""
    named: dict[str, str] = {}
    column, text = ("card", record.cell("card")) if record.cell("card") else ("code", record.cell("code"))
    if text:
        scan = parse(text, after.known)
        named[column] = card_id(scan.loop, scan.number) if isinstance(scan, CardScan) else text
    if record.cell("loop") and record.cell("number"):
        number = whole(record.cell("number"))
        if isinstance(number, WrongCell):
            return Problem(place(record.row, "number"), number.problem, number.remedy)
        if record.cell("loop") not in after.loops:
            return _unknown_loop(record, after)
        named["number"] = card_id(record.cell("loop"), number)
    if not named:
        column = "number" if record.cell("loop") else "loop" if record.cell("number") else "card"
        return Problem(
            place(record.row, column), "is missing", "name the card, e.g. housing-04, or its loop and number"
        )
    if len(set(named.values())) > 1:
        both = " and ".join(f"'{printable(card)}'" for card in named.values())
        return Problem(place(record.row, column), f"the row names two cards, {both}", "let the cells agree")
    return next(iter(named.values()))


def _unknown_loop(record: Record, after: Shop) -> Problem:
    words = f"loop '{printable(record.cell('loop'))}' is not in the line file"
    remedy = did_you_mean(record.cell("loop"), after.loops, otherwise=f"known here: {', '.join(after.loops)}")
    return Problem(place(record.row, "loop"), words, remedy)


def _card_problems(
    record: Record, card: str, now: Shop, new: Mapping[str, Card], after: Shop, rows: dict[str, int]
) -> Iterator[Problem]:
    column = next((name for name in ("card", "code", "number") if record.cell(name)), "card")
    where = place(record.row, column)
    if card in rows:
        yield Problem(where, f"'{printable(card)}' is in row {rows[card]} already", "write each card in one row")
    elif card in now.cards:
        state = now.cards[card].state.value
        yield Problem(
            where,
            f"'{card}' is in circulation already ({state})",
            "leave the row out: from now on only scans change it",
        )
    elif card not in new:
        loop = after.loops.get(card.rpartition("-")[0])
        if loop is None:
            remedy = did_you_mean(card, [*new, *now.cards], otherwise="write it as `shopfloor cards list` does")
            yield Problem(where, f"'{printable(card)}' is no card of this line", remedy)
        else:
            words = f"'{printable(card)}' is not among the {loop.cards} cards of loop '{loop.id}'"
            free = [name for name, one in new.items() if one.loop == loop.id]
            yield Problem(where, words, f"raise cards in the line file, or name one of {_span(free)}")


def _span(names: list[str]) -> str:
    return f"{names[0]} to {names[-1]}" if len(names) > 1 else names[0] if names else "another loop"


def _state(record: Record, after: Shop, card: str) -> StartState | Problem:
    text = record.cell("state").casefold()
    where = place(record.row, "state")
    if not text:
        return Problem(where, "is missing", choices(StartState))
    try:
        state = StartState(text)
    except ValueError:
        if text in set(CardState):
            return Problem(where, f"no card begins as {text}", _LATER.get(text, choices(StartState)))
        remedy = did_you_mean(text, StartState, otherwise=choices(StartState))
        return Problem(where, f"expected full or empty, got '{printable(record.cell('state'))}'", remedy)
    loop = after.loops.get(card.rpartition("-")[0])
    if state is StartState.FULL and loop is not None and loop.consumer is None:
        return Problem(where, f"nobody empties the cards of loop '{loop.id}'", "write empty")
    return state
