"""From the checked tables of a file to the frozen values of the core, key by key."""

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from shopfloor.core.line import (
    CardTemplate,
    Device,
    Line,
    Loop,
    LoopKind,
    Part,
    Person,
    Printer,
    Sequence,
    Shift,
    StartState,
    Station,
)
from shopfloor.core.moment import US_PER_S
from shopfloor.linefile.convert_andon import (
    andon_of,
    cause_of,
    duty_of,
    escalation_of,
    input_of,
    lamp_of,
    reason_of,
    sender_of,
    watch_of,
)
from shopfloor.linefile.models import DeviceTable, FileTable, LoopTable, ShiftTable, StationTable
from shopfloor.linefile.ports import whole_port

NO_CONSUMER = frozenset({LoopKind.CONWIP, LoopKind.POLCA})
BINS = 2


def line_of(file: FileTable) -> Line:
    """The line a file describes; defaults that depend on other keys are filled in."""
    head = file.line
    return Line(
        id=head.id,
        name=head.name,
        timezone=head.timezone,
        wip_limit=head.wip_limit,
        restart_s=head.restart_s,
        takt_s=head.takt_s,
        repeat_window_s=head.repeat_window_s,
        keep_events_days=head.keep_events_days,
        stations=tuple(map(_station, file.stations)),
        parts=tuple(
            Part(id=part.id, description=part.description, unit=part.unit, photo=part.photo) for part in file.parts
        ),
        loops=tuple(_loop(loop, ZoneInfo(head.timezone)) for loop in file.loops),
        reasons=tuple(map(reason_of, file.reasons)),
        devices=tuple(map(_device, file.devices)),
        people=tuple(
            Person(id=person.id, name=person.name, badge=person.badge, role=person.role, email=person.email)
            for person in file.people
        ),
        shifts=tuple(map(_shift, file.calendar.shifts)),
        templates=tuple(
            CardTemplate(
                kind=template.kind,
                loop=template.loop,
                station=template.station,
                format=template.format,
                code=template.code,
            )
            for template in file.templates
        ),
        printers=tuple(
            Printer(id=printer.id, target=printer.target, dpi=printer.dpi, format=printer.format, code=printer.code)
            for printer in file.printers
        ),
        causes=tuple(map(cause_of, file.causes)),
        escalations=tuple(map(escalation_of, file.escalations)),
        roster=tuple(map(duty_of, file.roster)),
        senders=tuple(map(sender_of, file.senders)),
        watches=tuple(map(watch_of, file.watches)),
        lamps=tuple(map(lamp_of, file.lamps)),
        andon=andon_of(file.andon),
    )


def _station(table: StationTable) -> Station:
    return Station(
        id=table.id,
        name=table.name,
        wip_limit=table.wip_limit,
        limit_policy=table.limit_policy,
        cycle_target_s=table.cycle_target_s,
        cycle_min_s=table.cycle_min_s,
        outside=table.outside,
        segment=table.segment,
        calls_expected_h=table.calls_expected_h,
    )


def _loop(table: LoopTable, zone: tzinfo) -> Loop:
    start = StartState.EMPTY if table.kind in NO_CONSUMER else StartState.FULL
    travels = table.kind in {LoopKind.WITHDRAWAL, LoopKind.SUPPLIER}
    unbounded: tuple[int | None, ...] = (None,) * (len(table.route) - 1)
    return Loop(
        id=table.id,
        part=table.part,
        kind=table.kind,
        route=tuple(table.route),
        lane_limits=unbounded if table.lane_limits is None else tuple(table.lane_limits),
        lane_order=table.lane_order,
        consumer=table.consumer,
        quantity=table.quantity,
        cards=BINS if table.kind is LoopKind.TWO_BIN else table.cards,
        start=start if table.start is None else table.start,
        transit=travels if table.transit is None else table.transit,
        acknowledge=table.kind is LoopKind.SUPPLIER if table.acknowledge is None else table.acknowledge,
        response_s=table.response_s,
        response_reason=table.response_reason,
        lot=table.lot,
        consume=table.consume,
        lives=table.lives,
        expires=table.expires or "",
        expires_us=_end_us(table.expires, zone) if table.expires else 0,
        jokers=table.jokers,
        sequence=Sequence(
            in_process=table.sequence.in_process,
            in_transit=table.sequence.in_transit,
            in_use=table.sequence.in_use,
        ),
        labels=tuple(table.labels),
        print_on=table.print_on,
        printer=table.printer,
    )


def _end_us(day: str, zone: tzinfo) -> int:
    """The end of a day where the line is, UTC."""
    after = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)
    return round(after.timestamp()) * US_PER_S


def _device(table: DeviceTable) -> Device:
    return Device(
        id=table.id,
        kind=table.kind,
        port=whole_port(table.port),
        station=table.station,
        map=dict(table.map),
        baud=table.baud,
        prefix=table.prefix,
        no_read=tuple(table.no_read),
        role=table.role,
        inputs=tuple(map(input_of, table.inputs)),
        unit=table.unit,
        poll_ms=table.poll_ms,
        user=table.user,
    )


def _shift(table: ShiftTable) -> Shift:
    return Shift(
        name=table.name,
        start=table.start,
        end=table.end,
        days=tuple(table.days),
        breaks=tuple((begin, end) for begin, end in table.breaks),
    )
