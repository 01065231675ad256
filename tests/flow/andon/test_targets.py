"""Calls against the time within which the line file wants them taken."""

import pytest
from msgspec.structs import replace

from shopfloor.core.line import Line, Reason
from shopfloor.core.moment import Now
from shopfloor.flow.andon.figures import andon_figures
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.targets import Targets
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import H, S, a_record

T0 = 1_760_000_000 * S
REASONS = (
    Reason(id="material", name="Material", response_s=60),
    Reason(id="tool", name="Tool", response_s=300),
    Reason(id="other", name="Other"),
)


def called(n: int, *, after_s: float = -1, over_s: float = 400, **changes: object) -> CallRecord:
    """A call that was taken after so long, or by nobody."""
    at_us, ack_ms = T0 + n, round(after_s * 1000) if after_s >= 0 else -1
    acked_us = at_us + round(after_s * S) if after_s >= 0 else 0
    return a_record(at_us, round(over_s * S), ack_ms=ack_ms, acked_us=acked_us, **changes)


def found(*records: CallRecord) -> Targets:
    """Of a line whose material is to be taken within a minute and whose tool within five."""
    line = Line(id="l", name="L", reasons=REASONS)
    now = Now(T0 + H, 0, "b")
    return andon_figures(records, (), line, WorkCalendar(line), from_us=T0, to_us=T0 + H, now=now).targets


def test_a_call_taken_just_in_time_is_within_its_target_and_a_moment_later_is_not() -> None:
    whole = found(called(0, after_s=60), called(1, after_s=60.001), called(2, after_s=200, reason="tool"))
    assert [(row.reason, row.within, row.judged) for row in whole.reasons] == [("material", 1, 2), ("tool", 1, 1)]
    assert (whole.within, whole.judged) == (2, 3)
    assert whole.share == pytest.approx(2 / 3)


def test_reasons_without_a_target_and_mistakes_are_not_judged() -> None:
    whole = found(called(0, after_s=5, reason="other"), called(1, after_s=5, rejected="a test"))
    assert (whole.judged, whole.share) == (0, None)
    assert [row.share for row in whole.reasons] == [None, None]


def test_clearing_answers_what_nobody_had_taken() -> None:
    soon, late = called(0, over_s=50), called(1, over_s=70)
    taken = [replace(one, acked_us=one.cleared_us) for one in (soon, late)]
    assert (found(*taken).within, found(*taken).judged) == (1, 2)


def test_what_waits_is_late_or_not_judged_yet() -> None:
    waiting = [called(n, over_s=for_s, cleared_us=0, closed_us=0) for n, for_s in enumerate((30, 90))]
    whole = found(*waiting)
    assert (whole.within, whole.judged) == (0, 1)


def test_a_call_whose_time_is_not_sure_is_not_judged() -> None:
    before_it_came = replace(called(0), acked_us=T0 - 3600 * S)
    assert found(before_it_came).judged == 0
