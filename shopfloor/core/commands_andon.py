"""What somebody, an input or a rule wants of a call, beyond calling, taking, arriving, clearing and rejecting."""

from msgspec import Struct

from shopfloor.core.line_andon import Effect, Severity
from shopfloor.core.state_andon import CallSource, Effort


class NameCall(Struct, frozen=True, kw_only=True):
    """Say what the general call of the station, raised at once by HELP, is for."""

    station: str
    reason: str


class ReadContact(Struct, frozen=True, kw_only=True):
    """A contact of an input module changed: `active` is whether it calls now; what for, its device's map says."""

    station: str
    device: str
    input: str
    active: bool


class ReportCondition(Struct, frozen=True, kw_only=True):
    """A condition that calls by itself is as bad as `severity` says now; NONE: it is gone. `args` are for its words."""

    station: str
    reason: str
    severity: Severity
    source: CallSource = CallSource.RULE
    effect: Effect = Effect.HELP
    device: str = ""
    args: dict[str, str | int] = {}


class ShelveCall(Struct, frozen=True, kw_only=True):
    """Put a station's reason on the shelf: for `for_s`, or (`one_shot`) until it clears. Never hides a stop."""

    station: str
    at: str
    reason: str
    for_s: float = 0
    one_shot: bool = False
    why: str = ""


class UnshelveCall(Struct, frozen=True, kw_only=True):
    """Take a station's reason off the shelf."""

    station: str
    at: str
    reason: str


class TakeOutOfService(Struct, frozen=True, kw_only=True):
    """Let no rule and no contact call for the reason at the station ("" for any) while it is being repaired."""

    station: str
    at: str
    reason: str = ""
    why: str = ""


class ReturnToService(Struct, frozen=True, kw_only=True):
    """Let rules and contacts call again."""

    station: str
    at: str
    reason: str = ""


class GiveCause(Struct, frozen=True, kw_only=True):
    """Say why a cleared call came; that closes it.

    `shares` splits it among several causes of the list: whole percents that sum to 100; `cause` is then left out.
    """

    station: str
    call: str
    cause: str = ""
    note: str = ""
    shares: dict[str, int] = {}


class ReopenCall(Struct, frozen=True, kw_only=True):
    """Go on with a closed call that was not over: `call` was for `reason` at the station `at`."""

    station: str
    call: str
    at: str
    reason: str
    why: str


class AnswerWhys(Struct, frozen=True, kw_only=True):
    """Answer the Five Whys of a problem (a station's reason that recurs); the last answer is its root cause."""

    station: str
    problem: str
    whys: tuple[str, ...]


class SetCountermeasure(Struct, frozen=True, kw_only=True):
    """Add a countermeasure to a problem (`number` 0), or change one: who does what by which day, with what effort."""

    station: str
    problem: str
    what: str
    owner: str
    due_day: str
    effort: Effort
    number: int = 0


class FinishCountermeasure(Struct, frozen=True, kw_only=True):
    """Say that a countermeasure is in place: from now on its effect is measured."""

    station: str
    problem: str
    number: int


class OpenProblem(Struct, frozen=True, kw_only=True):
    """Begin to work on a station's reason before it recurs often enough to ask for it."""

    station: str
    at: str
    reason: str


class CloseProblem(Struct, frozen=True, kw_only=True):
    """Say that a problem is solved; recurrence opens it again."""

    station: str
    problem: str


class SettleFinding(Struct, frozen=True, kw_only=True):
    """Say that what the terminals disagreed on is cleared up."""

    station: str
    finding: str


class RecordLampTest(Struct, frozen=True, kw_only=True):
    """The record of a lamp's or the sound's test. `ok` None: nothing reads it back, and nobody has looked yet."""

    station: str
    lamp: str
    ok: bool | None
    detail: str = ""


AndonCommand = (
    NameCall
    | ReadContact
    | ReportCondition
    | ShelveCall
    | UnshelveCall
    | TakeOutOfService
    | ReturnToService
    | GiveCause
    | ReopenCall
    | AnswerWhys
    | SetCountermeasure
    | FinishCountermeasure
    | OpenProblem
    | CloseProblem
    | RecordLampTest
    | SettleFinding
)
