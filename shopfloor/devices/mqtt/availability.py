"""Where a device says whether it is there: pure, from the topic it publishes its presses on."""

import msgspec

_ONLINE = {"online": True, "offline": False}


def availability_topics(topic: str) -> tuple[str, ...]:
    """Topics with the retained last word of the device; none for a filter that means many devices.

    `stat/NAME/RESULT`: `tele/NAME/LWT` (Tasmota). `NODE/binary_sensor/NAME/state`: `NODE/status` (ESPHome).
    Any other: `TOPIC/availability` (zigbee2mqtt), where `/action` at the end belongs to no name.
    """
    levels = topic.split("/")
    if {"+", "#"} & set(levels):
        return ()
    if levels[0] == "stat" and len(levels) > 2:
        return ("/".join(("tele", *levels[1:-1], "LWT")),)
    if len(levels) > 3 and levels[-3] == "binary_sensor" and levels[-1] == "state":
        return ("/".join((*levels[:-3], "status")),)
    return (f"{topic.removesuffix('/action')}/availability",)


def is_online(payload: bytes) -> bool | None:
    """What the device's last word says; None if it says neither."""
    text = payload.decode(errors="replace").strip()
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        found = text
    state = found.get("state") if isinstance(found, dict) else found
    return _ONLINE.get(state.casefold()) if isinstance(state, str) else None
