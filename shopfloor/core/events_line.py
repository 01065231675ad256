"""What happened between the terminals of a line."""

from shopfloor.core.events_base import SignalEvent


class FindingSettled(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody looked, and knows now what the terminals disagreed on."""

    kind = "finding_settled"
    finding: str
