"""What is true beside the open calls: restarts, shelves, what is out of service, hints, problems, lamp tests."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.line_andon import WatchKind
from shopfloor.core.moment import Now
from shopfloor.core.state_call import Call, CallSource

__all__ = ["Call", "CallSource"]


class Restart(Struct, frozen=True, kw_only=True, gc=False):
    """A scope that was cleared and still refuses starts until `restart_s` after `since`.

    `station` "" is the line, `@name` a segment.
    """

    station: str
    since: Now
    restart_s: float


class Shelf(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A station's reason nobody is told of until `for_s` after `since`, or until it clears once. `by` owns it."""

    station: str
    reason: str
    by: str
    since: Now
    for_s: float = 0
    one_shot: bool = False
    why: str = ""
    ended: bool = False


class OutOfService(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A station's reason ("" for any) for which no rule and no contact calls, while somebody repairs it."""

    station: str
    reason: str
    by: str
    since_us: int
    why: str = ""
    ended: bool = False


class Advice(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A hint of a rule whose effect is `advise`: shown, and nobody is called."""

    station: str
    reason: str
    since_us: int
    args: dict[str, str | int] = {}
    ended: bool = False


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a contact of an input module said last, so that a restart knows it; `recent_us`: when it called lately."""

    device: str
    input: str
    station: str
    active: bool
    since: Now
    recent_us: tuple[int, ...] = ()


class Effort(StrEnum):
    """How much a countermeasure may cost: in proportion to the minutes that were lost."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Countermeasure(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who does what by which day. `done_us`: since when it is in place."""

    number: int
    what: str
    owner: str
    due_day: str
    effort: Effort
    set_us: int = 0
    done_us: int = 0


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A station's reason that recurs, from its first why to the check of its countermeasures (an A3).

    `id` is `station/reason`. `times_us` are its calls that count towards the policy, newest last. `whys_us`: when the
    whys were answered last. `open`: it is being worked on; a solved one (`closed_us`) opens again when it recurs.
    """

    id: str
    station: str
    reason: str
    times_us: tuple[int, ...] = ()
    open: bool = False
    opened_us: int = 0
    whys: tuple[str, ...] = ()
    whys_us: int = 0
    whys_by: str = ""
    countermeasures: tuple[Countermeasure, ...] = ()
    closed_us: int = 0
    reopened: int = 0


class LampTest(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The newest test of a lamp, or of "sound". `ok` None: nothing reads it back, and nobody has looked yet."""

    lamp: str
    at_us: int
    ok: bool | None = None
    detail: str = ""
    by: str = ""


AndonEntity = Call | Restart | Shelf | OutOfService | Advice | Contact | Problem | LampTest

_RULE = "rule-"


def rule_reason(kind: WatchKind) -> str:
    """The id of the program's own reason for what a watch calls for."""
    return f"{_RULE}{kind.value.replace('_', '-')}"


def service_key(station: str, reason: str) -> str:
    """The key of what belongs to a station's reason."""
    return f"{station}/{reason}"
