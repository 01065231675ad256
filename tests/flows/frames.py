"""What a scanner in a plant really sends: pieces of bytes, and the frames that are complete in them."""

import random
from collections.abc import Iterator

from msgspec import Struct

from shopfloor.core.codes import printable, shelf_code
from tests.flows.plant import code

LOOPS = (("housing", 6), ("shaft", 4), ("kit", 2))
FOREIGN = ("4006381333931", "PART 12-B", "ä-Teil", "KEG0M011XX", shelf_code("gearbox", "housing"))
_NO_TEXT = bytes(range(0x80, 0x100)) + b"0A-"
NO_READS = ("NR", "NOREAD", "?", "nr")


class Piece(Struct, frozen=True):
    """Bytes that leave the scanner together, and the journal's `code` of each frame they complete."""

    data: bytes
    codes: tuple[str, ...]


def pieces(rng: random.Random) -> Iterator[Piece]:
    """For ever: mostly one clean scan; else glued, cut, repeated, unread, noisy, or framed in another way."""
    while True:
        shape = rng.choices(_SHAPES, weights=[weight for _, weight in _WEIGHTED])[0]
        yield from shape(rng)


def _text(rng: random.Random) -> str:
    if rng.random() < 0.15:
        return rng.choice(FOREIGN)
    loop, cards = rng.choice(LOOPS)
    return code(loop, rng.randint(1, cards))


def _clean(rng: random.Random) -> Iterator[Piece]:
    text = _text(rng)
    end = rng.choice((b"\r", b"\n", b"\r\n"))
    yield Piece(text.encode() + end, (text,))


def _packed(rng: random.Random) -> Iterator[Piece]:
    text = _text(rng)
    yield Piece(b"\x02" + text.encode() + b"\x03", (text,))


def _identified(rng: random.Random) -> Iterator[Piece]:
    text = _text(rng)
    yield Piece(b"]Q1" + text.encode() + b"\r", (text,))


def _glued(rng: random.Random) -> Iterator[Piece]:
    texts = tuple(_text(rng) for _ in range(rng.randint(2, 5)))
    yield Piece(b"".join(text.encode() + b"\r\n" for text in texts), texts)


def _repeated(rng: random.Random) -> Iterator[Piece]:
    text = _text(rng)
    yield Piece((text.encode() + b"\r") * 2, (text, text))


def _cut(rng: random.Random) -> Iterator[Piece]:
    text = _text(rng)
    data = text.encode() + b"\r"
    at = rng.randrange(1, len(data))
    yield Piece(data[:at], ())
    yield Piece(data[at:], (text,))


def _unread(rng: random.Random) -> Iterator[Piece]:
    text = rng.choice(NO_READS)
    yield Piece(text.encode() + b"\r", (text,))


def _undecodable(rng: random.Random) -> Iterator[Piece]:
    body = b"K\xff" + bytes(rng.choice(_NO_TEXT) for _ in range(4))
    yield Piece(body + b"\r", (printable(body.decode(errors="backslashreplace")),))


def _half_then_packed(rng: random.Random) -> Iterator[Piece]:
    """A half code that a new frame's STX gives up: it leaves no entry and is never glued."""
    text = _text(rng)
    yield Piece(_text(rng)[:6].encode() + b"\x02" + text.encode() + b"\x03\r\n", (text,))


def _nothing(rng: random.Random) -> Iterator[Piece]:
    yield Piece(rng.choice((b"\r", b"\r\n\r\n", b"\x02\x03")), ())


_WEIGHTED = (
    (_clean, 50),
    (_packed, 6),
    (_identified, 6),
    (_glued, 8),
    (_repeated, 10),
    (_cut, 10),
    (_unread, 6),
    (_undecodable, 4),
    (_half_then_packed, 6),
    (_nothing, 4),
)
_SHAPES = [shape for shape, _ in _WEIGHTED]
