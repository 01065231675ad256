"""What waits to be heard: pure, bounded, one at a time, and a flood said in one sound."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from shopfloor.devices.sound.tunes import CALLS, SCANS, URGENT, Tune

SCAN_WAITS_S_MAX = 0.5  # an answer that comes later is taken for the answer to the next scan
SCANS_WAITING_MAX = 4  # a burst of a scanner; more cannot be played within that time
UNHEARD_S_MAX = 10.0  # while nothing can be played: what is older belongs to the nag, not to the moment
PAUSE_S = 5.0  # after a summary: in a flood the operator hears his own scans between two of them

_NS_PER_S = 1_000_000_000


class Waiting(Struct, frozen=True, kw_only=True):
    """One sound. `merged`: it stands for several. `done` is told whether it was played."""

    tune: Tune
    since_ns: int
    merged: bool = False
    done: Callable[[bool], None] | None = None


class SoundQueue:
    """Stops and chimes first, then what else andon says in the order of time, then scans.

    More than `summary_over` calls that wait at once become one summary, behind the first stop among them if there is
    one; of another sound that waits more often than that one is kept. No andon sound is left out in another way.
    """

    def __init__(self, summary_over: int) -> None:
        self.summary_over = summary_over
        self.counts = dict.fromkeys(("late_scans", "summarised", "unheard"), 0)
        self._waiting: list[Waiting] = []
        self._quiet_ns: dict[str, int] = {}  # until when a group pauses
        self._stop_said = False  # within the pause of the calls

    def put(self, tune: Tune, now_ns: int, *, done: Callable[[bool], None] | None = None) -> None:
        """Let a sound wait; `now_ns` is monotonic."""
        if tune in SCANS:
            if sum(w.tune in SCANS for w in self._waiting) >= SCANS_WAITING_MAX:
                self.counts["late_scans"] += 1
                return
        elif self._absorbed(tune) and done is None:
            self.counts["summarised"] += 1
            return
        self._waiting.append(Waiting(tune=tune, since_ns=now_ns, done=done))
        if tune not in SCANS:
            self._merge(_group(tune))

    def take(self, now_ns: int) -> Waiting | None:
        """What is to be heard now."""
        self._drop_late_scans(now_ns)
        ready = [w for w in self._waiting if not self._is_held(w.tune, now_ns)]
        if not ready:
            return None
        first = min(ready, key=_rank)  # of equals the first, that is the oldest
        self._waiting.remove(first)
        if first.merged and first.tune not in URGENT:
            self._quiet_ns[_group(first.tune)] = now_ns + round(PAUSE_S * _NS_PER_S)
            self._stop_said = self._stop_said and first.tune is not Tune.SUMMARY
        elif first.tune is Tune.STOP:
            self._stop_said = self._quiet_ns.get(_group(Tune.STOP), 0) > now_ns
        return first

    def back(self, waiting: Waiting) -> None:
        """It could not be played: let it wait again before all others; a scan's moment is over."""
        if waiting.done is not None:
            waiting.done(False)  # noqa: FBT003 - one meaning
        elif waiting.tune not in SCANS:
            self._waiting.insert(0, waiting)

    def expire(self, now_ns: int) -> None:
        """Nothing can be played: forget what has waited for too long."""
        self._drop_late_scans(now_ns)
        old_ns = now_ns - round(UNHEARD_S_MAX * _NS_PER_S)
        self.counts["unheard"] += self._drop(w for w in self._waiting if w.since_ns < old_ns)

    def clear(self) -> None:
        """Forget everything."""
        self._drop(self._waiting)

    def wait_s(self, now_ns: int) -> float | None:
        """Seconds until `take` has something; None if nothing waits."""
        ends_ns = [
            self._quiet_ns.get(_group(w.tune), 0) if self._is_held(w.tune, now_ns) else now_ns for w in self._waiting
        ]
        return max(0, min(ends_ns) - now_ns) / _NS_PER_S if ends_ns else None

    def _absorbed(self, tune: Tune) -> bool:
        group = [w for w in self._waiting if _group(w.tune) == _group(tune)]
        if tune is Tune.STOP and not any(w.tune is Tune.STOP for w in group):
            return False
        return any(w.merged for w in group)

    def _merge(self, group: str) -> None:
        mine = [w for w in self._waiting if _group(w.tune) == group and not w.merged and w.done is None]
        if len(mine) <= self.summary_over:
            return
        first = mine[0]
        if group == _group(Tune.SUMMARY):
            stop = next((w for w in mine if w.tune is Tune.STOP), None)
            mine = [w for w in mine if w is not stop]
            if not mine:
                return
            first = mine[0]
            merged = Waiting(tune=Tune.SUMMARY, since_ns=first.since_ns, merged=True)
        else:
            merged = Waiting(tune=first.tune, since_ns=first.since_ns, merged=True)
        place = self._waiting.index(first)
        self._waiting[place] = merged
        self.counts["summarised"] += 1 + self._drop(w for w in mine if w is not first)

    def _is_held(self, tune: Tune, now_ns: int) -> bool:
        if self._quiet_ns.get(_group(tune), 0) <= now_ns:
            return False
        return tune not in URGENT or (tune is Tune.STOP and self._stop_said)

    def _drop_late_scans(self, now_ns: int) -> None:
        late_ns = now_ns - round(SCAN_WAITS_S_MAX * _NS_PER_S)
        late = [w for w in self._waiting if w.tune in SCANS and w.since_ns < late_ns]
        self.counts["late_scans"] += self._drop(late)

    def _drop(self, gone: Iterable[Waiting]) -> int:
        found = list(gone)
        for waiting in found:
            self._waiting.remove(waiting)
            if waiting.done is not None:
                waiting.done(False)  # noqa: FBT003 - one meaning
        return len(found)


def _group(tune: Tune) -> str:
    return "calls" if tune in CALLS else tune.value


def _rank(waiting: Waiting) -> int:
    if waiting.tune in URGENT:
        return 0
    return 2 if waiting.tune in SCANS else 1
