"""Whether a message is the word of the terminal whose subject it is on.

The server lets a key write to its own subjects alone. It does not look at what a message says of itself, and puts its
answers wherever whoever asks wants them: any key could leave a copy of some message on any subject.
"""

from collections.abc import Mapping
from typing import Final

from nats.aio.client import Client

from shopfloor.link.line_names import LineNames
from shopfloor.link.log import Stored
from shopfloor.link.wire import BatchHead, WireTrouble, head_of

NOBODYS: Final = ""  # the subject of a message that is an answer of the server
ANSWER: Final = "Shopfloor-Answer"  # a header that says so, made here

_SAYS_SUBJECT: Final = b"Nats-Subject:"  # the server says it of each message it reads out, in a stored copy too


class LineClient(Client):
    """The client library's, that sees a header which is there twice."""

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        found: dict[str, str] = Client._parse_header_lines(raw)  # noqa: SLF001 - it keeps the last of each alone
        return found | {ANSWER: "1"} if raw.count(_SAYS_SUBJECT) > 1 else found


def read_out(subject: str, headers: Mapping[str, str]) -> str:
    """The subject of a message that was read in a batch."""
    return NOBODYS if ANSWER in headers else subject


def got(subject: str, stored_headers: bytes) -> str:
    """The subject of a message that was read by itself."""
    return NOBODYS if _SAYS_SUBJECT in stored_headers else subject


def word_of(message: Stored, origin: str) -> BatchHead | None:
    """Which events of an origin a message on its subject holds; None if they are not its own words."""
    try:
        head = head_of(message.payload)
    except WireTrouble:
        return None
    return head if message.subject != NOBODYS and head.origin == origin else None


def is_word(message: Stored, names: LineNames) -> bool:
    """Whether the origin that a message speaks of is the one that may write there."""
    try:
        return names.events(head_of(message.payload).origin) == message.subject
    except WireTrouble:
        return False
