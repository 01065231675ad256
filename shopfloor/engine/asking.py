"""Commands that wait for the line's permission: one question a thing, and the answer comes back to the engine."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Final

from msgspec import Struct

from shopfloor.core.commands import Command
from shopfloor.core.decision import Decision
from shopfloor.core.line import Line
from shopfloor.core.line_link import GOOD_FOR_NS, Decided, LinkState, LinkView, Question, Ruling
from shopfloor.core.line_refusals import behind, may_ask_again, unanswered, unlinked
from shopfloor.core.moment import Now
from shopfloor.core.permits import Answer, needed, question_of, refuse, with_answer
from shopfloor.core.ports import AskLine
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.update import Outcome
from shopfloor.engine.inbox import Inbox, Item
from shopfloor.engine.parts import NOT_RECORDED
from shopfloor.trouble import Trouble

THINGS_MAX: Final = 32  # asked about at once; a line has a few decisions an hour
WAITING_MAX: Final = 64  # commands that wait for them: whoever presses again meanwhile waits for the same answer

Resume = Callable[[Item, Answer | None], None]
Ask = Callable[[Question], bool]


def nobody_asks(_: Question) -> bool:
    """For what the program does by itself: it needs no permission, or waits until somebody can ask."""
    return False


def permit(
    shop: Shop, command: Command, decision: Decision, now: Now, *, ask: Ask, answer: Answer | None, is_behind: bool
) -> Decision | None:
    """The decision as the line lets it be; None: it was asked, and the command comes again with the answer.

    `is_behind`: there is more on the line than is in the shop, and what was decided last may be among it.
    """
    thing = needed(shop, command, decision, now)
    what = thing.partition(".")[0]
    if not thing or isinstance(decision, Refusal):
        return decision
    if answer is not None:
        return with_answer(shop, command, decision, answer, now)
    if shop.linked is False:
        return refuse(shop, command, unlinked(shop, what))
    if is_behind:
        return refuse(shop, command, behind(what))
    return None if ask(question_of(shop, command, thing, now)) else refuse(shop, command, unanswered(what))


class Offer:
    """A terminal's own line file: offered to the line once everything there is on it is read, and then no more."""

    def __init__(self, line: Line | None) -> None:
        self._line = line
        self._is_asked = False

    def due(self, view: LinkView) -> Line | None:
        """The line file, if now is the time to offer it."""
        if self._is_asked or self._line is None or view.state is not LinkState.UP or view.behind:
            return None
        self._is_asked = True
        return self._line

    def said(self, outcome: Outcome) -> None:
        """What came of it: once more where nobody has answered."""
        again = outcome.kind == NOT_RECORDED or (outcome.refusal is not None and may_ask_again(outcome.refusal))
        self._is_asked = not again


class Asked(Struct):
    """A question on its way, and the commands that wait for its answer, in their order."""

    asked: Now
    items: list[Item]


class Asking:
    """Belongs to the engine's thread, which takes the answers out of its inbox."""

    def __init__(self, ask: AskLine, inbox: Inbox, resume: Resume) -> None:
        self._ask = ask
        self._inbox = inbox
        self._resume = resume
        self._asked: dict[str, Asked] = {}

    def put(self, question: Question, item: Item, now: Now) -> bool:
        """Let a command wait for the answer; False if too many wait already."""
        on_its_way = self._asked.get(question.thing)
        if sum(len(asked.items) for asked in self._asked.values()) >= WAITING_MAX:
            return False
        if on_its_way is not None:
            on_its_way.items.append(item)
            return True
        if len(self._asked) >= THINGS_MAX:
            return False
        asked = Asked(asked=now, items=[item])
        self._asked[question.thing] = asked

        def come(done: "Future[Decided]") -> None:
            self._inbox.put(Item(job=lambda: self._take(question.thing, asked, _decided(done))))

        self._ask(question).add_done_callback(come)
        return True

    def expire(self, now: Now) -> None:
        """Answer what the line left unanswered for too long."""
        for thing, asked in tuple(self._asked.items()):
            if now.mono_ns - asked.asked.mono_ns > GOOD_FOR_NS:
                self._take(thing, asked, Decided(Ruling.UNLINKED))

    def give_up(self) -> None:
        """Answer everything: the end has come."""
        for thing, asked in tuple(self._asked.items()):
            self._take(thing, asked, Decided(Ruling.UNLINKED))

    def _take(self, thing: str, asked: Asked, decided: Decided) -> None:
        """The first that waits has the permission; the others ask anew, as the first left things."""
        if self._asked.get(thing) is not asked:
            return  # it was answered as too late
        del self._asked[thing]
        answer = Answer(thing=thing, decided=decided, asked=asked.asked)
        for place, item in enumerate(asked.items):
            self._resume(item, None if place and decided.ruling is Ruling.WON else answer)


def _decided(done: "Future[Decided]") -> Decided:
    """The answer; a link that ended meanwhile has none."""
    try:
        return done.result()
    except (CancelledError, Trouble):
        return Decided(Ruling.UNLINKED)


def asker(asking: Asking | None, item: Item, now: Now) -> Ask:
    """What a command asks through: nobody, at a terminal that is alone."""
    return nobody_asks if asking is None else lambda question: asking.put(question, item, now)
