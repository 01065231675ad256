"""What `calls` and `andon figures` share: the range of time, and rows of text."""

from collections.abc import Sequence
from datetime import tzinfo

import click

from shopfloor.core.line import Line
from shopfloor.core.ports import History
from shopfloor.core.shop import Shop
from shopfloor.exchange.instants import instant_us
from shopfloor.trouble import StoreTrouble


def shop_in(history: History) -> Shop:
    """The line as it is now; raises Trouble for a folder without one."""
    line, entities, _ = history.snapshot()
    if line is None:
        raise StoreTrouble("The data folder holds no journal with a line.", remedy="Start a terminal with a line file.")
    return Shop(line, entities)


def check_station(line: Line, station: str) -> None:
    """Raise click.BadParameter for a station that the line does not have."""
    known = [one.id for one in line.stations]
    if station and station not in known:
        raise click.BadParameter(
            f"expected a station of the line ({', '.join(known)}), got {station}.", param_hint="--station"
        )


def range_us(
    from_text: str | None, to_text: str | None, zone: tzinfo, *, else_from_us: int, else_to_us: int
) -> tuple[int, int]:
    """[from, to); raises click.BadParameter for what is no instant, and for an end that is not after its start."""
    from_us = else_from_us if from_text is None else _instant(from_text, "--from", zone)
    to_us = else_to_us if to_text is None else _instant(to_text, "--to", zone)
    if to_us <= from_us:
        raise click.BadParameter("expected an end after the start of the range.", param_hint="--to")
    return from_us, to_us


def rows_text(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of words under each other; the first row says what they are."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _instant(text: str, option: str, zone: tzinfo) -> int:
    try:
        return instant_us(text, zone)
    except ValueError:
        raise click.BadParameter(
            f"expected a day or an instant such as 2026-09-01 or 2026-09-01T06:00, got {text}.", param_hint=option
        ) from None
