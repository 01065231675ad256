"""What happened between the terminals of a line."""

from shopfloor.core.events_base import AnEvent, SignalEvent


class FindingSettled(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody looked, and knows now what the terminals disagreed on."""

    kind = "finding_settled"
    finding: str


class CreditsAsked(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal has no place of the line's limit left, and asks the others for some."""

    kind = "credits_asked"
    origin: str


class CreditsGiven(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal gave places of the line's limit away: from this event on it may not spend them itself."""

    kind = "credits_given"
    giver: str
    to: str
    count: int


class BegunAnew(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal goes on under a new name: under `before` the line had events that its disk does not hold.

    Up to event `kept` the disk and the line are the same; `again` events after it were recorded anew, before this one.
    The first of those had the hash `first`: whoever knows them under the old name leaves them there.
    """

    kind = "begun_anew"
    terminal: str
    before: str
    kept: int = 0
    again: int = 0
    first: str = ""


class Permitted(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The line let this terminal decide on a thing: what follows in the same transaction is what it decided."""

    kind = "permitted"
    thing: str
    epoch: int


class StationsTaken(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A leader gave stations of a terminal to another one, with all it held if those were its last.

    `left`: places of the line's limit that the one before may still spend without having heard of it; `over`: the
    limits that may be passed by what it does. `cards`: those it was known to have released or in work.
    """

    kind = "stations_taken"
    stations: tuple[str, ...]
    terminal: str
    origin: str
    from_terminal: str
    from_origin: str
    epoch: int
    reason: str = ""
    left: int = 0
    over: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


LineEvent = FindingSettled | CreditsAsked | CreditsGiven | Permitted | StationsTaken | BegunAnew
