"""A stop is told ahead of the log, answered when it was painted, and asked for again until everybody has it."""

from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core.line import CallKind, Scope
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.state_call import Call
from shopfloor.core.stop_acks import SEEN, STOP, StopAcks, Word

BEHIND = 40


class Net:
    """Terminals that hear each other at once, but for those that are cut off."""

    def __init__(self, *names: str, screens: bool = True) -> None:
        self.clock = ManualClock(1_000_000_000)
        self.acks = {name: StopAcks(name, has_screen=screens) for name in names}
        for acks in self.acks.values():
            acks.note_terminals(names)
        self.off: set[str] = set()
        self.told: list[tuple[str, str]] = []

    def stop(self, at: str, n: int = 7) -> Call:
        """Somebody stops the line."""
        now = self.clock.now()
        call = Call(
            id=f"{at}.1-{n}",
            station=at,
            reason="",
            kind=CallKind.STOP,
            raised_kind=CallKind.STOP,
            scope=Scope.LINE,
            raised=now,
            by="",
            stopped_us=now.at_us,
        )
        self.say(at, self.acks[at].note_calls([call], now, own=True))
        return call

    def say(self, teller: str, words: list[Word]) -> None:
        """Let the others hear it, and what they say to that."""
        for word in words:
            self.told.append((teller, word.kind))
            if teller in self.off:
                continue
            for name, acks in self.acks.items():
                if name != teller and name not in self.off:
                    self.say(name, acks.told(word.kind, teller, word.call, self.clock.now()))

    def paint(self, *names: str, call: Call) -> None:
        """These screens show it."""
        for name in names:
            self.say(name, self.acks[name].painted(call.id))

    def view(self, name: str, *, behind: int = 0) -> LinkView:
        """The link of a terminal."""
        now = self.clock.now()
        others = [other for other in self.acks if other != name]
        return LinkView(
            state=LinkState.LOST if name in self.off else LinkState.UP,
            since_us=now.at_us,
            origin=f"{name}.1",
            last_seq=behind,
            others=tuple(
                Presence(
                    terminal=other,
                    origin=f"{other}.1",
                    n=1,
                    hash=b"",
                    applied=1,
                    offset_us=0,
                    uncertainty_us=0,
                    version="",
                    heard_ns=now.mono_ns - (5_000_000_000 if other in self.off else 0),
                )
                for other in others
            ),
        )

    def beat(self, seconds: float = 1) -> None:
        """A second passes on every link."""
        self.clock.advance(seconds)
        for name, acks in self.acks.items():
            self.say(name, acks.follow(self.view(name), self.clock.now()))

    def seen(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(who has shown it, who has not), as a terminal knows."""
        (one,) = self.acks[name].seen(self.clock.now())
        return one.seen, one.missing


def test_everybody_learns_who_has_painted_it() -> None:
    net = Net("press", "wash", "paint")
    net.beat()
    call = net.stop("press")
    assert net.seen("wash") == ((), ("paint", "press", "wash"))
    net.paint("press", "wash", call=call)
    assert {net.seen(name) for name in net.acks} == {(("press", "wash"), ("paint",))}
    net.paint("paint", call=call)
    assert {net.seen(name) for name in net.acks} == {(("paint", "press", "wash"), ())}


def test_nothing_is_painted_before_a_screen_says_so() -> None:
    net = Net("press", "wash")
    net.stop("press")
    assert net.told == [("press", STOP)]


def test_without_a_screen_it_is_seen_when_it_is_in_force() -> None:
    net = Net("press", "wash", screens=False)
    net.stop("press")
    assert net.seen("press") == (("press", "wash"), ())


def test_it_is_told_each_second_until_all_that_are_heard_have_it() -> None:
    net = Net("press", "wash")
    net.beat()
    call = net.stop("press")
    net.paint("press", call=call)
    net.told.clear()
    net.beat(0.4)
    assert net.told == []
    net.beat(0.7)
    assert ("press", STOP) in net.told
    net.paint("wash", call=call)
    net.told.clear()
    net.beat()
    net.beat()
    assert net.told == []


def test_an_answer_that_overtakes_the_stop_counts() -> None:
    net = Net("press", "wash", "paint")
    net.off.add("paint")
    call = net.stop("press")
    net.off.clear()
    net.paint("wash", call=call)  # paint hears that wash has shown a stop it does not know
    net.acks["paint"].note_calls([call], net.clock.now(), own=False)
    assert [stop.seen for stop in net.acks["paint"].seen(net.clock.now())] == [("wash",)]


def test_a_screen_that_has_it_from_the_journal_sooner_is_counted() -> None:
    net = Net("press", "wash")
    net.off.add("wash")
    call = net.stop("press")
    net.off.clear()
    net.paint("wash", call=call)
    assert net.told[1:] == []
    net.say("wash", net.acks["wash"].note_calls([call], net.clock.now(), own=False))
    assert net.told[1:] == [("wash", SEEN)]
    assert [stop.seen for stop in net.acks["press"].seen(net.clock.now())] == [("wash",)]


def test_a_lost_answer_is_given_again() -> None:
    net = Net("press", "wash")
    net.beat()
    call = net.stop("press")
    net.paint("press", call=call)
    net.off = {"press"}
    net.paint("wash", call=call)
    assert net.seen("press") == (("press",), ("wash",))
    net.off = set()
    net.beat()
    assert net.seen("press") == (("press", "wash"), ())


def test_one_that_is_cut_off_is_named_and_learns_of_it_when_it_comes_back() -> None:
    net = Net("press", "wash", "paint")
    net.beat()
    net.off = {"paint"}
    call = net.stop("press")
    net.paint("press", "wash", call=call)
    net.beat(5)
    assert net.seen("press") == (("press", "wash"), ("paint",))
    net.off = set()
    net.acks["paint"].note_calls([call], net.clock.now(), own=False)
    net.paint("paint", call=call)
    net.beat()
    net.beat()
    assert {net.seen(name) for name in net.acks} == {(("paint", "press", "wash"), ())}


def test_one_that_shows_nothing_does_not_let_all_others_answer_each_other() -> None:
    names = [f"terminal-{n}" for n in range(20)]
    net = Net(*names)
    net.beat()
    call = net.stop(names[0])
    net.paint(*names[:-1], call=call)
    net.told.clear()
    for _ in range(10):
        net.beat()
    answers = [teller for teller, kind in net.told if kind == SEEN]
    assert max(answers.count(name) for name in names) <= 11, "one a second, and none for each who asks"
    net.paint(names[-1], call=call)
    assert {net.seen(name)[1] for name in names} == {()}


def test_a_stop_raised_alone_is_told_when_the_link_is_back() -> None:
    net = Net("press", "wash")
    net.beat()
    net.off = {"press"}
    net.beat()
    call = net.stop("press")
    assert net.acks["wash"].seen(net.clock.now()) == ()
    net.off = set()
    net.beat()
    assert [one.call.id for one in net.acks["wash"].seen(net.clock.now())] == [call.id]


def test_what_is_cleared_stands_no_more_and_a_late_word_does_not_bring_it_back() -> None:
    net = Net("press", "wash")
    call = net.stop("press")
    cleared = replace(call, cleared_us=1)
    assert net.acks["wash"].note_calls([cleared], net.clock.now(), own=False) == []
    assert net.acks["wash"].told(STOP, "press", call, net.clock.now()) == []
    assert net.acks["wash"].seen(net.clock.now()) == ()


def test_a_stop_known_by_word_alone_goes_when_the_line_does_not_have_it() -> None:
    net = Net("press", "wash")
    net.beat()
    net.stop("press")
    wash, now = net.acks["wash"], net.clock
    assert [one.ahead for one in wash.seen(now.now())] == [True]
    now.advance(11)
    wash.follow(net.view("wash", behind=BEHIND), now.now())
    assert wash.seen(now.now()) != ()
    wash.follow(net.view("wash"), now.now())
    assert wash.seen(now.now()) == ()


def test_terminals_that_were_only_told_do_not_keep_each_other_believing_a_stop_that_is_over() -> None:
    net = Net("press", "wash", "paint", "pack")
    net.beat()
    net.off = {"pack"}
    call = net.stop("press")
    net.acks["press"] = StopAcks("press")  # it is cleared at its own station, and that terminal starts anew
    net.beat()
    net.off = set()
    for _ in range(30):
        net.beat()
    assert {name: acks.seen(net.clock.now()) for name, acks in net.acks.items()} == dict.fromkeys(net.acks, ())
    assert net.acks["pack"].told(STOP, "wash", call, net.clock.now()) == [], "nor does a late word bring it back"


def test_a_stop_its_own_terminal_repeats_stays_though_the_line_does_not_have_it() -> None:
    net = Net("press", "wash", "paint")
    net.beat()
    net.acks["paint"].has_screen = True
    net.stop("press")
    for _ in range(30):
        net.beat()
    assert [one.ahead for one in net.acks["wash"].seen(net.clock.now())] == [True]


def test_a_stop_that_came_by_the_line_is_no_longer_ahead() -> None:
    net = Net("press", "wash")
    call = net.stop("press")
    net.acks["wash"].note_calls([call], net.clock.now(), own=False)
    assert [one.ahead for one in net.acks["wash"].seen(net.clock.now())] == [False]


def test_terminals_with_stations_are_waited_for_though_they_were_never_heard() -> None:
    net = Net("press")
    net.acks["press"].note_terminals(["paint"])
    net.stop("press")
    assert net.seen("press") == ((), ("paint", "press"))


def test_an_answer_about_nothing_is_nothing() -> None:
    net = Net("press", "wash")
    call = net.stop("press")
    other = StopAcks("late", has_screen=True)
    assert other.told(SEEN, "press", call, net.clock.now()) == []
    assert other.painted(call.id) == []
    assert other.seen(net.clock.now()) == ()


def test_a_screen_without_a_station_repeats_no_stop() -> None:
    net = Net("press", "wash")
    office = net.acks["office"] = StopAcks("office", has_screen=True)
    net.beat()
    call = net.stop("press")
    office.painted(call.id)
    net.told.clear()
    for _ in range(7):
        net.beat()
    assert ("press", STOP) in net.told
    assert {kind for teller, kind in net.told if teller == "office"} == {SEEN}
