"""What is true of the terminals of a line: who answers for a station, and what a merge of their journals found."""

from enum import StrEnum

from msgspec import Struct


class Post(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The terminal a station belongs to: the only one that lets its time pass. `epoch` rises with each take-over.

    `home`: the terminal it was taken from first, "" while it is there; that one needs no leader's key to have it back.
    """

    station: str
    terminal: str
    origin: str
    since_us: int
    epoch: int = 0
    home: str = ""


class Reading(Struct, frozen=True, gc=False):
    """How far a terminal has read the line since its link came up, as `origin`: `done` with what there was then.

    Before that the line, or another one, may know of things that it did itself and its disk has forgotten. Of the
    process, no entity.
    """

    origin: str = ""
    until_seq: int = 0
    done: bool = False


class FindingKind(StrEnum):
    """What terminals that had not heard of each other did to one thing."""

    TWO_PLACES = "two_places"  # a card was scanned at two stations, closer than their clocks can tell
    TWO_TERMINALS = "two_terminals"  # two terminals claim one station
    TWO_ANSWERS = "two_answers"  # one call was answered twice
    STILL_WORKED = "still_worked"  # a terminal did steps at a station that another had taken over
    NOT_FULL = "not_full"  # work began on a signal inferred, and the withdrawal that came later says otherwise
    BEGUN_ANEW = "begun_anew"  # a terminal's disk was put back or copied, and it may run twice
    CLOCK_AHEAD = "clock_ahead"  # a terminal worked by a clock that was set ahead, and its events were put back in time
    TWO_LINES = "two_lines"  # two line files came under one number, and one of them is in force


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One such thing, until a scan or a leader settles it. `places` are stations, the holder last; or terminals.

    `count`: how many steps it is about, where it is about several.
    """

    id: str
    kind: FindingKind
    card: str = ""
    call: str = ""
    places: tuple[str, ...] = ()
    at_us: int = 0
    apart_us: int = 0
    count: int = 0
    settled: bool = False


class Credit(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A terminal's share of the line's limit: `moved` places were given to it (or, negative, by it), net.

    The terminal of the first station holds the limit itself, whatever it is. `asked_us`: since when it waits for some.
    """

    origin: str
    moved: int = 0
    asked_us: int = 0


class Decree(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The newest decision on a thing that is recorded: the line's question number `epoch` was won by `origin`.

    Epoch 0 was not asked for: a line file of a line that had none. `n` is the number of the event that recorded it.
    """

    thing: str
    epoch: int
    origin: str
    n: int
    at_us: int


LineEntity = Post | Finding | Credit | Decree
