"""Instants as working time, whole arrays at once."""

import numpy as np

from shopfloor.flow.andon.table import Ints
from shopfloor.flow.calendar import WorkCalendar


class WorkTime:
    """Instants of a window as working time since its beginning; instants outside of it are its two ends."""

    def __init__(self, calendar: WorkCalendar, from_us: int, to_us: int) -> None:
        pieces = calendar.work(from_us, to_us)
        self._starts = np.array([start for start, _ in pieces], np.int64)
        self._lengths = np.array([end - start for start, end in pieces], np.int64)
        self._before = np.cumsum(self._lengths) - self._lengths
        self.total_us = int(self._lengths.sum())

    def at(self, instants: Ints) -> Ints:
        """Working time up to each instant, in µs."""
        if not len(self._starts):
            return np.zeros(len(instants), np.int64)
        place = np.maximum(np.searchsorted(self._starts, instants, side="right") - 1, 0)
        into = np.clip(instants - self._starts[place], 0, self._lengths[place])
        found: Ints = self._before[place] + into
        return found
