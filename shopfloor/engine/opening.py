"""Where a journal that is opened ends: in the order of the line, and in time."""

from shopfloor.core.floor import Floor
from shopfloor.core.merge import Key, key_of
from shopfloor.core.moment import Moment
from shopfloor.core.ports import Journal, Opened


def end_of(opened: Opened, journal: Journal) -> Key:
    """Where what is true ends in the order of the line."""
    own = (opened.last.us, opened.last.count, opened.origin, opened.head)
    waiting = {key_of(event) for event in opened.waiting}
    return max([own, *(key for event in journal.since(own) if (key := key_of(event)) not in waiting)])


def last_of(opened: Opened, end: Key, tip: Floor | None) -> Moment:
    """The newest moment known, whoever's: what is written from now on is behind it, for it is folded at the end."""
    floor = Moment(tip.us if tip else 0)
    return max([opened.last, floor, Moment(end[0], end[1]), *(event.moment for event in opened.waiting)])
