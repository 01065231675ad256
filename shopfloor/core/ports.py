"""The doors between layers: what the engine needs of a store, what devices need of the engine."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol

from shopfloor.core.anew import Fold
from shopfloor.core.beside import Heads, News, Whole
from shopfloor.core.commands import Command
from shopfloor.core.delivery import Adopted, Archived, Fitting, Floors, Received, Risen
from shopfloor.core.events import Recorded
from shopfloor.core.events_floor import Covered
from shopfloor.core.health import Health
from shopfloor.core.line import Line
from shopfloor.core.line_link import Decided, Discipline, LineEntry, NewName, Question
from shopfloor.core.merge import Key
from shopfloor.core.moment import Moment, Now
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow, Outcome


class Opened:
    """What a journal knows when it is opened: enough to go on without reading its history.

    `waiting`: foreign events that are stored and that the entities do not know of yet. `figures_from`: the process
    before ended while the figures of events from there on were being written.
    """

    __slots__ = ("alive_us", "entities", "figures_from", "head", "last", "line", "origin", "waiting")

    def __init__(
        self,
        *,
        origin: str,
        head: int,
        last: Moment,
        line: Line | None,
        entities: tuple[Entity, ...],
        alive_us: int,
        waiting: tuple[Recorded, ...] = (),
        figures_from: Key | None = None,
    ) -> None:
        self.origin = origin
        self.head = head
        self.last = last
        self.line = line
        self.entities = entities
        self.alive_us = alive_us
        self.waiting = waiting
        self.figures_from = figures_from


class Journal(Protocol):
    """The one writer's store. Every method is called from the thread that called `open`."""

    def open(self) -> Opened:
        """Open or create the data folder; raises Trouble with a remedy."""

    def append(
        self, events: Sequence[Recorded], changed: Sequence[Entity], gone: Sequence[Entity], digest: Sequence[DigestRow]
    ) -> None:
        """Commit all of it in one transaction, durable on return; raises Trouble and changes nothing."""

    def heads(self) -> dict[str, int]:
        """The newest event of every other origin."""

    def since(
        self,
        after: Key | None,
        under: Mapping[str, int] | None = None,
        limit: int | None = None,
        until: Mapping[str, int] | None = None,
    ) -> list[Recorded]:
        """The events of every origin behind `after` (None: all) that no floor `under` it covers, in line order.

        `until`: of some origins the last one that is wanted.
        """

    def floors(self) -> Floors:
        """The newest floors that are known."""

    def state_at(self, floor_id: str) -> tuple[Line, tuple[Entity, ...]] | None:
        """Line file and entities at a floor; None if they are not kept."""

    def count_until(self, us: int) -> dict[str, int]:
        """By origin the number of its last event with a moment up to `us`; what a floor covers counts."""

    def covers(self, counts: Mapping[str, int]) -> tuple[Covered, ...]:
        """How far each origin's events go, with the end of its chain there; raises Trouble."""

    def rise(self, risen: Risen) -> None:
        """Stand on other floors, in one transaction, durable on return; raises Trouble and changes nothing."""

    def receive(self, got: Received) -> None:
        """Commit a delivery of the line in one transaction, durable on return; raises Trouble and changes nothing."""

    def fitting(self, entries: Sequence[LineEntry], *, every: bool = False) -> Fitting:
        """What of a delivery is not another ending of a journal than is held here.

        Without `every` only journals that were put back before are looked at.
        """

    def chained(self, entries: Sequence[LineEntry]) -> list[LineEntry]:
        """All events of a journal, each with its hash."""

    def holds_branches(self) -> bool:
        """Whether something is held that is under another name now; raises Trouble."""

    def leave_branches(self, fold: Fold) -> Opened | None:
        """Leave what others recorded anew, in one transaction; None if there is nothing. Raises Trouble.

        `fold` says what all of the rest comes to.
        """

    def figure(self, gone: Sequence[DigestRow], rows: Sequence[DigestRow], *, is_all: bool) -> None:
        """Drop and write figures that were to follow, in one transaction; raises Trouble and changes nothing."""

    def figures_of(self, numbers: Collection[int]) -> list[DigestRow]:
        """The figures of the events with these local numbers; reads all figures there are."""

    def ahead(self, kept: int, clock: Discipline) -> tuple[Sequence[Recorded], int]:
        """Own events behind `kept` as they should be, from the first that is of the future; by how much (µs)."""

    def retime(self, events: Sequence[Recorded], fold: Fold) -> Opened:
        """Write these in the place of the newest own events, in one transaction; raises Trouble and changes nothing."""

    def adopt(self, got: Adopted) -> None:
        """Go on from another terminal's state, in one transaction; raises Trouble, ValueError if it does not fit."""

    def drop_archived(self, got: Archived) -> None:
        """Drop the rows that an archive holds, in one transaction; raises Trouble and changes nothing."""

    def forget_order(self, after_seq: int) -> None:
        """Drop the order behind a message of the line, never the events; raises Trouble."""

    def begin_anew(self, name: NewName, begun: Recorded, fold: Fold) -> Opened:
        """Give the journal a new name in one transaction, durable on return; raises Trouble and changes nothing.

        Events up to `name.kept` stay the old name's. Those after it are recorded again under the new one, then
        `begun`, under the number that follows. `fold` says what all of it comes to.
        """

    def find_command(self, command_id: str) -> int | None:
        """The journal number of the first event that carries this command id."""

    def alive(self, at_us: int) -> None:
        """Leave a sign of life without a sync: a kill leaves it behind, and the next start reads it."""

    def idle(self) -> None:
        """Use a quiet moment to checkpoint."""

    def close(self) -> None:
        """Checkpoint and close; never raises."""


class History(Protocol):
    """Read-only answers from a data folder, from any thread but one at a time."""

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """Events with n > after, oldest first."""

    def digest(
        self, series: str, key: str | None = None, *, since_us: int = 0, last: int | None = None
    ) -> list[DigestRow]:
        """Figures of a series, oldest first; `last` keeps the newest."""

    def bodies(self, series: str, key: str, *, since_us: int = 0, until_us: int | None = None) -> bytes:
        """The bodies of a series' key in [since, until) as one JSON array, oldest first: many are decoded in one go."""

    def snapshot(self) -> tuple[Line | None, tuple[Entity, ...], int]:
        """The line, all entities and the head they belong to, of one instant."""

    def alive_us(self) -> int:
        """When the writer last left a sign of life, UTC; 0 if it never did."""

    def data_version(self) -> int:
        """A number that changes when somebody has committed."""

    def close(self) -> None:
        """End the connection; never raises."""


class LiveHistory(History, Protocol):
    """The same for whoever follows the writer."""

    def whole(self, known: Heads | None = None, *, limit: int = 0) -> Whole:
        """Everything of one instant, with at most `limit` of the events added behind `known`, in the line's order."""

    def heads(self) -> Heads:
        """Where every origin ends."""

    def up_to(self, heads: Heads, *, from_us: int = 0) -> Iterator[Recorded]:
        """Every event of every origin up to those and not before an instant, in the order of the line."""

    def news(self, known: Heads, limit: int) -> News:
        """The first `limit` events added behind `known`, of every origin, in the order of the line."""


class Submit(Protocol):
    """The engine's inbox as devices and screens see it."""

    def __call__(
        self, command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        """Queue a command; False when the inbox is full (the caller may wait and try again)."""


class AskLine(Protocol):
    """Where the line is asked for what no terminal decides alone; never blocks."""

    def __call__(self, question: Question, /) -> "Future[Decided]":
        """The answer, in its time; no link is an answer too."""


class Report(Protocol):
    """Where devices say how they are."""

    def __call__(self, parts: Iterable[Health], /) -> None:
        """Publish conditions; never blocks."""
