"""Shifts as typed."""

import pytest

from shopfloor.flow.sizing.closed import SHIFTS_MAX, read_shifts
from shopfloor.flow.units import InputError


def test_shifts_are_read_with_their_days() -> None:
    day, night, saturday = read_shifts("06:00-14:00 mon-fri, 22:00-06:00 SUN-thu,06:00-12:00 sat")
    assert (day.start, day.end, day.days) == ("06:00", "14:00", ("mon", "tue", "wed", "thu", "fri"))
    assert night.days == ("sun", "mon", "tue", "wed", "thu")
    assert saturday.days == ("sat",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("06:00-14:00", "on weekdays"),
        ("6-14 mon-fri", "06:00-14:00 mon-fri"),
        ("06:00-24:30 mon", "HH:MM"),
        ("06:00-14:00 mon-fry", "sun"),
        ("", "nothing"),
        ("06:00-14:00 mon,", "nothing"),
        (",".join(["06:00-14:00 mon"] * (SHIFTS_MAX + 1)), "at most"),
    ],
)
def test_shifts_that_cannot_be_read_say_how(text: str, words: str) -> None:
    with pytest.raises(InputError, match="supplier_shifts") as wrong:
        read_shifts(text)
    assert words in str(wrong.value)
