"""A call with a deadline as the reference counts it (5.14): takt 60 s, pulled at 42 s, so 18 s are left."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.line import CallKind, Reason, Scope
from shopfloor.flow.andon.figures import AndonFigures
from tests.helpers.call_book import CallBook
from tests.helpers.calls import andon_line

PULLED_S = 42


@pytest.fixture
def book() -> CallBook:
    reasons = (
        Reason(id="cord", name="Cord", deadline_s=60 - PULLED_S),
        Reason(id="other", name="Other", deadline_s=60 - PULLED_S),
        Reason(id="line", name="Line", deadline_s=60 - PULLED_S, scope=Scope.LINE),
    )
    return CallBook(replace(andon_line(), reasons=reasons, takt_s=60))


def cleared(book: CallBook, second: float, reason: str = "cord") -> AndonFigures:
    call = book.do(PULLED_S, c.RaiseCall(station="saw", reason=reason))
    book.do(second, c.ClearCall(station="saw", call=call))
    return book.figures()


def test_cleared_before_the_position_is_a_pull_and_no_stop(book: CallBook) -> None:
    found = cleared(book, 55)
    assert (found.counts.calls, found.counts.stops, found.counts.stops_per_call) == (1, 0, 0)
    assert (found.stop.stops, found.stop.stood_ms, found.stop.lost_units) == (0, 0, 0)
    assert found.times.near == 0


def test_cleared_after_it_is_a_stop_from_the_position_on(book: CallBook) -> None:
    found = cleared(book, 95)
    assert (found.counts.calls, found.counts.turned, found.counts.unanswered) == (1, 1, 1)
    assert (found.stop.stops, found.stop.stood_ms) == (1, 35_000)
    assert found.stop.lost_units == pytest.approx(0.5833, abs=0.00005)
    assert found.line_stop.stood_ms == 0


def test_a_stop_of_the_whole_line_is_the_lines(book: CallBook) -> None:
    found = cleared(book, 95, "line")
    assert found.line_stop == found.stop
    assert [one.stood_ms for one in found.stations] == [35_000] * len(found.stations)


def test_cleared_exactly_at_the_position_is_a_stop_without_time(book: CallBook) -> None:
    found = cleared(book, 60)
    assert (found.counts.stops, found.stop.stops, found.stop.stood_ms) == (1, 1, 0)


def test_pulled_exactly_at_the_position_stops_at_once(book: CallBook) -> None:
    book.line = replace(book.line, reasons=(Reason(id="cord", name="Cord", kind=CallKind.STOP),))
    book.shop.set_line(book.line)
    call = book.do(60, c.RaiseCall(station="saw", reason="cord"))
    book.do(80, c.ClearCall(station="saw", call=call))
    found = book.figures()
    assert (found.counts.stops, found.counts.turned, found.stop.stood_ms) == (1, 0, 20_000)


def test_two_pulls_and_one_clear_are_still_a_call(book: CallBook) -> None:
    first = book.do(PULLED_S, c.RaiseCall(station="saw", reason="cord"))
    book.do(PULLED_S + 3, c.RaiseCall(station="saw", reason="other"))
    book.do(50, c.ClearCall(station="saw", call=first))
    found = book.figures()
    assert (found.counts.calls, found.times.open, found.counts.stops) == (2, 1, 0)
    book.at(70)
    found = book.figures()
    assert (found.times.open, found.counts.stops, found.stop.stood_ms) == (1, 1, 7_000)


def test_cleared_at_18_of_20_seconds_is_a_near_stop() -> None:
    book = CallBook(replace(andon_line(), reasons=(Reason(id="cord", name="Cord", deadline_s=20),)))
    for begun_s, for_s in ((0, 18), (100, 15.9), (200, 16), (300, 25)):
        call = book.do(begun_s, c.RaiseCall(station="saw", reason="cord"))
        book.do(begun_s + for_s, c.ClearCall(station="saw", call=call))
    found = book.figures().times
    assert [(one.call_ms, one.deadline_ms) for one in found.near_stops] == [(18_000, 20_000), (16_000, 20_000)]
    assert found.near == 2
