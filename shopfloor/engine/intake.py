"""What the line delivers, taken in by small steps between the signals: nobody's scan waits behind it."""

from collections import deque
from collections.abc import Callable, Sequence, Sized
from concurrent.futures import Future
from contextlib import suppress
from typing import Final, NamedTuple

from msgspec.structs import replace

from shopfloor.clock import Clock
from shopfloor.core.line_link import Cursor, LineEntry, LinkView, Standing
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.update import Update
from shopfloor.engine.desk import Desk
from shopfloor.trouble import StoreTrouble

STORE_NS: Final = 4_000_000  # a scan waits for one step at most: with its own commit it is answered in ten milliseconds
FOLD_NS: Final = 2_000_000  # nothing is written in these, so they can be shorter
PEOPLE_NS: Final = 10_000_000_000  # so long after a signal there may be another: a third of the time is left to them
LULL_NS: Final = 50_000_000  # nothing more for so long: what waits is all there is
SLICE_EVENTS: Final = 16  # folded between two looks whether somebody waits: half a millisecond
ANSWER_NS: Final = 2_000_000  # so long after a signal its answer is on its way to a screen or a lamp
EVENTS_MIN: Final = (
    128  # stored in one step: on a slow disk the commit takes most of it, and fewer would mean more of them
)
EVENTS_MAX: Final = 400

_NS_PER_S: Final = US_PER_S * NS_PER_US
# A bug in a rule must not take the stop button away: the state is as before the command, which is told and dropped.
BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


_NOWHERE: Final = Cursor("", 0, 0)


class _Delivery(NamedTuple):
    entries: Sequence[LineEntry]
    cursor: Cursor
    work: Callable[[], None] | None
    done: "Future[None]"


class _Pace:
    """How many events are stored in a step, by what the last ones took."""

    def __init__(self) -> None:
        self.events = EVENTS_MIN

    def note(self, took_ns: int) -> None:
        if took_ns > STORE_NS:
            self.events = max(EVENTS_MIN, self.events * 3 // 4)
        elif took_ns < STORE_NS // 2:
            self.events = min(EVENTS_MAX, self.events * 5 // 4)


class Intake:
    """Belongs to the engine's thread. A delivery is done when it is stored; what it comes to may be folded in later.

    `pay` writes what calls owe the disk and says so: before anything of others is written. `now` is what o'clock the
    line has; for what comes into the `inbox` a step is cut short. What is delivered waits for a climb to another floor,
    or a busy line would spoil that again and again.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        publish: Callable[[Update], None],
        inbox: Sized,
        *,
        pay: Callable[[], None],
        now: Callable[[], Now],
    ) -> None:
        self.desk = desk
        self._clock = clock
        self._publish = publish
        self._pay = pay
        self._now = now
        self._inbox = inbox
        self._deliveries: deque[_Delivery] = deque()
        self._pace = _Pace()
        self._rests = False
        self._go_on_ns = self._stored_ns = 0
        self._signal_ns = -PEOPLE_NS
        self._hears = False  # what another terminal handed on waits to be folded in
        self._stored_seq = 0
        self.true_seq = 0  # the message up to which everything is folded in

    @property
    def is_busy(self) -> bool:
        """Whether there is something to do."""
        folds = (self.desk.waiting > 0 or self.desk.owes_figures) and not self._rests
        return bool(self._deliveries) or folds or self.desk.climbs

    @property
    def pause_s(self) -> float | None:
        """How long to leave the engine to the signals before the next step; None if there is nothing to do."""
        if not self.is_busy:
            return None
        go_on_ns = self._go_on_ns
        if not (self._deliveries or self.desk.owes_figures or self.desk.climbs or self.desk.is_worth_folding):
            go_on_ns = max(go_on_ns, self._stored_ns + LULL_NS)
        return max(0, go_on_ns - self._clock.now().mono_ns) / _NS_PER_S

    def note_signal(self, now: Now) -> None:
        """Somebody is at work."""
        self._signal_ns = now.mono_ns
        self._go_on_ns = max(self._go_on_ns, now.mono_ns + ANSWER_NS)

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor, done: "Future[None]") -> None:
        """Take these later, in their order."""
        self._deliveries.append(_Delivery(entries, cursor, None, done))

    def forget_order(self, after_seq: int, done: "Future[None]") -> None:
        """Drop the order behind a message, after what was delivered before."""
        self.later(lambda: self.desk.forget_order(after_seq), done)

    def later(self, work: Callable[[], None], done: "Future[None]") -> None:
        """Do something after what was delivered before."""
        self._deliveries.append(_Delivery((), _NOWHERE, work, done))

    def hear(self, work: Callable[[], None], done: "Future[None]") -> None:
        """Take in something that another terminal handed on, after what was delivered before."""

        def take() -> None:
            work()
            self._hears = self.desk.waiting > 0

        self.later(take, done)

    def adopt(self, standing: Standing, cursor: Cursor, done: "Future[None]") -> None:
        """Go on from another terminal's state, after what was delivered before."""

        def work() -> None:
            self._publish(self.desk.adopt(standing, cursor))
            self._stored_seq = self.true_seq = cursor.seq

        self.later(work, done)

    def dressed(self, view: LinkView) -> LinkView:
        """The link as people are told of it: what was read and is not folded in yet is not known here."""
        if not self.desk.waiting:
            return view
        return replace(view, applied=min(view.applied, self.true_seq), listens=view.listens or self._hears)

    def again(self) -> None:
        """What the disk did not take is tried again."""
        self._rests = False

    def step(self) -> None:
        """Do a little. Raises StoreTrouble where nobody else is told of it."""
        begun_ns = self._clock.now().mono_ns
        if self.desk.owes_figures and not self._rests:
            self._pay_figures()
        elif self.desk.climbs:
            self._publish(self.desk.climb(self._now()))
        elif self.desk.waiting and not self._rests and (not self._deliveries or self.desk.is_worth_folding):
            self._fold(begun_ns + FOLD_NS)
        else:
            waited = self.desk.waiting
            self._take(self._deliveries.popleft(), self._pace.events)
            stored_ns = self._clock.now().mono_ns
            self._pace.note(stored_ns - begun_ns)
            if self.desk.waiting > waited:
                self._stored_ns = stored_ns
        now_ns = self._clock.now().mono_ns
        if now_ns - self._signal_ns < PEOPLE_NS:
            self._go_on_ns = now_ns + min(now_ns - begun_ns, STORE_NS) // 2

    def close(self) -> None:
        """Nothing more is taken: it comes again. What is true gets its figures, or the next start makes them."""
        with suppress(StoreTrouble):
            while self.desk.owes_figures:
                self.desk.pay_figures()
        for delivery in self._deliveries:
            delivery.done.set_exception(StoreTrouble("The engine has ended.", remedy="Start the terminal again."))
        self._deliveries.clear()

    def _pay_figures(self) -> None:
        self._rests = True  # unless it works
        update = self.desk.pay_figures()
        self._rests = False
        self._publish(update)

    def _fold(self, end_ns: int) -> None:
        self._rests = True  # unless it works
        self._pay()
        while (update := self.desk.fold(SLICE_EVENTS)) is None:
            if len(self._inbox) or self._clock.now().mono_ns >= end_ns:
                break
        self._rests = False
        if update is not None:
            self.true_seq = self._stored_seq
            self._hears = False
            self._publish(update)

    def _take(self, delivery: _Delivery, events: int) -> None:
        entries, cursor, work, done = delivery
        try:
            self._pay()
            if work is not None:
                work()
            elif len(entries) > events:
                self._publish(self.desk.deliver(entries[:events], None))
                self._deliveries.appendleft(delivery._replace(entries=entries[events:]))
                return
            else:
                self._publish(self.desk.deliver(entries, cursor))
                self._stored_seq = cursor.seq
                if not self.desk.waiting:
                    self.true_seq = cursor.seq
        except (StoreTrouble, *BUGS) as error:
            done.set_exception(error)
        else:
            done.set_result(None)
