"""What engine and link hand each other: events in the line's order, how far they are known, and the doors between."""

from collections.abc import Sequence
from concurrent.futures import Future
from enum import StrEnum
from typing import Annotated, Final, Protocol

from msgspec import Meta, Struct

from shopfloor.core.branches import Astray, Branch
from shopfloor.core.events import Recorded
from shopfloor.core.floor import Floor
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.state_call import Call

SILENT_NS: Final = (
    3_000_000_000  # a terminal that was not heard for so long is shown as silent, and nothing of it as live
)
GOOD_FOR_S: Final = 10  # a permission that was not used by then is nobody's: whoever won it may have died
GOOD_FOR_NS: Final = GOOD_FOR_S * 1_000_000_000
DRIFT_PPM: Final = 50  # a quartz of a cheap computer; offline for eight hours that is 1.5 s
UNHEARD_US: Final = 4 * 3600 * US_PER_S  # a clock nobody compared since power-on: a zone or summer time mistaken
AWAY_US_MAX: Final = 31 * 86_400 * US_PER_S  # a terminal off for longer is rarer than a clock that is plainly wrong


class LineEntry(Struct, frozen=True, kw_only=True, gc=False):
    """An event of any origin: the line has it in message `seq`, appended at `ts_us` of the server's clock (0: not yet).

    `body` is its JSON as its origin wrote it, which `hash` (chained to that origin's event before) is made over.
    `proof`, at the last event of a message: what its terminal alone can say of the events up to there.
    """

    seq: int
    ts_us: int
    recorded: Recorded
    hash: bytes
    body: bytes
    proof: bytes = b""


class Cursor(Struct, frozen=True, gc=False):
    """How far this terminal has read the line: `stream` is the identity of its creation; `seq` 0 is its beginning."""

    stream: str
    seq: int
    ts_us: int


class Acked(Struct, frozen=True, gc=False):
    """Own event `n` is on the line, in message `seq`."""

    origin: str
    n: int
    seq: int


class Decision(Struct, frozen=True, kw_only=True):
    """A permission the line gave in message `seq`: the one of several racers for `thing` that came first."""

    seq: int
    ts_us: int
    thing: str
    payload: bytes


class Ruling(StrEnum):
    """What became of a question for a permission."""

    WON = "won"
    LOST = "lost"  # somebody decided on this thing meanwhile
    BEHIND = "behind"  # somebody did before, and this terminal has not read the line up to there
    UNLINKED = "unlinked"  # the line did not answer: it may have been given, and comes by the line then
    DENIED = "denied"  # this terminal's key may not


class Question(Struct, frozen=True, kw_only=True):
    """A question for the permission on a thing, of which `epoch` is the newest decision known here (0: none).

    `origin` asks, for `what`, at `at_us` of its clock: no two questions are the same.
    """

    thing: str
    epoch: int
    origin: str
    what: str
    at_us: int


class Decided(Struct, frozen=True):
    """The answer to a question for a permission; `seq` is the winning message's if it was won, else 0.

    `epoch` is the number of the decision that was won, `by` the origin that was faster.
    """

    ruling: Ruling
    seq: int = 0
    epoch: int = 0
    by: str = ""


class Discipline(Struct, frozen=True):
    """What the server's clock said: `server_us` at `mono_ns` of `boot`, wrong by `uncertainty_us` at most."""

    server_us: int
    mono_ns: int
    boot: str
    uncertainty_us: int

    def read(self, now: Now) -> tuple[int, int] | None:
        """(Server time, its uncertainty) at `now`, both µs; None in another boot, whose monotonic clock began anew."""
        if now.boot != self.boot:
            return None
        passed_us = (now.mono_ns - self.mono_ns) // NS_PER_US
        return self.server_us + passed_us, self.uncertainty_us + -(-abs(passed_us) * DRIFT_PPM // 1_000_000)


class LineClock(Struct, frozen=True):
    """What a terminal keeps of the line's clock over a restart: what the server said, as it was read `at`."""

    discipline: Discipline | None = None
    at: Now | None = None

    def heard(self, discipline: Discipline | None, now: Now) -> "LineClock":
        """The same with what is known now; one of another boot says nothing new."""
        known = discipline is not None and discipline.read(now) is not None
        return LineClock(discipline, now) if known else self

    def of_boot(self, now: Now) -> Discipline | None:
        """What the server said, if the monotonic clock still goes on from there."""
        return self.discipline if self.discipline is not None and self.discipline.read(now) is not None else None

    def guess(self, now: Now, last_us: int) -> Discipline:
        """What to go by from `now` until the line is heard; `last_us`: the newest moment known to have been.

        In another boot only the wall clock can tell how long the terminal was off. It is corrected by what it was off
        the line then, and is not believed before that, nor far behind it: better late than taking all others along.
        """
        if (known := self.of_boot(now)) is not None:
            return known
        then = self.discipline.read(self.at) if self.discipline is not None and self.at is not None else None
        wall_us, floor_us = now.at_us, last_us
        if then is not None and self.at is not None:
            wall_us += then[0] - self.at.at_us
            floor_us = max(last_us, then[0])
        is_plausible = not floor_us or floor_us <= wall_us <= floor_us + AWAY_US_MAX
        return Discipline(wall_us if is_plausible else floor_us, now.mono_ns, now.boot, UNHEARD_US)


class LinkState(StrEnum):
    """How the link to the line is. `FORKED`: the line knows events under this journal's name that it does not hold.

    `OTHER_MAJOR`: the line is of another version than this program, which reads and does not write.
    """

    CONNECTING = "connecting"
    UP = "up"
    LOST = "lost"
    DENIED = "denied"
    FORKED = "forked"
    OTHER_MAJOR = "other_major"
    TROUBLE = "trouble"


class Presence(Struct, frozen=True, kw_only=True):
    """What a terminal said of itself in its newest heartbeat, and when it was heard here (monotonic).

    `n` is its newest own event and `hash` the end of its chain; `applied` is the message it has read the line up to.
    """

    terminal: str
    origin: str
    n: int
    hash: bytes
    applied: int
    offset_us: int
    uncertainty_us: int
    version: str
    heard_ns: int
    floor: int = 0
    floor_hash: str = ""
    floor_us: int = 0


class StopSeen(Struct, frozen=True, kw_only=True):
    """A stop that stands, and the terminals that have and have not shown it; `since_ns`: known here (monotonic).

    `ahead`: it is known by word alone, and comes by the line later.
    """

    call: Call
    since_ns: int
    seen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    ahead: bool = False


class LinkView(Struct, frozen=True, kw_only=True):
    """The link at one instant, `since_us` in this state. `head`, `acked`: newest own event, and newest the line has.

    `last_seq`, `applied`: the line's newest message as far as it is known, and how far it was read. `terminal` is this
    one's name, `stops` who has shown which stop. `watches`: this one reads, and sends nothing but that it is there.
    `listens`: the others may know more of this terminal than its disk does, which may have been put back.
    """

    state: LinkState
    since_us: int
    detail: str = ""
    remedy: str = ""
    stream: str = ""
    origin: str = ""
    head: int = 0
    acked: int = 0
    last_seq: int = 0
    applied: int = 0
    discipline: Discipline | None = None
    others: tuple[Presence, ...] = ()
    terminal: str = ""
    stops: tuple[StopSeen, ...] = ()
    floor: int = 0
    floor_hash: str = ""
    floor_us: int = 0
    watches: bool = False
    listens: bool = False

    @property
    def behind(self) -> int:
        """Messages the line has and this terminal has not read, as far as it knows."""
        return max(0, self.last_seq - self.applied)

    @property
    def owing(self) -> int:
        """Own events the line has not."""
        return 0 if self.watches else max(0, self.head - self.acked)


class NewName(Struct, frozen=True, kw_only=True):
    """A journal's new name: it was `before`, is `after`, and its events up to `kept` are the line's under the old.

    Some behind it may be under other names already, in `elsewhere`: one piece follows the other.
    """

    before: str
    after: str
    kept: int
    elsewhere: tuple[Branch, ...] = ()

    @property
    def begins(self) -> int:
        """The last event that is not recorded anew under the new name."""
        return self.elsewhere[-1].kept + self.elsewhere[-1].again if self.elsewhere else self.kept

    def place_of(self, n: int) -> tuple[str, int]:
        """Under which name and number an event of the old name is now."""
        for branch in self.elsewhere:
            if branch.kept < n <= branch.kept + branch.again:
                return branch.after, n - branch.kept
        return (self.before, n) if n <= self.kept else (self.after, n - self.begins)


class Missing(ValueError):
    """An event came whose origin's events before it are not known here."""


class Known(Struct, frozen=True, array_like=True):
    """The newest event of an origin that somebody can prove, and the end of its chain there."""

    origin: str
    n: Annotated[int, Meta(ge=1, le=2**62)]
    hash: bytes
    proof: bytes = b""


class FloorHere(Struct, frozen=True):
    """A floor, and the hash of the state there as it was found here."""

    floor: Floor
    hash: str


class Standing(Struct, frozen=True, kw_only=True):
    """A floor, the state there and its hash. Its events are in messages up to `seq`, nothing else's events are."""

    floor: Floor
    hash: str
    body: bytes
    seq: int = 0
    ts_us: int = 0


class OwnJournal(Protocol):
    """This terminal's journal as the link reads it: a connection of its own, one thread at a time. Raises Trouble."""

    def origin(self) -> str:
        """The name its events are written under; another one once the engine began anew."""

    def former(self) -> list[str]:
        """The names its events were written under before."""

    def events_of(self, origin: str, after: int, limit: int) -> list[LineEntry]:
        """Events with n > after of another origin, oldest first."""

    def continues(self, previous: bytes, entry: LineEntry) -> bool:
        """Whether an event has the hash that it has behind the event with that one."""

    def head_of(self, origin: str) -> int:
        """The newest event of another origin; 0 before the first."""

    def unread(self) -> list[Known]:
        """The newest event that can be proven of each other origin, if the line has it not as far as it was read."""

    def branches(self, before: str) -> list[Branch]:
        """What of a journal is under other names now."""

    def astray(self) -> dict[str, Astray]:
        """The origins of which the line has other events than this journal, at the place it was read to."""

    def head(self) -> tuple[int, bytes]:
        """Number and hash of the newest own event; (0, zeros) before the first."""

    def events(self, after: int, limit: int) -> list[LineEntry]:
        """Own events with n > after, oldest first."""

    def acked_n(self) -> int:
        """The newest own event the line has, as far as it was read back."""

    def cursor(self) -> Cursor | None:
        """How far the line was read; None if it never was."""

    def appended(self, until_seq: int) -> tuple[int, int] | None:
        """(seq, ts_us) of the newest message read whose seq is `until_seq` or lower."""

    def stands_on(self) -> FloorHere | None:
        """The floor this terminal stands on; None if there is none."""

    def standing(self) -> Standing | None:
        """The same with the state there."""

    def close(self) -> None:
        """End the connection; never raises."""


class Deliver(Protocol):
    """The engine as the link writes to it; from any thread. The futures carry the Trouble that prevented it."""

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor) -> Future[None]:
        """Store foreign events, note own ones as on the line and move the cursor, durably in one transaction.

        Entries are in the line's order. After the order was forgotten some are known already: their order is new.
        """

    def adopt(self, standing: Standing, cursor: Cursor) -> Future[None]:
        """Go on from another terminal's state at a floor, and read on from the cursor; own events stay.

        The future carries ValueError if it is not that state, or does not fit what is known here.
        """

    def forget_order(self, after_seq: int) -> Future[None]:
        """Drop the order after that message, never the events: the line has another one from there on."""

    def begin_anew(self, name: NewName) -> Future[None]:
        """Go on under another name: own events that the line has not are recorded again under it, durably."""

    def hear(self, entries: Sequence[LineEntry]) -> Future[None]:
        """Store events that another terminal handed on, because the line has them not; durably."""

    def take_branch(self, name: NewName, entries: Sequence[LineEntry]) -> Future[None]:
        """Record under a name of this terminal's what others know of `name.before` behind `name.kept`, durably."""

    def retime(self, kept: int, clock: Discipline) -> Future[None]:
        """Put own events behind `kept` that by the line's clock are of the future back to their time, durably."""

    def leave_branches(self) -> Future[None]:
        """Leave what is under another name now, and move the cursor back to where the line had something else."""


def split_own(entries: Sequence[LineEntry], origin: str) -> tuple[list[LineEntry], list[Acked]]:
    """What others wrote, and the notes that own events are on the line."""
    others = [entry for entry in entries if entry.recorded.origin != origin]
    own = [Acked(origin, entry.recorded.n, entry.seq) for entry in entries if entry.recorded.origin == origin]
    return others, own
