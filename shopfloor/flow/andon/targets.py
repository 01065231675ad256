"""How many calls are taken as soon as the line file wants: the share of each reason that has a target."""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from shopfloor.core.line import Reason
from shopfloor.flow.andon.packed import NEVER, Flag
from shopfloor.flow.andon.table import CallTable, Ints

_MS_PER_S = 1_000


class OnTarget(Struct, frozen=True, kw_only=True):
    """Calls of one reason: of `judged`, `within` were taken in time. `share` is None without any."""

    reason: str
    name: str
    target_ms: int
    judged: int
    within: int
    share: float | None


class Targets(Struct, frozen=True, kw_only=True):
    """All calls whose reason has a target, and each such reason in the order of the line file."""

    judged: int
    within: int
    share: float | None
    reasons: tuple[OnTarget, ...]


def targets(calls: CallTable, reasons: Iterable[Reason]) -> Targets:
    """Of calls that are no mistakes. Clearing answers a call that nobody had taken.

    Not judged: what still waits and is not late yet, and what has no sure time because the clock was set.
    """
    answer_ms = _answer_ms(calls)
    waits = calls.has(Flag.OPEN) & (calls.column("ack_ms") == NEVER)
    unsure = calls.has(Flag.UNSURE) & (calls.column("ack_ms") == NEVER) & ~calls.has(Flag.UNTAKEN)
    called = calls.word("reason")
    rows = []
    for reason in reasons:
        target_ms = round(reason.response_s * _MS_PER_S)
        if target_ms <= 0:
            continue
        late = answer_ms > target_ms
        judged = called.is_(reason.id) & ~unsure & (late | ~waits)
        count, within = int(judged.sum()), int((judged & ~late).sum())
        rows.append(
            OnTarget(
                reason=reason.id,
                name=reason.name,
                target_ms=target_ms,
                judged=count,
                within=within,
                share=_share(within, count),
            )
        )
    count, within = sum(row.judged for row in rows), sum(row.within for row in rows)
    return Targets(judged=count, within=within, share=_share(within, count), reasons=tuple(rows))


def _answer_ms(calls: CallTable) -> Ints:
    """Until somebody took it, or cleared it without; of what waits, how long by now."""
    ack_ms = calls.column("ack_ms")
    found: Ints = np.where(ack_ms == NEVER, calls.column("call_ms"), ack_ms)
    return found


def _share(within: int, count: int) -> float | None:
    return within / count if count else None
