"""How far the line was read, and what it has of this journal."""

from typing import Final, NamedTuple

from shopfloor.core.line_link import Cursor
from shopfloor.store.connection import Execute
from shopfloor.store.rows import drop_meta, put_meta, read_meta

META_CURSOR: Final = "cursor"  # stream, message and its append time: how far the line was read
META_ACKED: Final = "acked"  # the newest own event that came back from the line

_PROOF: Final = "proof:"  # and the number of an origin: an event of it, and its terminal's proof

_NEWEST_MESSAGE: Final = "SELECT seq, ts_us FROM line_message WHERE seq <= ? ORDER BY seq DESC LIMIT 1"


def read_cursor(execute: Execute) -> Cursor | None:
    """How far the line was read; None if it never was."""
    text = read_meta(execute, META_CURSOR)
    if text is None:
        return None
    stream, seq, ts_us = text.rsplit(" ", 2)
    return Cursor(stream, int(seq), int(ts_us))


def read_acked(execute: Execute) -> int:
    """The newest own event that came back from the line; 0 before the first."""
    return int(read_meta(execute, META_ACKED) or 0)


def read_message(execute: Execute, until_seq: int) -> tuple[int, int] | None:
    """(seq, append time) of the newest message read whose seq is at most that."""
    row = next(iter(execute(_NEWEST_MESSAGE, (until_seq,))), None)
    return None if row is None else (int(row[0]), int(row[1]))


class Proof(NamedTuple):
    """What the terminal of an origin alone can say of its events up to `n`."""

    n: int
    proof: bytes


def read_proof(execute: Execute, number: int) -> Proof | None:
    """The newest of an origin, by its number here."""
    text = read_meta(execute, f"{_PROOF}{number}")
    n, _, proof = (text or "").partition(" ")
    return Proof(int(n), bytes.fromhex(proof)) if text else None


def note_proof(execute: Execute, number: int, n: int, proof: bytes) -> None:
    """Note it inside a transaction, unless there is one of a newer event."""
    known = read_proof(execute, number)
    if known is None or known.n <= n:
        put_meta(execute, f"{_PROOF}{number}", f"{n} {proof.hex()}")


def forget_proof(execute: Execute, number: int, kept: int) -> None:
    """Forget it inside a transaction, if it is of an event behind `kept`."""
    known = read_proof(execute, number)
    if known is not None and known.n > kept:
        drop_meta(execute, f"{_PROOF}{number}")
