"""What somebody wants: frozen, imperative. A signal is a command too: what a device read, before anyone judged it."""

from enum import StrEnum

from msgspec import Struct

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
    """The wall clock jumped."""

    step_ms: int


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
    | ChangeLine
    | StartTerminal
    | StopTerminal
    | NoteClockStep
)
