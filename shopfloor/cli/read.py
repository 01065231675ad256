"""`status` and `journal`: what a terminal knows, read beside it."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from shopfloor.app import history_of
from shopfloor.cli.output import DONE, data_option, json_option, say, say_archived, say_json
from shopfloor.cli.status_link import link_document, link_rows
from shopfloor.cli.status_words import status_document, status_text
from shopfloor.cli.stopping import until_stopped
from shopfloor.clock import SystemClock, zone_of
from shopfloor.core.beside import Heads, follow_on, past
from shopfloor.core.codec import encode_event
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import apply
from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.views import line_view
from shopfloor.core.words import recorded_words
from shopfloor.exchange.instants import instant_text
from shopfloor.store.history import SqliteHistory
from shopfloor.store.link_note import read_link

FOLLOW_S = 0.2
EVENTS_MAX = 1_000  # said at once; the rest follows in the next round
_SHARED = {"station", "card", "device"}


@click.command()
@data_option
@json_option
def status(folder: Path, *, as_json: bool) -> int:
    """Stations, loops, calls and stops, as they are now; works while a terminal runs."""
    history = history_of(folder)()
    try:
        line, entities, head = history.snapshot()
        alive_us = history.alive_us()
    finally:
        history.close()
    shop = Shop(line or EMPTY_LINE, entities)
    now = SystemClock().now()
    view, note = line_view(shop, now), read_link(folder)
    if as_json:
        say_json(status_document(shop, view, head, now) | link_document(note, now, alive_us=alive_us))
    else:
        say("\n".join([status_text(shop, view, now), *link_rows(note, now, alive_us=alive_us)]))
    return DONE


@click.command()
@data_option
@json_option
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl+C.")
def journal(folder: Path, *, as_json: bool, follow: bool) -> int:
    """Every event of every terminal, oldest first, one a line; what comes late comes with its own time."""
    stopped = until_stopped() if follow else threading.Event()
    say_archived(folder)
    history = history_of(folder)()
    try:
        base = history.base()
        shop = Shop(base.line, base.entities) if base else Shop()
        known = history.heads()
        for recorded in history.up_to(known):
            _say_event(shop, recorded, as_json=as_json)
        while follow and not stopped.wait(FOLLOW_S):
            known, shop = _say_news(history, known, shop, as_json=as_json)
        return DONE
    finally:
        history.close()


def _say_news(history: SqliteHistory, known: Heads, shop: Shop, *, as_json: bool) -> tuple[Heads, Shop]:
    """Say what was added; (how far the journal is known now, and the line as it is then).

    What belongs before what was said already comes all the same, with its own time.
    """
    news = history.news(known, EVENTS_MAX)
    after = follow_on(known, news)
    if after is not None:
        for recorded in news.events:
            _say_event(shop, recorded, as_json=as_json)
        return after, shop
    whole = history.whole(known, limit=EVENTS_MAX)
    shop = Shop(whole.line or EMPTY_LINE, whole.entities)
    for recorded in whole.events:
        _say_event(shop, recorded, as_json=as_json, is_in=True)
    if len(whole.events) < EVENTS_MAX:
        return whole.heads, shop
    return past(known, whole.events, news.origin), shop


def _say_event(shop: Shop, recorded: Recorded, *, as_json: bool, is_in: bool = False) -> None:
    """Say one event and let it happen in the shop, unless it `is_in` it."""
    if as_json:
        say_json(event_document(recorded))
        return
    say(_event_text(shop, recorded))
    if not is_in:
        apply(shop, recorded)


def event_document(recorded: Recorded) -> dict[str, Any]:
    """One event as a flat document: its place, then its own fields."""
    kind, version, body = encode_event(recorded.event)
    fields: dict[str, Any] = msgspec.json.decode(body)
    document: dict[str, Any] = {
        "n": recorded.n,
        "origin": recorded.origin,
        "kind": kind,
        "version": version,
        "at": instant_text(recorded.moment.us),
        "station": fields.get("station", ""),
        "card": fields.get("card", ""),
        "command_id": recorded.command_id or None,
    }
    return document | {name: value for name, value in fields.items() if name not in {"station", "card"}}


def _event_text(shop: Shop, recorded: Recorded) -> str:
    zone = zone_of(shop.line.timezone)
    sentence, _ = recorded_words(shop, recorded, zone)
    local = datetime.fromtimestamp(recorded.moment.us / US_PER_S, zone_of(shop.line.timezone))
    kind, _, body = encode_event(recorded.event)
    fields: dict[str, Any] = msgspec.json.decode(body)
    words = str(sentence) or " ".join(_plain(fields))
    return f"{recorded.n:>7}  {local:%Y-%m-%d %H:%M:%S}  {fields.get('station', ''):<12} {kind:<18} {words}".rstrip()


def _plain(fields: dict[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if name not in _SHARED and isinstance(value, str | int | float) and value != "":
            yield f"{name}={value}"
    if fields.get("card"):
        yield str(fields["card"])
