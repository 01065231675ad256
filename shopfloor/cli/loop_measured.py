"""`loop measure`, `loop propose`, `loop replay` and `loop effect`: what the journal says of a loop."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from shopfloor.cli.output import DONE, FAILED, complain, data_option, json_option, say, say_json

_F = TypeVar("_F", bound=Callable[..., Any])
_LOOP = click.argument("loop_id", metavar="LOOP")
_NUMBER = re.compile(r"(n)?([+-]?\d{1,4})?", re.ASCII)
SHIFTS_MAX = 20  # numbers of cards in one call
_WINDOW = {
    "from": "Only from this day or instant on: 2026-09-01 or 2026-09-01T06:00, by the clock of the line.",
    "to": "Only before this day or instant.",
}


def window_options(command: _F) -> _F:
    """`--from` and `--to`: the part of the journal to look at."""
    for name in ("to", "from"):
        command = click.option(f"--{name}", f"{name}_text", default=None, metavar="WHEN", help=_WINDOW[name])(command)
    return command


def answered(command: _F) -> _F:
    """Say why there is no answer, and end with 1."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        from shopfloor.flow.sizing.values import NoAnswerError

        try:
            return command(*args, **options)
        except NoAnswerError as wrong:
            complain(str(wrong)[:1].upper() + str(wrong)[1:])
            return FAILED

    return run  # type: ignore[return-value]


@click.command()
@_LOOP
@data_option
@window_options
@json_option
@answered
def measure(loop_id: str, folder: Path, from_text: str | None, to_text: str | None, *, as_json: bool) -> int:
    """Demand and lead time of LOOP as its cards were scanned, split by what they waited for."""
    from shopfloor.cli.loop_measured_words import measured_json, measured_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.loop_figures import measure as measured

    past = past_of(folder, from_text, to_text)
    found = measured(past.loop(loop_id), past.calendar)
    if as_json:
        say_json(measured_json(found))
    else:
        say(measured_text(found, past.calendar))
    return DONE


@click.command()
@_LOOP
@data_option
@window_options
@click.option("--service", default="95%", show_default=True, help="Cycles without shortage.")
@json_option
@answered
def propose(
    loop_id: str, folder: Path, from_text: str | None, to_text: str | None, service: str, *, as_json: bool
) -> int:
    """Propose a number of cards for LOOP from what was measured, with the plan it makes."""
    from shopfloor.cli.loop_measured_words import proposal_json, proposal_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.proposal import propose as proposed

    share = _share(service)
    past = past_of(folder, from_text, to_text)
    history = past.loop(loop_id)
    found = proposed(history, past.calendar, service=share)
    if as_json:
        say_json(proposal_json(found, history.loop.cards))
    else:
        say(proposal_text(found, history.loop.cards))
    return DONE


@click.command()
@_LOOP
@data_option
@window_options
@click.option("--cards", "numbers", default="n-1,n,n+1", show_default=True, help="Numbers of cards: 5,6 or n-1,n.")
@click.option("--seed", type=int, default=None, help="Draw the replenishment times at random instead, by this seed.")
@json_option
@answered
def replay(
    loop_id: str,
    folder: Path,
    from_text: str | None,
    to_text: str | None,
    numbers: str,
    seed: int | None,
    *,
    as_json: bool,
) -> int:
    """Replay the history of LOOP with other numbers of cards: since the last change of it, unless --from says more."""
    from shopfloor.cli.loop_measured_words import replay_json, replay_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.loop_cycle import since_change
    from shopfloor.flow.replay import replay as replayed
    from shopfloor.flow.replay import resampled

    past = past_of(folder, from_text, to_text)
    history = past.loop(loop_id)
    if from_text is None:
        history = since_change(history)
    shifts = _shifts(numbers, history.loop.cards)
    if seed is None:
        found = [replayed(history, past.calendar, shift) for shift in shifts]
    else:
        found = [resampled(history, past.calendar, shift, seed=seed, runs=1)[0] for shift in shifts]
    if as_json:
        say_json({"loop": loop_id, "cards": history.loop.cards, "replays": [replay_json(one) for one in found]})
    else:
        say(replay_text(history, found, past.calendar))
    return DONE


@click.command()
@_LOOP
@data_option
@click.option("--cycles", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Turns to wait for.")
@json_option
@answered
def effect(loop_id: str, folder: Path, cycles: int, *, as_json: bool) -> int:
    """What the last change of the number of cards of LOOP did, beside what was planned."""
    from shopfloor.cli.loop_measured_words import effect_json, effect_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.effect import effect as judged

    past = past_of(folder)
    found = judged(past.loop(loop_id), past.calendar, cycles=cycles)
    if as_json:
        say_json({"loop": loop_id} | effect_json(found))
    else:
        say(effect_text(found, loop_id, past.calendar))
    return DONE


def _share(text: str) -> Fraction:
    from shopfloor.flow.units import InputError, read_share

    try:
        return read_share(text, "service")
    except InputError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--service") from None


def _shifts(text: str, now: int) -> list[int]:
    """How many cards more or less than now: `n-1,n,n+1` or `5,6`."""
    shifts = []
    for piece in text.replace("−", "-").replace(" ", "").split(","):
        found = _NUMBER.fullmatch(piece)
        if not piece or found is None or (found[1] is None and not piece.isdigit()):
            raise click.BadParameter(f"expected numbers such as 5,6 or n-1,n,n+1, got {text}.", param_hint="--cards")
        number = int(found[2] or 0)
        shifts.append(number if found[1] else number - now)
    if len(shifts) > SHIFTS_MAX:
        raise click.BadParameter(f"expected at most {SHIFTS_MAX} numbers, got {len(shifts)}.", param_hint="--cards")
    # A loop of one card has no n−1: what was asked in general is left out, what was asked by number is refused.
    return [shift for shift in shifts if shift + now >= 1 or "n" not in text]
