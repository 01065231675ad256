"""What the line file says of calls: who is called and when, what calls by itself, what shines, what is asked after."""

from enum import IntEnum, StrEnum

from msgspec import Struct


class CallKind(StrEnum):
    """Help keeps the line moving until its deadline; a stop stands at once."""

    HELP = "help"
    STOP = "stop"


class Scope(StrEnum):
    """How far a stop reaches: a station, the stations of its segment, or the line."""

    STATION = "station"
    SEGMENT = "segment"
    LINE = "line"


class Role(StrEnum):
    """What a person is to the line; rights follow from it."""

    OPERATOR = "operator"
    LEADER = "leader"
    MAINTENANCE = "maintenance"
    QUALITY = "quality"
    PLANNER = "planner"
    ADMIN = "admin"


class Severity(IntEnum):
    """How bad: a help call has its reason's, a stop is always CRITICAL. A rise voids the acknowledgement."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Cause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a call came, said when it is closed. `parent`: the cause of the first level it belongs to.

    `reasons`: offered for these only; empty for all.
    """

    id: str
    name: str
    parent: str = ""
    reasons: tuple[str, ...] = ()


class EscalationStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """After so long these roles are told, too."""

    after_s: float
    roles: tuple[Role, ...]


class Escalation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two timers: while nobody has taken the call, and while it is taken and not cleared; each by levels in time order.

    `repeat_s`: whoever is called is told again so often until somebody takes the call; 0 never.
    """

    id: str
    not_taken: tuple[EscalationStep, ...] = ()
    not_cleared: tuple[EscalationStep, ...] = ()
    repeat_s: float = 0


class Duty(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who has a role during a shift; a role without a row for the shift is had by everybody of that role."""

    shift: str
    role: Role
    people: tuple[str, ...]


class SenderKind(StrEnum):
    """A way out of the plant's terminals."""

    SMTP = "smtp"
    WEBHOOK = "webhook"
    MQTT = "mqtt"


class Sender(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tells those who are called. `target`: smtp://host:25, https://host/path or mqtt://host:1883/topic.

    `roles`: only when one of these is called; empty for all. `sender`: the address mail comes from. `user`: with the
    password that `secrets.toml` in the data folder has under the sender's id.
    """

    id: str
    kind: SenderKind
    target: str
    roles: tuple[Role, ...] = ()
    sender: str = ""
    user: str = ""


class WatchKind(StrEnum):
    """What the rules may call for by themselves."""

    LIMIT = "limit"
    STARVED = "starved"
    BLOCKED = "blocked"
    RED_LOOP = "red_loop"
    CYCLE = "cycle"
    SILENT = "silent"
    WRONG_PART = "wrong_part"


class Effect(StrEnum):
    """What a watch does: nothing, a hint on the screens, a help call, or a stop."""

    OFF = "off"
    ADVISE = "advise"
    HELP = "help"
    STOP = "stop"


class Watch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule that calls. `station`, `loop` "": every one it can judge. `reason` "": one of the program's own words.

    `after_s`: a condition that holds for so long counts; for wrong parts the window in which `times` count.
    `percentile`: of the station's own cycle times, above which the one under way is long; `times` of a run.
    `red`: a loop with at most so many full containers is red.
    """

    kind: WatchKind
    effect: Effect = Effect.HELP
    station: str = ""
    loop: str = ""
    reason: str = ""
    after_s: float = 300
    times: int = 3
    percentile: float = 99
    red: int = 0


class InputMode(StrEnum):
    """A press is an event; a contact calls as long as it says so (pull cord, mushroom, machine fault)."""

    PRESS = "press"
    CONTACT = "contact"


class Input(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One digital input of an I/O module; what it does stands in the device's `map` under `name`.

    `normally_closed`: open means pressed, so that a broken wire calls. `counter`: address of a register that counts
    its pulses (two words, high word first), so that a press shorter than the poll is not lost. `counter_words`: 1 or 2.
    """

    name: str
    address: int
    mode: InputMode = InputMode.PRESS
    normally_closed: bool = False
    counter: int | None = None
    counter_words: int = 2
    debounce_ms: int = 30


class LampKind(StrEnum):
    """A stack light or what stands for one."""

    ADAFRUIT = "adafruit"
    LR6_USB = "lr6-usb"
    NE_USB = "ne-usb"
    PNS = "pns"
    LCUS = "lcus"
    MODBUS = "modbus"
    TEXT = "text"


class Lamp(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A lamp of a station, or of the whole line where `station` is "": then `terminal` may say who drives it.

    `channels`: colour or "buzzer" -> coil or relay, for kinds that have them. `texts`: "red:on" or the like -> what is
    written to the port. `unit` of a Modbus module. `buzzer`: whether it may sound. `port` as of devices; "virtual".
    """

    id: str
    kind: LampKind
    port: str
    station: str = ""
    terminal: str = ""
    channels: dict[str, int] = {}
    texts: dict[str, str] = {}
    unit: int = 1
    baud: int = 9600
    buzzer: bool = False


class AndonPolicy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The line's own rules for calls.

    `shelve_s_max`: nothing is put on the shelf for longer. A reason that comes `whys_times` (0: however often) within
    `whys_window_s` at a station wants Five Whys. `nag_s`: the sound of a call nobody has taken comes again so often.
    `summary_over`: more new calls than that at once are said in one sound. `ambient_db`: how loud it is; sounds are
    10 dB above. `test_at`: local time of the daily lamp and sound test, "" none. `near_share`: a help call cleared
    after at least that share of its time to the stop is a near-stop. `guard_s`: after a start rules are evaluated and
    call nobody. `help_reason`: what HELP calls for at once, before anybody says what it is; "": HELP asks first.
    """

    shelve_s_max: float = 8 * 3600
    whys_times: int = 0
    whys_window_s: float = 7 * 24 * 3600
    nag_s: float = 30
    summary_over: int = 3
    ambient_db: int = 65
    test_at: str = ""
    near_share: float = 0.8
    guard_s: float = 120
    help_reason: str = ""
