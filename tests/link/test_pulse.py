"""What o'clock the line has, and what a heartbeat says."""

import msgspec
import pytest

from shopfloor.core.line_link import DRIFT_PPM, Discipline
from shopfloor.core.moment import Now
from shopfloor.link.pulse import BEAT_BYTES_MAX, disciplined, presence_of

S_US = 1_000_000
S_NS = 1_000_000_000
NOON_US = 1_767_600_000_000_000


def _at(mono_s: float, *, wall_us: int = 0, boot: str = "b") -> Now:
    return Now(wall_us, round(mono_s * S_NS), boot)


def test_an_answer_is_wrong_by_half_its_way_at_most() -> None:
    got = disciplined(None, NOON_US, _at(10.0), _at(10.2))
    assert got.read(_at(10.2)) == (NOON_US + 100_000, 100_001)


@pytest.mark.parametrize("answered_s", [0.0, 0.05, 0.1, 0.2])
def test_the_true_time_is_within_the_uncertainty_whenever_the_server_looked_at_its_clock(answered_s: float) -> None:
    got = disciplined(None, NOON_US + round(answered_s * S_US), _at(0), _at(0.2)).read(_at(0.2))
    assert got is not None
    assert abs(got[0] - (NOON_US + 200_000)) <= got[1]


def test_a_slow_answer_does_not_replace_a_quick_one_of_a_minute_ago() -> None:
    quick = disciplined(None, NOON_US, _at(0), _at(0.002))
    slow = disciplined(quick, NOON_US + 60 * S_US, _at(59.5), _at(60.6))
    assert slow == quick


def test_a_quick_answer_replaces_a_slow_one() -> None:
    slow = disciplined(None, NOON_US, _at(0), _at(1))
    quick = disciplined(slow, NOON_US + S_US, _at(1), _at(1.002))
    assert quick.uncertainty_us == 1_001


def test_a_server_whose_clock_was_set_is_believed_even_if_it_answers_slowly() -> None:
    quick = disciplined(None, NOON_US, _at(0), _at(0.002))
    after = disciplined(quick, NOON_US + 7_200 * S_US, _at(10), _at(11))
    assert after.server_us == NOON_US + 7_200 * S_US + 500_000


def test_offline_the_uncertainty_grows_with_the_drift_of_a_cheap_clock() -> None:
    known = Discipline(NOON_US, 0, "b", 1_000)
    hours_s = 8 * 3600
    read = known.read(_at(hours_s))
    assert read == (NOON_US + hours_s * S_US, 1_000 + hours_s * DRIFT_PPM)
    assert known.read(_at(hours_s, wall_us=-5)) == read, "the wall clock has no say"


def test_another_boot_knows_nothing_of_the_line_s_clock() -> None:
    assert Discipline(NOON_US, 0, "b", 1).read(_at(1, boot="other")) is None


LONG = msgspec.msgpack.encode(("t1~01", 1, b"", 1, 1, 1, "1" * BEAT_BYTES_MAX))


@pytest.mark.parametrize("payload", [b"", b"\xff\x00", b"\x93\x01\x02\x03", LONG])
def test_a_heartbeat_that_cannot_be_read_is_none(payload: bytes) -> None:
    assert presence_of("t1", payload, 0) is None
