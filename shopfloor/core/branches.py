"""Two endings of one journal: its disk was put back, and what it did since has numbers that others know otherwise.

One of them goes on under another name. Whoever holds that one leaves it, for it comes again; the other stays.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

ON_NO_BRANCH: Final = -1


class Branch(Struct, frozen=True, array_like=True):
    """Of `before`, `again` events behind event `kept` are under `after` now; the first of them had the hash `first`.

    Not every journal that begins so goes on so: one may have been put back to in between.
    """

    before: str
    kept: int
    again: int
    first: str
    after: str


class Astray(Struct, frozen=True, array_like=True):
    """From message `seq` on the line has other events of an origin than this journal.

    `kept`: they are the branch behind that event which is under another name now; else ON_NO_BRANCH. `until`: from that
    message on it has this journal's again, 0: not yet. It is remembered: the line may lose what is behind.
    """

    seq: int
    kept: int = ON_NO_BRANCH
    until: int = 0


def strayed(known: Astray | None, seq: int, kept: int) -> Astray:
    """What is known once message `seq` has another ending: the branch behind `kept`, or ON_NO_BRANCH.

    Where one branch goes off another the line is to be filled from behind the first.
    """
    if known is None or known.until:
        return Astray(known.seq if known is not None else seq, kept)
    ends = (known.kept, kept)
    return Astray(known.seq, max(ends) if ON_NO_BRANCH in ends else min(ends))


def left_behind(covered: Mapping[int, int], head: int) -> int | None:
    """Behind which event all that is held of a journal up to `head` is under other names now; None if not all of it.

    `covered`: by the event that a branch begins behind how many of those held are in it.
    """
    for begin in sorted(covered):
        end = begin
        for kept in sorted(covered):
            if kept <= end:
                end = max(end, kept + covered[kept])
        if begin < head <= end:
            return begin
    return None
