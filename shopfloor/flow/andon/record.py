"""A call that is over, as it is kept for figures: one row of the series `calls`, at the instant it was raised."""

from msgspec import Struct

from shopfloor.core.line_andon import CallKind, Scope, Severity
from shopfloor.core.state_call import CallSource

CALLS = "calls"


class CallRecord(Struct, frozen=True, array_like=True):
    """Instants in UTC µs, 0 for never. `call_ms` and `stop_ms` are elapsed time, on the monotonic clock within a boot.

    `kind` is what it was at its end, `raised_kind` what it was at first. `rejected` is why it was a mistake, "" if it
    was none. `reopens` names the closed call that this one goes on with.
    """

    id: str
    station: str
    reason: str
    raised_kind: CallKind
    kind: CallKind
    scope: Scope
    source: CallSource
    severity: Severity
    deadline_s: float
    raised_us: int
    acked_us: int
    arrived_us: int
    stopped_us: int
    cleared_us: int
    closed_us: int
    call_ms: int
    stop_ms: int
    level: int
    overdue: int
    rejected: str
    cause: str
    note: str
    reopens: str
