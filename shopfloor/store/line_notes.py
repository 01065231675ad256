"""How far the line was read, and what it has of this journal."""

from typing import Final

from shopfloor.core.line_link import Cursor
from shopfloor.store.connection import Execute
from shopfloor.store.rows import read_meta

META_CURSOR: Final = "cursor"  # stream, message and its append time: how far the line was read
META_ACKED: Final = "acked"  # the newest own event that came back from the line

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
