"""The line as its planner described it: frozen values, checked by `linefile` before they come here."""

from enum import StrEnum

from msgspec import Struct


class LoopKind(StrEnum):
    """What the card of a loop authorises."""

    PRODUCTION = "production"
    CONWIP = "conwip"


class LimitPolicy(StrEnum):
    """Whether a limit refuses or only marks."""

    HARD = "hard"
    SOFT = "soft"


class LaneOrder(StrEnum):
    """Whether a card that is not the oldest of its lane is refused or only marked."""

    REFUSE = "refuse"
    WARN = "warn"


class CallKind(StrEnum):
    """Help keeps the line moving until its deadline; a stop stands at once."""

    HELP = "help"
    STOP = "stop"


class Scope(StrEnum):
    """How far a stop reaches."""

    STATION = "station"
    LINE = "line"


class StartState(StrEnum):
    """The state of a loop's cards when they are first put in circulation."""

    FULL = "full"
    EMPTY = "empty"


class Role(StrEnum):
    """What a person is to the line; rights follow from it."""

    OPERATOR = "operator"
    LEADER = "leader"
    MAINTENANCE = "maintenance"
    QUALITY = "quality"
    PLANNER = "planner"
    ADMIN = "admin"


class DeviceKind(StrEnum):
    """What is plugged in."""

    SCANNER = "scanner"
    BUTTONS = "buttons"


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


class Station(Struct, frozen=True, kw_only=True):
    """A place where work is done or stored. `wip_limit`: cards in process, None for no limit."""

    id: str
    name: str
    wip_limit: int | None = None
    limit_policy: LimitPolicy = LimitPolicy.HARD
    cycle_target_s: float | None = None
    cycle_min_s: float = 0


class Part(Struct, frozen=True, kw_only=True):
    """What a container holds. `photo`: a picture's path from the folder of the line file, "" for none."""

    id: str
    description: str = ""
    unit: str = "pcs"
    photo: str = ""


class Loop(Struct, frozen=True, kw_only=True):
    """A control cycle: supplying stations in flow order, the store behind the last, the consumer (None: CONWIP).

    `lane_limits[k]` is the capacity of the FIFO lane before the route's station k + 1; None is unbounded.
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


class Reason(Struct, frozen=True, kw_only=True):
    """Why somebody calls. `deadline_s`: a help call not cleared by then stops its scope; 0 never does."""

    id: str
    name: str
    kind: CallKind = CallKind.HELP
    deadline_s: float = 0
    scope: Scope = Scope.STATION


class Device(Struct, frozen=True, kw_only=True):
    """A scanner or button box at a station. `map`: text line of a button box -> action such as `call:material`."""

    id: str
    kind: DeviceKind
    port: str
    station: str
    map: dict[str, str] = {}
    baud: int = 9600
    prefix: str = ""
    no_read: tuple[str, ...] = ("NR", "NOREAD", "?")
    role: Role | None = None


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with a badge."""

    id: str
    name: str
    badge: str
    role: Role = Role.OPERATOR


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


class Line(Struct, frozen=True, kw_only=True):
    """The whole line file. `wip_limit`: most cards released (IN_PROCESS or QUEUED), None for no limit."""

    id: str
    name: str
    timezone: str = "UTC"
    wip_limit: int | None = None
    restart_s: float = 0
    takt_s: float | None = None
    repeat_window_s: float = 1.0
    stations: tuple[Station, ...] = ()
    parts: tuple[Part, ...] = ()
    loops: tuple[Loop, ...] = ()
    reasons: tuple[Reason, ...] = ()
    devices: tuple[Device, ...] = ()
    people: tuple[Person, ...] = ()
    shifts: tuple[Shift, ...] = ()
    templates: tuple[CardTemplate, ...] = ()
