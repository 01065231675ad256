"""Between engine, link and screens: what each knows of a stop is told to the others, at once."""

import logging
import threading
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from shopfloor.clock import Clock
from shopfloor.core.line_link import LinkState, LinkView
from shopfloor.core.moment import Now
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Post
from shopfloor.core.stop_acks import SEEN, STOP, StopAcks, Word
from shopfloor.core.update import Snapshot, Update

_log = logging.getLogger("shopfloor.engine")
WORD_BYTES_MAX: Final = 64_000  # a call has some thousand, with its whys: more only fills memory

_encoder = msgspec.json.Encoder()
_calls = msgspec.json.Decoder(Call)

Tell = Callable[[str, bytes], object]


class StopRelay:
    """`tell` says something to the other terminals, `show` takes the link with its stops; both must not block.

    Every method may be called from any thread. `show` is called under the lock, or an older view might come last and
    a stop not be seen before the next second; `tell` is not: whoever is told may ask again.
    """

    def __init__(self, terminal: str, *, clock: Clock, show: Callable[[LinkView], None]) -> None:
        self._terminal = terminal
        self._clock = clock
        self._show = show
        self._acks = StopAcks(terminal)
        self._lock = threading.Lock()
        self._view = LinkView(state=LinkState.CONNECTING, since_us=clock.now().at_us, terminal=terminal)
        self._tell: Tell = _nobody

    def connect(self, tell: Tell) -> None:
        """There is somebody to tell."""
        with self._lock:
            self._tell = tell
            self._show(self._view)

    @property
    def view(self) -> LinkView:
        """How the link is, with its stops."""
        return self._view

    def use_screen(self) -> None:
        """A stop is seen when a screen has painted it, and not before."""
        with self._lock:
            self._acks.has_screen = True

    def hear_engine(self, news: Snapshot | Update) -> None:
        """What was committed, or folded in from others."""
        entities = news.entities if isinstance(news, Snapshot) else news.changed
        calls = [entity for entity in entities if isinstance(entity, Call)]
        posts = [entity.terminal for entity in entities if isinstance(entity, Post)]
        if isinstance(news, Update) and not calls and not posts:
            return
        own = isinstance(news, Update) and not news.foreign
        with self._lock:
            self._acks.note_terminals(posts)
            words = self._acks.note_calls(calls, self._clock.now(), own=own)
            if isinstance(news, Snapshot):
                self._acks.keep_only(call.id for call in calls)
            self._show_changed()
        self._say(words)

    def hear_link(self, view: LinkView) -> None:
        """How the link is now."""
        with self._lock:
            now = self._clock.now()
            words = self._acks.follow(view, now)
            self._view = self._dressed(view, now)
            self._show(self._view)
        self._say(words)

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        """Another terminal told something."""
        if kind not in {STOP, SEEN} or len(payload) > WORD_BYTES_MAX:
            return
        try:
            call = _calls.decode(payload)
        except msgspec.DecodeError as error:  # a newer program's; its event comes by the line
            _log.info("a word about a stop from %s cannot be read: %s", terminal, error)
            return
        with self._lock:
            words = self._acks.told(kind, terminal, call, self._clock.now())
            self._show_changed()
        self._say(words)

    def painted(self, call_id: str) -> None:
        """A screen of this terminal has painted a stop."""
        with self._lock:
            words = self._acks.painted(call_id)
            if words:
                self._show_changed()
        self._say(words)

    def _show_changed(self) -> None:
        """Show the link with its stops, if those are others than before."""
        view = self._dressed(self._view, self._clock.now())
        if view.stops != self._view.stops:
            self._view = view
            self._show(view)

    def _dressed(self, view: LinkView, now: Now) -> LinkView:
        return replace(view, terminal=self._terminal, stops=self._acks.seen(now))

    def _say(self, words: list[Word]) -> None:
        for word in words:
            self._tell(word.kind, _encoder.encode(word.call))


def _nobody(_kind: str, _payload: bytes) -> None:
    """No link yet."""
