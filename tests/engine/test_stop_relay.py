"""Between engine, link and screens: a stop goes out at once, is answered when painted, and is shown with who has it."""

import threading
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core.line import CallKind, Line, Scope
from shopfloor.core.line_link import LinkState, LinkView
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Post
from shopfloor.core.stop_acks import SEEN, STOP
from shopfloor.core.update import Snapshot, Update
from shopfloor.engine.stop_relay import WORD_BYTES_MAX, StopRelay

NAMES = ("press", "wash")
POSTS = tuple(Post(station=name, terminal=name, origin=f"{name}.1", since_us=1) for name in NAMES)


class Pair:
    """Two relays with a wire between them."""

    def __init__(self) -> None:
        self.clock = ManualClock(1_000_000)
        self.told: list[tuple[str, str]] = []
        self.shown: dict[str, LinkView] = {}
        self.relays = {name: StopRelay(name, clock=self.clock, show=self._show(name)) for name in NAMES}
        for name, relay in self.relays.items():
            relay.use_screen()
            relay.connect(self._tell(name))
            relay.hear_engine(Update(changed=POSTS))
            relay.hear_link(LinkView(state=LinkState.UP, since_us=1, origin=f"{name}.1"))

    def stop(self) -> Call:
        """Somebody stops the line at the press."""
        now = self.clock.now()
        call = Call(
            id="press.1-9",
            station="press",
            reason="",
            kind=CallKind.STOP,
            raised_kind=CallKind.STOP,
            scope=Scope.LINE,
            raised=now,
            by="",
            stopped_us=now.at_us,
        )
        self.relays["press"].hear_engine(Update(changed=(call,)))
        return call

    def _tell(self, teller: str) -> Callable[[str, bytes], None]:
        def tell(kind: str, payload: bytes) -> None:
            self.told.append((teller, kind))
            for name, relay in self.relays.items():
                if name != teller:
                    relay.told(kind, teller, payload)

        return tell

    def _show(self, name: str) -> Callable[[LinkView], None]:
        def show(view: LinkView) -> None:
            self.shown[name] = view

        return show


def test_a_stop_is_on_every_screen_before_the_log_has_brought_it() -> None:
    pair = Pair()
    call = pair.stop()
    assert pair.told == [("press", STOP)]
    (there,) = pair.shown["wash"].stops
    assert (there.call, there.ahead, there.missing) == (call, True, NAMES)


def test_each_screen_that_paints_it_is_counted_everywhere() -> None:
    pair = Pair()
    call = pair.stop()
    pair.relays["wash"].painted(call.id)
    pair.relays["wash"].painted(call.id)
    assert pair.told == [("press", STOP), ("wash", SEEN)]
    assert [pair.shown[name].stops[0].seen for name in NAMES] == [("wash",), ("wash",)]
    pair.relays["press"].painted(call.id)
    assert [pair.shown[name].stops[0].missing for name in NAMES] == [(), ()]


def test_what_the_log_brings_takes_the_place_of_the_word() -> None:
    pair = Pair()
    call = pair.stop()
    pair.relays["wash"].hear_engine(Update(changed=(call,), foreign=True))
    assert [stop.ahead for stop in pair.shown["wash"].stops] == [False]
    assert ("wash", STOP) not in pair.told
    cleared = replace(call, cleared_us=2)
    pair.relays["wash"].hear_engine(Update(changed=(cleared,), foreign=True))
    assert pair.shown["wash"].stops == ()


def test_how_the_link_is_goes_on_to_whoever_shows_it() -> None:
    pair = Pair()
    pair.stop()
    pair.relays["wash"].hear_link(LinkView(state=LinkState.LOST, since_us=7, origin="wash.1"))
    shown = pair.shown["wash"]
    assert (shown.state, shown.terminal, len(shown.stops)) == (LinkState.LOST, "wash", 1)
    assert pair.relays["wash"].view == shown


def test_what_cannot_be_read_is_left_to_the_log() -> None:
    pair = Pair()
    pair.relays["wash"].told(STOP, "press", b"{}")
    pair.relays["wash"].told("other", "press", msgspec.json.encode({}))
    long = replace(Pair().stop(), reason="x" * WORD_BYTES_MAX)
    pair.relays["wash"].told(STOP, "press", msgspec.json.encode(long))
    assert pair.shown["wash"].stops == ()


def test_a_stop_that_has_another_name_now_is_shown_once() -> None:
    two = Pair()
    call = two.stop()
    renamed = replace(call, id="press.2-1")
    snapshot = Snapshot(line=Line(id="l", name="l"), entities=(*POSTS, renamed), health=(), head=1)
    two.relays["press"].hear_engine(snapshot)
    assert [stop.call.id for stop in two.relays["press"].view.stops] == ["press.2-1"]


def test_of_two_threads_the_newer_view_is_shown_last() -> None:
    pair = Pair()
    call = pair.stop()
    shown: list[tuple[str, ...]] = []
    first, second = threading.Event(), threading.Event()

    def show(view: LinkView) -> None:
        if not first.is_set():
            first.set()
            second.wait(0.2)  # time for the other thread to come in between
        shown.append(view.stops[0].seen)
        second.set()

    relay = StopRelay("wash", clock=pair.clock, show=show)
    engine = threading.Thread(target=relay.hear_engine, args=(Update(changed=(call,), foreign=True),))
    engine.start()
    first.wait(5)
    relay.told(SEEN, "press", msgspec.json.encode(call))
    engine.join()
    assert shown[-1] == relay.view.stops[0].seen
