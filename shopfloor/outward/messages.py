"""Which messages follow from a call as it is now and from what has been told of it: pure.

It compares states, not events: a restart, a kill or a burst that was skipped over needs no case of its own.
"""

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.call_views import called_roles
from shopfloor.core.line_andon import Role, Severity
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.suppress import explained_by
from shopfloor.flow.roster import repeat_s, step_roles
from shopfloor.outward.message import Addressee, What


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What has been told of a call, `at` last. `round` counts how often it came again, `repeats` the repetitions.

    `to`: sender -> who was told through it; a sender that is there with nobody told no person in particular.
    """

    call: Call
    at: Now
    level: int = 0
    overdue: int = 0
    stopped: bool = False
    severity: Severity = Severity.NONE
    over: bool = False
    round: int = 0
    repeats: int = 0
    to: dict[str, tuple[Addressee, ...]] = {}


class Note(Struct, frozen=True, kw_only=True):
    """One thing to tell of a call: to whoever has the `roles` now, and (`told_too`) to whoever was told before.

    `id` is the same whenever the same thing is found to be told.
    """

    id: str
    what: What
    roles: tuple[Role, ...] = ()
    told_too: bool = False


def follow(told: Told | None, call: Call, shop: Shop, now: Now) -> tuple[Told | None, tuple[Note, ...]]:
    """What is to be told of a call now, and what has been told after that (None: nothing ever)."""
    silent = is_silent(call, shop)
    if told is None:
        if is_over(call) or silent:
            return None, ()
        new = _as_told(Told(call=call, at=now), call, now)
        return new, (_note(new, What.RAISED, roles=called_roles(shop, call)),)
    if is_over(call):
        if told.over:
            return replace(told, call=call), ()
        ended = replace(told, call=call, over=True)
        # Whoever was told is owed the end, silent or not.
        return ended, (_note(ended, What.OVER, told_too=True),)
    if silent:
        return replace(told, call=call), ()
    if told.over:
        again = _as_told(replace(told, over=False, round=told.round + 1), call, now)
        return again, (_note(again, What.AGAIN, roles=called_roles(shop, call), told_too=True),)
    notes = _changes(told, call, shop)
    after = _as_told(told, call, now) if notes else replace(told, call=call)
    return after, notes


def repeat(told: Told, shop: Shop, now: Now) -> tuple[Told, Note] | None:
    """The repetition that is due: nobody has taken the call, and it was told long enough ago; None if none is."""
    left_us = repeat_left_us(told, shop, now)
    if left_us is None or left_us > 0:
        return None
    after = replace(told, at=now, repeats=told.repeats + 1)
    # Whoever has gone home since need not hear it again and again.
    return after, _note(after, What.REPEAT, number=after.repeats, roles=called_roles(shop, told.call))


def repeat_left_us(told: Told, shop: Shop, now: Now) -> int | None:
    """Microseconds until a call is told again; None if it will not be."""
    span_us = round(repeat_s(shop, told.call) * US_PER_S)
    if not span_us or told.over or told.call.acked_us or is_silent(told.call, shop):
        return None
    return max(0, span_us - elapsed_us(told.at, now))


def is_over(call: Call) -> bool:
    """Whether what was called for is over: cleared, taken back, or gone by itself."""
    return bool(call.cleared_us or call.rejected or call.returned_us or call.closed_us)


def is_silent(call: Call, shop: Shop) -> bool:
    """Whether nobody is told of it for now: it lies on a shelf, or another station's stop explains it. Never a stop."""
    return shop.shelf_of(call) is not None or explained_by(shop, call) is not None


def how_over(call: Call) -> str:
    """How a call ended: cleared, rejected or returned."""
    if call.rejected:
        return "rejected"
    return "returned" if call.returned_us and not call.cleared_us else "cleared"


def _changes(told: Told, call: Call, shop: Shop) -> tuple[Note, ...]:
    stopped = bool(call.stopped_us) and not told.stopped
    notes = []
    if stopped:
        notes.append(_note(told, What.STOPPED, roles=called_roles(shop, call), told_too=True))
    elif call.severity > told.severity:
        number = int(call.severity)
        notes.append(_note(told, What.ROSE, number=number, roles=called_roles(shop, call), told_too=True))
    if call.level > told.level or call.overdue > told.overdue:
        roles = step_roles(shop, call, after_level=told.level, after_overdue=told.overdue)
        # A stop tells everybody the call has reached, those of the new step among them.
        if roles and not stopped:
            number = 100 * call.level + call.overdue
            notes.append(_note(told, What.ESCALATED, number=number, roles=roles))
    return tuple(notes)


def _as_told(told: Told, call: Call, now: Now) -> Told:
    return replace(
        told,
        call=call,
        at=now,
        level=call.level,
        overdue=call.overdue,
        stopped=bool(call.stopped_us),
        severity=call.severity,
    )


def _note(told: Told, what: What, *, number: int = 0, roles: tuple[Role, ...] = (), told_too: bool = False) -> Note:
    ident = f"{told.call.id}.{told.round}.{what.value}.{number}"
    return Note(id=ident, what=what, roles=roles, told_too=told_too)
