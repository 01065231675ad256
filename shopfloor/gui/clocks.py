"""Instants and durations as people read them."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text

PRECISE_BELOW_S = 10.0


def duration(us: int) -> str:
    """`0:42`, `12:04`, `1:02:03`; whole seconds that have passed."""
    seconds = max(0, us) // US_PER_S
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def is_short(target_s: float | None, values_s: Sequence[float] = ()) -> bool:
    """Whether times are so short that whole seconds do not tell them apart: by the target, else by all that was."""
    return target_s < PRECISE_BELOW_S if target_s else 0 < max(values_s, default=0) < PRECISE_BELOW_S


def time_text(seconds: float, *, precise: bool = False) -> Text:
    """`0:42`; `4.2 s` where tenths are asked for and a minute is not reached."""
    tenths = round(seconds * 10)
    if precise and 0 <= tenths < 600:
        return Text("{whole}.{tenth} s", {"whole": tenths // 10, "tenth": tenths % 10})
    return Text("{time}", {"time": duration(round(seconds * US_PER_S))})


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
