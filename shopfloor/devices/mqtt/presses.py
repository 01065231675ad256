"""Which messages are presses: pure, and every message that is none is counted."""

from collections import deque
from collections.abc import Mapping

from msgspec import Struct

from shopfloor.devices.mqtt.words import PAYLOAD_BYTES_MAX, presses_of, readings_of

MIDS_MAX = 64  # more than a broker keeps unanswered (mosquitto: 20)


class Message(Struct, frozen=True):
    """What a broker delivered. `mid` tells repeats apart where `qos` is 1 or 2."""

    topic: str
    payload: bytes
    qos: int = 0
    mid: int = 0
    retain: bool = False
    dup: bool = False


class Presses:
    """From messages to the words of a device's map.

    Not a press: what was retained (it would be pressed again at each start), what a broker delivers once more (DUP),
    an empty action, and a word that the map does not know, such as the release of a button.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = dict.fromkeys(words)
        self._folded = {word.casefold(): word for word in words}
        self._mids: deque[int] = deque(maxlen=MIDS_MAX)
        self.counts = dict.fromkeys(("messages", "retained", "again", "empty", "unmapped", "unreadable"), 0)
        self.unmapped = ""  # the last word that the map does not know

    def connected(self) -> None:
        """A new connection: the broker numbers its messages anew."""
        self._mids.clear()

    def take(self, message: Message) -> list[str]:
        """The words of the map that were pressed."""
        self.counts["messages"] += 1
        self.counts |= readings_of(message.payload)
        if message.retain:
            self.counts["retained"] += 1
            return []
        if message.qos:
            if message.dup and message.mid in self._mids:
                self.counts["again"] += 1
                return []
            self._mids.append(message.mid)
        if len(message.payload) > PAYLOAD_BYTES_MAX:
            self.counts["unreadable"] += 1
            return []
        presses = presses_of(message.payload)
        self.counts["empty"] += not presses
        return [word for press in presses if (word := self._known(press))]

    def _known(self, press: tuple[str, ...]) -> str:
        for word in press:
            if word in self._words:
                return word
        for word in press:
            if word.casefold() in self._folded:
                return self._folded[word.casefold()]
        self.counts["unmapped"] += 1
        self.unmapped = press[0]
        return ""
