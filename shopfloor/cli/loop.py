"""`loop size` and `loop formulas`, and the trunk of all other commands of loops."""

from pathlib import Path
from typing import Any

import click

from shopfloor.cli.loop_decide import accept, refuse
from shopfloor.cli.loop_level import level
from shopfloor.cli.loop_measured import effect, measure, propose, replay
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, json_option, say, say_json

# Option, what it means, and an example with its unit.
_OPTIONS = (
    ("demand", "Demand in a length of time: 2000/day, 80/h, 2400/2h."),
    ("lead-time", "From the pull signal until the container is full again: 0.1d, 75min."),
    ("container", "Quantity of one card: 22. Leave it out and give --cards to solve for it."),
    ("cards", "Number of cards, to solve for the quantity of one."),
    ("safety", "On top of the demand: 10% or 0.1."),
    ("stock", "Safety stock: 20."),
    ("lot", "Lot size: 50."),
    ("multiple", "Orders are multiples of it."),
    ("minimum", "The smallest order."),
    ("constant", "Cards added without calculation (SAP: 1 unless given)."),
    ("closed", "The longest working time of the consumer while the supplier is closed (SAP): 16h."),
    ("capacity-buffer", "Cards for a supplier that lacks the capacity for a peak (SAP): 2."),
    ("sigma", "Standard deviation of demand in a length of time: 20/day."),
    ("service", "Cycles without shortage: 95%."),
    ("z", "Standard deviations of safety instead of --service: 1.645."),
    ("sigma-lead-time", "Standard deviation of the lead time: 1d."),
    ("interval", "From order to order: 1d."),
    ("cycle", "A supplier's delivery cycle days-deliveries-delay: 1-4-4."),
    ("scan-delay", "From empty to scanned (JD Edwards): 1h."),
    ("next-lead-time", "Lead time of the second station (POLCA)."),
    ("move-time", "Time of the move to it (POLCA)."),
    ("return-time", "Time of the card's way back (POLCA)."),
    ("lead-time-factor", "DDMRP: 0.25 long, 0.5 medium, 0.75 short lead times."),
    ("variability", "DDMRP: 0.25 low, 0.5 medium, 0.75 high."),
    ("on-hand", "DDMRP: stock on hand, to see the net flow and what to order."),
    ("incoming", "DDMRP: arrives within the lead time."),
    ("due", "DDMRP: qualified demand."),
    ("in-progress", "DDMRP: ordered, and not yet incoming."),
    ("tolerance", "DDMRP: share of a multiple that an order may leave out."),
    ("shift", "How long a shift at work is: 7.5h."),
    ("day", "How long a day at work is: 24h, 7.5h, 2shift."),
    ("week", "How long a week at work is: 5d."),
)


def _inputs(command: Any) -> Any:
    for name, words in reversed(_OPTIONS):
        command = click.option(f"--{name}", metavar="TEXT", help=words)(command)
    return command


@click.group()
def loop() -> None:
    """Loops: how many cards they need, what they do, and what other numbers of cards would have done."""


for _command in (measure, propose, replay, accept, refuse, effect, level):
    loop.add_command(_command)


@loop.command()
@click.option("--formula", default="toyota", show_default=True, help="The formula; `list` shows all of them.")
@_inputs
@click.option(
    "--round", "rounding", type=click.Choice(["up", "down"]), default="up", show_default=True, help="To whole cards."
)
@click.option("--supplier-shifts", metavar="TEXT", help='To find --closed, with --line: "06:00-14:00 mon-fri, ...".')
@click.option(
    "--line",
    "line_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The line file with the consumer's shifts, to find --closed.",
)
@json_option
def size(
    formula: str,
    rounding: str,
    supplier_shifts: str | None,
    *,
    line_file: Path | None,
    as_json: bool,
    **texts: str | None,
) -> int:
    """Calculate the number of cards, or the quantity of one, with all the working."""
    from shopfloor.cli.loop_words import sizing_json, sizing_text, wrong_text
    from shopfloor.flow.sizing.closed import with_closed
    from shopfloor.flow.sizing.compare import others, sensitivity
    from shopfloor.flow.sizing.ddmrp import position_of
    from shopfloor.flow.sizing.formulas import formula_named, size
    from shopfloor.flow.sizing.read import read_inputs
    from shopfloor.flow.sizing.values import NoAnswerError, Rounding
    from shopfloor.flow.units import InputError
    from shopfloor.linefile import read

    if formula == "list":
        return _list(as_json=as_json)
    try:
        chosen = formula_named(formula)
        consumer = None if line_file is None else read(line_file).shifts
        given = {name: text for name, text in texts.items() if text is not None}
        inputs = read_inputs(with_closed(given, consumer, supplier_shifts), rounding=Rounding(rounding))
        sizing = size(chosen.name, inputs)
    except InputError as wrong:
        complain("\n".join(wrong_text(one) for one in wrong.wrongs))
        return USAGE
    except NoAnswerError as wrong:
        complain(f"{chosen.name}: {wrong}")
        return FAILED
    changes, beside = sensitivity(chosen.name, inputs), others(chosen.name, inputs)
    position = position_of(inputs) if chosen.name == "ddmrp" else None
    if as_json:
        say_json(sizing_json(sizing, changes, beside, position))
    else:
        say(sizing_text(chosen, sizing, changes, beside, position))
    return DONE


@loop.command()
@json_option
def formulas(*, as_json: bool) -> int:
    """Every formula with what it needs and what it may use."""
    return _list(as_json=as_json)


def _list(*, as_json: bool) -> int:
    from shopfloor.cli.loop_words import formulas_json, formulas_text

    if as_json:
        say_json(formulas_json())
    else:
        say(formulas_text())
    return DONE
