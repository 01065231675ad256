"""What a message of a button says: pure, for any bytes."""

import msgspec

PAYLOAD_BYTES_MAX = 8192  # a device that tells all it knows needs a quarter of it
WORD_CHARS_MAX = 64  # no press has a longer name
_LINK = {"battery": "battery", "linkquality": "link"}  # what zigbee2mqtt says of a radio button, and we call it


def presses_of(payload: bytes) -> tuple[tuple[str, ...], ...]:
    """Each press in a message as the words it may be called by, the most exact first; () says that none is in it.

    `{"action": "single"}` (zigbee2mqtt) is `single`. `{"Button1": {"Action": "SINGLE"}}` (Tasmota) is `Button1:SINGLE`
    or `SINGLE`. Text that is no JSON object, such as ESPHome's ON, is itself. An empty action is none.
    """
    found = _decoded(payload)
    if not isinstance(found, dict):
        word = _word(found)
        return ((word,),) if word else ()
    action = _word(found.get("action"))
    presses: list[tuple[str, ...]] = [(action,)] if action else []
    for key, value in found.items():
        word = _word(value.get("Action")) if isinstance(value, dict) else ""
        if word and _word(key):
            presses.append((f"{_word(key)}:{word}", word))
    return tuple(presses)


def readings_of(payload: bytes) -> dict[str, int]:
    """Battery in percent and strength of the radio link, where a message says them."""
    found = _decoded(payload)
    if not isinstance(found, dict):
        return {}
    return {name: int(found[key]) for key, name in _LINK.items() if isinstance(found.get(key), int | float)}


def _decoded(payload: bytes) -> object:
    """A JSON object or string as what it is, any other text as it stands; None for what cannot be read."""
    if len(payload) > PAYLOAD_BYTES_MAX:
        return None
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return None
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return None if text.lstrip().startswith(("{", "[")) else text  # cut off, or no JSON at all
    if found is None or isinstance(found, list):
        return None
    return found if isinstance(found, dict | str) else text


def _word(found: object) -> str:
    word = found.strip() if isinstance(found, str) else ""
    return word if word.isprintable() and len(word) <= WORD_CHARS_MAX else ""
