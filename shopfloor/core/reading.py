"""What the bytes of a device say before anybody asks which card it is: a code, a no-read token, or no text at all."""

import re
from collections.abc import Iterable
from unicodedata import category

from shopfloor.core.codes import printable
from shopfloor.core.commands import SignalKind

GS, RS, EOT = "\x1d", "\x1e", "\x04"  # data inside GS1 and ISO 15434 codes, never terminators

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")


def read_scan(text: str, *, prefix: str = "", no_read: Iterable[str] = ()) -> tuple[SignalKind, str]:
    """Kind and text of one complete frame of a scanner.

    The device's own `prefix`, an AIM identifier and a leading GS are taken off. A frame that is one of the `no_read`
    tokens, capitals or not, is NO_READ; one with a control character that is no data is UNDECODABLE, made printable.
    """
    if not is_text(text):
        return SignalKind.UNDECODABLE, printable(text)
    body = strip_aim(text.removeprefix(prefix)) or text
    if body.strip().casefold() in {token.casefold() for token in no_read}:
        return SignalKind.NO_READ, body.strip()
    return SignalKind.SCAN, body


def strip_aim(text: str) -> str:
    """Take off a well-formed AIM identifier `]cm` and literal GS at the start, once; a frame of nothing else stays."""
    body = text.lstrip(GS)
    if _AIM.match(body):
        body = body[3:]
    return body.lstrip(GS) or text


def is_text(text: str) -> bool:
    """Whether a frame holds no half character and no control character but the separators GS, RS and EOT."""
    return all(char in {GS, RS, EOT} or category(char) not in {"Cc", "Cs"} for char in text)
