"""What was last said about a device's health, so that only news is said."""

from collections.abc import Mapping

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Device
from shopfloor.core.ports import Report

COUNTS_S = 0.5  # counters are published at most this often

_NS_PER_S = 1_000_000_000


class Told:
    """The health of one device; used by one thread at a time."""

    def __init__(self, device: Device, report: Report, *, clock: Clock, detail: str) -> None:
        self._report = report
        self._clock = clock
        self._said_ns = 0
        self.health = Health(
            id=device.id,
            kind=device.kind.value,
            condition=Condition.NEW,
            since_us=clock.now().at_us,
            station=device.station,
            detail=detail,
        )

    def begin(self) -> None:
        """Say that there is a new device."""
        self._report([self.health])

    def say(self, condition: Condition, detail: str, remedy: str, *, counts: Mapping[str, int]) -> None:
        """Say how it is, if that is news."""
        said = self.health
        if (condition, detail, remedy) == (said.condition, said.detail, said.remedy):
            return
        since_us = said.since_us if condition is said.condition else self._clock.now().at_us
        self._publish(condition=condition, since_us=since_us, detail=detail, remedy=remedy, counts=counts)

    def count(self, counts: Mapping[str, int]) -> None:
        """Say the counters, if they changed, and not too often."""
        said = self.health
        if counts != said.counts and self._clock.now().mono_ns - self._said_ns >= COUNTS_S * _NS_PER_S:
            self._publish(
                condition=said.condition,
                since_us=said.since_us,
                detail=said.detail,
                remedy=said.remedy,
                counts=counts,
            )

    def _publish(
        self, *, condition: Condition, since_us: int, detail: str, remedy: str, counts: Mapping[str, int]
    ) -> None:
        said = self.health
        self._said_ns = self._clock.now().mono_ns
        self.health = Health(
            id=said.id,
            kind=said.kind,
            condition=condition,
            since_us=since_us,
            station=said.station,
            detail=detail,
            remedy=remedy,
            counts=dict(counts),
        )
        self._report([self.health])
