"""Who is called follows the shifts of the line's own clocks, also at night and when they change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from shopfloor.core.call_views import called_roles
from shopfloor.core.line import Line, Person, Reason, Shift, Station
from shopfloor.core.line_andon import CallKind, Duty, Escalation, EscalationStep, Role, Scope
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.flow.roster import called, on_duty, repeat_s, step_roles

BERLIN = ZoneInfo("Europe/Berlin")
ALL_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PEOPLE = (
    Person(id="ana", name="Ana", badge="1", role=Role.LEADER),
    Person(id="ben", name="Ben", badge="2", role=Role.LEADER),
    Person(id="cem", name="Cem", badge="3", role=Role.MAINTENANCE),
    Person(id="dai", name="Dai", badge="4", role=Role.OPERATOR),
)
LINE = Line(
    id="x",
    name="X",
    timezone="Europe/Berlin",
    stations=(Station(id="press", name="Press"),),
    people=PEOPLE,
    shifts=(
        Shift(name="day", start="06:00", end="22:00", days=ALL_DAYS),
        Shift(name="night", start="22:00", end="06:00", days=ALL_DAYS),
    ),
    roster=(
        Duty(shift="day", role=Role.LEADER, people=("ana",)),
        Duty(shift="night", role=Role.LEADER, people=("ben", "dai")),
    ),
    reasons=(Reason(id="material", name="Material", roles=(Role.LEADER,), escalation="e"),),
    escalations=(
        Escalation(
            id="e",
            not_taken=(
                EscalationStep(after_s=60, roles=(Role.MAINTENANCE,)),
                EscalationStep(after_s=120, roles=(Role.PLANNER,)),
            ),
            not_cleared=(EscalationStep(after_s=300, roles=(Role.QUALITY, Role.MAINTENANCE)),),
            repeat_s=30,
        ),
    ),
)
CALL = Call(
    id="c",
    station="press",
    reason="material",
    kind=CallKind.HELP,
    raised_kind=CallKind.HELP,
    scope=Scope.STATION,
    raised=Now(0, 0, "b"),
    by="",
)


def local(text: str, *, fold: int = 0) -> int:
    """UTC µs of a local time of the line."""
    return round(datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).timestamp() * 1e6)


def ids(people: tuple[Person, ...]) -> list[str]:
    return [person.id for person in people]


def leaders(at_us: int, line: Line = LINE) -> list[str]:
    return ids(on_duty(line, Role.LEADER, at_us))


def test_the_running_shift_says_who_has_the_role() -> None:
    assert leaders(local("2026-01-07T12:00")) == ["ana"]
    assert leaders(local("2026-01-07T23:00")) == ["ben", "dai"]


def test_a_night_shift_goes_on_over_midnight_and_ends_to_the_microsecond() -> None:
    assert leaders(local("2026-01-08T00:00")) == ["ben", "dai"]
    assert leaders(local("2026-01-08T06:00") - 1) == ["ben", "dai"]
    assert leaders(local("2026-01-08T06:00")) == ["ana"]


def test_a_night_shift_begun_on_a_working_day_goes_on_into_one_that_is_none() -> None:
    friday = replace(LINE, shifts=(Shift(name="night", start="22:00", end="06:00", days=("fri",)),))
    assert leaders(local("2026-01-10T03:00"), friday) == ["ben", "dai"]  # Saturday morning
    assert leaders(local("2026-01-09T03:00"), friday) == ["ana", "ben"]  # Friday morning: no shift runs


def test_a_role_without_a_row_for_the_shift_is_had_by_everybody_of_it() -> None:
    assert ids(on_duty(LINE, Role.MAINTENANCE, local("2026-01-07T12:00"))) == ["cem"]


def test_without_a_running_shift_everybody_of_the_role_is_called() -> None:
    noon_only = replace(LINE, shifts=(Shift(name="day", start="11:00", end="13:00", days=ALL_DAYS),))
    assert leaders(local("2026-01-07T12:00"), noon_only) == ["ana"]
    assert leaders(local("2026-01-07T14:00"), noon_only) == ["ana", "ben"]


def test_a_row_that_names_nobody_the_line_knows_leaves_no_call_without_people() -> None:
    gone = replace(LINE, roster=(Duty(shift="day", role=Role.LEADER, people=("zoe",)),))
    assert leaders(local("2026-01-07T12:00"), gone) == ["ana", "ben"]


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-03-29T00:30", ["ben", "dai"]),  # 01:30 CET, before the clocks go forward
        ("2026-03-29T01:30", ["ben", "dai"]),  # 03:30 CEST
        ("2026-03-29T03:59", ["ben", "dai"]),  # 05:59 CEST: by UTC alone it would go on for another hour
        ("2026-03-29T04:00", ["ana"]),  # 06:00 CEST
        ("2026-10-25T00:30", ["ben", "dai"]),  # 02:30 CEST
        ("2026-10-25T01:30", ["ben", "dai"]),  # 02:30 CET, an hour later
        ("2026-10-25T04:30", ["ben", "dai"]),  # 05:30 CET: by the summer's offset it would have ended
        ("2026-10-25T05:00", ["ana"]),  # 06:00 CET
    ],
)
def test_shifts_follow_the_clocks_of_the_line_on_the_days_they_change(utc: str, expected: list[str]) -> None:
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert leaders(round(at.timestamp() * 1e6)) == expected


def test_a_call_reaches_the_roles_of_its_reason_and_of_the_steps_so_far_each_once() -> None:
    shop = Shop(LINE)
    assert called_roles(shop, CALL) == (Role.LEADER,)
    assert called_roles(shop, replace(CALL, level=1)) == (Role.LEADER, Role.MAINTENANCE)
    both = replace(CALL, level=2, overdue=1)
    assert called_roles(shop, both) == (Role.LEADER, Role.MAINTENANCE, Role.PLANNER, Role.QUALITY)
    assert step_roles(shop, both, after_level=1) == (Role.PLANNER, Role.QUALITY, Role.MAINTENANCE)
    assert ids(called(shop, replace(CALL, level=1), local("2026-01-07T23:00"))) == ["ben", "dai", "cem"]
    assert repeat_s(shop, CALL) == 30


def test_a_stop_without_a_reason_calls_the_leader() -> None:
    shop = Shop(LINE)
    assert called_roles(shop, replace(CALL, reason="")) == (Role.LEADER,)
    assert repeat_s(shop, replace(CALL, reason="")) == 0
