"""Splitting bytes into frames."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from shopfloor.devices.framing import FRAME_BYTES_MAX, STALE_S, Frame, Framer

QUIET_NS = round(STALE_S * 1e9)
NOISE = st.binary(max_size=1200)
CODES = st.text("ABCK0123\x1d\x1e\x04é]", min_size=1, max_size=40)
ENDS = st.sampled_from([b"\r", b"\n", b"\r\n", b"\x03", b"\x03\r\n"])


def texts(*chunks: bytes, waited_ns: int = 0) -> list[str]:
    framer = Framer()
    return [frame.text for chunk in chunks for frame in framer.feed(chunk, waited_ns=waited_ns)]


def test_each_terminator_ends_a_frame_and_none_makes_an_empty_one() -> None:
    assert texts(b"A\rB\nC\r\nD\x03\x02E\x03\r\n\r\r\n\x02\x03F\r") == ["A", "B", "C", "D", "E", "F"]


def test_group_separators_are_data() -> None:
    code = "[)>\x1e06\x1d15KX\x1dP1\x1e\x04"
    assert texts(code.encode() + b"\r") == [code]


def test_a_frame_may_come_byte_by_byte_at_9600_baud() -> None:
    assert texts(*[bytes([byte]) for byte in b"KAB12\r"], waited_ns=1_042_000) == ["KAB12"]


def test_a_stale_half_is_never_glued_to_the_next_frame() -> None:
    framer = Framer()
    assert framer.feed(b"K12", waited_ns=0) == []
    assert framer.feed(b"K99\r", waited_ns=QUIET_NS) == [Frame("K99")]
    assert framer.counts.stale == 1


def test_silence_adds_up_over_reads_that_timed_out() -> None:
    framer = Framer()
    framer.feed(b"K12", waited_ns=0)
    framer.feed(b"", waited_ns=QUIET_NS // 2)
    framer.feed(b"", waited_ns=QUIET_NS // 2)
    assert framer.feed(b"K99\r", waited_ns=0) == [Frame("K99")]


def test_bytes_that_waited_in_the_driver_still_belong_to_their_frame() -> None:
    # The reader was held up between the two reads, for however long: it did not listen in vain.
    framer = Framer()
    assert framer.feed(b"K12", waited_ns=QUIET_NS * 9) == []
    assert framer.feed(b"34\r", waited_ns=0) == [Frame("K1234")]


def test_a_start_of_text_drops_the_half_before_it() -> None:
    framer = Framer()
    assert framer.feed(b"K12\x02K99\x03", waited_ns=0) == [Frame("K99")]
    assert framer.counts.stale == 1


def test_a_reconnect_forgets_the_half() -> None:
    framer = Framer()
    framer.feed(b"K12", waited_ns=0)
    framer.reset()
    assert framer.feed(b"K99\r", waited_ns=0) == [Frame("K99")]
    assert framer.counts.stale == 1


def test_the_longest_frame_passes_and_one_byte_more_is_dropped_up_to_the_terminator() -> None:
    longest = "A" * FRAME_BYTES_MAX
    framer = Framer()
    assert framer.feed(longest.encode() + b"\r", waited_ns=0) == [Frame(longest)]
    assert framer.feed(longest.encode() + b"A" + b"B" * 2000 + b"\rK99\r", waited_ns=0) == [Frame("K99")]
    assert framer.counts.overflows == 1


def test_an_endless_frame_is_over_when_the_line_falls_silent() -> None:
    framer = Framer()
    framer.feed(b"A" * 2000, waited_ns=0)
    assert framer.feed(b"K99\r", waited_ns=QUIET_NS) == [Frame("K99")]


def test_what_is_no_text_is_a_frame_that_shows_its_bytes() -> None:
    framer = Framer()
    assert framer.feed(b"K\x00\xff\r", waited_ns=0) == [Frame("K\\x00\\xff", readable=False)]
    assert framer.feed(b"A\tB\r", waited_ns=0) == [Frame("A\\x09B", readable=False)]
    assert framer.counts.undecodable == 2


@given(NOISE, st.lists(st.integers(0, 1200), max_size=8))
def test_frames_do_not_depend_on_how_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    whole, parts = Framer(), Framer()
    edges = [0, *sorted(cuts), len(data)]
    cut = [frame for a, b in pairwise(edges) for frame in parts.feed(data[a:b], waited_ns=0)]
    assert cut == whole.feed(data, waited_ns=0)
    assert parts.counts == whole.counts


@given(st.lists(st.tuples(NOISE, st.integers(0, 2 * QUIET_NS)), max_size=12))
def test_any_bytes_give_bounded_frames_and_no_error(chunks: list[tuple[bytes, int]]) -> None:
    framer = Framer()
    for data, waited_ns in chunks:
        for frame in framer.feed(data, waited_ns=waited_ns):
            assert frame.text
            assert len(frame.text) <= FRAME_BYTES_MAX
            assert frame.readable or frame.text.isprintable()
        assert len(framer._half) <= FRAME_BYTES_MAX


@given(NOISE, ENDS, CODES)
@example(b"A" * 600, b"\r", "K")
def test_after_noise_and_a_terminator_the_next_frame_is_whole(noise: bytes, end: bytes, code: str) -> None:
    framer = Framer()
    framer.feed(noise + end, waited_ns=0)
    assert framer.feed(code.encode() + end, waited_ns=0) == [Frame(code)]


@given(NOISE, CODES, ENDS)
@example(b"A" * 600, "K", b"\r")
def test_after_noise_and_silence_the_next_frame_is_whole(noise: bytes, code: str, end: bytes) -> None:
    framer = Framer()
    framer.feed(noise, waited_ns=0)
    assert framer.feed(code.encode() + end, waited_ns=QUIET_NS) == [Frame(code)]


@given(st.lists(CODES, max_size=60), ENDS, st.integers(1, 7))
def test_every_frame_of_a_burst_comes_out_once_and_in_order(codes: list[str], end: bytes, step: int) -> None:
    data = b"".join(code.encode() + end for code in codes)
    framer = Framer()
    got = [
        frame for at in range(0, len(data), step) for frame in framer.feed(data[at : at + step], waited_ns=1_000_000)
    ]
    assert [frame.text for frame in got] == codes
