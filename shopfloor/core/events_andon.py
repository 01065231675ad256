"""What happened to calls: raised, taken, come to, stopped, cleared, escalated, shelved, and what was learnt of them."""

from msgspec import field

from shopfloor.core.events_base import AnEvent, SignalEvent
from shopfloor.core.line_andon import CallKind, Role, Scope, Severity
from shopfloor.core.state_andon import Effort
from shopfloor.core.state_call import CallSource


class CallRaised(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody, a rule or a contact called for help or stopped. `reason` "" is a stop without one."""

    kind = "call_raised"
    reason: str
    call_kind: CallKind
    scope: Scope
    deadline_s: float = 0
    severity: Severity = Severity.MEDIUM
    source: CallSource = CallSource.PERSON
    latched: bool = False
    args: dict[str, str | int] = field(default_factory=dict)


class CallAcknowledged(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody took the call; it is not cleared by that."""

    kind = "call_acknowledged"
    call: str


class CallArrived(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody came to the station of the call. `person`: whose badge or sign-on proves it, "" if only a touch does."""

    kind = "call_arrived"
    call: str
    person: str = ""


class CallStopped(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A help call became a stop at `since_us`: its deadline (`chosen` false) or when somebody chose it."""

    kind = "call_stopped"
    call: str
    since_us: int
    chosen: bool = False


class CallCleared(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What was called for is over. `restart_s` > 0: its scope refuses starts for so long. `asks`: it wants a cause."""

    kind = "call_cleared"
    call: str
    restart_s: float = 0
    asks: bool = False


class CallRejected(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The call was a mistake, for the reason given; counted apart."""

    kind = "call_rejected"
    call: str
    reason: str
    restart_s: float = 0


class RestartEnded(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The restart of a station ("" for the line) is over; starts are accepted again."""

    kind = "restart_ended"
    station: str


class CallNamed(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody said what a general call is for; its clock goes on."""

    kind = "call_named"
    call: str
    reason: str
    scope: Scope
    deadline_s: float = 0
    severity: Severity = Severity.MEDIUM
    latched: bool = False


class CallRose(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The condition of a call got worse than what is held of it: whoever took it has not seen that."""

    kind = "call_rose"
    call: str
    severity: Severity


class CallVaried(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The condition of a call changed and is not worse than what is held of it; a latched call holds its worst."""

    kind = "call_varied"
    call: str
    severity: Severity


class CallReturned(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The condition of a call went away by itself. `closes`: somebody had taken it, and nothing more is asked."""

    kind = "call_returned"
    call: str
    closes: bool = False


class CallAgain(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The condition of a call that had returned is there again."""

    kind = "call_again"
    call: str
    severity: Severity


class CallEscalated(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Nobody took the call by `since_us` (`timer` not_taken), or it was not cleared: these roles are called, too."""

    kind = "call_escalated"
    station: str
    call: str
    timer: str
    level: int
    roles: tuple[Role, ...]
    since_us: int


class CallClosed(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A call is over and its cause known. `cause` "" where none was asked.

    `shares`: what of it, in percent, each of several causes brought; `cause` is then the largest.
    """

    kind = "call_closed"
    call: str
    cause: str = ""
    note: str = ""
    shares: dict[str, int] = field(default_factory=dict)


class CallVerified(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Another person than who cleared the call saw that it is over. `closes`: nothing more is asked."""

    kind = "call_verified"
    call: str
    person: str
    closes: bool = False


class CallReopened(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A closed call was not over: a help call without a deadline goes on where `reopens` ended."""

    kind = "call_reopened"
    reopens: str
    reason: str
    why: str = ""


class CallShelved(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Nobody is told of the reason at the station for `for_s`, or until it clears once."""

    kind = "call_shelved"
    reason: str
    for_s: float = 0
    one_shot: bool = False
    why: str = ""


class CallUnshelved(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The reason is told of again: by somebody, or (without a device) because the shelf's time is over."""

    kind = "call_unshelved"
    reason: str


class TakenOutOfService(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """No rule and no contact calls for the reason ("" any) at the station until it is returned."""

    kind = "taken_out_of_service"
    reason: str = ""
    why: str = ""


class ReturnedToService(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Rules and contacts call for the reason at the station again."""

    kind = "returned_to_service"
    reason: str = ""


class ContactChanged(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A contact of an input module calls, or no longer."""

    kind = "contact_changed"
    input: str
    active: bool


class Advised(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A rule has a hint."""

    kind = "advised"
    station: str
    reason: str
    args: dict[str, str | int] = field(default_factory=dict)


class AdviceEnded(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What a hint was about is over."""

    kind = "advice_ended"
    station: str
    reason: str


class ProblemOpened(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A station's reason is worked on: it came `times` in the policy's window, or (`times` 0) somebody began.

    `again`: it had been solved.
    """

    kind = "problem_opened"
    problem: str
    reason: str
    times: int = 0
    again: bool = False


class WhysAnswered(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The Five Whys of a problem were answered; the last is its root cause."""

    kind = "whys_answered"
    problem: str
    whys: tuple[str, ...]


class CountermeasureSet(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A countermeasure was decided, or changed."""

    kind = "countermeasure_set"
    problem: str
    number: int
    what: str
    owner: str
    due_day: str
    effort: Effort


class CountermeasureFinished(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A countermeasure is in place."""

    kind = "countermeasure_finished"
    problem: str
    number: int


class ProblemClosed(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A problem is solved."""

    kind = "problem_closed"
    problem: str


class LampTested(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A lamp or the sound was tested. `ok` None: nothing reads it back, and nobody has looked."""

    kind = "lamp_tested"
    lamp: str
    ok: bool | None = None
    detail: str = ""


AndonEvent = (
    CallRaised
    | CallAcknowledged
    | CallArrived
    | CallStopped
    | CallCleared
    | CallRejected
    | RestartEnded
    | CallNamed
    | CallRose
    | CallVaried
    | CallReturned
    | CallAgain
    | CallEscalated
    | CallClosed
    | CallVerified
    | CallReopened
    | CallShelved
    | CallUnshelved
    | TakenOutOfService
    | ReturnedToService
    | ContactChanged
    | Advised
    | AdviceEnded
    | ProblemOpened
    | WhysAnswered
    | CountermeasureSet
    | CountermeasureFinished
    | ProblemClosed
    | LampTested
)
