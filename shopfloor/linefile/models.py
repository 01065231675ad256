"""The shape of a line file: tables, keys, types and ranges. Used only at the boundary; `convert` makes core values."""

from typing import Annotated

from pydantic import BaseModel, Field

from shopfloor.core.codes import CARD_NUMBER_MAX
from shopfloor.core.line import (
    CallKind,
    CardFormat,
    CodeType,
    Consume,
    DeviceKind,
    LaneOrder,
    LimitPolicy,
    LoopKind,
    Mark,
    PrintOn,
    Role,
    Scope,
    StartState,
)
from shopfloor.linefile.fields import (
    COUNT_MAX,
    QUANTITY_MAX,
    TABLE,
    Action,
    ARole,
    Badge,
    Baud,
    Count,
    Date,
    Day,
    Dpi,
    Frame,
    Id,
    Kind,
    Label,
    LaneLimit,
    Mail,
    Name,
    PartId,
    Photo,
    Port,
    PrinterTarget,
    Roles,
    Seconds,
    Severe,
    SomeSeconds,
    Time,
    TimeZone,
    Unit,
    Words,
)
from shopfloor.linefile.models_andon import (
    AndonTable,
    CauseTable,
    DutyTable,
    EscalationTable,
    InputTable,
    LampTable,
    SenderTable,
    WatchTable,
)

LABELS_MAX = 20  # each is tried at every foreign code
PRINTERS_MAX = 20  # a terminal has a thread for each
SENDERS_MAX = 20  # a terminal has a thread for each
INPUTS_MAX = 64  # of one module; the largest seen have 32
POLL_MS_MAX = 10_000  # three polls without an answer are a fault: half a minute is long enough to tell
SEGMENT_CHARS_MAX = 24  # what a banner shows beside the time
CALLS_EXPECTED_H_MAX = 1000.0  # more is a slip of the pen
KEEP_DAYS_MIN = 30  # people look up last month
KEEP_DAYS_MAX = 36_500  # more is a slip of the pen
REPEAT_WINDOW_S_MAX = 60.0  # longer, and two honest scans of one card would be one


class _Table(BaseModel):
    model_config = TABLE


class LineTable(_Table):
    """`[line]`."""

    id: Id
    name: Name
    timezone: TimeZone = "UTC"
    wip_limit: Count | None = None
    restart_s: Seconds = 0
    takt_s: SomeSeconds | None = None
    repeat_window_s: Annotated[float, Field(ge=0, le=REPEAT_WINDOW_S_MAX)] = 1.0
    keep_events_days: Annotated[int, Field(ge=KEEP_DAYS_MIN, le=KEEP_DAYS_MAX)] = 400  # a year with its season before


class StationTable(_Table):
    """`[[stations]]`."""

    id: Id
    name: Name
    wip_limit: Count | None = None
    limit_policy: Annotated[LimitPolicy, Field(strict=False)] = LimitPolicy.HARD
    cycle_target_s: SomeSeconds | None = None
    cycle_min_s: Seconds = 0
    outside: bool = False
    segment: Annotated[Words, Field(max_length=SEGMENT_CHARS_MAX)] = ""
    calls_expected_h: Annotated[float, Field(ge=0, le=CALLS_EXPECTED_H_MAX)] = 0


class PartTable(_Table):
    """`[[parts]]`."""

    id: PartId
    description: Words = ""
    unit: Annotated[Name, Field(max_length=12)] = "pcs"
    photo: Photo = ""


class SequenceTable(_Table):
    """`[loops.sequence]`."""

    in_process: Annotated[Mark, Field(strict=False)] = Mark.RECOMMENDED
    in_transit: Annotated[Mark, Field(strict=False)] = Mark.RECOMMENDED
    in_use: Annotated[Mark, Field(strict=False)] = Mark.OPTIONAL


class LoopTable(_Table):
    """`[[loops]]`. What is absent and None here follows from `kind`."""

    id: Id
    part: str
    kind: Kind = LoopKind.PRODUCTION
    route: Annotated[list[str], Field(min_length=1)]
    lane_limits: list[LaneLimit] | None = None
    lane_order: Annotated[LaneOrder, Field(strict=False)] = LaneOrder.REFUSE
    consumer: str | None = None
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] = 1
    cards: Annotated[int, Field(ge=1, le=CARD_NUMBER_MAX)] = 1
    start: Annotated[StartState, Field(strict=False)] | None = None
    transit: bool | None = None
    acknowledge: bool | None = None
    response_s: Seconds = 0
    response_reason: str = ""
    lot: Annotated[int, Field(ge=0, le=COUNT_MAX)] = 1
    consume: Annotated[Consume, Field(strict=False)] = Consume.CONTAINER
    lives: Annotated[int, Field(ge=0, le=COUNT_MAX)] = 0
    expires: Date | None = None
    jokers: Annotated[int, Field(ge=0, le=CARD_NUMBER_MAX)] = 0
    sequence: SequenceTable = SequenceTable()
    labels: Annotated[list[Label], Field(max_length=LABELS_MAX)] = []
    print_on: Annotated[PrintOn, Field(strict=False)] | None = None
    printer: str = ""


class ReasonTable(_Table):
    """`[[reasons]]`."""

    id: Id
    name: Name
    kind: Annotated[CallKind, Field(strict=False)] = CallKind.HELP
    deadline_s: Seconds = 0
    scope: Annotated[Scope, Field(strict=False)] = Scope.STATION
    parent: str = ""
    severity: Severe | None = None
    roles: Roles = [Role.LEADER]
    escalation: str = ""
    latched: bool = False
    cause: bool = False
    verify: bool = False
    guidance: Words = ""
    response_s: Seconds = 0
    delay_s: Seconds = 0
    count: Annotated[int, Field(ge=0, le=COUNT_MAX)] = 0


class DeviceTable(_Table):
    """`[[devices]]`."""

    id: Id
    kind: Annotated[DeviceKind, Field(strict=False)]
    port: Port
    station: str
    map: dict[str, Action] = {}
    baud: Baud = 9600
    prefix: Annotated[str, Field(max_length=16)] = ""
    no_read: list[Frame] = ["NR", "NOREAD", "?"]
    role: ARole | None = None
    inputs: Annotated[list[InputTable], Field(max_length=INPUTS_MAX)] = []
    unit: Unit = 1
    poll_ms: Annotated[int, Field(ge=0, le=POLL_MS_MAX)] = 0
    user: Words = ""


class PersonTable(_Table):
    """`[[people]]`."""

    id: Id
    name: Name
    badge: Badge
    role: ARole = Role.OPERATOR
    email: Mail = ""


class ShiftTable(_Table):
    """`[[calendar.shifts]]`."""

    name: Name
    start: Time
    end: Time
    days: Annotated[list[Day], Field(min_length=1)] = ["mon", "tue", "wed", "thu", "fri"]
    breaks: list[Annotated[list[Time], Field(min_length=2, max_length=2)]] = []


class CalendarTable(_Table):
    """`[calendar]`."""

    shifts: list[ShiftTable] = []


class TemplateTable(_Table):
    """`[[templates]]`."""

    kind: Kind | None = None
    loop: str | None = None
    station: str | None = None
    format: Annotated[CardFormat, Field(strict=False)] = CardFormat.A4_10
    code: Annotated[CodeType, Field(strict=False)] = CodeType.QR


class PrinterTable(_Table):
    """`[[printers]]`."""

    id: Id
    target: PrinterTarget
    dpi: Dpi = 203
    format: Annotated[CardFormat, Field(strict=False)] = CardFormat.LABEL
    code: Annotated[CodeType, Field(strict=False)] = CodeType.QR


class FileTable(_Table):
    """The whole file."""

    line: LineTable
    stations: Annotated[list[StationTable], Field(min_length=1)]
    parts: list[PartTable] = []
    loops: list[LoopTable] = []
    reasons: list[ReasonTable] = []
    devices: list[DeviceTable] = []
    people: list[PersonTable] = []
    calendar: CalendarTable = CalendarTable()
    templates: list[TemplateTable] = []
    printers: Annotated[list[PrinterTable], Field(max_length=PRINTERS_MAX)] = []
    causes: list[CauseTable] = []
    escalations: list[EscalationTable] = []
    roster: list[DutyTable] = []
    senders: Annotated[list[SenderTable], Field(max_length=SENDERS_MAX)] = []
    watches: list[WatchTable] = []
    lamps: list[LampTable] = []
    andon: AndonTable = AndonTable()
