"""What a line file says of calls, to the frozen values of the core, key by key."""

from shopfloor.core.line import Reason
from shopfloor.core.line_andon import (
    AndonPolicy,
    Cause,
    Duty,
    Escalation,
    EscalationStep,
    Input,
    Lamp,
    Sender,
    Severity,
    Watch,
)
from shopfloor.linefile.models import ReasonTable
from shopfloor.linefile.models_andon import (
    AndonTable,
    CauseTable,
    DutyTable,
    EscalationTable,
    InputTable,
    LampTable,
    SenderTable,
    StepTable,
    WatchTable,
)
from shopfloor.linefile.ports import whole_port


def reason_of(table: ReasonTable) -> Reason:
    """The core's reason."""
    return Reason(
        id=table.id,
        name=table.name,
        kind=table.kind,
        deadline_s=table.deadline_s,
        scope=table.scope,
        parent=table.parent,
        severity=Severity.MEDIUM if table.severity is None else Severity[table.severity.upper()],
        roles=tuple(table.roles),
        escalation=table.escalation,
        latched=table.latched,
        cause=table.cause,
        verify=table.verify,
        guidance=table.guidance,
        response_s=table.response_s,
        delay_s=table.delay_s,
        count=table.count,
    )


def cause_of(table: CauseTable) -> Cause:
    """The core's cause."""
    return Cause(id=table.id, name=table.name, parent=table.parent, reasons=tuple(table.reasons))


def escalation_of(table: EscalationTable) -> Escalation:
    """The core's escalation."""
    return Escalation(
        id=table.id,
        not_taken=tuple(map(_step, table.not_taken)),
        not_cleared=tuple(map(_step, table.not_cleared)),
        repeat_s=table.repeat_s,
    )


def duty_of(table: DutyTable) -> Duty:
    """The core's row of the roster."""
    return Duty(shift=table.shift, role=table.role, people=tuple(table.people))


def sender_of(table: SenderTable) -> Sender:
    """The core's sender."""
    return Sender(
        id=table.id,
        kind=table.kind,
        target=table.target.strip(),
        roles=tuple(table.roles or ()),
        sender=table.sender,
        user=table.user,
    )


def watch_of(table: WatchTable) -> Watch:
    """The core's watch."""
    return Watch(
        kind=table.kind,
        effect=table.effect,
        station=table.station,
        loop=table.loop,
        reason=table.reason,
        after_s=table.after_s,
        times=table.times,
        percentile=table.percentile,
        red=table.red,
    )


def input_of(table: InputTable) -> Input:
    """The core's input of a module."""
    return Input(
        name=table.name,
        address=table.address,
        mode=table.mode,
        normally_closed=table.normally_closed,
        counter=table.counter,
        counter_words=table.counter_words,
        debounce_ms=table.debounce_ms,
    )


def lamp_of(table: LampTable) -> Lamp:
    """The core's lamp."""
    return Lamp(
        id=table.id,
        kind=table.kind,
        port=whole_port(table.port),
        station=table.station,
        terminal=table.terminal,
        channels=dict(table.channels),
        texts=dict(table.texts),
        unit=table.unit,
        baud=table.baud,
        buzzer=table.buzzer,
    )


def andon_of(table: AndonTable) -> AndonPolicy:
    """The core's policy for calls."""
    return AndonPolicy(
        shelve_s_max=table.shelve_s_max,
        whys_times=table.whys_times,
        whys_window_s=table.whys_window_s,
        nag_s=table.nag_s,
        summary_over=table.summary_over,
        ambient_db=table.ambient_db,
        test_at=table.test_at or "",
        near_share=table.near_share,
        guard_s=table.guard_s,
        help_reason=table.help_reason,
    )


def _step(table: StepTable) -> EscalationStep:
    return EscalationStep(after_s=table.after_s, roles=tuple(table.roles))
