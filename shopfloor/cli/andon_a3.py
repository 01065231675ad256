"""`andon a3` and `andon effect`: a problem on one sheet, and what its countermeasures did."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfloor.cli.output import DONE, data_option, json_option, language_option, say, say_json
from shopfloor.trouble import Trouble

if TYPE_CHECKING:
    from shopfloor.cli.andon_past import CallsPast
    from shopfloor.core.state_andon import Problem

_PROBLEM = click.argument("problem_id", metavar="PROBLEM")


@click.command()
@_PROBLEM
@data_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@language_option
def a3(problem_id: str, folder: Path, out: Path, language: str) -> int:
    """PROBLEM (station/reason) on one sheet of A3: from its background to the check of what was done."""
    from shopfloor.cli.cards_shop import translation
    from shopfloor.flow.andon.problem_facts import problem_facts
    from shopfloor.paper.a3 import A3, a3_page
    from shopfloor.paper.pdf import write_pdf

    past, problem = _problem(folder, problem_id)
    facts = problem_facts(problem, past.line, past.calls, past.calendar, since_us=past.began_us, now_us=past.now_us)
    sheet = A3(shop=past.shop, problem=problem, facts=facts, calendar=past.calendar, translate=translation(language))
    write_pdf([a3_page(sheet)], out, title=f"A3 {problem.id}")
    say(f"{out}: {facts.calls} calls, {len(problem.countermeasures)} countermeasures.")
    return DONE


@click.command()
@_PROBLEM
@data_option
@json_option
def effect(problem_id: str, folder: Path, *, as_json: bool) -> int:
    """What the countermeasures of PROBLEM (station/reason) did to the rate of its calls."""
    from shopfloor.cli.andon_words import effect_json
    from shopfloor.flow.andon.effect import effects, outcome_words

    past, problem = _problem(folder, problem_id)
    found = effects(problem, past.calls, past.calendar, since_us=past.began_us, now_us=past.now_us)
    if as_json:
        say_json({"problem": problem.id, "effects": [effect_json(one) for one in found]})
        return DONE
    names = {one.number: one.what for one in problem.countermeasures}
    for one in found:
        together = f" Together with {one.together - 1} more." if one.together > 1 else ""
        say(f"{one.number} {names[one.number]}\n    {outcome_words(one)}{together}")
    if not found:
        say("No countermeasure is in place yet.")
    return DONE


def _problem(folder: Path, problem_id: str) -> "tuple[CallsPast, Problem]":
    """Raises Trouble for a problem nobody has opened."""
    from shopfloor.cli.andon_past import calls_past

    past = calls_past(folder, "1970-01-01", None)
    problem = past.shop.problems.get(problem_id)
    if problem is None:
        known = ", ".join(past.shop.problems) or "none"
        raise Trouble(
            f"Expected a problem that was opened ({known}), got {problem_id}.",
            remedy="Name one of them, station/reason, or open one on the Calls page.",
        )
    return past, problem
