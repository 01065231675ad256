"""Instants and durations as people read them."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shopfloor.core.moment import US_PER_S


def duration(us: int) -> str:
    """`0:42`, `12:04`, `1:02:03`; whole seconds that have passed."""
    seconds = max(0, us) // US_PER_S
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def countdown(us: int) -> str:
    """A duration that is left: rounded up, so that 0:00 means it is over."""
    return duration(us + US_PER_S - 1)


def clock(at_us: int, zone: tzinfo, *, seconds: bool = True) -> str:
    """A UTC instant as local time, `14:32:07` or `14:32`."""
    local = datetime.fromtimestamp(at_us / US_PER_S, UTC).astimezone(zone)
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def zone_of(name: str) -> tzinfo:
    """The time zone of a line; UTC if this system does not know it."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
