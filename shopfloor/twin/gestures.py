"""What an emulated person can do at a station, as bytes of its devices: scan a card, a badge, a command; press."""

from collections.abc import Callable

from shopfloor.core.codes import call_code, card_code, parse_action, single_code
from shopfloor.core.line import DeviceKind, Line
from shopfloor.core.state import Card

Send = Callable[[str, bytes], bool]
_END = b"\r"


class Gestures:
    """Turns intents into frames of the station's own devices; `send` gets the device's id and the bytes."""

    def __init__(self, line: Line, send: Send) -> None:
        self._line = line
        self._send = send
        self._scanners = {d.station: d.id for d in line.devices if d.kind is DeviceKind.SCANNER}
        self._buttons = {
            (d.station, action): (d.id, text)
            for d in line.devices
            if d.kind is DeviceKind.BUTTONS
            for text, action in d.map.items()
        }

    def scan(self, station: str, card: Card) -> None:
        """Scan the card's code."""
        self._read(station, card_code(self._line.id, card.loop, card.number, card.print_version))

    def badge(self, station: str, badge: str) -> None:
        """Scan a person's badge."""
        self._read(station, badge)

    def misread(self, station: str) -> None:
        """Pull the trigger beside the code."""
        self._read(station, "NR")

    def do(self, station: str, action: str) -> None:
        """Press the button that means `action`, or scan its code from the command sheet."""
        button = self._buttons.get((station, action))
        if button is not None:
            device, text = button
            self._send(device, text.encode() + _END)
            return
        verb, argument = parse_action(action)
        self._read(station, call_code(self._line.id, argument) if argument else single_code(verb.value))

    def has_button(self, station: str, action: str) -> bool:
        """Whether a box at the station has a button for it."""
        return (station, action) in self._buttons

    def _read(self, station: str, text: str) -> None:
        scanner = self._scanners.get(station)
        if scanner is not None:
            self._send(scanner, text.encode() + _END)
