"""What happened beyond the plain turn of a card: transit, lots, pieces, suppliers, extra cards, contents, changes."""

from shopfloor.core.events_base import AnEvent, Inferred, SignalEvent
from shopfloor.core.state import CardState


class PiecesWithdrawn(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The consumer took pieces out of the container, `left` are in it; 0 empties it, which is the pull signal."""

    kind = "pieces_withdrawn"
    card: str
    pieces: int
    left: int
    into: CardState = CardState.EMPTY


class CardOpened(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The consumer opened the container: it is in use, and not empty yet."""

    kind = "card_opened"
    card: str
    inferred: tuple[Inferred, ...] = ()


class CardReceived(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The consumer received the container from transit or from a supplier: it is FULL."""

    kind = "card_received"
    card: str
    inferred: tuple[Inferred, ...] = ()


class CardAcknowledged(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The supplier has read the card's signal."""

    kind = "card_acknowledged"
    card: str


class ResponseLate(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The supplier's answer to the card's signal did not come by `since_us`; recorded once a signal."""

    kind = "response_late"
    card: str
    since_us: int


class LotReleased(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Waiting cards became pull signals together: their lot is complete, or (with a device) somebody let them go."""

    kind = "lot_released"
    loop: str
    cards: tuple[str, ...]


class CardsIssued(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Extra cards were put in circulation for one turn, for a reason; each has its own `card_circulated`."""

    kind = "cards_issued"
    loop: str
    cards: tuple[str, ...]
    reason: str


class CardReprinted(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The card was printed anew: paper with an older print version is refused from now on."""

    kind = "card_reprinted"
    card: str
    print_version: int


class CardExpressed(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The card goes before others until it is full, or (`on` false) no longer."""

    kind = "card_expressed"
    card: str
    on: bool


class ContentsNoted(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What is in the container: pieces (0: not said), lot and serial numbers ("": not said)."""

    kind = "contents_noted"
    card: str
    quantity: int = 0
    lot: str = ""
    serials: tuple[str, ...] = ()


class CodeTaught(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A code of the plant's own stands for a card from now on; `card` "": for none."""

    kind = "code_taught"
    text: str
    card: str


class ChangePlanned(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A loop gets another number of cards or quantity from the instant `from_us` on, the beginning of `day`."""

    kind = "change_planned"
    loop: str
    cards: int | None = None
    quantity: int | None = None
    day: str = ""
    from_us: int = 0
    was_cards: int = 0
    was_quantity: int = 0


class ChangeApplied(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A planned change of a loop came into force; the line with it follows as `line_changed`."""

    kind = "change_applied"
    loop: str


class ChangeDropped(SignalEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A planned change of a loop counts no longer: somebody took it back, or the line file has decided anew."""

    kind = "change_dropped"
    loop: str
    reason: str = ""
