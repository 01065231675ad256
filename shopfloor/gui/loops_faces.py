"""What the loops page shows, as values without any screen: two equal faces look the same, so nothing ticks in vain."""

from msgspec import Struct

from shopfloor.core.loop_views import OUT_OF_USE, Level, LoopRow, Zone
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import RELEASED, CardState
from shopfloor.core.text import Text
from shopfloor.gui.ui import Ui

_S, _MIN, _H, _D = 1, 60, 3600, 24 * 3600
# (below so many seconds, unit, in steps of): "about" is coarse, so that words stand still while a finger aims.
_STEPS = ((100, _S, 10), (20 * _MIN, _MIN, 1), (100 * _MIN, _MIN, 5), (48 * _H, _H, 1))
_ABOUT = {_S: Text("{n} s"), _MIN: Text("{n} min"), _H: Text("{n} h"), _D: Text("{n} d")}

STATE_WORDS = {
    CardState.EMPTY: Text("empty"),
    CardState.WAITING: Text("waiting for the lot"),
    CardState.IN_PROCESS: Text("in process"),
    CardState.QUEUED: Text("queued"),
    CardState.IN_TRANSIT: Text("on the way"),
    CardState.FULL: Text("full"),
    CardState.IN_USE: Text("in use"),
    CardState.HELD: Text("on hold"),
    CardState.LOST: Text("lost"),
    CardState.NEW: Text("not in circulation"),
    CardState.RETIRED: Text("retired"),
}
ZONE_WORDS = {Zone.RED: Text("LOW"), Zone.YELLOW: Text("MIDDLE"), Zone.GREEN: Text("GOOD")}
COUNTED = {
    CardState.EMPTY: Text("{n} empty"),
    CardState.WAITING: Text("{n} waiting"),
    CardState.IN_PROCESS: Text("{n} in process"),
    CardState.QUEUED: Text("{n} queued"),
    CardState.IN_TRANSIT: Text("{n} on the way"),
    CardState.FULL: Text("{n} full"),
    CardState.IN_USE: Text("{n} in use"),
    CardState.HELD: Text("{n} on hold"),
    CardState.LOST: Text("{n} lost"),
    CardState.NEW: Text("{n} new"),
    CardState.RETIRED: Text("{n} retired"),
}

# States by what they have in common, where there is no room for each; together they are all there are.
SHORT = (
    (Text("{n} empty"), frozenset({CardState.EMPTY, CardState.WAITING})),
    (Text("{n} under way"), frozenset({*RELEASED, CardState.IN_TRANSIT})),
    (Text("{n} full"), frozenset({CardState.FULL, CardState.IN_USE})),
    (Text("{n} out of use"), OUT_OF_USE),
)


class About(Struct, frozen=True):
    """A rounded length of time: `n` of `unit_s` seconds."""

    n: int
    unit_s: int


class GroupFace(Struct, frozen=True):
    """The cards of one state; the first `blocked` of them wait for a place, the last `stale` are to be printed anew."""

    state: CardState
    count: int
    blocked: int = 0
    stale: int = 0


class RowFace(Struct, frozen=True, kw_only=True):
    """One loop as a row shows it. `out` and `next` are None where nobody knows; 0 is now or at any moment."""

    id: str
    name: str
    description: str
    start: str
    to: str
    groups: tuple[GroupFace, ...]
    total: int
    planned: int
    full: int
    zone: Zone | None
    level: Level
    out: About | None
    next: About | None
    coming: bool
    stale: int = 0

    @property
    def loud(self) -> bool:
        """Whether it says something that must not be read over."""
        return self.level in {Level.EMPTY, Level.SHORT}


def row_face(row: LoopRow) -> RowFace:
    """A loop's row as it is drawn."""
    return RowFace(
        id=row.id,
        name=row.name,
        description=row.description,
        start=row.route[0],
        to=row.to,
        groups=tuple(
            GroupFace(
                group.state,
                len(group.cards),
                sum(1 for card in group.cards if card.blocked_us),
                sum(1 for card in group.cards if card.stale_print),
            )
            for group in row.groups
        ),
        total=row.total,
        planned=row.planned,
        full=row.full,
        zone=row.zone,
        level=row.level,
        out=about(row.out_us),
        next=about(row.next_us),
        coming=any(group.state in RELEASED or group.state is CardState.EMPTY for group in row.groups),
        stale=row.stale,
    )


def about(us: int | None) -> About | None:
    """A length of time as people say it."""
    if us is None:
        return None
    seconds = us / US_PER_S
    unit_s, step = next(((unit, step) for below, unit, step in _STEPS if seconds < below), (_D, 1))
    n = round(seconds / unit_s / step) * step
    return About(max(step, n) if us > 0 else 0, unit_s)


def about_words(ui: Ui, found: About) -> str:
    """In the language in force."""
    return ui.tr(_ABOUT[found.unit_s].template, n=found.n)


def out_words(ui: Ui, face: RowFace) -> str:
    """When the store will be empty."""
    if not face.total:
        return ui.tr("no card in circulation")
    if face.level is Level.NO_STORE:
        free = sum(group.count for group in face.groups if group.state is CardState.EMPTY)
        return ui.tr("{n} free to start", n=free)
    if face.level is Level.EMPTY:
        return ui.tr("empty now")
    if face.out is None:
        return ui.tr("pace not known")
    if not face.out.n:
        return ui.tr("empty any moment")
    return ui.tr("empty in about {time}", time=about_words(ui, face.out))


def next_words(ui: Ui, face: RowFace) -> str:
    """When the next container comes."""
    if not face.total or face.level is Level.NO_STORE:
        return ""
    if face.next is None:
        return ui.tr("next: not known") if face.coming else ui.tr("nothing under way")
    if not face.next.n:
        return ui.tr("next any moment")
    return ui.tr("next in {time}", time=about_words(ui, face.next))


def zone_word(ui: Ui, face: RowFace) -> str:
    """The store in a word."""
    if face.zone is None:
        return ""
    if face.level is Level.EMPTY:
        return ui.tr("EMPTY")
    return ui.say(ZONE_WORDS[face.zone])


def group_words(ui: Ui, group: GroupFace) -> str:
    """How many cards are in a state."""
    return ui.tr(COUNTED[group.state].template, n=group.count)


def total_words(ui: Ui, face: RowFace) -> str:
    """The number of cards, and how many the line file plans where that is another."""
    if face.total == face.planned:
        return f"{face.total} ="
    return ui.tr("{n} of {planned} planned =", n=face.total, planned=face.planned)
