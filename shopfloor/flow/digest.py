"""The figures of one event, made in the transaction that records it, so that no screen reads the whole journal.

| series | key | when | body |
|---|---|---|---|
| cycle | station | a card is finished there | `Cycle`: completion to completion, and start to completion |
| lead | loop | a card's route is complete | `Lead`: release (first start) to finish |
| made | loop | a card's route is complete, seen or proved by a later scan | `Made` |
| call | station | a call is cleared | `CallTime` |
| calls | "" | a call is over: closed, or rejected | `CallRecord`, filed under the instant it was raised |
| call_times | "" | with it | the same call's figures `packed` |
| line | line | a line file comes into force | `InForce` |

Durations are working time (`WorkCalendar`), except where no working time lies between two instants: then whoever
worked did so outside the calendar, and the time that passed is the figure. Within one boot they end at the event and
reach back by the monotonic clock, so that a wall clock that was set falsifies none; across boots they are by UTC.
Inferred and implausible steps have no cycle and no lead time, but what is there was made. A step that is undone leaves
a row that names it: a figure whose `n` is named by a later row of its series and key never was.

Station cycle time and lead time as in reference 2.1: completion to completion at one station (lean usage), and
release at the start of the routing to its end (Factory Physics: CT).
"""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct

from shopfloor.core.entities import is_gone
from shopfloor.core.events import (
    CallCleared,
    CardFinished,
    CardStarted,
    CardWithdrawn,
    LineChanged,
    Recorded,
    StepUndone,
)
from shopfloor.core.events_andon import CallClosed, CallRejected, CallReturned, CallVerified
from shopfloor.core.events_loop import CardOpened, CardReceived
from shopfloor.core.evolve import changed_line
from shopfloor.core.evolve_andon import evolve_andon
from shopfloor.core.moment import Now, elapsed_us
from shopfloor.core.shop import Shop
from shopfloor.core.state import RELEASED, Call, Card, CardState
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.packed import CALL_TIMES, packed
from shopfloor.flow.andon.record import CALLS, record_of
from shopfloor.flow.calendar import WorkCalendar

_US_PER_MS = 1_000
_SERIES_OF_CALLS = ((CALLS, msgspec.json.encode), (CALL_TIMES, packed))
_Ending = CallCleared | CallRejected | CallClosed | CallReturned | CallVerified  # once: it is asked of every event
_NOT_MADE = RELEASED | {CardState.EMPTY, CardState.WAITING}


class Cycle(Struct, frozen=True, omit_defaults=True):
    """`cycle_ms` since the completion before at this station, `process_ms` since the start; None where unknown."""

    card: str
    loop: str
    cycle_ms: int | None = None
    process_ms: int | None = None
    undone: int = 0


class Lead(Struct, frozen=True, omit_defaults=True):
    """From release to finish; None if nobody scanned the release."""

    card: str
    lead_ms: int | None = None
    undone: int = 0


class Made(Struct, frozen=True, omit_defaults=True):
    """One container was completed; `cards` is −1 where the journal entry `undone` is taken back."""

    card: str
    cards: int = 1
    pieces: int = 0
    undone: int = 0


class CallTime(Struct, frozen=True, omit_defaults=True):
    """How long a call was open and how long of that it was a stop, as time passed; `reason` "" is a stop without."""

    reason: str
    call_ms: int
    stop_ms: int = 0


class InForce(Struct, frozen=True):
    """From here on this line file counts; before the first nobody recorded anything."""


Figure = Cycle | Lead | Made | CallTime | InForce
_F = TypeVar("_F", Cycle, Lead, Made, CallTime, InForce)


def digest_rows(shop_before: Shop, recorded: Recorded, calendar: WorkCalendar) -> tuple[DigestRow, ...]:
    """The figures of one event, given the shop just before it; total: what it does not know leaves no figure."""
    made = [
        DigestRow(series, key, recorded.moment.us, recorded.n, msgspec.json.encode(figure))
        for series, key, figure in _figures(shop_before, recorded, calendar)
    ]
    return (*made, *_calls(shop_before, recorded))


def read_figures(rows: Iterable[DigestRow], kind: type[_F]) -> list[tuple[DigestRow, _F]]:
    """The rows with their bodies, without those that were undone and the rows that say so. Oldest first, as given."""
    figures = [(row, read_figure(row, kind)) for row in rows]
    undone = {undone for _, figure in figures if (undone := takes_back(figure))}
    return [(row, figure) for row, figure in figures if row.n not in undone and not takes_back(figure)]


def read_figure(row: DigestRow, kind: type[_F]) -> _F:
    """The body of one row; raises msgspec errors if it is damaged."""
    return msgspec.json.decode(row.body, type=kind)


def takes_back(figure: Figure) -> int:
    """The journal number of the step whose figure this one takes back; 0 for a figure of its own."""
    return 0 if isinstance(figure, CallTime | InForce) else figure.undone


def _figures(shop: Shop, recorded: Recorded, calendar: WorkCalendar) -> list[tuple[str, str, Figure]]:
    now = Now(recorded.moment.us, recorded.mono_ns, recorded.boot)
    match recorded.event:
        case CardFinished() as event if event.card in shop.cards:
            return _of_finish(shop, event, now, calendar)
        case (CardWithdrawn() | CardStarted() | CardReceived() | CardOpened()) as event if (
            event.card in shop.cards and _completes(shop, event)
        ):
            return [("made", shop.cards[event.card].loop, _made(shop, shop.cards[event.card]))]
        case LineChanged() as event if changed_line(shop, recorded) is not None:
            return [("line", event.line.id, InForce())]
        case StepUndone() as event if event.card in shop.cards:
            return _of_undo(shop, event)
        case (CallCleared() | CallReturned() | CallClosed()) as event if _ends(shop, event):
            call = shop.calls[event.call]
            call_us = max(0, elapsed_us(call.raised, now))
            stop_us = max(0, call_us - (call.stopped_us - call.raised.at_us)) if call.stopped_us else 0
            times = CallTime(call.reason, call_us // _US_PER_MS, stop_us // _US_PER_MS)
            return [("call", call.station, times)]
        case _:
            return []


def _ends(shop: Shop, event: CallCleared | CallReturned | CallClosed) -> bool:
    """Whether the call is over with this event; a cause that is given later says nothing of its time."""
    call = shop.calls.get(event.call)
    if call is None or call.cleared_us:
        return False
    return not isinstance(event, CallReturned) or event.closes


def _calls(shop: Shop, recorded: Recorded) -> list[DigestRow]:
    """The call that is over with this event."""
    event = recorded.event
    if not isinstance(event, _Ending):
        return []
    now = Now(recorded.moment.us, recorded.mono_ns, recorded.boot)
    over = [call for call in evolve_andon(shop, event, now, "") if isinstance(call, Call) and is_gone(call)]
    records = [record_of(call, now) for call in over]
    bodies = [(series, made, body(made)) for made in records for series, body in _SERIES_OF_CALLS]
    return [DigestRow(series, "", made.raised_us, recorded.n, body) for series, made, body in bodies]


def _of_finish(shop: Shop, event: CardFinished, now: Now, calendar: WorkCalendar) -> list[tuple[str, str, Figure]]:
    card = shop.cards[event.card]
    found: list[tuple[str, str, Figure]] = []
    if not event.implausible:
        cycle = Cycle(
            card.id,
            card.loop,
            cycle_ms=_spent_ms(shop.book(event.station).done_at, now, calendar),
            process_ms=_spent_ms(card.started, now, calendar),
        )
        found.append(("cycle", event.station, cycle))
    if event.into is CardState.QUEUED:
        return found
    if not event.implausible:
        found.append(("lead", card.loop, Lead(card.id, _lead_ms(card, now, calendar))))
    found.append(("made", card.loop, _made(shop, card)))
    return found


def _of_undo(shop: Shop, event: StepUndone) -> list[tuple[str, str, Figure]]:
    """Rows that take back what the undone step left; `restored` is the card before it."""
    before = event.restored
    found: list[tuple[str, str, Figure]] = []
    loop = shop.loops.get(before.loop)
    if loop is None:
        return found
    still_on_its_way = shop.cards[before.id].state in RELEASED
    if event.what == "finished":
        found.append(("cycle", event.station, Cycle(before.id, before.loop, undone=event.undone)))
        if still_on_its_way:
            return found
        found.append(("lead", before.loop, Lead(before.id, undone=event.undone)))
    elif still_on_its_way or before.state not in _NOT_MADE:
        return found
    taken = Made(before.id, cards=-1, pieces=-loop.quantity, undone=event.undone)
    return [*found, ("made", before.loop, taken)]


def _completes(shop: Shop, event: CardWithdrawn | CardStarted | CardReceived | CardOpened) -> bool:
    """Whether the scan proved that the card's route was completed, though nobody scanned it."""
    loop = shop.loops.get(shop.cards[event.card].loop)
    return loop is not None and any(i.what == "finish" and i.step == len(loop.route) for i in event.inferred)


def _made(shop: Shop, card: Card) -> Made:
    loop = shop.loops.get(card.loop)
    return Made(card.id, pieces=loop.quantity if loop else 0)


def _lead_ms(card: Card, now: Now, calendar: WorkCalendar) -> int | None:
    if not card.released_us:
        return None
    return _between_ms(card.released_us, now.at_us, calendar)


def _spent_ms(since: Now | None, now: Now, calendar: WorkCalendar) -> int | None:
    """Working time from `since` to `now`."""
    if since is None:
        return None
    return _between_ms(now.at_us - elapsed_us(since, now), now.at_us, calendar)


def _between_ms(from_us: int, to_us: int, calendar: WorkCalendar) -> int | None:
    if to_us < from_us:
        return None  # the wall clock was set back between two boots: nobody knows
    return (calendar.working_us(from_us, to_us) or to_us - from_us) // _US_PER_MS
