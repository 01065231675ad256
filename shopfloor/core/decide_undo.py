"""Taking back the last accepted step at a station."""

from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import StepUndone
from shopfloor.core.limits import refuse_return
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name, person_name, station_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import RELEASED, Card, CardState
from shopfloor.core.views import UNDO_S


def decide_undo(shop: Shop, source: Source, reason: str, now: Now) -> Decision:
    """Undo the station's last step, once, within 10 s, by the same person; a leader with a reason may later."""
    book = shop.book(source.station)
    step = book.step
    if step is None or step.undone:
        return Refusal(Rule.NOTHING_TO_UNDO, {"station": station_name(shop, source.station)})
    card = shop.cards.get(step.card)
    args: dict[str, str | int] = {"card": card_name(shop, step.card), "what": step.what, "at_us": step.at.at_us}
    leads = refuse_right(shop, source, Right.LATE_UNDO) is None and bool(reason)
    if book.person and step.by in shop.people and step.by != book.person and not leads:
        return Refusal(Rule.NO_RIGHT, {**args, "right": "undo", "by": person_name(shop, step.by)}, step.card)
    if elapsed_us(step.at, now) > UNDO_S * US_PER_S and not leads:
        return Refusal(Rule.UNDO_TOO_LATE, {**args, "limit_s": UNDO_S}, step.card)
    if card is None or not step.is_last_of(card):
        return Refusal(Rule.UNDO_MOVED_ON, args, step.card)
    if not _has_its_place(shop, step.before):
        return Refusal(Rule.UNDO_MOVED_ON, args, step.card)
    broken = refuse_return(shop, step.before)
    if broken is not None:
        return Refusal(Rule.UNDO_MOVED_ON, {**args, "limit": broken.value}, step.card)
    undone = StepUndone(
        station=source.station,
        card=step.card,
        undone=step.n,
        of="" if shop.origin in {"", step.origin} else step.origin,
        what=step.what,
        restored=step.before,
        reason=reason,
    )
    return (source.sign(undone),)


def _has_its_place(shop: Shop, before: Card) -> bool:
    """Whether a new line file has left the route position to which the card would go back."""
    if before.state not in RELEASED:
        return True
    here = place(shop, before)
    return bool(here) and (before.state is not CardState.IN_PROCESS or here == before.done_station)
