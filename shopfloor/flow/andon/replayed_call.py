"""One recorded call as a line's rules would have treated it: whether it comes, when it stops, who is told and when.

What people did is taken as recorded: a call is taken and cleared when it was. Rules as in `core` (deadline, two timers,
a stop voids the acknowledgement) and `outward` (a message when it comes, stops, escalates, repeats and is over).
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.codes import Verb, parse_action
from shopfloor.core.line import Line, Reason
from shopfloor.core.line_andon import CallKind, Effect, Escalation, EscalationStep, Role, Severity, Watch
from shopfloor.core.moment import US_PER_S
from shopfloor.core.rule_reasons import RULE_REASONS
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.record import CallRecord, ended_us

# A call that stood for a week and repeats every quarter of an hour has fewer; beyond, more of the same says nothing.
MESSAGES_MAX = 1_000

_NO_REASON = Reason(id="", name="", kind=CallKind.STOP)
_EFFECTS = (Effect.OFF, Effect.ADVISE, Effect.HELP, Effect.STOP)


class Fate(StrEnum):
    """What a line makes of what was called: a call, a hint that nobody is told of, or nothing."""

    CALL = "call"
    HINT = "hint"
    NOTHING = "nothing"


class What(StrEnum):
    """Why people are told."""

    RAISED = "raised"
    ESCALATED = "escalated"
    REPEATED = "repeated"
    STOPPED = "stopped"
    OVER = "over"


class Message(Struct, frozen=True):
    """These roles are told at this instant."""

    at_us: int
    what: What
    roles: tuple[Role, ...]


class Replayed(Struct, frozen=True, kw_only=True):
    """A call under a line's rules. `stopped_us` 0: it never stopped anything. `end_us`: its end, or that of the range.

    `messages` are empty unless its fate is to be a call.
    """

    fate: Fate
    raised_us: int = 0
    kind: CallKind = CallKind.HELP
    severity: Severity = Severity.NONE
    stopped_us: int = 0
    end_us: int = 0
    messages: tuple[Message, ...] = ()

    @property
    def stop_us(self) -> int:
        """How long it was a stop."""
        return self.end_us - self.stopped_us if self.stopped_us else 0


class Rules:
    """What a line file says of calls, looked up once."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.stations = frozenset(station.id for station in line.stations)
        self.reasons = {**RULE_REASONS, "": _NO_REASON, **{reason.id: reason for reason in line.reasons}}
        self._escalations = {one.id: one for one in line.escalations}

    def escalation(self, reason: Reason) -> Escalation | None:
        """The timers of a reason."""
        return self._escalations.get(reason.escalation)

    def watches(self, record: CallRecord) -> list[Watch]:
        """The watches that call for this reason at this station, those that are off among them."""
        return [
            watch
            for watch in self.line.watches
            if watch.station in {"", record.station} and (watch.reason or rule_reason(watch.kind)) == record.reason
        ]

    def has_contact(self, record: CallRecord) -> bool:
        """Whether an input of this station calls for this reason."""
        actions = (
            parse_action(action)
            for device in self.line.devices
            if device.station == record.station
            for action in device.map.values()
        )
        return any(verb in {Verb.CALL, Verb.STOP} and reason == record.reason for verb, reason in actions)


def replay_call(record: CallRecord, rules: Rules, base: Rules, until_us: int) -> Replayed:
    """The call under `rules`; `base` are those it came under, to tell what a change of them changes."""
    reason = rules.reasons.get(record.reason)
    was = base.reasons.get(record.reason)
    if reason is None or record.station not in rules.stations:
        return Replayed(fate=Fate.NOTHING)
    effect, later_us = _raised(record, rules, base, reason, was)
    end_us = ended_us(record) or until_us
    raised_us = record.raised_us + later_us
    if effect in {Effect.OFF, Effect.ADVISE} or (later_us > 0 and end_us <= raised_us):
        return Replayed(fate=Fate.HINT if effect is Effect.ADVISE else Fate.NOTHING)
    kind = CallKind.STOP if effect is Effect.STOP else CallKind.HELP
    stopped_us = raised_us if kind is CallKind.STOP else _stopped_us(record, reason, raised_us, end_us)
    told = _told(record, rules, reason, raised_us=raised_us, stopped_us=stopped_us, end_us=end_us)
    return Replayed(
        fate=Fate.CALL,
        raised_us=raised_us,
        kind=kind,
        severity=Severity.CRITICAL if stopped_us else reason.severity,
        stopped_us=stopped_us,
        end_us=end_us,
        messages=tuple(told),
    )


def _raised(record: CallRecord, rules: Rules, base: Rules, reason: Reason, was: Reason | None) -> tuple[Effect, int]:
    """What the call is at first, and how much later it comes than it did."""
    recorded = Effect.STOP if record.raised_kind is CallKind.STOP else Effect.HELP
    if was is not None and reason.kind is not was.kind:
        recorded = Effect.STOP if reason.kind is CallKind.STOP else Effect.HELP
    match record.source:
        case CallSource.PERSON:
            return recorded, 0
        case CallSource.CONTACT:
            gone = base.has_contact(record) and not rules.has_contact(record)
            before_s = was.delay_s if was is not None else reason.delay_s
            return Effect.OFF if gone else recorded, round((reason.delay_s - before_s) * US_PER_S)
        case CallSource.RULE:
            before = _judging(base.watches(record))
            if before is None:  # not a watch's, or the watch has gone since: nothing to compare
                return recorded, 0
            now = _judging(rules.watches(record))
            if now is None:
                return Effect.OFF, 0
            return now.effect, round((now.after_s - before.after_s) * US_PER_S)


def _judging(watches: Iterable[Watch]) -> Watch | None:
    """The watch that looks: one that names the station or loop goes before a general one, as in the engine."""
    return max(
        watches,
        key=lambda watch: (bool(watch.station or watch.loop), _EFFECTS.index(watch.effect), -watch.after_s),
        default=None,
    )


def _stopped_us(record: CallRecord, reason: Reason, raised_us: int, end_us: int) -> int:
    """When a help call becomes a stop: at its deadline, or when somebody chose it; 0 never."""
    due_us = raised_us + round(reason.deadline_s * US_PER_S) if reason.deadline_s else 0
    stops = [due_us] if due_us and due_us <= end_us else []
    recorded_due_us = record.raised_us + round(record.deadline_s * US_PER_S)
    chosen = record.raised_kind is CallKind.HELP and record.stopped_us
    if chosen and (not record.deadline_s or record.stopped_us < recorded_due_us):
        stops.append(record.stopped_us)
    return min(stops, default=0)


def _told(
    record: CallRecord, rules: Rules, reason: Reason, *, raised_us: int, stopped_us: int, end_us: int
) -> Iterator[Message]:
    """Every message, in the order of time. A stop voids the acknowledgement; whoever took it takes it again at once."""
    telling = _Telling(rules.escalation(reason))
    acked_us = record.acked_us if raised_us < record.acked_us < end_us else 0
    becomes_us = stopped_us if stopped_us > raised_us else 0
    yield telling.say(raised_us, What.RAISED, reason.roles)
    untaken_us = acked_us or end_us
    if becomes_us and becomes_us <= untaken_us:
        yield from telling.wait(raised_us, becomes_us, taken=False)
        yield telling.say(becomes_us, What.STOPPED, ())
        yield from telling.wait(becomes_us, untaken_us, taken=False)
    else:
        yield from telling.wait(raised_us, untaken_us, taken=False)
    if acked_us:
        taken_us = acked_us
        if becomes_us > acked_us:
            yield from telling.wait(acked_us, becomes_us, taken=True)
            yield telling.say(becomes_us, What.STOPPED, ())
            telling.overdue = 0
            taken_us = becomes_us
        yield from telling.wait(taken_us, end_us, taken=True)
    if ended_us(record):
        yield telling.say(end_us, What.OVER, ())


class _Telling:
    """Who has been told of a call so far, and how far its two timers have come."""

    __slots__ = ("_last_us", "_left", "_level", "_policy", "_reached", "overdue")

    def __init__(self, policy: Escalation | None) -> None:
        self._policy = policy or Escalation(id="")
        self._reached: dict[Role, None] = {}
        self._level = 0
        self.overdue = 0
        self._last_us = 0
        self._left = MESSAGES_MAX

    def say(self, at_us: int, what: What, roles: tuple[Role, ...]) -> Message:
        """Tell these roles, or (none) everybody reached so far."""
        self._reached |= dict.fromkeys(roles)
        self._last_us = at_us
        self._left -= 1
        return Message(at_us, what, roles or tuple(self._reached))

    def wait(self, from_us: int, to_us: int, *, taken: bool) -> Iterator[Message]:
        """What is told while one of the timers runs."""
        repeat_us = 0 if taken else round(self._policy.repeat_s * US_PER_S)
        while self._left > 1:
            step = self._next(taken=taken)
            step_us = from_us + round(step.after_s * US_PER_S) if step is not None else to_us + 1
            again_us = self._last_us + repeat_us if repeat_us else to_us + 1
            if min(step_us, again_us) > to_us:
                return
            if step is None or again_us < step_us:
                yield self.say(again_us, What.REPEATED, ())
                continue
            if taken:
                self.overdue += 1
            else:
                self._level += 1
            yield self.say(step_us, What.ESCALATED, step.roles)

    def _next(self, *, taken: bool) -> EscalationStep | None:
        steps = self._policy.not_cleared[self.overdue :] if taken else self._policy.not_taken[self._level :]
        return steps[0] if steps else None
