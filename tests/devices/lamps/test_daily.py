"""When the daily test is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shopfloor.core.moment import US_PER_S
from shopfloor.devices.lamps.daily import is_due

BERLIN = ZoneInfo("Europe/Berlin")


def us(text: str) -> int:
    """UTC microseconds of an instant in ISO form, UTC where it has no offset."""
    instant = datetime.fromisoformat(text)
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()) * US_PER_S


@pytest.mark.parametrize(
    ("now", "test_at", "last", "due"),
    [
        ("2026-03-02T05:59:59+01:00", "06:00", "", False),
        ("2026-03-02T06:00:00+01:00", "06:00", "", True),
        ("2026-03-02T22:00:00+01:00", "06:00", "", True),
        ("2026-03-02T22:00:00+01:00", "", "", False),
        ("2026-03-02T06:00:00+01:00", "06:00", "2026-03-01T06:00:00+01:00", True),
        ("2026-03-02T06:00:01+01:00", "06:00", "2026-03-02T06:00:00+01:00", False),
        ("2026-03-02T06:00:00+01:00", "06:00", "2026-03-02T00:10:00+01:00", False),
        # A night's test of the evening before is of another local day, whatever UTC says.
        ("2026-03-02T00:05:00+01:00", "00:05", "2026-03-01T23:55:00+01:00", True),
        # 02:30 does not come: it is over at 03:00.
        ("2026-03-29T01:59:59+01:00", "02:30", "2026-03-28T02:30:00+01:00", False),
        ("2026-03-29T03:00:00+02:00", "02:30", "2026-03-28T02:30:00+01:00", True),
        # 02:30 comes twice: the second is of the same day.
        ("2026-10-25T02:30:00+02:00", "02:30", "2026-10-24T02:30:00+02:00", True),
        ("2026-10-25T02:30:00+01:00", "02:30", "2026-10-25T02:30:00+02:00", False),
    ],
)
def test_it_is_due_once_a_local_day(now: str, test_at: str, last: str, *, due: bool) -> None:
    assert is_due(us(now), BERLIN, test_at, last_us=us(last) if last else 0) is due
