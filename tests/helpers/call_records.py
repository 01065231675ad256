"""Records of calls as tests need them: what is not said is usual."""

from msgspec.structs import replace

from shopfloor.core.line_andon import CallKind, Scope, Severity
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.record import CallRecord

S = 1_000_000
MIN = 60 * S
H = 3600 * S
DAY = 24 * H


def a_record(raised_us: int, for_us: int = 120 * S, /, **changes: object) -> CallRecord:
    """A help call for material at the press, taken after a tenth of its time and cleared `for_us` after it came."""
    record = CallRecord(
        id=f"c{raised_us}",
        station="press",
        reason="material",
        raised_kind=CallKind.HELP,
        kind=CallKind.HELP,
        scope=Scope.STATION,
        source=CallSource.PERSON,
        severity=Severity.MEDIUM,
        deadline_s=0,
        raised_us=raised_us,
        acked_us=raised_us + for_us // 10,
        arrived_us=0,
        stopped_us=0,
        cleared_us=raised_us + for_us,
        closed_us=raised_us + for_us,
        call_ms=for_us // 1000,
        stop_ms=0,
        level=0,
        overdue=0,
        rejected="",
        cause="",
        note="",
        reopens="",
    )
    return replace(record, **changes)
