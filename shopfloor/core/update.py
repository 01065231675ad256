"""What the engine tells its listeners: values only, after the commit."""

from msgspec import Struct

from shopfloor.core.events import Recorded
from shopfloor.core.health import Health
from shopfloor.core.line import Line
from shopfloor.core.line_link import LinkView
from shopfloor.core.rules import Refusal
from shopfloor.core.state import Entity
from shopfloor.core.text import Text


class DigestRow(Struct, frozen=True, gc=False):
    """One derived figure of one event: `series` such as "cycle", `key` such as a station, opaque JSON `body`."""

    series: str
    key: str
    at_us: int
    n: int
    body: bytes


class Outcome(Struct, frozen=True, kw_only=True):
    """What one command came to, after its commit. `n` 0: nothing was recorded. `refusal` None: accepted."""

    n: int
    kind: str
    station: str = ""
    card: str = ""
    device: str = ""
    refusal: Refusal | None = None
    words: Text = Text("")
    remedy: Text = Text("")
    command_id: str = ""


class Update(Struct, frozen=True, kw_only=True):
    """One step of the line: the events committed together, every entity they changed, figures, outcome, health.

    `foreign`: they are other terminals', and may be from a while ago. `refigured`: figures of a while ago are others
    now; whoever keeps some reads them again.
    """

    events: tuple[Recorded, ...] = ()
    changed: tuple[Entity, ...] = ()
    digest: tuple[DigestRow, ...] = ()
    outcome: Outcome | None = None
    line: Line | None = None
    health: tuple[Health, ...] = ()
    foreign: bool = False
    refigured: bool = False
    link: LinkView | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything a listener needs before its first Update."""

    line: Line
    entities: tuple[Entity, ...]
    health: tuple[Health, ...]
    head: int
    link: LinkView | None = None
