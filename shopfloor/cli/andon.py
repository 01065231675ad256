"""The trunk of the commands of calls: their figures, the health of the alarm system, dry runs and A3 sheets."""

import click

from shopfloor.cli.andon_a3 import a3, effect
from shopfloor.cli.andon_alarm import oee, scoreboard
from shopfloor.cli.andon_dry_run import dry_run
from shopfloor.cli.andon_figures import figures


@click.group()
def andon() -> None:
    """Calls: what they took, the health of the alarm system, and what was learnt."""


for _command in (a3, dry_run, effect, figures, oee, scoreboard):
    andon.add_command(_command)
