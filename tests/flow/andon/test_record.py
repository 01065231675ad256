"""Records of calls, made of real events as the engine makes them."""

import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.decide import decide
from shopfloor.core.events import Event, Recorded
from shopfloor.core.events_andon import CallCleared, CallClosed, CallRaised, CallRejected, CallReturned
from shopfloor.core.evolve import apply
from shopfloor.core.line import CallKind, Line, Scope
from shopfloor.core.moment import Moment, Now
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.flow.andon.packed import CALL_TIMES
from shopfloor.flow.andon.record import CALLS, CallRecord, decode_calls, is_open, record_of
from shopfloor.flow.andon.table import open_records, table_of, unpacked
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from tests.helpers.calls import andon_line

S = 1_000_000
KEPT = (CALLS, CALL_TIMES)


class Book:
    """A shop that keeps the records its calls leave."""

    def __init__(self, line: Line | None = None) -> None:
        self.line = line or andon_line()
        self.shop = Shop(self.line)
        self.clock = ManualClock()
        self.records: list[CallRecord] = []
        self.n = 0

    def record(self, event: Event, *, after_s: float = 0) -> None:
        """Let an event happen."""
        self.clock.advance(after_s)
        self.happen(event, self.clock.now())

    def happen(self, event: Event, now: Now) -> None:
        """Let an event happen at an instant of its own."""
        self.n += 1
        entry = Recorded(
            origin="t~0", n=self.n, moment=Moment(now.at_us), mono_ns=now.mono_ns, boot=now.boot, event=event
        )
        rows = [row for row in digest_rows(self.shop, entry, WorkCalendar(self.line)) if row.series in KEPT]
        for row, times in zip(rows[::2], rows[1::2], strict=True):
            (made,) = decode_calls(b"[" + row.body + b"]")
            assert unpacked(b"[" + times.body + b"]")["raised_us"].tolist() == [made.raised_us]
            for one in (row, times):
                assert (one.key, one.at_us, one.n) == ("", made.raised_us, self.n)
            self.records.append(made)
        apply(self.shop, entry)

    def do(self, command: c.Command, *, after_s: float = 0) -> None:
        """Decide a command, and let its events happen."""
        self.clock.advance(after_s)
        decision = decide(self.shop, command, self.clock.now())
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            self.record(event)

    @property
    def call(self) -> str:
        """The id of the only open call."""
        (call,) = self.shop.calls
        return call


@pytest.fixture
def book() -> Book:
    return Book()


def raised(reason: str = "material", kind: CallKind = CallKind.HELP) -> CallRaised:
    return CallRaised(station="saw", reason=reason, call_kind=kind, scope=Scope.STATION, deadline_s=60)


def test_a_call_leaves_its_record_when_it_is_cleared(book: Book) -> None:
    book.do(c.RaiseCall(station="saw", reason="material"))
    start_us = book.clock.now().at_us
    book.do(c.AcknowledgeCall(station="saw", call=book.call), after_s=5)
    assert book.records == []
    book.do(c.ClearCall(station="saw", call=book.call), after_s=15)
    (made,) = book.records
    assert (made.station, made.reason, made.kind, made.deadline_s) == ("saw", "material", CallKind.HELP, 60)
    assert (made.raised_us, made.acked_us, made.cleared_us, made.closed_us) == (
        start_us,
        start_us + 5 * S,
        start_us + 20 * S,
        start_us + 20 * S,
    )
    assert (made.call_ms, made.stop_ms, made.ack_ms) == (20_000, 0, 5_000)


def test_one_that_waits_for_its_cause_leaves_it_when_the_cause_is_given(book: Book) -> None:
    book.record(raised(kind=CallKind.STOP))
    start_us = book.clock.now().at_us
    book.record(CallCleared(station="saw", call=book.call, asks=True), after_s=30)
    assert book.records == []
    book.record(CallClosed(station="saw", call=book.call, cause="jam", note="chip"), after_s=600)
    (made,) = book.records
    assert (made.cleared_us - start_us, made.closed_us - start_us) == (30 * S, 630 * S)
    assert (made.call_ms, made.stop_ms, made.cause, made.note) == (30_000, 30_000, "jam", "chip")


def test_what_returned_by_itself_and_was_taken_is_over(book: Book) -> None:
    book.record(raised())
    book.record(CallReturned(station="saw", call=book.call), after_s=10)
    assert book.records == []
    book.record(CallReturned(station="saw", call=book.call, closes=True), after_s=10)
    assert [made.call_ms for made in book.records] == [20_000]


def test_a_rejected_call_says_why_and_when(book: Book) -> None:
    book.record(raised())
    book.record(CallRejected(station="saw", call=book.call, reason="by mistake"), after_s=7)
    (made,) = book.records
    assert (made.rejected, made.cleared_us, made.call_ms) == ("by mistake", 0, 7_000)
    assert made.closed_us == book.clock.now().at_us
    assert not is_open(made)


def test_a_clock_set_back_while_it_is_open_changes_no_duration(book: Book) -> None:
    book.record(raised(kind=CallKind.STOP))
    before = book.clock.now()
    after = Now(before.at_us - 3600 * S, before.mono_ns + 40 * S * 1000, before.boot)
    book.happen(CallCleared(station="saw", call=book.call), after)
    assert [(made.call_ms, made.stop_ms) for made in book.records] == [(40_000, 40_000)]


def test_a_call_that_nobody_knows_leaves_nothing(book: Book) -> None:
    book.record(CallCleared(station="saw", call="t~0/99"))
    assert book.records == []


def test_an_open_call_has_the_times_so_far_and_is_counted_once(book: Book) -> None:
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
