"""Rows of fixed width: what goes in comes out, and nothing else does."""

import pytest

from shopfloor.core.line_andon import Scope
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.packed import MS_MAX, SCOPES, SOURCES, Flag, packed
from shopfloor.flow.andon.table import table_of, unpacked
from tests.helpers.call_records import S, a_record

T0 = 1_760_000_000 * S


def test_a_row_is_as_wide_as_any_other() -> None:
    small = a_record(1, 0, station="", reason="", cause="")
    large = a_record(T0, 10**6 * S, station="ö" * 99, note="n" * 500, deadline_s=1e5, stopped_us=T0, stop_ms=10**9)
    assert len(packed(small)) == len(packed(large))
    rows = unpacked(b"[" + packed(small) + b"," + packed(large) + b"]")
    assert rows["raised_us"].tolist() == [1, T0]
    assert len(unpacked(b"[]")) == 0


def test_a_call_of_months_counts_as_the_longest_there_is() -> None:
    found = table_of([a_record(T0, 100 * 86_400 * S, acked_us=0)])
    assert found.column("call_ms").tolist() == [MS_MAX]


def test_every_scope_and_source_is_told_apart() -> None:
    for scope in Scope:
        for source in CallSource:
            found = table_of([a_record(T0, scope=scope, source=source)])
            assert SCOPES[int(found.column("scope")[0])] is scope
            assert SOURCES[int(found.column("source")[0])] is source


def test_flags_and_words() -> None:
    found = table_of(
        [a_record(T0, rejected="x", cleared_us=0), a_record(T0 + 1, cleared_us=0), a_record(T0 + 2, reopens="c")]
    )
    assert found.has(Flag.REJECTED).tolist() == [True, False, False]
    assert found.has(Flag.OPEN).tolist() == [False, True, False]
    assert found.has(Flag.REOPENS).tolist() == [False, False, True]
    assert found.word("station").sums() == {"press": 3}
    assert found.word("station").is_("nowhere").tolist() == [False] * 3


def test_half_a_row_is_refused() -> None:
    body = packed(a_record(T0))
    with pytest.raises(ValueError, match="expected whole rows"):
        unpacked(b"[" + body[:-3] + b'"]')
