"""The shape of what a line file says of calls: causes, escalations, the roster, senders, watches, inputs, lamps."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from shopfloor.core.codes import printable
from shopfloor.core.line_andon import AndonPolicy, Effect, InputMode, LampKind, SenderKind, WatchKind
from shopfloor.linefile.fields import (
    COUNT_MAX,
    SECONDS_MAX,
    TABLE,
    TEXT_CHARS_MAX,
    ARole,
    Baud,
    Frame,
    Id,
    Mail,
    Name,
    Register,
    Roles,
    Seconds,
    SomeSeconds,
    Time,
    Unit,
    Words,
    fault,
)
from shopfloor.linefile.problems import did_you_mean, one_of

STEPS_MAX = 10  # levels of one timer: past that nobody is left to tell
COUNTER_WORDS_MAX = 2  # 32 bits; no module seen counts further
DEBOUNCE_MS = (10, 1000)  # a contact's own bouncing; longer, and a press would be lost
AMBIENT_DB = (35, 85)  # an office; where ears need protection no sound helps
GUARD_S_MAX = 3600.0  # longer, and a start would hide what is wrong
NAG_S_MIN = 5.0  # sooner, and one call would be one long sound
TIMES_MAX = 1000  # calls, cycles or wrong parts that are counted: more is a slip of the pen


class Colour(StrEnum):
    """What a lamp of a module or a relay board can have."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    WHITE = "white"
    BUZZER = "buzzer"


_LIGHTS = ("on", "off", "flash")
_SOUNDS = ("on", "off", "call", "stop")  # `on` stands for either sound
WORDS_OF_LAMPS = tuple(
    f"{colour}:{how}" for colour in Colour for how in (_SOUNDS if colour is Colour.BUZZER else _LIGHTS)
)
_POLICY = AndonPolicy()


def _check_colour(text: str) -> str:
    if text not in set(Colour):
        remedy = did_you_mean(text, Colour, otherwise=f"write {one_of(Colour)}")
        raise fault(f"'{printable(text)}' is no colour of a lamp", remedy)
    return text


def _check_lamp_words(text: str) -> str:
    if text not in WORDS_OF_LAMPS:
        remedy = did_you_mean(text, WORDS_OF_LAMPS, otherwise='write e.g. "red:on", "red:off" or "red:flash"')
        raise fault(f"'{printable(text)}' is nothing a lamp does", remedy)
    return text


def _check_percentile(value: float) -> float:
    if not 50 < value < 100:
        raise fault(f"expected more than 50 and less than 100, got {value:g}", "write e.g. percentile = 99")
    return value


def _check_test_at(value: object) -> object:
    return None if value == "" else value


class _Table(BaseModel):
    model_config = TABLE


class CauseTable(_Table):
    """`[[causes]]`."""

    id: Id
    name: Name
    parent: str = ""
    reasons: list[str] = []


class StepTable(_Table):
    """`not_taken` and `not_cleared` of `[[escalations]]`."""

    after_s: SomeSeconds
    roles: Roles


Steps = Annotated[list[StepTable], Field(max_length=STEPS_MAX)]


class EscalationTable(_Table):
    """`[[escalations]]`."""

    id: Id
    not_taken: Steps = []
    not_cleared: Steps = []
    repeat_s: Seconds = 0


class DutyTable(_Table):
    """`[[roster]]`."""

    shift: str
    role: ARole
    people: Annotated[list[str], Field(min_length=1)]


class SenderTable(_Table):
    """`[[senders]]`."""

    id: Id
    kind: Annotated[SenderKind, Field(strict=False)]
    target: Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX)]
    roles: Roles | None = None
    sender: Mail = ""
    user: Words = ""


class WatchTable(_Table):
    """`[[watches]]`."""

    kind: Annotated[WatchKind, Field(strict=False)]
    effect: Annotated[Effect, Field(strict=False)] = Effect.HELP
    station: str = ""
    loop: str = ""
    reason: str = ""
    after_s: SomeSeconds = 300
    times: Annotated[int, Field(ge=1, le=TIMES_MAX)] = 3
    percentile: Annotated[float, AfterValidator(_check_percentile)] = 99
    red: Annotated[int, Field(ge=0, le=COUNT_MAX)] = 0


class InputTable(_Table):
    """`[[devices.inputs]]`."""

    name: Name
    address: Register
    mode: Annotated[InputMode, Field(strict=False)] = InputMode.PRESS
    normally_closed: bool = False
    counter: Register | None = None
    counter_words: Annotated[int, Field(ge=1, le=COUNTER_WORDS_MAX)] = COUNTER_WORDS_MAX
    debounce_ms: Annotated[int, Field(ge=DEBOUNCE_MS[0], le=DEBOUNCE_MS[1])] = 30


class LampTable(_Table):
    """`[[lamps]]`."""

    id: Id
    kind: Annotated[LampKind, Field(strict=False)]
    port: Words = ""
    station: str = ""
    terminal: Words = ""
    channels: dict[Annotated[str, AfterValidator(_check_colour)], Register] = {}
    texts: dict[Annotated[str, AfterValidator(_check_lamp_words)], Frame] = {}
    unit: Unit = 1
    baud: Baud = 9600
    buzzer: bool = False


class AndonTable(_Table):
    """`[andon]`."""

    shelve_s_max: SomeSeconds = _POLICY.shelve_s_max
    whys_times: Annotated[int, Field(ge=0, le=TIMES_MAX)] = _POLICY.whys_times
    whys_window_s: SomeSeconds = _POLICY.whys_window_s
    nag_s: Annotated[float, Field(ge=NAG_S_MIN, le=SECONDS_MAX)] = _POLICY.nag_s
    summary_over: Annotated[int, Field(ge=1, le=TIMES_MAX)] = _POLICY.summary_over
    ambient_db: Annotated[int, Field(ge=AMBIENT_DB[0], le=AMBIENT_DB[1])] = _POLICY.ambient_db
    test_at: Annotated[Time | None, BeforeValidator(_check_test_at)] = None
    near_share: Annotated[float, Field(ge=0, le=1)] = _POLICY.near_share
    guard_s: Annotated[float, Field(ge=0, le=GUARD_S_MAX)] = _POLICY.guard_s
    help_reason: str = ""
