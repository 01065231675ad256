"""What is true now: frozen cards, calls, restarts and station books."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.moment import Now
from shopfloor.core.state_andon import AndonEntity, Call, Restart
from shopfloor.core.state_line import LineEntity

__all__ = ["Call", "Restart"]


class CardState(StrEnum):
    """Where a card is in its turn; the values are the keys of `status --json`."""

    NEW = "new"
    FULL = "full"
    IN_USE = "in_use"
    EMPTY = "empty"
    WAITING = "waiting"
    IN_PROCESS = "in_process"
    QUEUED = "queued"
    IN_TRANSIT = "in_transit"
    HELD = "held"
    LOST = "lost"
    RETIRED = "retired"


RELEASED = frozenset({CardState.IN_PROCESS, CardState.QUEUED})


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One numbered card of a loop.

    `step` is the route position k (from 1) while IN_PROCESS(k) or QUEUED(k), else 0. `since_us` is when it entered its
    state; `cycle` counts turns; `finished_us[k - 1]` is when step k of this turn was finished, `done_*` the step it did
    last, `made_by` the station that filled it: all for "already done at 10:42 at Press 1". `started` and `released_us`
    are missing where the step was inferred: no figure may be made of them. `blocked_us` marks a finish refused by a
    full lane, `again_us` that a place has freed since. `held_from` is the state of a held card before. `n` is the
    number of its last step in the journal of `origin`. `stale_print`: what is printed on it has changed since; a new
    print ends it.
    `unsure_us`: by how much the clock of the terminal that did its last step may have been off. `spender`: the
    terminal whose place of the line's limit it has while it is released, "" where one terminal has them all.

    `pieces` are in the container where they are not the loop's quantity (0: that quantity), `lot` and `serials` what
    was scanned of them; all three leave with the contents. `acked_*`: the supplier has read the signal; `asked`: since
    when an answer is awaited, `late` that it did not come in time. `express` goes before others until it is full.
    `lives`: cycles of this card alone (0: its loop's); an `extra` card is not among the loop's number of cards.
    """

    id: str
    loop: str
    number: int
    state: CardState = CardState.NEW
    step: int = 0
    since_us: int = 0
    cycle: int = 0
    print_version: int = 1
    emptied_us: int = 0
    released_us: int = 0
    started: Now | None = None
    queued_us: int = 0
    finished_us: tuple[int, ...] = ()
    done_what: str = ""
    done_station: str = ""
    done_us: int = 0
    done_by: str = ""
    made_by: str = ""
    blocked_us: int = 0
    again_us: int = 0
    over_limit: bool = False
    held_from: CardState | None = None
    note: str = ""
    n: int = 0
    origin: str = ""
    pieces: int = 0
    lot: str = ""
    serials: tuple[str, ...] = ()
    acked_us: int = 0
    acked_by: str = ""
    asked: Now | None = None
    late: bool = False
    express: bool = False
    lives: int = 0
    extra: bool = False
    stale_print: bool = False
    unsure_us: int = 0
    spender: str = ""


class LastStep(Struct, frozen=True, kw_only=True, gc=False):
    """The last accepted step at a station, with the card as it was before: what an undo puts back.

    It is event `n` of `origin`: terminals may have come after each other at the station.
    """

    n: int
    card: str
    what: str
    code: str
    at: Now
    by: str
    before: Card
    done_before: Now | None = None
    undone: bool = False
    origin: str = ""

    def is_last_of(self, card: Card) -> bool:
        """Whether the card has done nothing since."""
        return (card.origin, card.n) == (self.origin, self.n)


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """What the strip of a station keeps showing: the outcome of its last signal; `words` turns it into sentences.

    It is that of event `n` of `origin`. `kind` is the journal kind, `rule` the refusal's rule or "", `args` the numbers
    and names the sentences need.
    """

    n: int
    kind: str
    at_us: int
    card: str = ""
    rule: str = ""
    args: dict[str, str | int] = {}
    origin: str = ""


class Book(Struct, frozen=True, kw_only=True, gc=False):
    """What a station remembers: last step (for undo), person, override, question, verdict, last completion."""

    station: str
    step: LastStep | None = None
    person: str = ""
    person_since_us: int = 0
    override_by: str = ""
    override_reason: str = ""
    override_at: Now | None = None
    asked_card: str = ""
    verdict: Verdict | None = None
    done_at: Now | None = None
    done_count: int = 0


class Taught(Struct, frozen=True, kw_only=True, gc=False):
    """A code of the plant's own that stands for a card; `text` folded as codes are, `card` "" for one untaught."""

    text: str
    card: str


class PlannedChange(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Another number of cards or quantity of a loop from a day on; one a loop, None leaves that number alone.

    `applied`: it is in force, as `over_*`. `was_*` are the line file's own numbers: as long as the file says so still,
    what is in force stays; a file that says something else has decided anew. `ended`: nothing of it counts any more.
    """

    loop: str
    cards: int | None = None
    quantity: int | None = None
    day: str = ""
    from_us: int = 0
    was_cards: int = 0
    was_quantity: int = 0
    by: str = ""
    applied: bool = False
    over_cards: int | None = None
    over_quantity: int | None = None
    ended: bool = False


Entity = Card | Book | Taught | PlannedChange | AndonEntity | LineEntity
