"""How far the line is still the one that was read: the greatest append both sides know."""

from shopfloor.core.line_link import Cursor, OwnJournal
from shopfloor.link.log import Ident, LineLog


async def common_prefix(log: LineLog, ident: Ident, journal: OwnJournal) -> Cursor:
    """The cursor to go on from; behind it the line is another one than was read, and its order has to be forgotten.

    Appends are compared by number and the server's time: by what they hold, a line that was rebuilt in another order
    may agree at one place by chance. What the line has dropped at its beginning is not compared.
    """
    cursor = journal.cursor()
    if cursor is None or cursor.seq == 0:
        return Cursor(ident.stream, 0, 0)
    if await _has(log, ident, cursor.seq, cursor.ts_us):
        return Cursor(ident.stream, cursor.seq, cursor.ts_us)
    floor = ident.first_seq if cursor.stream == ident.stream else 0
    if cursor.seq < floor:
        return cursor
    low, high, best = 1, cursor.seq - 1, (0, 0)
    while low <= high:
        middle = (low + high + 1) // 2
        known = journal.appended(middle)
        if known is None or known[0] < low:
            low = middle + 1  # nothing was noted between: what is above decides
        elif known[0] < floor or await _has(log, ident, *known):
            best, low = known, middle + 1
        else:
            high = known[0] - 1
    return Cursor(ident.stream, *best)


async def _has(log: LineLog, ident: Ident, seq: int, ts_us: int) -> bool:
    if seq > ident.last_seq:
        return False
    found = await log.at(seq)
    return found is not None and found.ts_us == ts_us
