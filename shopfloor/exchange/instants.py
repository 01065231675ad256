"""Instants as text, and text as instants."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def instant_text(at_us: int) -> str:
    """UTC, ISO 8601 with microseconds; "" for never."""
    if not at_us:
        return ""
    return (_EPOCH + at_us * _US).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant_us(text: str, zone: tzinfo) -> int:
    """The instant of a date (its first moment) or a date with a time; by the zone's clock where it names none.

    Raises ValueError if it is neither.
    """
    try:
        at = datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return (at - _EPOCH) // _US
