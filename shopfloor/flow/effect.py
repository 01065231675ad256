"""What a change of the number of cards did: the plan, made of the time before it, beside what came after it."""

from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import CardsChange, LoopHistory, between
from shopfloor.flow.poisson import rate_test
from shopfloor.flow.replay import Replayed, projected, recorded
from shopfloor.flow.sizing.values import NoAnswerError

CYCLES = 20  # turns after a change before its effect is judged: three rounds of a loop of seven cards


class Effect(Struct, frozen=True, kw_only=True):
    """Before and after the last change; `planned` projects the time before with the new number of cards.

    `cycles` turns have come back full since, of `wanted`. `p` is the chance of so uneven a split of stock-outs if their
    rate has not changed (exact, conditional on their sum); None where there were none or far too many.
    """

    change: CardsChange
    before: Replayed
    planned: Replayed
    after: Replayed
    cycles: int
    wanted: int
    p: Fraction | None

    @property
    def judged(self) -> bool:
        """Whether enough turns have passed."""
        return self.cycles >= self.wanted


def effect(history: LoopHistory, calendar: WorkCalendar, *, cycles: int = CYCLES) -> Effect:
    """Raises NoAnswerError if the number of cards never changed, or the loop has no store."""
    if not history.changes:
        raise NoAnswerError(
            Text("a change of the number of cards in the journal"),
            f"{history.loop.cards} cards from the beginning",
            Text("Change it with `loop accept`, and ask again when the cards have turned."),
        )
    change = history.changes[-1]
    begin_us = history.changes[-2].at_us if len(history.changes) > 1 else history.from_us
    before = between(history, begin_us, change.at_us)
    after = between(history, change.at_us, history.to_us + 1)
    full = sorted(cycle.full_us for cycle in after.cycles if cycle.full_us)
    if len(full) > cycles:
        after = between(after, change.at_us, full[cycles - 1])
    was, now = recorded(before, calendar), recorded(after, calendar)
    p = rate_test(len(was.outages), was.worked_us // US_PER_S, len(now.outages), now.worked_us // US_PER_S)
    return Effect(
        change=change,
        before=_named(was, change.before),
        planned=_named(projected(_with(before, change.before), calendar, change.after - change.before), change.after),
        after=_named(now, change.after),
        cycles=min(len(full), cycles),
        wanted=cycles,
        p=p,
    )


def _with(history: LoopHistory, cards: int) -> LoopHistory:
    return replace(history, loop=replace(history.loop, cards=cards))


def _named(found: Replayed, cards: int) -> Replayed:
    return replace(found, cards=cards)
