"""The calls of a data folder in a range of time, for commands that make figures of them."""

from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from shopfloor.app import history_of
from shopfloor.clock import SystemClock, zone_of
from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.ports import History
from shopfloor.core.shop import Shop
from shopfloor.core.update import DigestRow
from shopfloor.exchange.instants import instant_us
from shopfloor.flow.andon.record import LOOK_BACK_US, CallRecord, read_calls
from shopfloor.flow.andon.table import CallTable, open_records, read_table
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.trouble import StoreTrouble

DAY_US = 24 * 3600 * US_PER_S
RANGE_DAYS = 30  # what the targets of the standard need


class CallsPast(Struct, frozen=True, kw_only=True):
    """The line in force, its calls since `began_us` as far as they were asked for, open ones among them.

    [from, to) is the range; `records` are the same calls in full and `made` the rows of a digest series, each only
    where it was asked for.
    """

    shop: Shop
    calendar: WorkCalendar
    calls: CallTable
    began_us: int
    from_us: int
    to_us: int
    now_us: int
    records: tuple[CallRecord, ...] = ()
    made: tuple[DigestRow, ...] = ()

    @property
    def recorded(self) -> tuple[int, int]:
        """What of the range was recorded: not before there was a line, not after now."""
        return max(self.from_us, self.began_us), min(self.to_us, self.now_us)

    @property
    def line(self) -> Line:
        """The line file in force."""
        return self.shop.line


def calls_past(
    folder: Path,
    from_text: str | None,
    to_text: str | None,
    *,
    back_us: int = LOOK_BACK_US,
    records: bool = False,
    series: str = "",
) -> CallsPast:
    """Read the calls of the range and of `back_us` before it: 30 days up to now, unless a range is given.

    Raises Trouble for a folder without a line, click.BadParameter for a bad range.
    """
    history = history_of(folder)()
    try:
        line, entities, _ = history.snapshot()
        if line is None:
            raise StoreTrouble(f"{folder} holds no journal with a line.", remedy="Start a terminal with a line file.")
        now = SystemClock().now()
        zone = zone_of(line.timezone)
        to_us = now.at_us if to_text is None else _instant(to_text, "--to", zone)
        from_us = to_us - RANGE_DAYS * DAY_US if from_text is None else _instant(from_text, "--from", zone)
        if to_us <= from_us:
            raise click.BadParameter("expected a range with an end after its start.", param_hint="--to")
        shop = Shop(line, entities)
        since_us = max(0, from_us - back_us)
        living = [one for one in open_records(shop.calls.values(), now) if one.raised_us < to_us]
        return CallsPast(
            shop=shop,
            calendar=WorkCalendar(line),
            calls=read_table(history, line, since_us, to_us, living),
            began_us=_began_us(history, from_us),
            from_us=from_us,
            to_us=to_us,
            now_us=now.at_us,
            records=_with_open(read_calls(history, since_us, to_us), living) if records else (),
            made=tuple(history.digest(series, since_us=from_us)) if series else (),
        )
    finally:
        history.close()


def _with_open(ended: list[CallRecord], living: list[CallRecord]) -> tuple[CallRecord, ...]:
    """Each call once: one that ended while it was read counts as ended."""
    known = {record.id for record in ended}
    return (*ended, *(record for record in living if record.id not in known))


def _began_us(history: History, from_us: int) -> int:
    """When the first line file came into force: before that nobody recorded anything."""
    rows = history.digest("line")
    return rows[0].at_us if rows else from_us


def _instant(text: str, option: str, zone: Any) -> int:
    try:
        return instant_us(text, zone)
    except ValueError:
        raise click.BadParameter(
            f"expected a day or an instant such as 2026-09-01 or 2026-09-01T06:00, got {text}.", param_hint=option
        ) from None
