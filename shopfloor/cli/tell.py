"""`tell`: whether people outside can be told of calls."""

from pathlib import Path

import click

from shopfloor.cli.cards_shop import translation
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, language_option, say
from shopfloor.core.line import Line
from shopfloor.core.line_andon import SenderKind
from shopfloor.core.text import english


@click.group()
def tell() -> None:
    """Tell people outside the terminals of calls."""


@tell.command()
@data_option
@click.option("--sender", "sender_id", default="", help="Only this one of the line file's senders.")
@click.option("--to", default="", metavar="ADDRESS", help="Mail goes there, not to whoever is on duty.")
@language_option
def test(folder: Path, sender_id: str, to: str, language: str) -> int:
    """Send a test message by each sender of the line file, also beside a running terminal."""
    from shopfloor.clock import SystemClock
    from shopfloor.outward.sender import SendFault
    from shopfloor.outward.teller import send_test

    line = _line(folder)
    if line is None:
        complain(f"{folder} holds no journal with a line.\n  Start a terminal with a line file first.")
        return FAILED
    senders = [sender for sender in line.senders if sender_id in {"", sender.id}]
    if not senders:
        known = ", ".join(sender.id for sender in line.senders) or "none"
        complain(f"Expected one of the line's senders ({known}), got {sender_id or 'a line without any'}.")
        return USAGE
    clock = SystemClock()
    words = english if language == "en" else translation(language)
    failed = False
    for sender in senders:
        try:
            reached = send_test(sender, line, folder, now=clock.now(), translate=words, to=to)
        except SendFault as fault:
            failed = True
            complain(f"{sender.id}: {fault.what}\n  {fault.remedy}")
        else:
            whom = ", ".join(one.email for one in reached) if sender.kind is SenderKind.SMTP else sender.target
            say(f"{sender.id}: told {whom}")
    return FAILED if failed else DONE


def _line(folder: Path) -> Line | None:
    from shopfloor.store.folder import journal_path
    from shopfloor.store.history import SqliteHistory

    if not journal_path(folder).exists():
        return None
    with SqliteHistory(folder) as history:
        line, _, _ = history.snapshot()
    return line
