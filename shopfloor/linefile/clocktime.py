"""Clock times and weekdays of a line file."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minutes_of(text: str) -> int:
    """Minutes since midnight of `HH:MM`. Raises ValueError for anything else."""
    hours, _, minutes = text.partition(":")
    digits = hours + minutes
    if (len(hours), len(minutes), len(text)) != (2, 2, 5) or not digits.isascii() or not digits.isdigit():
        raise ValueError(f"expected HH:MM, got {text!r}")
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"expected 00:00 to 23:59, got {text!r}")
    return int(hours) * 60 + int(minutes)


def minutes_or_none(value: object) -> int | None:
    """Minutes since midnight if the value is `HH:MM`, else None."""
    try:
        return minutes_of(value) if isinstance(value, str) else None
    except ValueError:
        return None


def clock_time(minutes: int) -> str:
    """`HH:MM` of minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
