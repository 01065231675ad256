"""Records of calls, made of real events as the engine makes them."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events_andon import CallCleared, CallClosed, CallRaised, CallRejected, CallReturned
from shopfloor.core.line import CallKind, Scope
from shopfloor.core.moment import Now
from shopfloor.flow.andon.record import is_open, record_of
from shopfloor.flow.andon.table import open_records, table_of
from tests.helpers.call_book import CallBook

S = 1_000_000


@pytest.fixture
def book() -> CallBook:
    return CallBook()


def raised(reason: str = "material", kind: CallKind = CallKind.HELP) -> CallRaised:
    return CallRaised(station="saw", reason=reason, call_kind=kind, scope=Scope.STATION, deadline_s=60)


def test_a_call_leaves_its_record_when_it_is_cleared(book: CallBook) -> None:
    start_us = book.start_us
    call = book.do(0, c.RaiseCall(station="saw", reason="material"))
    book.do(5, c.AcknowledgeCall(station="saw", call=call))
    assert book.records == []
    book.do(20, c.ClearCall(station="saw", call=call))
    (made,) = book.records
    assert (made.station, made.reason, made.kind, made.deadline_s) == ("saw", "material", CallKind.HELP, 60)
    assert (made.raised_us, made.acked_us, made.cleared_us, made.closed_us) == (
        start_us,
        start_us + 5 * S,
        start_us + 20 * S,
        start_us + 20 * S,
    )
    assert (made.call_ms, made.stop_ms, made.ack_ms) == (20_000, 0, 5_000)


def test_one_that_waits_for_its_cause_leaves_it_when_the_cause_is_given(book: CallBook) -> None:
    book.record(raised(kind=CallKind.STOP))
    start_us = book.clock.now().at_us
    book.record(CallCleared(station="saw", call=book.call, asks=True), after_s=30)
    assert book.records == []
    book.record(CallClosed(station="saw", call=book.call, cause="jam", note="chip"), after_s=600)
    (made,) = book.records
    assert (made.cleared_us - start_us, made.closed_us - start_us) == (30 * S, 630 * S)
    assert (made.call_ms, made.stop_ms, made.cause, made.note) == (30_000, 30_000, "jam", "chip")


def test_what_returned_by_itself_and_was_taken_is_over(book: CallBook) -> None:
    book.record(raised())
    book.record(CallReturned(station="saw", call=book.call), after_s=10)
    assert book.records == []
    book.record(CallReturned(station="saw", call=book.call, closes=True), after_s=10)
    assert [made.call_ms for made in book.records] == [20_000]


def test_a_rejected_call_says_why_and_when(book: CallBook) -> None:
    book.record(raised())
    book.record(CallRejected(station="saw", call=book.call, reason="by mistake"), after_s=7)
    (made,) = book.records
    assert (made.rejected, made.cleared_us, made.call_ms) == ("by mistake", 0, 7_000)
    assert made.closed_us == book.clock.now().at_us
    assert not is_open(made)


def test_a_clock_set_back_while_it_is_open_changes_no_duration(book: CallBook) -> None:
    book.record(raised(kind=CallKind.STOP))
    before = book.clock.now()
    after = Now(before.at_us - 3600 * S, before.mono_ns + 40 * S * 1000, before.boot)
    book.happen(CallCleared(station="saw", call=book.call), after)
    assert [(made.call_ms, made.stop_ms) for made in book.records] == [(40_000, 40_000)]


def test_a_call_that_nobody_knows_leaves_nothing(book: CallBook) -> None:
    book.record(CallCleared(station="saw", call="t~0/99"))
    assert book.records == []


def test_an_open_call_has_the_times_so_far_and_is_counted_once(book: CallBook) -> None:
    book.record(raised(kind=CallKind.STOP))
    book.clock.advance(12)
    now = book.clock.now()
    (call,) = book.shop.calls.values()
    living = record_of(call, now)
    assert is_open(living)
    assert (living.call_ms, living.stop_ms, living.closed_us) == (12_000, 12_000, 0)
    ended = replace(living, cleared_us=now.at_us, call_ms=11_000)
    both = table_of([ended], open_records([call], now))
    assert both.column("call_ms").tolist() == [11_000]
    alone = table_of([], open_records([call], now))
    assert alone.column("call_ms").tolist() == [12_000]
