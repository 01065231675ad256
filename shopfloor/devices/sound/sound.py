"""Plays what waits to be heard, one sound at a time, and says in Health whether anything can be heard."""

import logging
import threading
from collections.abc import Callable, Sequence

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.core.ports import Report
from shopfloor.devices.retry import Backoff
from shopfloor.devices.sound.level import level_of
from shopfloor.devices.sound.players import Player, find_player
from shopfloor.devices.sound.synth import silence, tune
from shopfloor.devices.sound.tunes import Tune
from shopfloor.devices.sound.waiting import SoundQueue, Waiting

SOUND = "sound"
GAP_S = 0.15  # between two sounds, so that they are heard as two
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # a loudspeaker is plugged in by hand; a try starts a process
ASKED_RETRY_S = 2.0  # while something waits to be heard
IDLE_S = 60.0
END_S_MAX = 2.0

_NS_PER_S = 1_000_000_000

_log = logging.getLogger("shopfloor.devices.sound")


class Sound:
    """Plays one sound at a time on a thread of its own. `player` None looks for what the system has, again and again.

    Without a player, or while it fails, screen and lamp have to say it: Health shows that, and a silent sound finds
    out when it is over.
    """

    def __init__(
        self,
        report: Report,
        clock: Clock,
        *,
        player: Player | None = None,
        find: Callable[[], Player | None] = find_player,
        policy: AndonPolicy | None = None,
        retry_s: Sequence[float] = RETRY_S,
    ) -> None:
        policy = policy or AndonPolicy()
        self._report = report
        self._clock = clock
        self._player = player
        self._find = find
        self._level = level_of(policy.ambient_db)
        self._queue = SoundQueue(policy.summary_over)
        self._lock = threading.RLock()  # who is told that a test was not heard may ask for another
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._tunes: dict[tuple[Tune, float], bytes] = {}
        self._backoff = Backoff(retry_s)
        self._retry_s = 0.0
        self._tried_ns = 0
        self._health: Health | None = None
        self._thread = threading.Thread(target=self._run, name="shopfloor-sound", daemon=True)

    def start(self) -> None:
        """Begin to play, and find out whether anything can be heard."""
        self._thread.start()

    def play(self, name: str) -> None:
        """Play a sound soon, if need be in a summary; a scan's that comes too late is left out. Never blocks.

        ValueError for a name that no Tune has.
        """
        self._put(Tune(name))

    def test(self, done: Callable[[bool], None]) -> None:
        """Play the test sound; `done` is told on the sound's thread whether it was played. Never blocks."""
        self._put(Tune.TEST, done)

    def set_policy(self, policy: AndonPolicy) -> None:
        """How loud it is, and when calls are said in one sound, from now on."""
        with self._lock:
            self._level = level_of(policy.ambient_db)
            self._queue.summary_over = policy.summary_over

    def stop(self) -> None:
        """Be silent; what waits is forgotten."""
        self._ended.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(END_S_MAX)
        with self._lock:
            self._queue.clear()

    def _put(self, name: Tune, done: Callable[[bool], None] | None = None) -> None:
        with self._lock:
            self._queue.put(name, self._clock.now().mono_ns, done=done)
        self._wake.set()

    def _run(self) -> None:
        self._try(None)
        while not self._ended.is_set():
            wait_s = self._step()
            if wait_s > 0:
                self._clock.wait(self._wake, wait_s)
                self._wake.clear()

    def _step(self) -> float:
        """Play one sound, or try again; seconds to wait before the next step."""
        now_ns = self._clock.now().mono_ns
        with self._lock:
            waits_s = self._queue.wait_s(now_ns)
            if not self._is_heard:
                self._queue.expire(now_ns)
                retry_s = self._retry_s if waits_s is None else min(self._retry_s, ASKED_RETRY_S)
                left_s = retry_s - (now_ns - self._tried_ns) / _NS_PER_S
                if left_s > 0:
                    return left_s
            waiting = self._queue.take(now_ns)
        if waiting is None and self._is_heard:
            return IDLE_S if waits_s is None else waits_s
        self._try(waiting)
        return 0

    @property
    def _is_heard(self) -> bool:
        return self._health is not None and self._health.condition is Condition.UP

    def _try(self, waiting: Waiting | None) -> None:
        if self._player is None:
            self._player = self._find()
        played = self._player is not None and self._player(silence() if waiting is None else self._made(waiting.tune))
        self._tried_ns = self._clock.now().mono_ns
        if played:
            self._backoff.reset()
            if waiting is not None and waiting.done is not None:
                waiting.done(True)  # noqa: FBT003 - one meaning
        else:
            self._retry_s = self._backoff.wait_s(up_s=0, jitter=0)
            if waiting is not None:
                with self._lock:
                    self._queue.back(waiting)
        self._say(played)
        if played and waiting is not None:
            self._clock.wait(self._ended, GAP_S)

    def _made(self, name: Tune) -> bytes:
        key = (name, self._level)
        if key not in self._tunes:
            self._tunes[key] = tune(name, level=self._level)  # when first heard: all at once delay the first frame
        return self._tunes[key]

    def _say(self, heard: bool) -> None:  # noqa: FBT001 - private, one meaning
        with self._lock:
            counts = dict(self._queue.counts)
        condition = Condition.UP if heard else Condition.LOST
        shown = self._health
        if shown is not None and (shown.condition, shown.counts) == (condition, counts):
            return
        is_new = shown is None or shown.condition is not condition
        if is_new:
            _log.info("sound is %s", condition.value)
        detail = "" if heard else "No sound can be played here: screen and lamp only."
        remedy = (
            "" if heard else "Connect a loudspeaker and install alsa-utils or PipeWire; it is tried again by itself."
        )
        self._health = Health(
            id=SOUND,
            kind=SOUND,
            condition=condition,
            since_us=self._clock.now().at_us if is_new or shown is None else shown.since_us,
            detail=detail,
            remedy=remedy,
            counts=counts,
        )
        self._report((self._health,))
