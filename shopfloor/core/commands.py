"""What somebody wants: frozen, imperative. A signal is a command too: what a device read, before anyone judged it."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.commands_andon import AndonCommand
from shopfloor.core.commands_line import LineCommand
from shopfloor.core.line import Line, StartState


class SignalKind(StrEnum):
    """What a device sent: a code, a button's line, a no-read token, or bytes that are no text."""

    SCAN = "scan"
    BUTTON = "button"
    NO_READ = "no_read"
    UNDECODABLE = "undecodable"


class ReadSignal(Struct, frozen=True, kw_only=True):
    """One complete frame of a scanner or button box, as text, before it is parsed."""

    station: str
    device: str
    text: str
    signal: SignalKind = SignalKind.SCAN


class StepCard(Struct, frozen=True, kw_only=True):
    """Do the card's next natural step at the station: what a scan of its code would do."""

    station: str
    card: str


class RaiseCall(Struct, frozen=True, kw_only=True):
    """Call for help or stop. `reason` "" is a stop of the station without a reason."""

    station: str
    reason: str = ""


class AcknowledgeCall(Struct, frozen=True, kw_only=True):
    """Take a call; "" means the most urgent open call of the station."""

    station: str
    call: str = ""


class ArriveCall(Struct, frozen=True, kw_only=True):
    """Say that help is at the station; "" means the most urgent open call of the station."""

    station: str
    call: str = ""


class ClearCall(Struct, frozen=True, kw_only=True):
    """Say that the cause is gone; "" means the most urgent open call of the station."""

    station: str
    call: str = ""


class StopCall(Struct, frozen=True, kw_only=True):
    """Turn a help call into a stop now."""

    station: str
    call: str


class RejectCall(Struct, frozen=True, kw_only=True):
    """Take back a call that was a mistake, with a reason."""

    station: str
    call: str
    reason: str


class UndoStep(Struct, frozen=True, kw_only=True):
    """Take back the last accepted step at the station; after 10 s with a leader's `reason`."""

    station: str
    reason: str = ""


class SignOn(Struct, frozen=True, kw_only=True):
    """Sign a person on at the station."""

    station: str
    person: str


class SignOff(Struct, frozen=True, kw_only=True):
    """Sign the person at the station off."""

    station: str


class GrantOverride(Struct, frozen=True, kw_only=True):
    """Let the next start at the station pass a limit, once."""

    station: str
    reason: str


class HoldCard(Struct, frozen=True, kw_only=True):
    """Take a card out of use, with a reason."""

    station: str
    card: str
    reason: str


class ReleaseCard(Struct, frozen=True, kw_only=True):
    """Bring a held card back where it was."""

    station: str
    card: str


class LoseCard(Struct, frozen=True, kw_only=True):
    """Mark a card as lost."""

    station: str
    card: str


class FindCard(Struct, frozen=True, kw_only=True):
    """Bring a lost card back, FULL or EMPTY."""

    station: str
    card: str
    full: bool


class RetireCard(Struct, frozen=True, kw_only=True):
    """Take a card out of circulation for ever; never one in process."""

    card: str
    reason: str = ""
    station: str = ""


class StartCard(Struct, frozen=True, kw_only=True):
    """Start a card at the station where a scan would start and finish it at once (IN_PROCESS optional)."""

    station: str
    card: str


class OpenCard(Struct, frozen=True, kw_only=True):
    """Open a full container at its consumer: it is in use from now on."""

    station: str
    card: str


class ReceiveCard(Struct, frozen=True, kw_only=True):
    """Receive a container at its consumer, whatever scans before it are missing."""

    station: str
    card: str


class WithdrawMany(Struct, frozen=True, kw_only=True):
    """Withdraw several containers at their consumer in one transaction, each with its own event or refusal."""

    station: str
    cards: tuple[str, ...]


class WithdrawPieces(Struct, frozen=True, kw_only=True):
    """Take pieces out of a loop's containers: those in use first, then the one full longest."""

    station: str
    loop: str
    pieces: int


class AcknowledgeCard(Struct, frozen=True, kw_only=True):
    """Say that the supplier has read the card's signal."""

    station: str
    card: str


class ReleaseLot(Struct, frozen=True, kw_only=True):
    """Let waiting cards of a loop go before their lot is complete; no cards named: all that wait."""

    station: str
    loop: str
    cards: tuple[str, ...] = ()


class IssueCards(Struct, frozen=True, kw_only=True):
    """Put `count` extra cards in circulation for one turn, with a reason; EMPTY unless their containers are full."""

    station: str
    loop: str
    count: int
    reason: str
    full: bool = False


class ReprintCard(Struct, frozen=True, kw_only=True):
    """Make the card's paper invalid and give the next print a version of its own."""

    station: str
    card: str


class MarkExpress(Struct, frozen=True, kw_only=True):
    """Let a card go before others until it is full, or no longer."""

    station: str
    card: str
    on: bool


class NoteContents(Struct, frozen=True, kw_only=True):
    """Say what is in a container: pieces (0: as known), lot and serial numbers ("": as known)."""

    station: str
    card: str
    quantity: int = 0
    lot: str = ""
    serials: tuple[str, ...] = ()


class TeachCode(Struct, frozen=True, kw_only=True):
    """Let a code of the plant's own stand for a card; `card` "" forgets the code."""

    station: str
    code: str
    card: str


class PlanChange(Struct, frozen=True, kw_only=True):
    """Give a loop another number of cards or quantity from a day on.

    `from_us` is the first instant of `from_day` where the line is: the core knows no time zone.
    """

    station: str
    loop: str
    cards: int | None = None
    quantity: int | None = None
    from_day: str = ""
    from_us: int = 0


class CancelChange(Struct, frozen=True, kw_only=True):
    """Take back the planned change of a loop, in force or not."""

    station: str
    loop: str


class ChangeLine(Struct, frozen=True, kw_only=True):
    """Put a checked line file in force. `first`: card id -> what a card that it puts in circulation begins with."""

    line: Line
    first: dict[str, StartState] = {}


class StartTerminal(Struct, frozen=True, kw_only=True):
    """Begin to accept signals."""

    terminal: str
    program: str
    stations: tuple[str, ...]


class StopTerminal(Struct, frozen=True, kw_only=True):
    """End cleanly."""

    terminal: str


class NoteClockStep(Struct, frozen=True, kw_only=True):
    """The clock jumped; `events` that it had put into the future are back in time."""

    step_ms: int
    events: int = 0


Command = (
    ReadSignal
    | StepCard
    | RaiseCall
    | AcknowledgeCall
    | ArriveCall
    | ClearCall
    | StopCall
    | RejectCall
    | UndoStep
    | SignOn
    | SignOff
    | GrantOverride
    | HoldCard
    | ReleaseCard
    | LoseCard
    | FindCard
    | RetireCard
    | StartCard
    | OpenCard
    | ReceiveCard
    | WithdrawMany
    | WithdrawPieces
    | AcknowledgeCard
    | ReleaseLot
    | IssueCards
    | ReprintCard
    | MarkExpress
    | NoteContents
    | TeachCode
    | PlanChange
    | CancelChange
    | ChangeLine
    | StartTerminal
    | StopTerminal
    | NoteClockStep
    | AndonCommand
    | LineCommand
)
