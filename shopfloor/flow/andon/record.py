"""A call that is over, as it is kept for figures: one row of the series `calls`, at the instant it was raised."""

import msgspec
from msgspec import Struct

from shopfloor.core.line_andon import CallKind, Scope, Severity
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.ports import History
from shopfloor.core.state_call import Call, CallSource

CALLS = "calls"
US_PER_MS = 1_000
# A call is filed under the instant it was raised. One that stood for longer than a month before the window began is
# not found by it: somebody forgot to clear it, and it would be the whole figure.
LOOK_BACK_US = 31 * 24 * 3600 * US_PER_S


class CallRecord(Struct, frozen=True, array_like=True, gc=False):
    """A call as it was at its end: instants in UTC µs (0 for never), durations on the monotonic clock within a boot.

    `kind` is what it was at its end, `raised_kind` what it was at first. `rejected` is why it was a mistake, "" if it
    was none. `reopens` names the closed call that this one goes on with. `ack_ms` until somebody took it, −1 if nobody
    did. `shares`: what of it, in percent, each of several causes brought. Of one that is still open (it is made for
    figures, and never kept) the times go up to now.
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
    ack_ms: int = -1
    shares: dict[str, int] = {}


def record_of(call: Call, now: Now) -> CallRecord:
    """The record of a call as it is at `now`, just after the event that ended it, or while it is open.

    Times end when it was cleared. Where a cause was given later, that instant is reached back from `now` by UTC: no
    other clock of it is kept.
    """
    since_us = now.at_us - call.cleared_us if call.cleared_us else 0
    call_us = max(0, elapsed_us(call.raised, now) - since_us)
    stop_us = max(0, call_us - (call.stopped_us - call.raised.at_us)) if call.stopped_us else 0
    return CallRecord(
        id=call.id,
        station=call.station,
        reason=call.reason,
        raised_kind=call.raised_kind,
        kind=call.kind,
        scope=call.scope,
        source=call.source,
        severity=call.severity,
        deadline_s=call.deadline_s,
        raised_us=call.raised.at_us,
        acked_us=call.answered.at_us if call.answered else call.acked_us,
        arrived_us=call.arrived_us,
        stopped_us=call.stopped_us,
        cleared_us=call.cleared_us,
        closed_us=call.closed_us or (now.at_us if call.rejected else 0),
        call_ms=call_us // US_PER_MS,
        stop_ms=stop_us // US_PER_MS,
        level=call.level,
        overdue=call.overdue,
        rejected=call.rejected,
        cause=call.cause,
        note=call.cause_note,
        reopens=call.reopens,
        ack_ms=max(0, elapsed_us(call.raised, call.answered)) // US_PER_MS if call.answered else -1,
        shares=call.shares,
    )


def cause_word(record: CallRecord) -> str:
    """What stands for the cause of a call in a table: its id, or `worn=70,dirt=30` of several."""
    if not record.shares:
        return record.cause
    return ",".join(f"{cause}={share}" for cause, share in record.shares.items())


def shares_of(word: str) -> dict[str, int]:
    """The causes behind a word of `cause_word`, with their percents."""
    if "=" not in word:
        return {word: 100}
    parts = (part.partition("=") for part in word.split(","))
    return {cause: int(share) for cause, _, share in parts}


def is_open(record: CallRecord) -> bool:
    """Whether what was called for still stands."""
    return not record.cleared_us and not record.rejected


def ended_us(record: CallRecord) -> int:
    """When what was called for was over or said to be a mistake; 0 while it stands."""
    if record.cleared_us or record.closed_us:
        return record.cleared_us or record.closed_us
    return record.raised_us + record.call_ms * US_PER_MS if record.rejected else 0


def read_calls(history: History, from_us: int, to_us: int) -> list[CallRecord]:
    """The calls that are over and were raised in [from, to), oldest first."""
    return decode_calls(history.bodies(CALLS, "", since_us=from_us, until_us=to_us))


def decode_calls(bodies: bytes) -> list[CallRecord]:
    """The records of a JSON array; raises msgspec errors if it is damaged."""
    return _DECODER.decode(bodies)


_DECODER = msgspec.json.Decoder(list[CallRecord])
