"""One command at a time: decide, number, let it happen in a draft, commit, and only then make the draft true."""

from collections.abc import Sequence

from shopfloor.clock import zone_of
from shopfloor.core import commands as c
from shopfloor.core.decide import decide
from shopfloor.core.due import due, next_due_us
from shopfloor.core.events import CardCirculated, Event, Recorded, ScanRefused, SignalEvent
from shopfloor.core.evolve import answer_of, apply, changed_line
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment, Now, next_moment
from shopfloor.core.ports import Journal, Opened
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import EMPTY_LINE, Shop, is_gone, newest
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow, Outcome, Update
from shopfloor.core.words import refusal_words, verdict_words
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows


class Desk:
    """The shop in force and the journal behind it. Every method belongs to the engine's thread."""

    def __init__(self, journal: Journal, opened: Opened) -> None:
        self.shop = Shop(opened.line or EMPTY_LINE, opened.entities)
        self.head = opened.head
        self._journal = journal
        self._origin = opened.origin
        self._last = opened.last
        self._set_line(self.shop.line)

    def begin(self, now: Now, *, ended_us: int) -> None:
        """Note when this process began to accept signals, and when the one before was last known alive."""
        self.shop.ready = now
        self.shop.ended_us = ended_us

    def run(self, command: c.Command, now: Now, command_id: str = "") -> Update:
        """Decide and commit one command; raises StoreTrouble and leaves everything as it was if it cannot."""
        if command_id:
            done = self._journal.find_command(command_id)
            if done is not None:
                return Update(outcome=Outcome(n=done, kind="repeated_command", command_id=command_id))
        decision = decide(self.shop, command, now)
        if isinstance(decision, Refusal):
            sentence, remedy = refusal_words(decision, self._zone)
            outcome = Outcome(
                n=0, kind="refused", refusal=decision, words=sentence, remedy=remedy, command_id=command_id
            )
            return Update(outcome=outcome)
        return self._commit(decision, now, command_id)

    def tick(self, now: Now) -> Update:
        """Let happen what has fallen due by `now`."""
        events = due(self.shop, now)
        return self._commit(events, now, "") if events else Update()

    def next_due_us(self, now: Now) -> int | None:
        """Microseconds until something falls due, None if nothing will."""
        return next_due_us(self.shop, now)

    def _commit(self, events: Sequence[Event], now: Now, command_id: str) -> Update:
        if not events:
            return Update(outcome=Outcome(n=0, kind="nothing", command_id=command_id))
        draft = self.shop.copy()
        moment = self._last
        recorded: list[Recorded] = []
        changed: list[Entity] = []
        digest: list[DigestRow] = []
        for event in events:
            moment = next_moment(moment, now)
            entry = self._entry(event, moment, now, n=self.head + len(recorded) + 1, first_id=command_id)
            command_id = ""
            digest += digest_rows(draft, entry, self._calendar)
            changed += apply(draft, entry)
            recorded.append(entry)
        last = newest(changed)
        living = [entity for entity in last if not is_gone(entity)]
        gone = [entity for entity in last if is_gone(entity)]
        self._journal.append(recorded, living, gone, digest)
        self.shop = draft
        self.head = recorded[-1].n
        self._last = moment
        line = next((found for found in map(changed_line, recorded) if found is not None), None)
        if line is not None:
            self._set_line(line)
        return Update(
            events=tuple(recorded),
            changed=last,
            digest=tuple(digest),
            outcome=self._outcome(answer_of(recorded)),
            line=line,
        )

    def _entry(self, event: Event, moment: Moment, now: Now, *, n: int, first_id: str) -> Recorded:
        # Two terminals that put the same card in circulation make one: the id comes from the identity alone.
        command_id = f"circulate:{event.card}" if isinstance(event, CardCirculated) else first_id
        return Recorded(
            origin=self._origin,
            n=n,
            moment=moment,
            mono_ns=now.mono_ns,
            boot=now.boot,
            event=event,
            command_id=command_id,
        )

    def _outcome(self, recorded: Recorded) -> Outcome | None:
        event = recorded.event
        if not isinstance(event, SignalEvent):
            return Outcome(n=recorded.n, kind=event.kind, command_id=recorded.command_id)
        book = self.shop.book(event.station)
        verdict = book.verdict if book.verdict and book.verdict.n == recorded.n else None
        if verdict is None:
            return None
        words, remedy = verdict_words(self.shop, event.station, verdict, self._zone)
        refusal = None
        if isinstance(event, ScanRefused):
            refusal = Refusal(Rule(event.rule), event.args, event.card)
        return Outcome(
            n=recorded.n,
            kind=event.kind,
            station=event.station,
            card=verdict.card,
            device=event.device,
            refusal=refusal,
            words=words,
            remedy=remedy,
            command_id=recorded.command_id,
        )

    def _set_line(self, line: Line) -> None:
        self._zone = zone_of(line.timezone)
        self._calendar = WorkCalendar(line)
