"""How often a station fails, and how long it takes until it runs again (reference 2.8, 5.5, 5.7)."""

from msgspec import Struct

from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.flow.andon.stops import Stops


class Repair(Struct, frozen=True, kw_only=True):
    """Failures are outages: stops of a station that overlap are one, so that no time between failures is negative.

    `mttr_ms` = `down_ms` / `failures`, `mtbf_ms` = `operating_ms` / `failures`, `availability` = MTBF / (MTBF + MTTR);
    None where nothing failed. `operating_ms` is working time in which nothing stopped the station: not its own
    failures, and not those of others whose stop covers it.
    """

    failures: int
    down_ms: int
    operating_ms: int
    mttr_ms: float | None
    mtbf_ms: float | None
    availability: float | None


def repair(failures: int, down_us: int, operating_us: int) -> Repair:
    """The figures of so many failures."""
    known = failures > 0
    return Repair(
        failures=failures,
        down_ms=down_us // US_PER_MS,
        operating_ms=operating_us // US_PER_MS,
        mttr_ms=down_us / failures / US_PER_MS if known else None,
        mtbf_ms=operating_us / failures / US_PER_MS if known else None,
        availability=operating_us / (operating_us + down_us) if known and operating_us + down_us else None,
    )


def repair_of(own: Stops, covering: Stops, worked_us: int) -> Repair:
    """`own` are the stops raised at a station, `covering` all that stopped it in so much working time."""
    real = own.where(~own.rejected)
    outages_us = real.outages_us()
    operating_us = worked_us - int(covering.first_out_us().sum())
    return repair(len(outages_us), int(outages_us.sum()), operating_us)
