"""Takes something out of service that is not calling now: where, what, and why."""

from collections.abc import Iterator
from functools import partial

from shopfloor.core.commands_andon import TakeOutOfService
from shopfloor.core.contacts import meaning
from shopfloor.core.line_andon import Effect, InputMode
from shopfloor.core.names import station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import rule_reason, service_key
from shopfloor.core.text import Text
from shopfloor.gui.calls_actions import SERVICE_REASONS
from shopfloor.gui.calls_faces import reason_text
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice
from shopfloor.gui.station.questions import reason_choices
from shopfloor.gui.station.words import data

EVERYTHING = ""


def ask_service(hub: CallsHub) -> None:
    """Ask for the station, then for what calls there by itself, then why."""
    hub.sheet.ask(Text("At which station?"), station_choices(hub.shop), partial(_ask_what, hub))


def station_choices(shop: Shop) -> tuple[Choice, ...]:
    """The stations of the line; where everything is out of service already, nothing more can be."""
    return tuple(
        Choice(station.id, data(station.name))
        for station in shop.line.stations
        if not station.outside and service_key(station.id, EVERYTHING) not in shop.services
    )


def what_choices(shop: Shop, station: str) -> tuple[Choice, ...]:
    """What contacts and rules call for there, then every other reason, then all at once."""
    found = {
        **dict.fromkeys(_of_contacts(shop, station), Icon.CONTACT),
        **dict.fromkeys(_of_rules(shop, station), Icon.RULE),
    }
    parents = {reason.parent for reason in shop.line.reasons}
    others = [reason.id for reason in shop.line.reasons if reason.id not in found and reason.id not in parents]
    each = [*found.items(), *((reason, None) for reason in others)]
    known = (
        Choice(reason, reason_text(shop, reason), icon)
        for reason, icon in each
        if service_key(station, reason) not in shop.services
    )
    return (*known, Choice(EVERYTHING, Text("EVERYTHING"), Icon.CROSS, note=data(station_name(shop, station))))


def _ask_what(hub: CallsHub, station: str) -> None:
    hub.sheet.ask(
        Text("What is out of service?"),
        what_choices(hub.shop, station),
        partial(_ask_why, hub, station),
        detail=data(station_name(hub.shop, station)),
    )


def _ask_why(hub: CallsHub, station: str, reason: str) -> None:
    def then(why: str) -> None:
        hub.send(TakeOutOfService(station=hub.at(station), at=station, reason=reason, why=why))

    what = hub.ui.say(reason_text(hub.shop, reason) if reason else Text("everything here"))
    detail = data(f"{what} · {station_name(hub.shop, station)}")
    hub.sheet.ask(Text("Why is it out of service?"), reason_choices(SERVICE_REASONS), then, detail=detail)


def _of_contacts(shop: Shop, station: str) -> Iterator[str]:
    for device in shop.line.devices:
        for each in device.inputs if device.station == station else ():
            means = meaning(shop, device.id, each.name) if each.mode is InputMode.CONTACT else None
            if means is not None and means[0].id:
                yield means[0].id


def _of_rules(shop: Shop, station: str) -> Iterator[str]:
    for watch in shop.line.watches:
        if watch.effect is not Effect.OFF and watch.station in {"", station}:
            yield watch.reason or rule_reason(watch.kind)
