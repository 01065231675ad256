"""One command at a time: decide, number, let it happen in a draft, commit, and only then make the draft true."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from shopfloor.clock import zone_of
from shopfloor.core import commands as c
from shopfloor.core.codec import as_read
from shopfloor.core.decide import decide
from shopfloor.core.delivery import Fitting, Received, received
from shopfloor.core.due import due, next_due_us
from shopfloor.core.entities import newest
from shopfloor.core.events import CardCirculated, Event, Recorded
from shopfloor.core.evolve import answer_of, apply
from shopfloor.core.line import Line
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.merge import local_number
from shopfloor.core.moment import Moment, Now, ahead_us, next_moment
from shopfloor.core.permits import Answer
from shopfloor.core.ports import Journal, Opened
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.state import Book, Entity
from shopfloor.core.update import DigestRow, Outcome, Update
from shopfloor.engine.arrears import EVENTS_MAX, ROWS_MAX, left_over
from shopfloor.engine.asking import Ask, nobody_asks, permit
from shopfloor.engine.debt import OWED_MAX, Debt, flagged, is_answer, is_of_calls, may_be_owed
from shopfloor.engine.desk_floors import DeskFloors
from shopfloor.engine.ground import Ground
from shopfloor.engine.merger import Merger
from shopfloor.engine.opening import end_of, last_of
from shopfloor.engine.outcomes import is_same_answer, outcome_of, refused
from shopfloor.engine.survey import SURVEY, Survey
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from shopfloor.trouble import StoreTrouble

WAITING_MANY: Final = 20_000  # kept in memory, a kilobyte each: more wait only where folding them in is dear
DIRECT_EVENTS_MAX: Final = 400  # folded at once with what is stored, in some ten milliseconds


class Desk(DeskFloors):
    """The shop in force and the journal behind it. Every method belongs to the engine's thread."""

    def __init__(self, journal: Journal, opened: Opened, survey: Survey = SURVEY, *, watches: bool = False) -> None:
        """`watches`: it lets nothing fall due, for nobody would hear of it."""
        self.watches = watches
        self.shop = Shop(opened.line or EMPTY_LINE, opened.entities)
        self.head = opened.head
        self._journal = journal
        self._origin = opened.origin
        self.unsure_us = 0
        self._debt = Debt()
        self.shop.origin = opened.origin
        ground = Ground(journal.floors(), journal.state_at)
        end = end_of(opened, journal)
        self._last = last_of(opened, end, ground.tip)
        self._merger = Merger(opened.origin, end, journal.since, ground, journal.count_until)
        self.survey = survey
        self.surveyed_us = 0
        self._merger.wait(opened.waiting)
        self._arrears = left_over(opened, journal, ground, self._merger.until)
        self._set_line(self.shop.line)

    def begin(self, now: Now, *, ended_us: int) -> None:
        """Note when this process began to accept signals, and when the one before was last known alive."""
        self.shop.ready = now
        self.shop.ended_us = ended_us

    @property
    def last(self) -> Moment:
        """The newest moment it knows."""
        return self._last

    @property
    def owed(self) -> int:
        """How many events of calls happened and are not on the disk yet."""
        return len(self._debt)

    def run(
        self,
        command: c.Command,
        now: Now,
        command_id: str = "",
        *,
        ask: Ask = nobody_asks,
        answer: Answer | None = None,
    ) -> Update:
        """Decide and commit one command; raises StoreTrouble and leaves everything as it was if it cannot.

        A call or a stop that the disk does not take happens all the same, and is written when it can be. What needs
        the line's permission is given to `ask`, and comes again with the `answer`; the update is empty till then.
        """
        if command_id:
            done = self._done_before(command_id)
            if done is not None:
                return Update(outcome=Outcome(n=done, kind="repeated_command", command_id=command_id))
        decided, is_behind = decide(self.shop, command, now), self.waiting > 0
        decision = permit(self.shop, command, decided, now, ask=ask, answer=answer, is_behind=is_behind)
        if decision is None:
            return Update()
        if isinstance(decision, Refusal):
            return Update(outcome=refused(decision, self._zone, command_id))
        return self._commit(decision, now, command_id)

    def answer(self, command: c.Command, now: Now) -> Outcome | None:
        """What a command that the disk did not take is told all the same; None if it has to be done again.

        "Already called" is so, recorded or not, and whoever reads "scan again" there would scan for ever.
        """
        decision = decide(self.shop, command, now)
        if isinstance(decision, Refusal) or not is_answer(self.shop, command, decision):
            return None
        draft = self.shop.copy()
        entry = self._entry(decision[0], next_moment(self._last, now), now, n=self.head + 1, first_id="")
        apply(draft, entry)
        return outcome_of(entry, draft, self._zone)

    def tick(self, now: Now, before: c.Command | None = None) -> Update:
        """Let happen what has fallen due by `now`, `before` a command: a call waits for no disk that must take it."""
        events = () if self.watches else due(self.shop, now)
        try:
            return self._commit(events, now, "") if events else Update()
        except StoreTrouble:
            if before is None or not is_of_calls(self.shop, before):
                raise
            return Update()

    @property
    def owes_figures(self) -> bool:
        """Whether figures are to follow, or events to be told, of what is true already."""
        return len(self._arrears) > 0

    def pay_figures(self) -> Update:
        """Write and tell some of them; raises StoreTrouble, and owes them still."""
        return self._arrears.pay(self._journal)

    def pay(self) -> Update:
        """Write what is owed; raises StoreTrouble if the disk still takes nothing."""
        if not self._debt:
            return Update()
        self._journal.append(*self._debt.with_new((), (), ()))
        return Update(changed=tuple(self._settled(self.shop)))

    def pay_all(self) -> None:
        """Write whatever is owed, before the journal becomes another; raises StoreTrouble."""
        self.pay()
        self._arrears.pay_all(self._journal)

    @property
    def waiting(self) -> int:
        """How many events of other terminals are stored and not in the shop yet."""
        return self._merger.waiting

    @property
    def is_worth_folding(self) -> bool:
        """Whether so much waits that folding it in costs little for each: it has to pass everything that came after.

        What is folded so grows by a half at least each time, so however the line mixes what several terminals did
        while they were away, each event is folded a few times; most but once as long as there is room for them.
        """
        known = max(DIRECT_EVENTS_MAX // 2, self._merger.span(self._heads()) - self.waiting)
        return self._merger.begun or self.waiting >= (4 * known if self.waiting < WAITING_MANY else known)

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor | None) -> Update:
        """Store what the line has, and fold what is new in by its moment; if that takes long it waits for `fold`.

        Without a cursor it is a part of a delivery: the rest follows. Raises StoreTrouble, or ValueError.
        """
        self.pay()
        try:
            return self._deliver(self._journal.fitting(entries), cursor)
        except ValueError:  # it may be another ending of a journal that was put back: no reason to read no more
            return self._deliver(self._journal.fitting(entries, every=True), cursor)

    def _deliver(self, fitting: Fitting, cursor: Cursor | None) -> Update:
        got = received(fitting, cursor, self._origin, self._journal.heads())
        new = [entry.recorded for entry in got.new]
        if new and self._merger.span(self._heads(), new) <= DIRECT_EVENTS_MAX:
            update = self._fold_with(got, new)
        else:
            self._journal.receive(replace(got, folded=not new and not self.waiting))
            self._merger.wait(new)
            update = Update()
        self._last = max([self._last, *(event.moment for event in new)])
        return update

    def fold(self, count: int) -> Update | None:
        """Fold so many of the events that wait; None until all are. Raises StoreTrouble."""
        self.pay()  # what is owed is not on the disk, and its words are not for ever: nothing is folded from there
        if not self._merger.begun:
            self._merger.begin(self.shop)
        return self._folded(Received()) if self._merger.work(count) else None

    def _fold_with(self, got: Received, new: Sequence[Recorded]) -> Update:
        """Store and fold at once."""
        self._merger.begin(self.shop, new)
        try:
            while not self._merger.work(DIRECT_EVENTS_MAX):
                pass
            return self._folded(got)
        except BaseException:
            self._merger.stop()
            raise

    def _heads(self) -> dict[str, int]:
        """The newest stored event of every origin."""
        return self._journal.heads() | {self._origin: self.head}

    def _folded(self, got: Received) -> Update:
        """Write what was folded together with what was received, and make it true."""
        done = self._merger.done(self.shop)
        got = replace(got, changed=done.changed, gone=done.gone, line_by=done.line_by)
        refigured = bool(done.refolded and (done.digest or done.digest_gone))
        rows = len(done.digest) + len(done.digest_gone)
        follows = self.owes_figures or rows > ROWS_MAX or len(done.events) > EVENTS_MAX
        if follows:
            self._journal.receive(replace(got, figures_from=done.first if rows else None))
            self._arrears.owe(done.events, done.digest_gone, done.digest, is_noted=rows > 0, refigured=refigured)
        else:
            self._journal.receive(replace(got, digest=done.digest, digest_gone=done.digest_gone))
        done.shop.reads = self.shop.reads
        done.shop.share_process(self.shop)
        self.shop = done.shop
        self._merger.took(done)
        return Update(
            events=() if follows else tuple(done.events),
            changed=(*done.changed, *done.gone),
            digest=() if follows else tuple(done.digest),
            line=self._line_by(done.line_by),
            foreign=True,
            refigured=refigured and not follows,
        )

    def forget_order(self, after_seq: int) -> None:
        """The line has another order behind that message. Raises StoreTrouble."""
        self._journal.forget_order(after_seq)

    def next_due_us(self, now: Now) -> int | None:
        """Microseconds until something falls due, None if nothing will."""
        return None if self.watches else next_due_us(self.shop, now)

    def _commit(self, events: Sequence[Event], now: Now, command_id: str) -> Update:
        if not events:
            return Update(outcome=Outcome(n=0, kind="nothing", command_id=command_id))
        draft = self.shop.copy()
        before = draft.line
        moment = self._last
        recorded: list[Recorded] = []
        changed: list[Entity] = []
        digest: list[DigestRow] = []
        figures: list[tuple[DigestRow, ...]] = []
        for event in events:
            moment = next_moment(moment, now)
            entry = self._entry(event, moment, now, n=self.head + len(recorded) + 1, first_id=command_id)
            command_id = ""
            figures.append(digest_rows(draft, local_number(entry, self._origin), self._calendar))
            digest += figures[-1]
            changed += apply(draft, entry)
            recorded.append(entry)
        try:
            self._journal.append(*self._debt.with_new(recorded, changed, digest))
        except StoreTrouble:
            certain = may_be_owed(events)
            if not certain or len(self._debt) + len(recorded) > OWED_MAX:
                raise
            if len(certain) < len(events):  # what else is due is due again
                return self._commit(certain, now, recorded[0].command_id)
            self._debt.owe(recorded, changed, digest)
            changed += flagged(draft, changed)
        else:
            changed += self._settled(draft)
        last = newest(changed)
        self.shop = draft
        self.head = recorded[-1].n
        self._last = moment
        # What is owed shows words that are not for ever: nothing is folded from there.
        self._merger.note(recorded, figures, draft if not self._debt else None)
        line = None if draft.line is before else self._set_line(draft.line)
        return Update(
            events=tuple(recorded),
            changed=last,
            digest=tuple(digest),
            outcome=outcome_of(answer_of(recorded), draft, self._zone),
            line=line,
        )

    def _settled(self, shop: Shop) -> list[Book]:
        """The books whose last words no longer say that they are not recorded, put into the shop."""
        clean = [book for book in self._debt.settle() if is_same_answer(shop.book(book.station), book)]
        told = [replace(shop.book(book.station), verdict=book.verdict) for book in clean]
        shop.put(told)
        return told

    def _done_before(self, command_id: str) -> int | None:
        owed = self._debt.find(command_id)
        try:
            return owed or self._journal.find_command(command_id)
        except StoreTrouble:
            # Nobody can look it up; what needs the disk fails there, and a call is worth being made twice.
            return None

    def _entry(self, event: Event, moment: Moment, now: Now, *, n: int, first_id: str) -> Recorded:
        # Two terminals that put the same card in circulation make one: the id comes from the identity alone.
        command_id = f"circulate:{event.card}" if isinstance(event, CardCirculated) else first_id
        return Recorded(
            origin=self._origin,
            n=n,
            moment=moment,
            mono_ns=now.mono_ns,
            boot=now.boot,
            event=as_read(event),
            command_id=command_id,
            uncertainty_us=self.unsure_us + ahead_us(moment, now),
        )

    def _line_by(self, event: tuple[str, int] | None) -> Line | None:
        """The line file in force, if an event has changed it."""
        return None if event is None else self._set_line(self.shop.line)

    def _set_line(self, line: Line) -> Line:
        self._zone = zone_of(line.timezone)
        self._calendar = WorkCalendar(line)
        return line
