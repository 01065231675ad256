"""What the engine says of itself: the store, the line file in force, and a command that the disk did not take."""

from msgspec.structs import replace

from shopfloor.core.commands import Command
from shopfloor.core.health import Condition, Health
from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome, Update
from shopfloor.core.words import span_text
from shopfloor.trouble import Trouble

STORE = "store"
LINE_FILE = "line-file"
TIME = "line-time"
AHEAD_US_MAX = 300 * US_PER_S  # figures of cycles are wrong by less than a shift notices
NOT_RECORDED = "not_recorded"  # the outcome of a command that the disk did not take


def store_part(
    known: Health | None,
    condition: Condition,
    now_us: int,
    *,
    detail: str = "",
    remedy: str = "",
    not_recorded: int = 0,
) -> Health:
    """How the store is; a condition that goes on keeps its beginning."""
    since_us = known.since_us if known and known.condition is condition else now_us
    counts = {"not_recorded": not_recorded} if not_recorded else {}
    return Health(
        id=STORE, kind="store", condition=condition, since_us=since_us, detail=detail, remedy=remedy, counts=counts
    )


def store_fails(known: Health | None, now_us: int, what: str, remedy: str, *, owed: int = 0) -> Health:
    """The store takes nothing, or not now."""
    return store_part(known, Condition.TROUBLE, now_us, detail=what, remedy=remedy, not_recorded=owed)


def judged_store(known: Health | None, now_us: int, owed: int) -> Health | None:
    """How the store is after a commit: well, or waited for by calls; None if that is nothing new."""
    if owed:
        return store_part(
            known,
            Condition.TROUBLE,
            now_us,
            detail="Calls and stops work and are not recorded yet.",
            remedy="Make room on the disk, or make it writable: they are written by themselves then.",
            not_recorded=owed,
        )
    return None if known is not None and known.condition is Condition.UP else store_part(known, Condition.UP, now_us)


def line_part(known: Health | None, update: Update, now_us: int) -> Health | None:
    """How the line file is after it was to be changed; None if that is nothing new."""
    outcome = update.outcome if update.outcome and update.outcome.refusal else None
    condition = Condition.TROUBLE if outcome else Condition.UP
    if known is not None and outcome is None and known.condition is condition:
        return None
    return Health(
        id=LINE_FILE,
        kind="line file",
        condition=condition,
        since_us=now_us,
        detail=str(outcome.words) if outcome else "",
        remedy=str(outcome.remedy) if outcome else "",
    )


def time_part(known: Health | None, ahead_us: int, now_us: int) -> Health | None:
    """How the time of the line is, whose newest event is so far ahead of its clock; None if that is nothing new."""
    condition = Condition.TROUBLE if ahead_us > AHEAD_US_MAX else Condition.UP
    if condition is (known.condition if known is not None else Condition.UP):
        return None
    if condition is Condition.UP:
        return Health(id=TIME, kind="line time", condition=condition, since_us=now_us)
    span = span_text(ahead_us // US_PER_S)
    return Health(
        id=TIME,
        kind="line time",
        condition=condition,
        since_us=now_us,
        detail=f"The newest event of the line is {span} ahead of its clock. Until then events are put behind it, and "
        "say that they are not sure.",
        remedy="It passes by itself. Somebody set a clock: look at the line server's, and at those below.",
    )


def not_recorded(command: Command, command_id: str, trouble: Trouble, said: Outcome | None = None) -> Outcome:
    """The answer to a command that the disk did not take; `said`: what is so whether it is recorded or not."""
    if said is not None:
        return replace(said, n=0, kind=NOT_RECORDED, command_id=command_id)
    return Outcome(
        n=0,
        kind=NOT_RECORDED,
        station=getattr(command, "station", ""),
        device=getattr(command, "device", "touch"),
        words=Text("Not recorded. {trouble}", {"trouble": trouble.what}),
        remedy=Text("Scan again. {remedy}", {"remedy": trouble.remedy}),
        command_id=command_id,
    )
