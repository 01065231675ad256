"""What the contacts of input modules mean now: the line file says it, and may say something else tomorrow."""

from shopfloor.core.codes import Verb, parse_action
from shopfloor.core.line import CallKind, Reason
from shopfloor.core.shop import Shop

CONTACT_STOP = Reason(id="", name="", kind=CallKind.STOP)


def meaning(shop: Shop, device_id: str, name: str) -> tuple[Reason, CallKind] | None:
    """What an input calls for, None if the line file does not say it, or no longer."""
    device = next((d for d in shop.line.devices if d.id == device_id), None)
    if device is None or name not in device.map:
        return None
    verb, reason_id = parse_action(device.map[name])
    reason = shop.reasons.get(reason_id) if reason_id else CONTACT_STOP
    if reason is None or verb not in {Verb.CALL, Verb.STOP}:
        return None
    return reason, CallKind.STOP if verb is Verb.STOP else reason.kind


def held(shop: Shop, station: str, reason: str, *, beside: str = "") -> list[CallKind]:
    """What each active contact at the station wants that calls for the reason; `beside` is the key of one to skip."""
    active = (c for key, c in shop.contacts.items() if key != beside and c.active and c.station == station)
    found = (meaning(shop, contact.device, contact.input) for contact in active)
    return [what[1] for what in found if what is not None and what[0].id == reason]
