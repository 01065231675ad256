"""What a frame says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.commands import SignalKind
from shopfloor.core.reading import read_scan, strip_aim


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("]Q1KAB12", "KAB12"),
        ("]C1\x1d0104", "0104"),
        ("\x1d]d20104", "0104"),
        ("\x1dKAB12", "KAB12"),
        ("KAB]Q112", "KAB]Q112"),
        ("]11KAB", "]11KAB"),
        ("]Q", "]Q"),
        ("]Q1", "]Q1"),
        ("]Q1]Q1K", "]Q1K"),
        ("01\x1d10", "01\x1d10"),
    ],
)
def test_only_a_well_formed_identifier_at_the_start_is_taken_off(text: str, bare: str) -> None:
    assert strip_aim(text) == bare


@pytest.mark.parametrize("text", ["NR", "nr", " NR ", "]C0NR", "#NR", "NOREAD"])
def test_a_no_read_token_is_never_a_code(text: str) -> None:
    assert read_scan(text, prefix="#", no_read=("NR", "NoRead"))[0] is SignalKind.NO_READ


def test_a_code_that_begins_with_a_token_is_a_code() -> None:
    assert read_scan("NR12", no_read=("NR", "?")) == (SignalKind.SCAN, "NR12")


def test_the_prefix_of_the_device_is_taken_off_once() -> None:
    assert read_scan("##K1", prefix="#") == (SignalKind.SCAN, "#K1")
    assert read_scan("K1", prefix="#") == (SignalKind.SCAN, "K1")
    assert read_scan("#", prefix="#") == (SignalKind.SCAN, "#")


def test_control_characters_and_half_characters_are_no_text() -> None:
    assert read_scan("K\x0f1") == (SignalKind.UNDECODABLE, "K\\x0f1")
    assert read_scan("K\ud8001") == (SignalKind.UNDECODABLE, "K\\ud8001")


@given(st.text(min_size=1, max_size=600))
def test_any_text_says_something(text: str) -> None:
    kind, shown = read_scan(text, prefix="~", no_read=("NR",))
    assert kind in SignalKind
    assert shown
