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


LineEvent = FindingSettled | CreditsAsked | CreditsGiven
