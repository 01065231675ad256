"""The terminal's own time: it follows the wall clock but never goes back, and notices when somebody moved it."""

from shopfloor.core.line_link import Discipline, LineClock
from shopfloor.core.moment import NS_PER_US, Now

STEP_MS_MIN = 500  # smaller differences are a time server at work


class EngineTime:
    """Turns clock readings into instants that never fall, from the last instant the journal knows.

    `line`: what is known of the clock of the line, None for a terminal that belongs to none.
    """

    def __init__(self, last_us: int, now: Now, line: LineClock | None = None) -> None:
        self._last = Now(max(last_us, now.at_us), now.mono_ns, now.boot)
        # From its start on a terminal of a line goes by its quartz: whoever sets the wall clock moves nobody's time.
        self._line = line.guess(now, last_us) if line is not None else None
        if self._line is not None:
            self._last = self.foreseen(now)
        self._told = self._source(now)

    def follow(self, discipline: Discipline | None) -> None:
        """Go by the line's clock from now on; None leaves what was said last, which drifts with the own quartz."""
        if discipline is not None:
            self._line = discipline

    def unsure_us(self, now: Now) -> int:
        """By how much `now` may be off the line's clock; 0 where there is no line."""
        read = self._line.read(now) if self._line is not None else None
        return read[1] if read else 0

    def disciplined(self, now: Now) -> Now:
        """The reading with its UTC made monotonic: after a step back, time goes on at the monotonic clock's pace."""
        seen = self.foreseen(now)
        if now.mono_ns >= self._last.mono_ns:
            self._last = seen
        return seen

    def foreseen(self, now: Now) -> Now:
        """What `disciplined` would say, while readings taken before may still come and keep their own time."""
        read = self._line.read(now) if self._line is not None else None
        if read is not None:
            # The wall clock of this computer counts no more, whoever sets it. Small corrections do not turn time back.
            behind = self._last.at_us - read[0]
            at_us = self._last.at_us if 0 < behind < STEP_MS_MIN * 1_000 else read[0]
            return Now(at_us, now.mono_ns, now.boot)
        passed_us = (now.mono_ns - self._last.mono_ns) // NS_PER_US
        if passed_us < 0:
            return Now(self._last.at_us, now.mono_ns, now.boot)
        at_us = max(now.at_us, self._last.at_us)
        if now.at_us < self._last.at_us + passed_us - STEP_MS_MIN * 1_000:
            at_us = self._last.at_us + passed_us
        return Now(at_us, now.mono_ns, now.boot)

    def step_ms(self, now: Now) -> int:
        """How far the clock it goes by jumped since the last question, 0 if it did not: the line's, or its own."""
        told = self._source(now)
        gone_us = told.at_us - self._told.at_us
        passed_us = (told.mono_ns - self._told.mono_ns) // NS_PER_US
        self._told = told
        step = (gone_us - passed_us) // 1_000
        return step if abs(step) > STEP_MS_MIN else 0

    def _source(self, now: Now) -> Now:
        """What the clock it goes by says, whatever was said before."""
        read = self._line.read(now) if self._line is not None else None
        return now if read is None else Now(read[0], now.mono_ns, now.boot)
