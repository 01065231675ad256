"""Who has shown a stop to people: told at once beside the log, answered when painted, repeated until all have it."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from shopfloor.core.line_link import LinkState, LinkView, StopSeen
from shopfloor.core.line_views import is_heard
from shopfloor.core.moment import Now
from shopfloor.core.state_call import Call

STOP: Final = "stop"
SEEN: Final = "stopack"

REPEAT_NS: Final = 1_000_000_000  # whoever raised it asks each second
OTHERS_REPEAT_NS: Final = 5_000_000_000  # everybody else asks too, in case that one is gone, but seldom
ANSWER_NS: Final = 500_000_000  # everybody hears an answer: one is enough for all who ask at the same time
KEPT_NS: Final = (
    10_000_000_000  # a stop known by word alone that its terminal does not repeat and the line lacks is over
)
STOPS_MAX: Final = 64  # stops that stand at once; a line has fewer stations that matter
PAST_MAX: Final = 256  # calls that are over, against a word about them that comes late
EARLY_MAX: Final = 64  # stops shown before they are known here: a word may overtake the one it answers
GONE_NS: Final = 3_600_000_000_000  # a terminal without a station that was switched off is not waited for


class Word(Struct, frozen=True):
    """What to tell the others: a kind of message and the call it is about."""

    kind: str
    call: Call


class _Stop(Struct):
    call: Call
    since_ns: int
    seen: set[str]
    ahead: bool
    asked_ns: int
    told_ns: int
    answered_ns: int


class StopAcks:
    """The stops that stand as terminal `me` knows them. Without a screen a stop is shown when it is in force."""

    def __init__(self, me: str, *, has_screen: bool = False) -> None:
        self._me = me
        self.has_screen = has_screen
        self._stops: dict[str, _Stop] = {}
        self._past: dict[str, None] = {}
        self._early: dict[str, set[str]] = {}
        self._with_station: set[str] = set()
        self._view: LinkView | None = None

    def note_terminals(self, names: Iterable[str]) -> None:
        """These have stations, and are waited for however long they are silent."""
        self._with_station.update(names)

    def note_calls(self, calls: Iterable[Call], now: Now, *, own: bool) -> list[Word]:
        """What the journal says of calls; `own`: this terminal's rules have just said it."""
        words: list[Word] = []
        for call in calls:
            if not call.stopped_us or call.cleared_us or call.closed_us or call.rejected:
                self._forget(call.id)
                continue
            known = self._stops.get(call.id)
            if known is not None:
                known.call, known.ahead = call, False
            elif len(self._stops) < STOPS_MAX:
                self._begin(call, now, ahead=False)
                words += [Word(STOP, call)] if own else []
                words += self._shown_already(call)
        return words

    def keep_only(self, calls: Iterable[str]) -> None:
        """The journal knows these and no others: a call may have another name now. What came ahead of it stays."""
        known = set(calls)
        for call_id in [name for name, stop in self._stops.items() if not stop.ahead and name not in known]:
            self._forget(call_id)

    def told(self, kind: str, terminal: str, call: Call, now: Now) -> list[Word]:
        """Another terminal stops the line, or says that it has shown a stop."""
        known = self._stops.get(call.id)
        if kind == SEEN:
            self._note_seen(call.id, terminal)
            return []
        own = self._view is not None and call.id.rpartition("-")[0] == self._view.origin
        if call.id in self._past or (known is None and own) or (known is None and len(self._stops) >= STOPS_MAX):
            return []
        if known is None:
            self._begin(call, now, ahead=True)
            return self._shown_already(call)
        if self._is_of(terminal, call):  # those who were only told would keep each other believing it for ever
            known.told_ns = now.mono_ns
        if self._me not in known.seen or now.mono_ns - known.answered_ns < ANSWER_NS:
            return []
        known.answered_ns = now.mono_ns
        return [Word(SEEN, known.call)]

    def painted(self, call_id: str) -> list[Word]:
        """A screen of this terminal shows it."""
        known = self._stops.get(call_id)
        if known is not None and self._me in known.seen:
            return []
        self._note_seen(call_id, self._me)
        return [Word(SEEN, known.call)] if known is not None else []

    def follow(self, view: LinkView, now: Now) -> list[Word]:
        """How the link is, at each change and each second: what to tell again."""
        came = view.state is LinkState.UP and (self._view is None or self._view.state is not LinkState.UP)
        self._view = view
        words: list[Word] = []
        for stop in list(self._stops.values()):
            if stop.ahead and not view.behind and now.mono_ns - stop.told_ns > KEPT_NS:
                self._forget(stop.call.id)
                continue
            if view.state is LinkState.UP:
                words += self._again(stop, view, now, came=came)
        return words

    def seen(self, now: Now) -> tuple[StopSeen, ...]:
        """Every stop that stands, with who has shown it."""
        expected = self._expected(now)
        return tuple(
            StopSeen(
                call=stop.call,
                since_ns=stop.since_ns,
                seen=tuple(sorted(stop.seen)),
                missing=tuple(sorted(expected - stop.seen)),
                ahead=stop.ahead,
            )
            for stop in self._stops.values()
        )

    def _again(self, stop: _Stop, view: LinkView, now: Now, *, came: bool) -> list[Word]:
        """A word that was lost, or told while nobody could hear it, is said again."""
        waited_ns = now.mono_ns - stop.asked_ns
        mine = stop.call.id.rpartition("-")[0] == view.origin
        here = {other.terminal for other in view.others if is_heard(other, now)} | {self._me}
        open_still = bool(here - stop.seen) or (mine and view.owing > 0)
        may_tell = mine or self._me in self._with_station  # a screen alone has no right to stop, nor to repeat one
        if not came and not (may_tell and open_still and waited_ns >= (REPEAT_NS if mine else OTHERS_REPEAT_NS)):
            return []
        stop.asked_ns = now.mono_ns
        # Whoever comes back learns who else has it, and says that it has it itself.
        seen = [Word(SEEN, stop.call)] if came and self._me in stop.seen else []
        return [Word(STOP, stop.call), *seen] if may_tell else seen

    def _begin(self, call: Call, now: Now, *, ahead: bool) -> None:
        mono_ns = now.mono_ns
        self._stops[call.id] = _Stop(
            call, mono_ns, self._early.pop(call.id, set()), ahead, mono_ns, mono_ns, mono_ns - ANSWER_NS
        )

    def _note_seen(self, call_id: str, terminal: str) -> None:
        known = self._stops.get(call_id)
        if known is not None:
            known.seen.add(terminal)
        elif call_id not in self._past:
            self._early.setdefault(call_id, set()).add(terminal)
            if len(self._early) > EARLY_MAX:
                del self._early[next(iter(self._early))]

    def _shown_already(self, call: Call) -> list[Word]:
        """By the screen, which may have it from the journal sooner; or there is none."""
        if self._me in self._stops[call.id].seen:
            return [Word(SEEN, call)]
        return [] if self.has_screen else self.painted(call.id)

    def _is_of(self, terminal: str, call: Call) -> bool:
        origin = call.id.rpartition("-")[0]
        others = self._view.others if self._view is not None else ()
        return any(other.terminal == terminal and other.origin == origin for other in others)

    def _forget(self, call_id: str) -> None:
        self._stops.pop(call_id, None)
        self._early.pop(call_id, None)
        self._past.pop(call_id, None)
        self._past[call_id] = None
        if len(self._past) > PAST_MAX:
            del self._past[next(iter(self._past))]

    def _expected(self, now: Now) -> set[str]:
        others = self._view.others if self._view is not None else ()
        heard = {other.terminal for other in others if now.mono_ns - other.heard_ns <= GONE_NS}
        return self._with_station | heard | {self._me}
