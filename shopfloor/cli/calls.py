"""`calls`: every call with its times, as a table or for programs."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from shopfloor.app import history_of
from shopfloor.cli.call_range import check_station, range_us, rows_text, shop_in
from shopfloor.cli.loop_measured import window_options
from shopfloor.cli.output import DONE, data_option, json_option, say, say_json
from shopfloor.clock import SystemClock, zone_of
from shopfloor.core.line_andon import CallKind
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import reason_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.words import span_text
from shopfloor.exchange.instants import instant_text
from shopfloor.flow.andon.record import CallRecord, is_open, read_calls, record_of

_EVER_US = 1 << 62
_MS_PER_S = 1_000
_HEAD = ("raised", "id", "station", "reason", "what", "taken", "there", "cleared", "stood", "level", "state")


@click.command()
@data_option
@window_options
@click.option("--open", "only_open", is_flag=True, help="Only calls that are not closed.")
@click.option("--station", default="", help="Only calls raised at this station.")
@json_option
def calls(
    folder: Path, from_text: str | None, to_text: str | None, station: str, *, only_open: bool, as_json: bool
) -> int:
    """Every call by the instant it was raised, open ones among them; works while a terminal runs."""
    now = SystemClock().now()
    with closing(history_of(folder)()) as history:
        shop = shop_in(history)
        zone = zone_of(shop.line.timezone)
        from_us, to_us = range_us(from_text, to_text, zone, else_from_us=0, else_to_us=_EVER_US)
        ended = [] if only_open else read_calls(history, from_us, to_us)
    known = {record.id for record in ended}
    living = [record_of(call, now) for call in shop.calls.values() if call.id not in known]
    found = [
        record
        for record in sorted((*ended, *living), key=lambda one: (one.raised_us, one.id))
        if from_us <= record.raised_us < to_us and station in {"", record.station}
    ]
    if not found:
        check_station(shop.line, station)  # one that has left the line may still have calls
    if as_json:
        say_json([call_document(record) for record in found])
    else:
        say(_text(shop, found))
    return DONE


def call_document(record: CallRecord) -> dict[str, Any]:
    """One call for programs; instants are null for never, `rejected` is why it was a mistake."""
    return {
        "id": record.id,
        "station": record.station,
        "reason": record.reason,
        "kind": record.kind,
        "raised_at": instant_text(record.raised_us),
        "acked_at": instant_text(record.acked_us) or None,
        "arrived_at": instant_text(record.arrived_us) or None,
        "cleared_at": instant_text(record.cleared_us) or None,
        "closed_at": instant_text(record.closed_us) or None,
        "stop_s": record.stop_ms / _MS_PER_S,
        "level": record.level,
        "cause": record.cause or None,
        "shares": record.shares,
        "rejected": record.rejected or None,
    }


def _text(shop: Shop, found: list[CallRecord]) -> str:
    if not found:
        return "No calls."
    zone = zone_of(shop.line.timezone)
    causes = {cause.id: cause.name for cause in shop.line.causes}
    rows: list[tuple[str, ...]] = [_HEAD]
    for record in found:
        since = [_span(at_us - record.raised_us) for at_us in (record.acked_us, record.arrived_us, record.cleared_us)]
        rows.append((
            f"{datetime.fromtimestamp(record.raised_us / US_PER_S, zone):%Y-%m-%d %H:%M:%S}",
            record.id,
            station_name(shop, record.station),
            reason_name(shop, record.reason) or "-",
            "STOP" if record.kind is CallKind.STOP else "call",
            *since,
            span_text(record.stop_ms // _MS_PER_S) if record.stopped_us else "",
            str(record.level) if record.level else "",
            _state(record, causes),
        ))  # fmt: skip
    return "\n".join(rows_text(rows))


def _state(record: CallRecord, causes: dict[str, str]) -> str:
    if record.rejected:
        return f"rejected: {record.rejected}"
    if is_open(record):
        return "open"
    if not record.closed_us:
        return "cleared, not closed"
    if record.shares:
        return ", ".join(f"{causes.get(cause, cause)} {share} %" for cause, share in record.shares.items())
    return causes.get(record.cause, record.cause)


def _span(passed_us: int) -> str:
    return span_text(passed_us // US_PER_S) if passed_us >= 0 else ""
