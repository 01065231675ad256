"""Where the terminals of a line stand: how many agree on the state at the newest floor, and whose is another."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from shopfloor.core.line_link import LinkView
from shopfloor.core.line_views import is_heard
from shopfloor.core.moment import Now


class Stand(Struct, frozen=True):
    """A terminal's floor and the hash of the state there as it found it; floor 0: it stands on none."""

    terminal: str
    floor: int
    hash: str


class Standings(Struct, frozen=True, kw_only=True):
    """The newest floor, who stands on it with one hash, and who has another one there or at an older floor."""

    floor: int = 0
    agree: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()


def standings(stands: Iterable[Stand]) -> Standings:
    """Who agrees and who does not. Where as many say this as that, nobody knows who is right, and all differ."""
    found = [stand for stand in stands if stand.floor]
    newest = max((stand.floor for stand in found), default=0)
    right: dict[int, str] = {}
    for floor in {stand.floor for stand in found}:
        said = Counter(stand.hash for stand in found if stand.floor == floor).most_common(2)
        right[floor] = said[0][0] if len(said) == 1 or said[0][1] > said[1][1] else ""
    agree = sorted(it.terminal for it in found if it.floor == newest and it.hash == right[newest])
    differ = sorted(it.terminal for it in found if it.hash != right[it.floor])
    return Standings(floor=newest, agree=tuple(agree), differ=tuple(differ))


def standings_of(link: LinkView, name: str, now: Now) -> Standings:
    """The same as a terminal called `name` sees it: itself, and those it hears."""
    heard = [Stand(one.terminal, one.floor, one.floor_hash) for one in link.others if is_heard(one, now)]
    return standings([Stand(name, link.floor, link.floor_hash), *heard])


def differing_words(found: Standings) -> tuple[str, str]:
    """(What is wrong, what to do), or nothing: two terminals whose states differ would tell people two things."""
    if not found.differ:
        return "", ""
    names = ", ".join(found.differ)
    what = f"At floor {found.floor} the state of {names} is not that of the others."
    if not found.agree:
        what = f"At floor {found.floor} the terminals {names} have come to states that differ."
    return what, (
        "Run `shopfloor verify` there. If it finds nothing, install the same program everywhere; then set the data "
        "folder of that terminal aside when it owes the line nothing, and join it again."
    )
