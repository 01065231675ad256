"""What happened: frozen, past tense. One class a kind; the journal keeps `kind`, `version` and the JSON of the fields.

A released version's meaning never changes: a new field gets a default, a new meaning gets a new kind.
"""

from msgspec import Struct, field

from shopfloor.core.events_andon import (
    AndonEvent,
    CallAcknowledged,
    CallArrived,
    CallCleared,
    CallRaised,
    CallRejected,
    CallStopped,
    RestartEnded,
)
from shopfloor.core.events_base import AnEvent, Inferred, SignalEvent
from shopfloor.core.events_floor import FloorSet
from shopfloor.core.events_line import LineEvent
from shopfloor.core.events_loop import (
    CardAcknowledged,
    CardExpressed,
    CardOpened,
    CardReceived,
    CardReprinted,
    CardsIssued,
    ChangeApplied,
    ChangeDropped,
    ChangePlanned,
    CodeTaught,
    ContentsNoted,
    LotReleased,
    PiecesWithdrawn,
    ResponseLate,
)
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment
from shopfloor.core.state import Card, CardState

# Defined elsewhere, for the files of loops and calls are between them and the union here.
__all__ = [
    "CallAcknowledged",
    "CallArrived",
    "CallCleared",
    "CallRaised",
    "CallRejected",
    "CallStopped",
    "Inferred",
    "RestartEnded",
    "SignalEvent",
]


class TerminalStarted(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal began to accept signals."""

    kind = "terminal_started"
    terminal: str
    program: str = ""
    stations: tuple[str, ...] = ()


class TerminalStopped(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal ended cleanly."""

    kind = "terminal_stopped"
    terminal: str


class LineChanged(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The whole line file as it was from this moment on.

    `epoch` is the number of the decision that allowed it; one that comes late, under an older number, changes nothing.
    """

    kind = "line_changed"
    line: Line
    epoch: int = 0


class CardCirculated(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A card entered circulation, FULL or EMPTY."""

    kind = "card_circulated"
    card: str
    loop: str
    number: int
    state: CardState
    lives: int = 0
    extra: bool = False


class CardWithdrawn(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The consumer emptied the card's container: the pull signal, and the beginning of the card's next cycle.

    `into` is EMPTY, or WAITING where the card waits for its lot.
    """

    kind = "card_withdrawn"
    card: str
    inferred: tuple[Inferred, ...] = ()
    into: CardState = CardState.EMPTY


class CardStarted(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Work on the card began at route position `step`; `over` names the limits passed, `override_by` who let it."""

    kind = "card_started"
    card: str
    step: int
    inferred: tuple[Inferred, ...] = ()
    over: tuple[str, ...] = ()
    override_by: str = ""
    override_reason: str = ""


class CardFinished(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Work on the card ended at route position `step`.

    `into` is QUEUED for the next, FULL, IN_TRANSIT, or EMPTY (CONWIP, POLCA). `implausible`: so soon after its start
    that no figure may be made of it. `one_scan`: it was the start too, and what was `inferred` came before it.
    """

    kind = "card_finished"
    card: str
    step: int
    into: CardState
    implausible: bool = False
    over: tuple[str, ...] = ()
    override_by: str = ""
    override_reason: str = ""
    inferred: tuple[Inferred, ...] = ()
    one_scan: bool = False


class StepUndone(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The step with journal number `undone` was taken back, with what it inferred; `restored` is the card as before.

    `of`: the journal of that step, where it is not the one that takes it back.
    """

    kind = "step_undone"
    card: str
    undone: int
    what: str
    restored: Card
    reason: str = ""
    of: str = ""


class CardHeld(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The card was taken out of use for a reason; it comes back where it was."""

    kind = "card_held"
    card: str
    reason: str


class CardReleased(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A held card came back where it was."""

    kind = "card_released"
    card: str


class CardLost(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Nobody finds the card."""

    kind = "card_lost"
    card: str


class CardFound(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A lost card is back, FULL or EMPTY."""

    kind = "card_found"
    card: str
    state: CardState


class CardRetired(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The card left circulation for ever."""

    kind = "card_retired"
    card: str
    reason: str = ""


class ScanRefused(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A complete frame that a rule refused; `args` are the numbers and names of the refusal."""

    kind = "scan_refused"
    rule: str
    card: str = ""
    args: dict[str, str | int] = field(default_factory=dict)


class ScanRepeated(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The same code again within the repeat window, or a finish so early that the station asks once (`asked`)."""

    kind = "scan_repeated"
    card: str = ""
    asked: bool = False
    args: dict[str, str | int] = field(default_factory=dict)


class ScanUnread(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A no-read token or bytes that are no text; `code` is what came, made printable. `why`: no_read or undecodable."""

    kind = "scan_unread"
    why: str


class ShelfRead(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody asked what is in a loop's store; `states` is what was answered: how many cards are in each state."""

    kind = "shelf_read"
    loop: str
    states: dict[str, int] = field(default_factory=dict)


class SignedOn(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A person signed on at the station."""

    kind = "signed_on"
    person: str


class SignedOff(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The person at the station signed off."""

    kind = "signed_off"
    person: str


class OverrideGranted(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A leader lets the next start at the station pass a limit, once, for a reason."""

    kind = "override_granted"
    reason: str


class ClockStepped(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The clock jumped by `step_ms` against the monotonic one; so many `events` were put back in time by that."""

    kind = "clock_stepped"
    step_ms: int
    events: int = 0


Event = (
    TerminalStarted
    | TerminalStopped
    | LineChanged
    | CardCirculated
    | CardWithdrawn
    | CardStarted
    | CardFinished
    | StepUndone
    | CardHeld
    | CardReleased
    | CardLost
    | CardFound
    | CardRetired
    | PiecesWithdrawn
    | CardOpened
    | CardReceived
    | CardAcknowledged
    | ResponseLate
    | LotReleased
    | CardsIssued
    | CardReprinted
    | CardExpressed
    | ContentsNoted
    | CodeTaught
    | ChangePlanned
    | ChangeApplied
    | ChangeDropped
    | ScanRefused
    | ScanRepeated
    | ScanUnread
    | ShelfRead
    | SignedOn
    | SignedOff
    | OverrideGranted
    | ClockStepped
    | AndonEvent
    | LineEvent
    | FloorSet
)


class Unknown(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An event of a newer program: kept, passed on and skipped. `body` is its JSON as it came."""

    kind = "unknown"
    of_kind: str
    of_version: int
    body: bytes


class Recorded(Struct, frozen=True, kw_only=True, gc=False):
    """An event in its place: identity is (origin, n), n gapless from 1; `mono_ns` is monotonic within `boot`.

    `uncertainty_us`: by how much the moment may be off what the line's clock would have said.
    """

    origin: str
    n: int
    moment: Moment
    mono_ns: int
    boot: str
    event: Event | Unknown
    command_id: str = ""
    uncertainty_us: int = 0
