"""Recorded calls through a changed line, worked by hand second by second."""

from collections.abc import Mapping

from msgspec.structs import replace

from shopfloor.core.line import CallKind, Line, Reason, Role, Shift
from shopfloor.core.line_andon import Duty, Effect, Escalation, EscalationStep, Severity, Watch, WatchKind
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.dry_run import DryRun, called, dry_run
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.replayed_call import MESSAGES_MAX, Fate, Message, Replayed, Rules, What, replay_call
from tests.helpers.call_records import DAY, S, a_record
from tests.helpers.lines import ANA, OLE, a_line

MONDAY = 1_772_409_600 * S
NOON = MONDAY + 12 * 3600 * S
LEADER, MAINTENANCE, PLANNER = Role.LEADER, Role.MAINTENANCE, Role.PLANNER
STARVED = rule_reason(WatchKind.STARVED)


def line(reason: Mapping[str, object] | None = None, **changes: object) -> Line:
    """A line whose only reason is material, in UTC."""
    base = Reason(id="material", name="Material missing")
    return a_line(timezone="UTC", reasons=(replace(base, **(reason or {})),), **changes)


def escalating(**changes: object) -> Line:
    steps = Escalation(
        id="steps",
        not_taken=(EscalationStep(after_s=120, roles=(MAINTENANCE,)), EscalationStep(after_s=300, roles=(PLANNER,))),
        not_cleared=(EscalationStep(after_s=600, roles=(PLANNER,)),),
    )
    return line({"escalation": "steps"}, escalations=(replace(steps, **changes),))


def a_call(cleared_s: int, acked_s: int | None = None, **changes: object) -> CallRecord:
    acked_us = NOON + (cleared_s if acked_s is None else acked_s) * S
    return a_record(NOON, cleared_s * S, acked_us=acked_us, **changes)


def replayed(record: CallRecord, new: Line, old: Line | None = None) -> Replayed:
    return replay_call(record, Rules(new), Rules(old or new), NOON + DAY)


def told(one: Replayed) -> list[tuple[int, str, tuple[Role, ...]]]:
    return [((message.at_us - NOON) // S, message.what.value, message.roles) for message in one.messages]


def ran(records: list[CallRecord], old: Line, new: Line) -> DryRun:
    return dry_run(records, old, new, NOON + DAY)


def test_a_shorter_deadline_makes_a_stop() -> None:
    """Cleared at 55 s: with a deadline of 30 s it would have been a stop for 25 s."""
    found = ran([a_call(55)], line({"deadline_s": 60}), line({"deadline_s": 30}))
    assert (found.old.stops, found.new.stops, found.new.stop_us) == (0, 1, 25 * S)
    assert found.became_stops == (a_call(55).id,)
    assert found.new.severities == {Severity.CRITICAL: 1}


def test_cleared_at_the_deadline_is_a_stop() -> None:
    assert replayed(a_call(60), line({"deadline_s": 60})).stopped_us == NOON + 60 * S
    assert replayed(a_call(60), line({"deadline_s": 61})).stopped_us == 0


def test_a_longer_deadline_takes_a_stop_away() -> None:
    stopped = a_call(95, deadline_s=60.0, stopped_us=NOON + 60 * S, stop_ms=35_000, kind=CallKind.STOP)
    found = ran([stopped], line({"deadline_s": 60}), line({"deadline_s": 120}))
    assert (found.recorded_stops, found.old.stop_us, found.new.stop_us) == (1, 35 * S, 0)
    assert found.no_longer_stops == (stopped.id,)


def test_a_stop_that_somebody_chose_stays() -> None:
    chosen = a_call(95, deadline_s=60.0, stopped_us=NOON + 20 * S, kind=CallKind.STOP)
    assert replayed(chosen, line()).stopped_us == NOON + 20 * S
    assert replayed(chosen, line({"deadline_s": 10})).stopped_us == NOON + 10 * S


def test_a_reason_that_stops_at_once_is_a_stop_from_its_first_second() -> None:
    found = ran([a_call(40)], line(), line({"kind": CallKind.STOP}))
    assert found.new.stop_us == 40 * S
    assert found.new.why == {What.RAISED: 1, What.OVER: 1}


def test_who_is_called_follows_both_timers() -> None:
    """Taken after 200 s, cleared after 1 000: the first step at 120, not the second; the other timer's at 800."""
    assert told(replayed(a_call(1000, 200), escalating())) == [
        (0, "raised", (LEADER,)),
        (120, "escalated", (MAINTENANCE,)),
        (800, "escalated", (PLANNER,)),
        (1000, "over", (LEADER, MAINTENANCE, PLANNER)),
    ]


def test_a_step_that_is_due_when_somebody_takes_the_call_has_come() -> None:
    assert [at for at, what, _ in told(replayed(a_call(500, 120), escalating())) if what == "escalated"] == [120]
    assert [at for at, what, _ in told(replayed(a_call(500, 119), escalating())) if what == "escalated"] == []


def test_a_repetition_waits_its_time_after_the_last_message() -> None:
    """Every 50 s: at 50, 100; the step at 120 tells too, so the next is at 170; taken at 200."""
    found = told(replayed(a_call(210, 200), escalating(repeat_s=50)))
    assert [(at, what) for at, what, _ in found] == [
        (0, "raised"),
        (50, "repeated"),
        (100, "repeated"),
        (120, "escalated"),
        (170, "repeated"),
        (210, "over"),
    ]


def test_a_stop_nobody_has_taken_starts_the_timer_anew() -> None:
    """Stopped at 100: the first step comes 120 s after that, the second 300 s after it."""
    stops = line({"escalation": "steps", "deadline_s": 100}, escalations=escalating().escalations)
    assert [(at, what) for at, what, _ in told(replayed(a_call(500), stops))] == [
        (0, "raised"),
        (100, "stopped"),
        (220, "escalated"),
        (400, "escalated"),
        (500, "over"),
    ]


def test_a_stop_after_somebody_took_it_starts_the_other_timer_anew() -> None:
    """Taken at 50, stopped at 500: not cleared by 600 s after the stop."""
    stops = line({"escalation": "steps", "deadline_s": 500}, escalations=escalating().escalations)
    assert [(at, what) for at, what, _ in told(replayed(a_call(1200, 50), stops))] == [
        (0, "raised"),
        (500, "stopped"),
        (1100, "escalated"),
        (1200, "over"),
    ]


def test_a_call_that_stands_is_not_said_to_be_over() -> None:
    standing = a_call(60, 10, cleared_us=0, closed_us=0)
    assert [what for _, what, _ in told(replayed(standing, line()))] == ["raised"]


def test_what_repeats_for_ever_has_a_bound() -> None:
    standing = replace(a_call(60), cleared_us=0, closed_us=0, acked_us=0)
    assert MESSAGES_MAX - 1 <= len(replayed(standing, escalating(repeat_s=1)).messages) <= MESSAGES_MAX


def test_messages_are_counted_for_each_role() -> None:
    found = ran([a_call(60), a_call(90)], line(), line({"roles": (LEADER, MAINTENANCE)}))
    assert found.old.messages == {LEADER: 4}
    assert found.new.messages == {LEADER: 4, MAINTENANCE: 4}
    assert found.new.messages_sum == 8
    assert len(found.changed) == 2


def by_rule(cleared_s: int) -> CallRecord:
    return a_call(cleared_s, reason=STARVED, source=CallSource.RULE)


def watching(**changes: object) -> Line:
    return line(watches=(replace(Watch(kind=WatchKind.STARVED, after_s=300), **changes),))


def test_a_watch_that_is_off_calls_nobody() -> None:
    found = ran([by_rule(30), a_call(60)], watching(), watching(effect=Effect.OFF))
    assert (found.new.calls, found.new.nothing) == (1, 1)
    assert found.gone == found.nuisance_gone == (by_rule(30).id,)
    assert (found.old.nuisance, found.new.nuisance) == (1, 0)


def test_a_watch_that_advises_is_a_hint() -> None:
    assert replayed(by_rule(30), watching(effect=Effect.ADVISE), watching()).fate is Fate.HINT


def test_a_watch_that_stops_is_a_stop() -> None:
    assert replayed(by_rule(30), watching(effect=Effect.STOP), watching()).stop_us == 30 * S


def test_a_watch_that_waits_longer_calls_later_or_never() -> None:
    """It waited for 300 s: with 360 what lasted for 60 s or less would not have called."""
    assert replayed(by_rule(60), watching(after_s=360), watching()).fate is Fate.NOTHING
    later = replayed(by_rule(61), watching(after_s=360), watching())
    assert told(later)[0] == (60, "raised", (LEADER,))


def test_a_watch_of_another_station_is_another_watch() -> None:
    assert replayed(by_rule(60), watching(station="deburr"), watching()).fate is Fate.NOTHING


def test_a_reason_that_is_gone_cannot_be_called() -> None:
    found = ran([a_call(60)], line(), a_line(timezone="UTC", reasons=()))
    assert (found.new.calls, found.gone) == (0, (a_call(60).id,))


def test_a_stop_without_a_reason_stays_what_it_was() -> None:
    plain = a_call(60, reason="", raised_kind=CallKind.STOP, kind=CallKind.STOP, stopped_us=NOON)
    found = ran([plain], line(), a_line(timezone="UTC", reasons=()))
    assert found.changed == ()
    assert found.new.stops == 1


def test_a_rejected_call_is_a_nuisance_as_long_as_people_are_told() -> None:
    mistake = a_call(20, rejected="wrong button")
    assert ran([mistake], line(), line()).new.nuisance == 1


def test_the_same_line_changes_nothing() -> None:
    found = ran([a_call(60), by_rule(60)], watching(), watching())
    assert found.changed == ()
    assert found.old == found.new


def test_people_are_those_of_the_roster_at_that_instant() -> None:
    early, late = Shift(name="early", start="06:00", end="14:00"), Shift(name="late", start="14:00", end="22:00")
    ole = replace(OLE, role=LEADER)
    rostered = line(
        people=(ANA, ole),
        shifts=(early, late),
        roster=(Duty(shift="early", role=LEADER, people=("ana",)), Duty(shift="late", role=LEADER, people=("ole",))),
    )
    noon, evening = (Message(at_us, What.RAISED, (LEADER,)) for at_us in (NOON, NOON + 6 * 3600 * S))
    assert called(rostered, noon) == (ANA,)
    assert called(rostered, evening) == (ole,)


def test_what_cannot_be_known_is_said() -> None:
    words = [str(text) for text in ran([], line(), line()).unknown]
    assert words[0].startswith("How fast people would have reacted")
