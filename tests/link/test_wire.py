"""Events on their way: what arrives is byte by byte what was written, whoever wrote it."""

import msgspec
import pytest

from shopfloor.core.codec import encode_event
from shopfloor.core.events import CardLost, Event, Recorded, Unknown
from shopfloor.core.line_link import LineEntry
from shopfloor.core.moment import Moment
from shopfloor.link.wire import (
    BATCH_BYTES_MAX,
    BATCH_EVENTS_MAX,
    BODY_BYTES_MAX,
    WIRE_VERSION,
    WireTrouble,
    decode_batch,
    encode_batch,
    fitting,
    head_of,
)
from tests.helpers.event_examples import EXAMPLES


def _entry(n: int, event: Event | Unknown, body: bytes | None = None) -> LineEntry:
    recorded = Recorded(
        origin="press-1~3f0c9a1e",
        n=n,
        moment=Moment(1_767_600_000_000_000 + n, n % 3),
        mono_ns=-n,
        boot="3f0c9a1e",
        event=event,
        command_id="K-1" if n % 2 else "",
        uncertainty_us=17,
    )
    return LineEntry(seq=0, ts_us=0, recorded=recorded, hash=bytes([n % 256]) * 32, body=body or encode_event(event)[2])


def _there(entries: list[LineEntry]) -> list[LineEntry]:
    _, payload = encode_batch(entries)
    return decode_batch(payload, seq=9, ts_us=8)


def test_every_kind_of_event_arrives_as_it_was() -> None:
    entries = [_entry(n, event) for n, event in enumerate(EXAMPLES, start=1)]
    got = [entry for at in range(0, len(entries), 100) for entry in _there(entries[at : at + 100])]
    assert [entry.recorded for entry in got] == [entry.recorded for entry in entries]
    assert [(entry.hash, entry.body) for entry in got] == [(entry.hash, entry.body) for entry in entries]
    assert {(entry.seq, entry.ts_us) for entry in got} == {(9, 8)}


def test_a_kind_of_a_newer_program_passes_through_untouched() -> None:
    event = Unknown(of_kind="card_beamed", of_version=7, body=b'{"to": "the moon",   "b": [1,2]}')
    (got,) = _there([_entry(1, event)])
    assert got.recorded.event == event
    assert got.body == event.body


def test_a_body_a_newer_program_wrote_with_more_fields_keeps_them_for_its_hash() -> None:
    body = b'{"later":"x", "station":"press","card":"housing-01"}'
    (got,) = _there([_entry(1, CardLost(station="press", card="housing-01"), body)])
    assert got.body == body
    assert got.recorded.event == CardLost(station="press", card="housing-01")


def test_the_head_is_read_without_the_events() -> None:
    entries = [_entry(n, CardLost(station="press", card="c")) for n in range(5, 9)]
    head, payload = encode_batch(entries)
    assert head_of(payload) == head
    assert (head.origin, head.first, head.last, head.hash) == ("press-1~3f0c9a1e", 5, 8, entries[-1].hash)


def test_two_journals_of_one_name_have_other_message_ids() -> None:
    first, _ = encode_batch([_entry(1, CardLost(station="press", card="c"))])
    other = msgspec.structs.replace(_entry(1, CardLost(station="press", card="d")), hash=b"z" * 32)
    second, _ = encode_batch([other])
    assert first.message_id != second.message_id


def test_a_message_takes_so_many_events_and_so_many_bytes() -> None:
    small = [_entry(n, CardLost(station="press", card="c")) for n in range(1, BATCH_EVENTS_MAX + 10)]
    assert len(fitting(small)) == BATCH_EVENTS_MAX
    large = [_entry(n, CardLost(station="press", card="c"), b"{%s}" % (b" " * 60_000)) for n in range(1, 20)]
    taken = fitting(large)
    assert 0 < sum(len(entry.body) for entry in taken) <= BATCH_BYTES_MAX
    assert sum(len(entry.body) for entry in large[: len(taken) + 1]) > BATCH_BYTES_MAX


def test_one_large_event_goes_alone_and_one_far_too_large_is_refused_in_words() -> None:
    large = [_entry(n, CardLost(station="press", card="c"), b"{%s}" % (b" " * BATCH_BYTES_MAX)) for n in (1, 2)]
    assert len(fitting(large)) == 1
    far = _entry(1, CardLost(station="press", card="c"), b"{%s}" % (b" " * BODY_BYTES_MAX))
    with pytest.raises(WireTrouble, match=r"Expected events of \d+ bytes at most"):
        fitting([far])


def test_an_envelope_with_more_fields_of_a_newer_program_is_read() -> None:
    _, payload = encode_batch([_entry(1, CardLost(station="press", card="c"))])
    wire = msgspec.msgpack.decode(payload)
    assert wire[0] == WIRE_VERSION
    wire[5][0].append("later")
    (got,) = decode_batch(msgspec.msgpack.encode([*wire, {"later": 1}]), seq=1, ts_us=1)
    assert got.recorded.n == 1


@pytest.mark.parametrize(
    "payload", [b"", b"x", b"\x93\x01\x02\x03", msgspec.msgpack.encode([1, "o", 1, 1, b"", [[1]]])]
)
def test_what_is_no_batch_is_told_in_words(payload: bytes) -> None:
    with pytest.raises(WireTrouble, match="cannot be read"):
        decode_batch(payload, seq=1, ts_us=1)


def test_events_that_do_not_follow_each_other_are_a_fault() -> None:
    with pytest.raises(ValueError, match="consecutive"):
        encode_batch([_entry(1, CardLost(station="a", card="c")), _entry(3, CardLost(station="a", card="c"))])
