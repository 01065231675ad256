"""What a line says of calls, in a few lines of text: who is told and when, what calls by itself, what shines."""

from collections.abc import Iterable, Iterator

from shopfloor.core.line import CallKind, Line, Reason
from shopfloor.core.line_andon import (
    AndonPolicy,
    Duty,
    Effect,
    Escalation,
    EscalationStep,
    Lamp,
    Sender,
    Severity,
    Watch,
)

Row = tuple[str, ...]

_JUDGES_FOR = frozenset({"limit", "starved", "blocked", "red_loop", "silent"})


def reason_row(line: Line, reason: Reason) -> Row:
    """A reason with what it stops, and what is not usual about it."""
    parent = next((f"{one.name} › " for one in line.reasons if one.id == reason.parent), "")
    sign = "■" if reason.kind is CallKind.STOP else "▲"
    return reason.id, f"{sign} {parent}{reason.name}", " · ".join([_stops(reason), *_facts(reason)])


def escalation_row(escalation: Escalation) -> Row:
    """Who is told when."""
    facts = [
        *(f"not taken after {_step(step)}" for step in escalation.not_taken),
        *(f"not cleared after {_step(step)}" for step in escalation.not_cleared),
    ]
    if escalation.repeat_s:
        facts.append(f"again every {escalation.repeat_s:g} s until it is taken")
    return escalation.id, ", ".join(facts)


def duty_row(duty: Duty) -> Row:
    """Who has a role in a shift."""
    return duty.shift, duty.role, ", ".join(duty.people)


def sender_row(sender: Sender) -> Row:
    """What goes out where, and for whom."""
    return sender.id, sender.kind, sender.target, f"for {_names(sender.roles)}" if sender.roles else "for everybody"


def watch_row(watch: Watch) -> Row:
    """What a rule looks at and does."""
    where = watch.station or watch.loop or "everywhere"
    what = (
        "off" if watch.effect is Effect.OFF else f"{watch.effect} as {watch.reason}" if watch.reason else watch.effect
    )
    return watch.kind, where, what, _threshold(watch)


def lamp_row(lamp: Lamp) -> Row:
    """Where a lamp hangs and what it has."""
    at = f"at {lamp.station}" if lamp.station else f"for the line{f' on {lamp.terminal}' if lamp.terminal else ''}"
    has = [f"{colour} = {number}" for colour, number in lamp.channels.items()]
    if lamp.buzzer:
        has.append("may sound")
    return lamp.id, f"{lamp.kind} {at}", lamp.port or "the first that is found", ", ".join(has)


def policy_line(policy: AndonPolicy) -> Iterator[str]:
    """The line's own rules, if there are any."""
    if policy == AndonPolicy():
        return
    facts = [f"on the shelf for at most {policy.shelve_s_max / 3600:g} h"]
    if policy.whys_times:
        facts.append(f"Five Whys after {policy.whys_times} in {policy.whys_window_s / 3600:g} h")
    facts.append(f"sounds for {policy.ambient_db} dB around, again every {policy.nag_s:g} s")
    if policy.test_at:
        facts.append(f"lamps and sound tested at {policy.test_at}")
    yield f"calls: {'; '.join(facts)}"


def _stops(reason: Reason) -> str:
    if reason.kind is CallKind.STOP:
        return f"stops the {reason.scope} at once"
    return f"stops the {reason.scope} after {reason.deadline_s:g} s" if reason.deadline_s else "never stops anything"


def _facts(reason: Reason) -> Iterator[str]:
    usual = Reason(id="", name="")
    if reason.severity is not usual.severity and reason.kind is CallKind.HELP:
        yield f"{Severity(reason.severity).name.lower()} severity"
    if reason.roles != usual.roles:
        yield f"calls {_names(reason.roles)}"
    if reason.escalation:
        yield f"escalates as {reason.escalation}"
    if reason.latched:
        yield "holds until it is cleared"
    if reason.cause:
        yield "asks for its cause"
    if reason.verify:
        yield "is checked by a second person"
    if reason.response_s:
        yield f"is to be taken within {reason.response_s:g} s"
    if reason.guidance:
        yield "says what to do"


def _threshold(watch: Watch) -> str:
    if watch.kind in _JUDGES_FOR:
        full = f", at most {watch.red} full" if watch.kind == "red_loop" else ""
        return f"after {watch.after_s:g} s{full}"
    if watch.kind == "cycle":
        return f"above {watch.percentile:g} % of its own, or {watch.times} in a run"
    return f"{watch.times} within {watch.after_s:g} s"


def _step(step: EscalationStep) -> str:
    return f"{step.after_s:g} s: {_names(step.roles)}"


def _names(words: Iterable[str]) -> str:
    return " and ".join(words)
