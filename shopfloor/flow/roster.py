"""Who is called: roles by reason and escalation, people by the shift that runs."""

from collections.abc import Iterable
from functools import lru_cache

from shopfloor.core.call_views import called_roles
from shopfloor.core.line import Line, Person, Reason, Role, Shift
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.flow.calendar import WorkCalendar

LINES_KEPT_MAX = 8  # the line in force and a few that a test or a dry run looks at


def on_duty(line: Line, role: Role, at_us: int) -> tuple[Person, ...]:
    """Who has the role at this instant, by the row of the running shift, in the row's order.

    A role without a row for the shift, a time without a shift, and a row that names nobody the line knows: everybody of
    that role, for a call must reach somebody. Shifts are the line's local time, so that they follow its clocks.
    """
    people = {person.id: person for person in line.people}
    shift = _calendar(line.timezone, line.shifts).shift_at(at_us) if line.roster else None
    rows = [duty for duty in line.roster if shift is not None and duty.shift == shift.name and duty.role is role]
    listed = dict.fromkeys(person for duty in rows for person in duty.people if person in people)
    if listed:
        return tuple(people[person] for person in listed)
    return tuple(person for person in line.people if person.role is role)


def step_roles(shop: Shop, call: Call, *, after_level: int = 0, after_overdue: int = 0) -> tuple[Role, ...]:
    """The roles of the escalation steps a call has reached, without the first `after_…` of each timer."""
    steps = _steps(shop, shop.reasons.get(call.reason))
    if steps is None:
        return ()
    not_taken, not_cleared = steps
    reached = (*not_taken[after_level : call.level], *not_cleared[after_overdue : call.overdue])
    return tuple(dict.fromkeys(role for roles in reached for role in roles))


def repeat_s(shop: Shop, call: Call) -> float:
    """How often a call that nobody has taken is told again; 0 never."""
    reason = shop.reasons.get(call.reason)
    found = (e.repeat_s for e in shop.line.escalations if reason is not None and e.id == reason.escalation)
    return next(found, 0.0)


def called(shop: Shop, call: Call, at_us: int) -> tuple[Person, ...]:
    """Everybody a call has reached who is on duty at this instant."""
    return people_of(shop.line, called_roles(shop, call), at_us)


def people_of(line: Line, roles: Iterable[Role], at_us: int) -> tuple[Person, ...]:
    """Everybody on duty in one of the roles, each once."""
    found = {person.id: person for role in roles for person in on_duty(line, role, at_us)}
    return tuple(found.values())


_Steps = tuple[tuple[Role, ...], ...]


def _steps(shop: Shop, reason: Reason | None) -> tuple[_Steps, _Steps] | None:
    for escalation in shop.line.escalations:
        if reason is not None and escalation.id == reason.escalation:
            return (
                tuple(step.roles for step in escalation.not_taken),
                tuple(step.roles for step in escalation.not_cleared),
            )
    return None


@lru_cache(maxsize=LINES_KEPT_MAX)
def _calendar(timezone: str, shifts: tuple[Shift, ...]) -> WorkCalendar:
    return WorkCalendar(Line(id="", name="", timezone=timezone, shifts=shifts))
