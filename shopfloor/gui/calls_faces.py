"""What the Calls page shows of a call, as values without any screen: two equal faces look the same."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.call_views import Aside, CallView
from shopfloor.core.closing import Asked
from shopfloor.core.line_andon import Role, Severity
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import reason_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_call import CallSource
from shopfloor.core.text import Text
from shopfloor.gui.call_words import RULE_WORDS, roles_said
from shopfloor.gui.clocks import duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import Palette
from shopfloor.gui.ui import Ui

SEVERITY_WORDS = {
    Severity.NONE: Text("none"),
    Severity.LOW: Text("low"),
    Severity.MEDIUM: Text("medium"),
    Severity.HIGH: Text("high"),
    Severity.CRITICAL: Text("critical"),
}


class Kind(StrEnum):
    """What an open call is to whoever looks at the list."""

    STOP = "stop"
    CALL = "call"
    GONE = "gone"
    ASKS = "asks"


class KindLook(Struct, frozen=True):
    """Shape, word and colours of a kind."""

    icon: Icon
    word: Text
    fill: str
    text: str
    edge: str


class CallFace(Struct, frozen=True, kw_only=True):
    """One open call as a row shows it. `left_s` to the stop of `total_s`, None if it is one or has no deadline.

    `next_s` to the next level of escalation, None if none is to come. `lit`: nobody has taken it, and its edge flashes;
    by the clock, so that all of them do so together.
    """

    id: str
    kind: Kind
    reason: Text
    parent: str
    station: str
    clock_s: int
    left_s: int | None
    total_s: int
    severity: Severity
    source: CallSource
    level: int
    roles: tuple[Role, ...]
    next_s: int | None = None
    taken_by: str
    arrived: bool
    line_wide: bool
    segment: str
    asked: tuple[Asked, ...]
    stale: bool = False
    lit: bool = False

    @property
    def untimed(self) -> tuple[object, ...]:
        """Everything but its clocks: what has to be painted anew when it is another."""
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name not in _CLOCKS)


_FLASHING = frozenset({Kind.STOP, Kind.CALL})
FLASH_US = 500_000  # half a period: 1 Hz, well under the 2 Hz that may be looked at
_CLOCKS = frozenset({"clock_s", "left_s"})


def call_face(shop: Shop, view: CallView, *, now_us: int = 0, stale: bool = False) -> CallFace:
    """An open call as it is drawn at an instant."""
    reason = shop.reasons.get(view.reason)
    parent = shop.reasons.get(reason.parent) if reason and reason.parent else None
    left_us, kind = view.left_us, kind_of(view)
    return CallFace(
        id=view.id,
        kind=kind,
        reason=reason_text(shop, view.reason),
        parent=parent.name if parent else "",
        station=view.station_name,
        clock_s=(view.stopped_for_us if view.is_stop else view.age_us) // US_PER_S,
        left_s=None if left_us is None else -(-left_us // US_PER_S),
        total_s=view.deadline_us // US_PER_S,
        severity=view.severity,
        source=view.source,
        level=view.level,
        roles=view.roles,
        next_s=None if view.next_level_us is None else -(-view.next_level_us // US_PER_S),
        taken_by=view.acked_by,
        arrived=view.arrived,
        line_wide=view.line_wide,
        segment=view.segment,
        asked=view.asks,
        stale=stale,
        lit=kind in _FLASHING and not (stale or view.acked_by) and now_us // FLASH_US % 2 == 1,
    )


def kind_of(view: CallView) -> Kind:
    """What it is: a stop before all; what waits for its cause is neither."""
    if view.aside is Aside.ASKS:
        return Kind.ASKS
    if view.is_stop:
        return Kind.STOP
    return Kind.GONE if view.returned else Kind.CALL


def kind_look(kind: Kind, palette: Palette, *, stale: bool = False) -> KindLook:
    """How a kind looks; one whose source is lost has no colour."""
    icon, word = _SHAPES[kind]
    if stale:
        return KindLook(icon, word, palette.sunk, palette.ink, palette.soft)
    match kind:
        case Kind.STOP:
            return KindLook(icon, word, palette.stop, palette.on_stop, palette.stop_edge)
        case Kind.CALL:
            return KindLook(icon, word, palette.call, palette.on_call, palette.call_edge)
        case Kind.GONE:
            return KindLook(icon, word, palette.raised, palette.ink, palette.ink)
        case Kind.ASKS:
            return KindLook(icon, word, palette.action, palette.on_action, palette.action_edge)


def who_words(ui: Ui, face: CallFace) -> tuple[str, ...]:
    """Who has it or is called, and when somebody else is, in full and shorter; the first that fits is shown."""
    words = _who_words(ui, face)
    if face.next_s is None:
        return words
    following = ui.tr("next level in {time}", time=duration(face.next_s * US_PER_S))
    return tuple(said for one in words for said in (f"{one} · {following}", one))


def _who_words(ui: Ui, face: CallFace) -> tuple[str, ...]:
    if face.kind is Kind.ASKS:
        if Asked.WHYS in face.asked:
            return ui.tr("cleared, answer its Five Whys"), ui.tr("Five Whys")
        if Asked.VERIFY in face.asked:
            return ui.tr("cleared, a second person checks it"), ui.tr("to be checked")
        return ui.tr("cleared, say why it came"), ui.tr("cleared")
    if face.kind is Kind.GONE:
        return ui.tr("gone by itself, not seen yet"), ui.tr("gone by itself")
    if face.taken_by:
        words = ui.tr("taken by {person}, arrived" if face.arrived else "taken by {person}", person=face.taken_by)
        return words, face.taken_by
    if not face.level:
        return ui.tr("not taken · {roles} called", roles=roles_said(ui, face.roles)), ui.tr("not taken yet")
    return (
        ui.tr("not taken · level {n}: {roles}", n=face.level, roles=roles_said(ui, face.roles)),
        ui.tr("not taken · level {n}", n=face.level),
    )


def reach_words(ui: Ui, face: CallFace) -> str:
    """What stands with a stop."""
    if face.kind is not Kind.STOP:
        return ""
    return ui.tr("whole line") if face.line_wide else face.segment


def reason_words(ui: Ui, face: CallFace) -> str:
    """The reason, its first level before it."""
    name = ui.say(face.reason)
    return f"{face.parent}: {name}" if face.parent else name


def reason_text(shop: Shop, reason: str) -> Text:
    """The name of a reason: the program's own in the language in force, the line file's as it is."""
    if not reason:
        return Text("no reason given")
    return RULE_WORDS.get(reason) or data(reason_name(shop, reason))


_SHAPES = {
    Kind.STOP: (Icon.STOP, Text("STOP")),
    Kind.CALL: (Icon.CALL, Text("CALL")),
    Kind.GONE: (Icon.IDLE, Text("GONE")),
    Kind.ASKS: (Icon.ASK, Text("WHY?")),
}
SOURCE_ICONS = {CallSource.RULE: Icon.RULE, CallSource.CONTACT: Icon.CONTACT}
