"""How long something has been so, in working time: nobody is called at night for a line at rest."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from shopfloor.core.moment import Now, elapsed_us
from shopfloor.flow.calendar import WorkCalendar

_K = TypeVar("_K", bound=Hashable)


class WorkTime:
    """Working time that has passed since it was made; it stands outside shifts and in breaks."""

    def __init__(self) -> None:
        self.us = 0
        self._last: Now | None = None

    def advance(self, now: Now, calendar: WorkCalendar) -> None:
        """Go on to `now`: so far as the monotonic clock says, so that a wall clock that was set moves nothing."""
        if self._last is not None:
            passed_us = elapsed_us(self._last, now)
            self.us += calendar.working_us(now.at_us - passed_us, now.at_us)
        self._last = now


class Timers(Generic[_K]):
    """Since when each of some conditions has held; one that breaks begins anew."""

    def __init__(self) -> None:
        self._since: dict[_K, int] = {}

    def hold(self, keys: Iterable[_K], at_us: int) -> None:
        """These hold at `at_us`, and no others."""
        self._since = {key: self._since.get(key, at_us) for key in keys}

    def held_us(self, key: _K, at_us: int) -> int | None:
        """For how long it has held, None if it does not."""
        since = self._since.get(key)
        return None if since is None else at_us - since
