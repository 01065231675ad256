"""Waiting times of calls: what is in them, and what is counted apart."""

from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.andon.times import NEAR_SHOWN_MAX, ResponseTimes, Spread, response_times
from tests.helpers.call_records import S, a_record

T0 = 1_760_000_000 * S


def times(*records: CallRecord) -> ResponseTimes:
    return response_times(table_of(records), near_share=0.8)


def test_percentiles_are_times_that_occurred() -> None:
    found = times(*(a_record(T0 + n, n * 10 * S) for n in range(1, 21)))
    assert found.clear == Spread(20, 100_000, 170_000, 200_000)
    assert found.acknowledge == Spread(20, 10_000, 17_000, 20_000)
    assert found.arrive is None


def test_open_and_rejected_calls_are_apart() -> None:
    living = a_record(T0, 90 * S, cleared_us=0, closed_us=0, acked_us=0)
    taken = a_record(T0 + 1, 60 * S, cleared_us=0, closed_us=0, arrived_us=T0 + 1 + 20 * S)
    wrong = a_record(T0 + 2, rejected="by mistake", cleared_us=0)
    found = times(living, taken, wrong, a_record(T0 + 3, 30 * S))
    assert (found.calls, found.rejected, found.open, found.open_untaken, found.oldest_open_ms) == (3, 1, 2, 1, 90_000)
    assert found.clear == Spread(1, 30_000, 30_000, 30_000)
    assert found.acknowledge == Spread(2, 3_000, 6_000, 6_000)
    assert found.arrive == Spread(1, 20_000, 20_000, 20_000)


def test_clearing_is_no_time_to_acknowledge() -> None:
    found = times(a_record(T0, 30 * S, acked_us=T0 + 30 * S), a_record(T0 + 1, 30 * S, acked_us=T0 + 1 + 5 * S))
    assert (found.cleared_untaken, found.unsure) == (1, 0)
    assert found.acknowledge == Spread(1, 5_000, 5_000, 5_000)


def test_the_monotonic_clock_says_when_it_was_taken_though_the_wall_clock_stood() -> None:
    # After a step back the journal's instants stay where they were until the wall clock has caught up.
    found = times(a_record(T0, 0, acked_us=T0, cleared_us=T0, call_ms=40_000, ack_ms=7_000))
    assert (found.acknowledge, found.cleared_untaken) == (Spread(1, 7_000, 7_000, 7_000), 0)


def test_a_time_that_cannot_be_is_left_out() -> None:
    forward = a_record(T0, 60 * S, acked_us=T0 + 3600 * S, arrived_us=T0 + 10 * S)
    back = a_record(T0 + 1, 60 * S, acked_us=T0 + 1 - S)
    found = times(forward, back)
    assert (found.unsure, found.acknowledge) == (2, None)
    assert found.arrive == Spread(1, 10_000, 10_000, 10_000)


def test_of_many_near_stops_the_newest_are_named() -> None:
    found = times(*(a_record(T0 + n * S, 19 * S, deadline_s=20) for n in range(NEAR_SHOWN_MAX + 5)))
    assert (found.near, len(found.near_stops)) == (NEAR_SHOWN_MAX + 5, NEAR_SHOWN_MAX)
    assert found.near_stops[0].raised_us == T0 + 5 * S
    assert (found.near_stops[0].station, found.near_stops[0].reason) == ("press", "material")
