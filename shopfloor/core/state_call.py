"""An open call: independent fields, never one status for all."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.line_andon import CallKind, Scope, Severity
from shopfloor.core.moment import Now


class CallSource(StrEnum):
    """Who calls: somebody, a rule of the engine, or a contact that calls as long as it says so."""

    PERSON = "person"
    RULE = "rule"
    CONTACT = "contact"


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One andon call. Instants in UTC µs, 0 for not yet.

    `kind` is what it is now (a help call past its deadline is a stop), `raised_kind` what it was. `severity` is what
    is held, `current` what its condition says now (NONE: gone by itself, at `returned_us`), `acked_severity` what
    whoever took it has seen. `untaken` and `taken`: since when nobody has taken it, or somebody has, on all clocks.
    `counted_us`: since when a call that was given another reason counts as one of those, 0: since it was raised.
    `answered`: when somebody took it first, whatever rose since. `level` counts the escalations of the first timer,
    `overdue` those of the second. `cleared_us` without `closed_us` wants a second person's look, a cause, or whys.
    `verified_by`: who looked. `shares`: what of it, in percent, each of several causes brought; `cause` is the first
    of them. `reopens` names the closed call that this one goes on with. `args` are the words of a rule.
    """

    id: str
    station: str
    reason: str
    kind: CallKind
    raised_kind: CallKind
    scope: Scope
    raised: Now
    by: str
    deadline_s: float = 0
    acked_us: int = 0
    acked_by: str = ""
    arrived_us: int = 0
    stopped_us: int = 0
    cleared_us: int = 0
    cleared_by: str = ""
    rejected: str = ""
    severity: Severity = Severity.MEDIUM
    current: Severity = Severity.MEDIUM
    acked_severity: Severity = Severity.NONE
    untaken: Now | None = None
    taken: Now | None = None
    answered: Now | None = None
    arrived_by: str = ""
    level: int = 0
    overdue: int = 0
    source: CallSource = CallSource.PERSON
    device: str = ""
    latched: bool = False
    returned_us: int = 0
    closed_us: int = 0
    cause: str = ""
    cause_note: str = ""
    shares: dict[str, int] = {}
    verified_by: str = ""
    reopens: str = ""
    counted_us: int = 0
    args: dict[str, str | int] = {}
