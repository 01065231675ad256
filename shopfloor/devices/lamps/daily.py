"""When the daily test of lamps and sound is due: by the local clock of the line, on days of 23 and 25 hours, too."""

from datetime import datetime, tzinfo

from shopfloor.core.moment import US_PER_S


def is_due(at_us: int, zone: tzinfo, test_at: str, *, last_us: int) -> bool:
    """Whether it is `test_at` (`HH:MM`, "" never) or later on a local day without a test; `last_us` 0: there was none.

    An hour that the day skips is over as soon as it is skipped; one that comes twice has had its test.
    """
    if not test_at:
        return False
    local = datetime.fromtimestamp(at_us / US_PER_S, zone)
    last = datetime.fromtimestamp(last_us / US_PER_S, zone)
    return local.strftime("%H:%M") >= test_at and last.date() < local.date()
