"""One digital input, from samples of its level and counter to what happened: pure."""

from collections.abc import Sequence

from msgspec import Struct

from shopfloor.core.line_andon import Input, InputMode
from shopfloor.core.moment import Now
from shopfloor.devices.modbus.counter import PulseCounter
from shopfloor.devices.modbus.debounce import Debounce

NEAR_SAMPLES = 1  # so many polls after the level was seen, a pulse belongs to it, and the other way round


class Change(Struct, frozen=True, kw_only=True):
    """The input became active or inactive; `counted`: only the module's counter saw it."""

    active: bool
    at: Now
    counted: bool = False


class Watched:
    """What became of an input. Active is closed, or open where it is normally closed.

    A press is one change to active, however it was seen; one that is held while it is first looked at is none. A
    contact tells its level with the first sample, too. The counter must be read before the level: then a pulse that
    the level does not show was a press that is over. Pulses while the level shows a press belong to that press.
    """

    def __init__(self, contact: Input) -> None:
        self.contact = contact
        self._tells_level = contact.mode is InputMode.CONTACT
        self._debounce = Debounce(contact.debounce_ms)
        self._counter = PulseCounter(contact.counter_words)
        self._since_active = self._since_counted = NEAR_SAMPLES + 1
        self._owed: Now | None = None  # a pulse came in an unrest: if that settles to nothing, it was a press
        self._echo = False  # the counter told of this press before the level showed it

    @property
    def settles_ns(self) -> int | None:
        """The monotonic instant from which a sample can settle what was seen; None if nothing is open."""
        return self._debounce.settles_ns

    def feed(self, closed: bool, words: Sequence[int], now: Now) -> list[Change]:  # noqa: FBT001  # as it is read
        """Take a sample of the level and of the counter (high word first, no words where there is none)."""
        active = closed is not self.contact.normally_closed
        pulses = self._counter.feed(words) if words else 0
        was, unrest = self._debounce.level, self._debounce.unrest
        self._since_active = 0 if was else self._since_active + 1
        self._since_counted += 1
        edge = self._debounce.feed(active, now)
        if was is None and active:
            return self._level(now, active=True)
        changes = self._level(now, active=False) if was is None else []
        if active and not was and unrest is None:
            self._echo = self._since_counted <= NEAR_SAMPLES
        if pulses and not was:
            if active or unrest is not None:
                self._owed, self._echo = unrest or now, False
            elif self._since_active > NEAR_SAMPLES:
                self._owed = now
        if edge is not None:
            changes += self._settled(edge.at, active=edge.level)
        elif self._owed is not None and self._debounce.unrest is None:
            changes += self._counted(self._owed)
        return changes

    def gap(self) -> None:
        """A poll failed."""
        self._debounce.gap()
        self._counter.gap()

    def forget(self) -> None:
        """The input was unknown: a contact tells its level again. A press that began meanwhile is still one."""
        self.gap()
        if self._tells_level:
            self._debounce.forget()

    def _level(self, now: Now, *, active: bool) -> list[Change]:
        return [Change(active=active, at=now)] if self._tells_level else []

    def _settled(self, at: Now, *, active: bool) -> list[Change]:
        told = self._tells_level or (active and not self._echo)
        self._owed, self._echo = None, False
        return [Change(active=active, at=at)] if told else []

    def _counted(self, at: Now) -> list[Change]:
        self._owed, self._since_counted = None, 0
        press = Change(active=True, at=at, counted=True)
        return [press, Change(active=False, at=at, counted=True)] if self._tells_level else [press]
