"""A journal as it is read beside its writer: how far it is known, and what has come since."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from shopfloor.core.events import Recorded
from shopfloor.core.line import Line
from shopfloor.core.merge import Key, key_of
from shopfloor.core.state import Entity

BEGINNING: Key = (-1, 0, "", 0)  # before every event


class Heads(Struct, frozen=True, kw_only=True):
    """How far a journal is known: its newest own event, that of each other origin, and the newest in the line's order.

    `mark` changes when the writer did something else to it than to add events.
    """

    own: int = 0
    others: Mapping[str, int] = {}
    end: Key = BEGINNING
    mark: str = ""


class News(Struct, frozen=True, kw_only=True):
    """What was added behind `Heads`, in the order of the line, and the origin of the own events."""

    events: Sequence[Recorded]
    origin: str
    mark: str


class Whole(Struct, frozen=True, kw_only=True):
    """Everything that is true at one instant, and the events that were added since what was known before."""

    line: Line | None
    entities: tuple[Entity, ...]
    heads: Heads
    events: tuple[Recorded, ...] = ()


def follow_on(known: Heads, news: News) -> Heads | None:
    """How far the journal is known with the news; None if folding them at the end would not give what is true.

    That is so when one belongs before what is known, when events are missing, and when the journal was rewritten.
    """
    if news.mark != known.mark:
        return None
    numbers, end = {**known.others, news.origin: known.own}, known.end
    for recorded in news.events:
        if recorded.n != numbers.get(recorded.origin, 0) + 1 or key_of(recorded) <= end:
            return None
        numbers[recorded.origin], end = recorded.n, key_of(recorded)
    return past(known, news.events, news.origin)


def past(known: Heads, events: Iterable[Recorded], origin: str) -> Heads:
    """How far the journal of `origin` is known behind these events."""
    own, others, end = known.own, dict(known.others), known.end
    for recorded in events:
        end = max(end, key_of(recorded))
        if recorded.origin == origin:
            own = recorded.n
        else:
            others[recorded.origin] = recorded.n
    return Heads(own=own, others=others, end=end, mark=known.mark)
