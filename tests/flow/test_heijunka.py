"""The heijunka box: B18 of the reference, and what any box keeps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.cli.main import run
from shopfloor.flow.heijunka import Row, level

TWENTY = Fraction(20)
B18 = (
    Row((("A", 1),), Fraction(20)),
    Row((("B", 1),), Fraction(10)),
    Row((("C", 1),), Fraction(40)),
    Row((("D", 2), ("E", 1)), Fraction(20)),
)


def test_b18_a_column_has_one_a_two_b_c_every_second_time_and_d_d_e_in_turn() -> None:
    box = level(B18, column=TWENTY, columns=6)
    assert [column.count("A") for column in box] == [1] * 6
    assert [column.count("B") for column in box] == [2] * 6
    assert [column.count("C") for column in box] == [1, 0, 1, 0, 1, 0]
    assert "".join(card for column in box for card in column if card in "DE") == "DDEDDE"


def test_a_pitch_that_is_no_divisor_of_the_column_is_kept_exactly() -> None:
    box = level([Row((("A", 1),), Fraction(20, 3))], column=TWENTY, columns=100)
    assert {len(column) for column in box} == {3}


@given(pitch=st.fractions(Fraction(1, 2), 90, max_denominator=60), columns=st.integers(1, 60))
def test_no_column_is_more_than_one_card_from_the_level(pitch: Fraction, columns: int) -> None:
    box = level([Row((("A", 1),), pitch)], column=TWENTY, columns=columns)
    for n in range(1, columns + 1):
        assert 0 <= sum(map(len, box[:n])) - TWENTY * n / pitch < 1


@pytest.mark.parametrize(
    ("rows", "column", "columns"),
    [
        ([Row((("A", 1),), Fraction(0))], TWENTY, 1),
        ([Row((("A", 0),), TWENTY)], TWENTY, 1),
        ([Row((("A", 1),), TWENTY)], Fraction(0), 1),
        ([Row((("A", 1),), TWENTY)], TWENTY, 0),
        ([Row((("A", 1),), Fraction(1, 1_000_000))], TWENTY, 500),
    ],
)
def test_a_box_that_cannot_be_is_refused(rows: list[Row], column: Fraction, columns: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        level(rows, column=column, columns=columns)


def test_the_command_says_it_by_the_clock(capfd: pytest.CaptureFixture[str]) -> None:
    rows = ["A=20min", "B=10min", "C=40min", "D:2,E:1=20min"]
    assert run(["loop", "level", *rows, "--start", "07:00", "--column", "20min", "--columns", "3"]) == 0
    assert capfd.readouterr().out == "07:00  A B B C D\n07:20  A B B D\n07:40  A B B C E\n"


@pytest.mark.parametrize("row", ["A", "A=20", "=20min", "A:x=20min", "A=1day"])
def test_the_command_says_what_it_expected(capfd: pytest.CaptureFixture[str], row: str) -> None:
    assert run(["loop", "level", row, "--column", "20min"]) == 2
    assert "expected" in capfd.readouterr().err
