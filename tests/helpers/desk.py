"""A line without disk or threads: commands in, events and outcomes out, time moved by hand."""

from collections.abc import Callable

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code, card_id
from shopfloor.core.decide import decide
from shopfloor.core.decision import Decision
from shopfloor.core.due import due
from shopfloor.core.events import Event, Recorded, ScanRefused
from shopfloor.core.evolve import answer_of, apply
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment, Now, next_moment
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card


class Desk:
    """Decides and applies as the engine does, and remembers every event. `rules` other than ours are for controls."""

    def __init__(self, line: Line, rules: Callable[[Shop, c.Command, Now], Decision] = decide) -> None:
        self._rules = rules
        self.clock = ManualClock()
        self.shop = Shop()
        self.journal: list[Recorded] = []
        self._last = Moment(0)
        self.do(c.ChangeLine(line=line))
        self.shop.ready = self.clock.now()

    def do(self, command: c.Command) -> Event | Refusal:
        """Run one command after what fell due; the event that answers, or the refusal of one that records none."""
        self.tick()
        decision = self._rules(self.shop, command, self.clock.now())
        if isinstance(decision, Refusal):
            return decision
        recorded = [self.record(event) for event in decision]
        return answer_of(recorded or self.journal).event  # type: ignore[return-value]

    def tick(self) -> None:
        """Let happen what is due."""
        for event in due(self.shop, self.clock.now()):
            self.record(event)

    def record(self, event: Event) -> Recorded:
        """Put one event into the journal and let it happen."""
        now = self.clock.now()
        self._last = next_moment(self._last, now)
        recorded = Recorded(
            origin="t.1", n=len(self.journal) + 1, moment=self._last, mono_ns=now.mono_ns, boot=now.boot, event=event
        )
        apply(self.shop, recorded)
        self.journal.append(recorded)
        return recorded

    def scan(self, loop: str, number: int, station: str, *, after_s: float = 2.0, device: str = "gun") -> Event:
        """Scan a card at a station, `after_s` after whatever was before."""
        text = card_code(self.shop.line.id, loop, number, 1)
        return self.read(text, station, after_s=after_s, device=device)

    def read(self, text: str, station: str, *, after_s: float = 2.0, device: str = "gun") -> Event:
        """Read any text at a station."""
        self.clock.advance(after_s)
        event = self.do(c.ReadSignal(station=station, device=device, text=text))
        assert not isinstance(event, Refusal)
        return event

    def press(self, button: str, station: str, device: str, *, after_s: float = 2.0) -> Event:
        """Press a button of a box."""
        self.clock.advance(after_s)
        signal = c.ReadSignal(station=station, device=device, text=button, signal=c.SignalKind.BUTTON)
        event = self.do(signal)
        assert not isinstance(event, Refusal)
        return event

    def call(self, station: str, reason: str = "") -> Event | Refusal:
        """Stop a station by touch, or raise a call for a reason."""
        self.clock.advance(2.0)
        return self.do(c.RaiseCall(station=station, reason=reason))

    def card(self, loop: str, number: int) -> Card:
        """The card as it is now."""
        return self.shop.cards[card_id(loop, number)]


def rule_of(event: Event | Refusal) -> str:
    """The rule that refused, "" for anything else."""
    if isinstance(event, Refusal):
        return event.rule.value
    return event.rule if isinstance(event, ScanRefused) else ""
