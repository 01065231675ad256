"""The line as its planner described it: frozen values, checked by `linefile` before they come here."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.line_andon import (
    AndonPolicy,
    CallKind,
    Cause,
    Duty,
    Escalation,
    Input,
    Lamp,
    Role,
    Scope,
    Sender,
    Severity,
    Watch,
)

__all__ = ["CallKind", "Role", "Scope"]

FOLDER = "folder"  # the target of a printer that writes files


class LoopKind(StrEnum):
    """What the card of a loop authorises."""

    PRODUCTION = "production"
    CONWIP = "conwip"
    WITHDRAWAL = "withdrawal"
    SUPPLIER = "supplier"
    SIGNAL = "signal"
    TWO_BIN = "two-bin"
    POLCA = "polca"


class Consume(StrEnum):
    """What a withdrawal takes: the whole container, or some pieces of it (quantity signal)."""

    CONTAINER = "container"
    PIECES = "pieces"


class Mark(StrEnum):
    """How a loop's cards pass a state.

    Mandatory: by a scan of its own, never inferred. Recommended: by a scan of its own, inferred where it is missing.
    Optional: a scan passes over it, a touch may ask for it. Forbidden: never.
    """

    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"
    FORBIDDEN = "forbidden"


class LimitPolicy(StrEnum):
    """Whether a limit refuses or only marks."""

    HARD = "hard"
    SOFT = "soft"


class LaneOrder(StrEnum):
    """Whether a card that is not the oldest of its lane is refused or only marked."""

    REFUSE = "refuse"
    WARN = "warn"


class StartState(StrEnum):
    """The state of a loop's cards when they are first put in circulation."""

    FULL = "full"
    EMPTY = "empty"


class DeviceKind(StrEnum):
    """What is plugged in."""

    SCANNER = "scanner"
    BUTTONS = "buttons"
    MODBUS = "modbus"
    MQTT = "mqtt"


class CardFormat(StrEnum):
    """The paper a card is printed on: ten on A4, one on A6 for a holder, or a label of its own."""

    A4_10 = "a4-10"
    A6 = "a6"
    LABEL = "label-100x60"


class CodeType(StrEnum):
    """The kind of bar code on paper."""

    QR = "qr"
    DATA_MATRIX = "datamatrix"
    CODE_128 = "code128"


class PrintOn(StrEnum):
    """What prints a card of a loop: its container is empty, its last work is done, or it is an extra card."""

    WITHDRAWN = "withdrawn"
    FINISHED = "finished"
    ISSUED = "issued"


class Station(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place where work is done or stored. `wip_limit`: cards in process, None for no limit.

    `outside`: it stands for a supplier: no terminal is there, and scans that would be made there may be missing.
    `segment`: the stations of one name stop together; lanes to those of another are buffers. `calls_expected_h`: help
    calls that an hour of work is expected to bring, 0 unknown; far fewer mean that problems go unseen.
    """

    id: str
    name: str
    wip_limit: int | None = None
    limit_policy: LimitPolicy = LimitPolicy.HARD
    cycle_target_s: float | None = None
    cycle_min_s: float = 0
    outside: bool = False
    segment: str = ""
    calls_expected_h: float = 0


class Part(Struct, frozen=True, kw_only=True):
    """What a container holds. `photo`: a picture's path from the folder of the line file, "" for none."""

    id: str
    description: str = ""
    unit: str = "pcs"
    photo: str = ""


class Sequence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the cards of a loop pass the states between EMPTY and FULL; `in_transit` counts where the loop has transit.

    IN_PROCESS optional or forbidden: one scan at a station of the route is its start and its finish. IN_TRANSIT
    optional: the consumer's scan withdraws, and the receipt is inferred. IN_USE mandatory or recommended: the
    consumer's first scan opens the container, the second empties it.
    """

    in_process: Mark = Mark.RECOMMENDED
    in_transit: Mark = Mark.RECOMMENDED
    in_use: Mark = Mark.OPTIONAL


class Loop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A control cycle: supplying stations in flow order, the store behind the last, the consumer (None: CONWIP, POLCA).

    `lane_limits[k]` is the capacity of the FIFO lane before the route's station k + 1; None is unbounded.

    What makes a kind is only these switches. `transit`: the last finish sends the card on its way, a scan at the
    consumer receives it. `acknowledge`: the supplier says that it has read the signal; `response_s` after the signal
    (0: never) a card neither acknowledged nor started is late, and calls for `response_reason` if there is one. `lot`:
    emptied cards wait until so many are empty; 1 never waits, 0 waits for a planner. `lives`: a card retires when it
    is empty after so many cycles, 0 never; `expires`: or after that day (`expires_us` is its end). `jokers`: so many
    of the cards are spare and not counted in sizing. `labels`: regular expressions of plain labels whose named groups
    lot, serial and quantity are what a scan after the card's says of its contents. `print_on`: what prints a card at
    `printer`, None for nothing.
    """

    id: str
    part: str
    kind: LoopKind = LoopKind.PRODUCTION
    route: tuple[str, ...]
    lane_limits: tuple[int | None, ...] = ()
    lane_order: LaneOrder = LaneOrder.REFUSE
    consumer: str | None = None
    quantity: int = 1
    cards: int = 1
    start: StartState = StartState.FULL
    transit: bool = False
    acknowledge: bool = False
    response_s: float = 0
    response_reason: str = ""
    lot: int = 1
    consume: Consume = Consume.CONTAINER
    lives: int = 0
    expires: str = ""
    expires_us: int = 0
    jokers: int = 0
    sequence: Sequence = Sequence()
    labels: tuple[str, ...] = ()
    print_on: PrintOn | None = None
    printer: str = ""


class Reason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why somebody calls. `deadline_s`: a help call not cleared by then stops its scope; 0 never does.

    `parent`: the reason of the first level under which it is offered. `roles` are called at once, `escalation` says
    who comes next. `latched`: a condition that called holds its worst severity until it is cleared and acknowledged.
    `cause`: closing asks for one. `verify`: it is closed only after another person than who cleared it has looked.
    `guidance`: what whoever answers it does first. `response_s`: within which it is to be taken, 0 for no target.
    `delay_s`, `count`: a condition must hold so long, or come so often within it.
    """

    id: str
    name: str
    kind: CallKind = CallKind.HELP
    deadline_s: float = 0
    scope: Scope = Scope.STATION
    parent: str = ""
    severity: Severity = Severity.MEDIUM
    roles: tuple[Role, ...] = (Role.LEADER,)
    escalation: str = ""
    latched: bool = False
    cause: bool = False
    verify: bool = False
    guidance: str = ""
    response_s: float = 0
    delay_s: float = 0
    count: int = 0


class Device(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scanner, button box, I/O module or topic of buttons at a station.

    `map`: text line of a button box, name of an input or word of a topic -> action such as `call:material`. `unit` and
    `poll_ms` of an I/O module (0: what its bus bears). `user` at an MQTT broker, "" where none is asked for.
    """

    id: str
    kind: DeviceKind
    port: str
    station: str
    map: dict[str, str] = {}
    baud: int = 9600
    prefix: str = ""
    no_read: tuple[str, ...] = ("NR", "NOREAD", "?")
    role: Role | None = None
    inputs: tuple[Input, ...] = ()
    unit: int = 1
    poll_ms: int = 0
    user: str = ""


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody with a badge. `email`: where mail of calls goes, "" nowhere."""

    id: str
    name: str
    badge: str
    role: Role = Role.OPERATOR
    email: str = ""


class Shift(Struct, frozen=True, kw_only=True):
    """Working time on some weekdays, local time `HH:MM`; an end at or before the start is on the next day."""

    name: str
    start: str
    end: str
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    breaks: tuple[tuple[str, str], ...] = ()


class CardTemplate(Struct, frozen=True, kw_only=True):
    """How the cards of some loops are printed: those of a kind, of one loop, or that pass a station; None is any."""

    kind: LoopKind | None = None
    loop: str | None = None
    station: str | None = None
    format: CardFormat = CardFormat.A4_10
    code: CodeType = CodeType.QR


class Printer(Struct, frozen=True, kw_only=True):
    """Where cards print themselves: `target` is tcp://host:9100, or FOLDER for PDF files beside the journal."""

    id: str
    target: str
    dpi: int = 203
    format: CardFormat = CardFormat.LABEL
    code: CodeType = CodeType.QR


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole line file. `wip_limit`: most cards released (IN_PROCESS or QUEUED), None for no limit.

    `keep_events_days`: for how long events stay in the journals of a line of several terminals.
    """

    id: str
    name: str
    timezone: str = "UTC"
    wip_limit: int | None = None
    restart_s: float = 0
    takt_s: float | None = None
    repeat_window_s: float = 1.0
    keep_events_days: int = 400
    stations: tuple[Station, ...] = ()
    parts: tuple[Part, ...] = ()
    loops: tuple[Loop, ...] = ()
    reasons: tuple[Reason, ...] = ()
    devices: tuple[Device, ...] = ()
    people: tuple[Person, ...] = ()
    shifts: tuple[Shift, ...] = ()
    templates: tuple[CardTemplate, ...] = ()
    printers: tuple[Printer, ...] = ()
    causes: tuple[Cause, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    roster: tuple[Duty, ...] = ()
    senders: tuple[Sender, ...] = ()
    watches: tuple[Watch, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    andon: AndonPolicy = AndonPolicy()
