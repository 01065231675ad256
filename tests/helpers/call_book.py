"""A shop that keeps the records its calls leave in the digest, second by second."""

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.decide import decide
from shopfloor.core.due import due
from shopfloor.core.events import Event, Recorded
from shopfloor.core.evolve import apply
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment, Now
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.figures import AndonFigures, andon_figures
from shopfloor.flow.andon.packed import CALL_TIMES
from shopfloor.flow.andon.record import CALLS, CallRecord, decode_calls
from shopfloor.flow.andon.table import unpacked
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from tests.helpers.calls import andon_line

KEPT = (CALLS, CALL_TIMES)
S = 1_000_000


class CallBook:
    """Decides, lets fall due and applies as the engine does; its clock is told in seconds since it began."""

    def __init__(self, line: Line | None = None) -> None:
        self.line = line or andon_line()
        self.shop = Shop(self.line)
        self.clock = ManualClock()
        self.start_us = self.clock.now().at_us
        self.events: list[Recorded] = []
        self.rows: list[DigestRow] = []
        self.records: list[CallRecord] = []

    def at(self, second: float) -> "CallBook":
        """Move the clock to this second, and let happen what is due."""
        self.clock.advance(second - (self.clock.now().at_us - self.start_us) / S)
        for event in due(self.shop, self.clock.now()):
            self.record(event)
        return self

    def do(self, second: float, command: c.Command) -> str:
        """Decide a command; the id of the call that came last."""
        self.at(second)
        decision = decide(self.shop, command, self.clock.now())
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            self.record(event)
        return list(self.shop.calls)[-1] if self.shop.calls else ""

    def record(self, event: Event, *, after_s: float = 0) -> None:
        """Let an event happen."""
        self.clock.advance(after_s)
        self.happen(event, self.clock.now())

    def happen(self, event: Event, now: Now) -> None:
        """Let an event happen at an instant of its own."""
        n = len(self.events) + 1
        entry = Recorded(origin="t~0", n=n, moment=Moment(now.at_us), mono_ns=now.mono_ns, boot=now.boot, event=event)
        every = digest_rows(self.shop, entry, WorkCalendar(self.line))
        rows = [row for row in every if row.series in KEPT]
        for row, times in zip(rows[::2], rows[1::2], strict=True):
            (made,) = decode_calls(b"[" + row.body + b"]")
            assert unpacked(b"[" + times.body + b"]")["raised_us"].tolist() == [made.raised_us]
            for one in (row, times):
                assert (one.key, one.at_us, one.n) == ("", made.raised_us, n)
            self.records.append(made)
        self.rows += every
        self.events.append(entry)
        apply(self.shop, entry)

    def figures(self, from_s: float = 0, to_s: float = 3600, *, station: str = "") -> AndonFigures:
        """The figures of some seconds as they are known now."""
        return andon_figures(
            self.records,
            self.shop.calls.values(),
            self.line,
            WorkCalendar(self.line),
            from_us=self.start_us + round(from_s * S),
            to_us=self.start_us + round(to_s * S),
            now=self.clock.now(),
            station=station,
        )

    @property
    def call(self) -> str:
        """The id of the only open call."""
        (call,) = self.shop.calls
        return call
