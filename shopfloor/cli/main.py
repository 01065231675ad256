"""The command line's trunk: commands are loaded when they are called, so that the first frame does not wait."""

import faulthandler
from collections.abc import Sequence
from importlib import import_module

import click

from shopfloor import __version__
from shopfloor.cli.output import DONE, FAILED, USAGE, complain
from shopfloor.linefile.problems import LineFileError
from shopfloor.trouble import Trouble

_COMMANDS = {
    "andon": "shopfloor.cli.andon:andon",
    "audit": "shopfloor.cli.audit:audit",
    "backup": "shopfloor.cli.keep:backup",
    "board": "shopfloor.cli.screen:board",
    "calls": "shopfloor.cli.calls:calls",
    "cards": "shopfloor.cli.cards:cards",
    "demo": "shopfloor.cli.demo:demo",
    "doctor": "shopfloor.cli.doctor:doctor",
    "export": "shopfloor.cli.export:export",
    "import": "shopfloor.cli.bring_in:bring_in",
    "journal": "shopfloor.cli.read:journal",
    "lamp": "shopfloor.cli.lamp:lamp",
    "line": "shopfloor.cli.line:line",
    "loop": "shopfloor.cli.loop:loop",
    "restore": "shopfloor.cli.keep:restore",
    "station": "shopfloor.cli.screen:station",
    "status": "shopfloor.cli.read:status",
    "tell": "shopfloor.cli.tell:tell",
    "verify": "shopfloor.cli.keep:verify",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in alphabetical order."""
        del ctx  # click's signature; the commands are the same in every context
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the file of a command when it is asked for."""
        del ctx
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shopfloor")
def shopfloor() -> None:
    """Run a pull line: kanban cards, WIP limits, andon and live cycle times."""


def run(args: Sequence[str]) -> int:
    """Run one command; its exit code: 0 done, 1 refused or failed, 2 bad usage or bad file."""
    faulthandler.enable()
    try:
        result = shopfloor.main(args=list(args), prog_name="shopfloor", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return USAGE
    except click.Abort:
        return FAILED
    except LineFileError as wrong:
        complain(str(wrong))
        return USAGE
    except Trouble as trouble:
        complain(f"{trouble.what}\n  {trouble.remedy}")
        return FAILED
    return result if isinstance(result, int) else DONE
