"""What a data folder knows of its loops' past, for commands that make figures of it."""

from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from shopfloor.app import history_of
from shopfloor.clock import zone_of
from shopfloor.core.floor import is_covered
from shopfloor.core.merge import local_number
from shopfloor.exchange.instants import instant_us
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import LoopHistory, between
from shopfloor.flow.loop_history import LoopReader, read_loops
from shopfloor.trouble import StoreTrouble


class Past(Struct, frozen=True):
    """What was read up to the end of the window, working time, and when a terminal last left a sign of life."""

    reader: LoopReader
    calendar: WorkCalendar
    from_us: int | None
    alive_us: int

    def loop(self, loop: str) -> LoopHistory:
        """The loop within the window; raises Trouble for one the line does not have."""
        known = self.reader.shop.loops
        if loop not in known:
            names = ", ".join(known) or "none"
            raise StoreTrouble(f"Expected a loop of the line ({names}), got {loop}.", remedy="Name one of them.")
        history = self.reader.history(loop)
        return between(history, self.from_us or history.from_us, history.to_us + 1)


def past_of(folder: Path, from_text: str | None = None, to_text: str | None = None) -> Past:
    """Read the journal once. Raises Trouble for a folder without one, click.BadParameter for a bad instant."""
    history = history_of(folder)()
    try:
        line, _, _ = history.snapshot()
        if line is None:
            raise StoreTrouble(f"{folder} holds no journal with a line.", remedy="Start a terminal with a line file.")
        zone = zone_of(line.timezone)
        from_us = None if from_text is None else _instant(from_text, "--from", zone)
        until_us = None if to_text is None else _instant(to_text, "--to", zone)
        heads = history.heads()
        own = history.news(heads, 0).origin
        base = history.base()
        under = base.floor.vector() if base else {}
        known = (recorded for recorded in history.up_to(heads) if not is_covered(recorded, under))
        events = (local_number(recorded, own) for recorded in known)  # those of all terminals
        reader = read_loops(events, until_us=until_us, base=base)
        alive_us = history.alive_us()
    finally:
        history.close()
    return Past(reader, WorkCalendar(reader.line), from_us, alive_us)


def _instant(text: str, option: str, zone: Any) -> int:
    try:
        return instant_us(text, zone)
    except ValueError:
        raise click.BadParameter(
            f"expected a day or an instant such as 2026-09-01 or 2026-09-01T06:00, got {text}.", param_hint=option
        ) from None
