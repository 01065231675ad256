"""What is heard of calls, stops and restarts: by whom, when, and when no more."""

import random

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as ca
from shopfloor.core.call_views import is_told
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import StationsTaken
from shopfloor.core.line import Reason
from shopfloor.core.line_andon import AndonPolicy, Effect, Escalation, EscalationStep, Role, Severity
from shopfloor.core.moment import Moment
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Post
from shopfloor.devices.sound.andon import AndonSounds
from shopfloor.devices.sound.tunes import Tune
from tests.helpers.calls import REASONS, andon_line
from tests.helpers.desk import Desk
from tests.helpers.plants import Crew, random_line

NAG_S = 30.0
MORE = (
    Reason(id="info", name="Info", severity=Severity.LOW),
    Reason(id="hurry", name="Hurry", severity=Severity.HIGH, escalation="chain"),
    Reason(id="heat", name="Heat", severity=Severity.LOW, latched=True),
)
CHAIN = Escalation(id="chain", not_taken=(EscalationStep(after_s=20, roles=(Role.ADMIN,)),))


class Place:
    """A line and what is heard of it at some of its stations."""

    def __init__(self, *stations: str, restart_s: float = 0, nag_s: float = NAG_S) -> None:
        line = andon_line(restart_s=restart_s, escalations=(CHAIN,), andon=AndonPolicy(nag_s=nag_s))
        self.desk = Desk(replace(line, reasons=(*REASONS, *MORE)))
        self.sounds = AndonSounds(stations)
        self._seen = 0
        self.heard()

    def heard(self) -> list[Tune]:
        """What follows from the events since the last time."""
        events, self._seen = self.desk.journal[self._seen :], len(self.desk.journal)
        return list(self.sounds.follow(events, self.desk.shop, self.desk.clock.now()))

    def call(self, reason: str = "", station: str = "saw") -> list[Tune]:
        self.desk.call(station, reason)
        return self.heard()

    def do(self, command: c.Command) -> list[Tune]:
        self.desk.do(command)
        return self.heard()

    def wait(self, seconds: float) -> list[Tune]:
        """Let time pass by the second."""
        found: list[Tune] = []
        for _ in range(round(seconds)):
            self.desk.clock.advance(1)
            self.desk.tick()
            found += self.heard()
            found += self.sounds.tick(self.desk.shop, self.desk.clock.now())
        return found

    @property
    def newest(self) -> Call:
        return list(self.desk.shop.calls.values())[-1]


@pytest.mark.parametrize(
    ("reason", "tune"),
    [
        ("info", Tune.CALL_LOW),
        ("material", Tune.CALL),
        ("hurry", Tune.CALL_HIGH),
        ("fault", Tune.STOP),
        ("", Tune.STOP),
    ],
)
def test_a_call_sounds_as_urgent_as_it_is(reason: str, tune: Tune) -> None:
    assert Place().call(reason) == [tune]


def test_a_call_of_another_station_is_not_heard_here_but_at_the_board() -> None:
    assert Place("saw").call("material", "drill") == []
    assert Place("saw", "drill").call("material", "drill") == [Tune.CALL]
    assert Place().call("material", "drill") == [Tune.CALL]


def test_a_stop_is_heard_wherever_it_stops_somebody() -> None:
    assert Place("saw").call("fault", "drill") == []
    assert Place("saw").call("fire", "drill") == [Tune.STOP]


def test_a_call_that_becomes_a_stop_by_its_deadline_is_heard_again() -> None:
    place = Place(nag_s=0)
    place.call("material")

    assert place.wait(59) == []
    assert place.wait(2) == [Tune.STOP]


def test_nobody_takes_it_the_most_urgent_call_comes_again() -> None:
    place = Place()
    place.call("tool")
    assert place.wait(10) == []
    place.call("fault", "drill")

    assert place.wait(29) == []
    assert place.wait(1) == [Tune.STOP]
    assert place.wait(29) == []
    assert place.wait(61) == [Tune.STOP] * 3


def test_whoever_takes_the_call_silences_it_and_the_next_has_its_turn_later() -> None:
    place = Place()
    place.call("tool")
    place.call("fault", "drill")
    assert place.wait(30) == [Tune.STOP]
    assert place.do(c.AcknowledgeCall(station="drill", call=place.newest.id)) == []

    assert place.wait(29) == []  # no sound at the very moment somebody has taken another
    assert place.wait(1) == [Tune.CALL]
    place.do(c.AcknowledgeCall(station="saw"))
    assert place.wait(120) == []


def test_a_lesser_call_does_not_put_off_the_nag_of_a_stop() -> None:
    place = Place()
    place.call("fault", "drill")
    place.wait(20)
    assert place.call("tool") == [Tune.CALL]

    assert place.wait(10) == [Tune.STOP]


def test_the_instant_of_the_next_nag_is_known() -> None:
    place = Place()
    shop, clock = place.desk.shop, place.desk.clock
    assert place.sounds.next_us(shop, clock.now()) is None
    place.call("tool")
    clock.advance(12)

    assert place.sounds.next_us(shop, clock.now()) == 18_000_000
    clock.advance(40)
    assert place.sounds.next_us(shop, clock.now()) == 0


def test_without_an_interval_nothing_comes_again() -> None:
    place = Place(nag_s=0)
    place.call("tool")

    assert place.wait(300) == []


def test_a_terminal_that_starts_reminds_once_of_what_it_finds() -> None:
    place = Place()
    for station in ("saw", "drill"):
        place.call("tool", station)
    late = AndonSounds()
    now = place.desk.clock.now()

    assert late.follow(place.desk.journal, place.desk.shop, now) == ()
    assert late.tick(place.desk.shop, now) == (Tune.CALL,)
    assert late.tick(place.desk.shop, now) == ()


def test_clearing_is_heard_by_whoever_heard_the_call() -> None:
    here, elsewhere = Place("saw"), Place("drill")
    for place in (here, elsewhere):
        place.call("tool")
        place.do(c.AcknowledgeCall(station="saw"))

    assert here.do(c.ClearCall(station="saw")) == [Tune.CLEARED]
    assert elsewhere.do(c.ClearCall(station="saw")) == []


def test_a_call_that_was_taken_back_is_over_too() -> None:
    place = Place()
    place.call("tool")

    assert place.do(c.RejectCall(station="saw", call=place.newest.id, reason="mistake")) == [Tune.CLEARED]


def test_the_chime_is_heard_before_the_line_runs_again() -> None:
    place = Place("saw", restart_s=5)
    place.call("fire", "drill")

    assert place.do(c.ClearCall(station="drill")) == [Tune.RESTART]
    assert place.desk.shop.restart_over("saw") is not None
    assert place.wait(10) == []
    assert place.desk.shop.restart_over("saw") is None


def test_the_chime_of_another_station_is_not_for_us() -> None:
    place = Place("saw", restart_s=5)
    place.call("fault", "drill")

    assert place.do(c.ClearCall(station="drill")) == []


def test_without_a_restart_time_a_cleared_stop_is_said_to_be_over() -> None:
    place = Place()
    place.call("fault")

    assert place.do(c.ClearCall(station="saw")) == [Tune.CLEARED]


def test_an_escalation_is_heard() -> None:
    place = Place(nag_s=0)
    place.call("hurry")

    assert place.wait(19) == []
    assert place.wait(2) == [Tune.ESCALATED]


def test_what_lies_on_the_shelf_is_silent_and_comes_back_with_a_sound() -> None:
    place = Place()
    place.call("tool")
    assert place.do(ca.ShelveCall(station="saw", at="saw", reason="tool", for_s=600, why="known")) == []
    assert not is_told(place.desk.shop, place.newest)
    assert place.wait(100) == []

    assert place.do(ca.UnshelveCall(station="saw", at="saw", reason="tool")) == [Tune.CALL]


def test_what_is_cleared_on_the_shelf_is_over_in_silence() -> None:
    place = Place()
    place.call("tool")
    place.do(ca.ShelveCall(station="saw", at="saw", reason="tool", for_s=600, why="known"))

    assert place.do(c.ClearCall(station="saw", call=place.newest.id)) == []


def report(severity: Severity, reason: str = "heat") -> ca.ReportCondition:
    return ca.ReportCondition(station="saw", reason=reason, severity=severity, effect=Effect.HELP)


def test_a_condition_that_gets_worse_is_heard_again_though_somebody_has_taken_it() -> None:
    place = Place()
    assert place.do(report(Severity.LOW)) == [Tune.CALL_LOW]
    place.do(c.AcknowledgeCall(station="saw"))

    assert place.do(report(Severity.HIGH)) == [Tune.CALL_HIGH]
    assert place.do(report(Severity.HIGH)) == []


def test_a_condition_that_went_by_itself_is_silent_unless_it_is_latched() -> None:
    place = Place()
    place.do(report(Severity.LOW))
    assert place.do(report(Severity.NONE)) == []
    assert place.wait(40) == [Tune.CALL_LOW]

    other = Place()
    other.do(report(Severity.MEDIUM, "tool"))
    assert other.do(report(Severity.NONE, "tool")) == [Tune.CLEARED]
    assert other.wait(100) == []


def test_a_call_that_came_and_went_in_one_commit_is_not_heard() -> None:
    place = Place()
    place.desk.call("saw", "tool")
    place.desk.do(c.ClearCall(station="saw"))

    assert place.heard() == []


def test_two_hundred_calls_are_two_hundred_sounds_for_the_queue() -> None:
    reasons = tuple(Reason(id=f"r{n}", name=f"R{n}") for n in range(200))
    place = Place()
    place.do(c.ChangeLine(line=replace(place.desk.shop.line, reasons=reasons)))
    for n in range(200):
        place.desk.call("saw", f"r{n}")

    assert place.heard() == [Tune.CALL] * 200


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_the_board_hears_all_that_any_station_hears(seed: int) -> None:
    rng = random.Random(seed)
    desk = Desk(replace(random_line(rng), andon=AndonPolicy(nag_s=0)))
    crew, board = Crew(rng), AndonSounds()
    stations = [AndonSounds((station.id,)) for station in desk.shop.line.stations]
    heard = 0
    seen = 0
    for _ in range(150):
        desk.clock.advance(rng.choice((1, 5, 30)))
        desk.do(crew.command(desk.shop))
        now, events = desk.clock.now(), desk.journal[seen:]
        seen = len(desk.journal)
        everything = board.follow(events, desk.shop, now)
        heard += len(everything)
        for station in stations:
            assert set(station.follow(events, desk.shop, now)) <= set(everything)

    raised = sum(recorded.event.kind == "call_raised" for recorded in desk.journal)
    assert heard >= raised / 2


def test_a_terminal_hears_of_what_it_took_over_and_no_more_of_what_was_taken_from_it() -> None:
    desk = Desk(andon_line())
    places = {name: AndonSounds((station,), terminal=name) for name, station in (("one", "saw"), ("two", "drill"))}

    def heard(*stations: str, by: str = "") -> dict[str, list[Tune]]:
        """What each place hears once these stations were given to a terminal."""
        posts = [
            Post(station=station, terminal=by, origin=f"{by}~1", since_us=1, epoch=desk.shop.posts[station].epoch + 1)
            for station in stations
        ]
        desk.shop.put(posts)
        event = StationsTaken(
            station="saw", stations=stations, terminal=by, origin="", from_terminal="", from_origin="", epoch=1
        )
        taken = Recorded(origin="o", n=1, moment=Moment(1), mono_ns=1, boot="b", event=event)
        return {name: list(sounds.follow([taken], desk.shop, desk.clock.now())) for name, sounds in places.items()}

    claims = (("saw", "one"), ("drill", "two"))
    desk.shop.put([Post(station=s, terminal=t, origin=f"{t}~1", since_us=1) for s, t in claims])
    assert heard() == {"one": [], "two": []}
    desk.call("drill", "tool")
    assert heard() == {"one": [], "two": [Tune.CALL]}
    assert heard("drill", by="one") == {"one": [Tune.CALL], "two": []}, "it stands there, and nobody has taken it"
    desk.do(c.ClearCall(station="drill"))
    assert heard() == {"one": [Tune.CLEARED], "two": []}, "without a station it is silent, and not the whole line's"
    desk.call("drill", "fault")
    assert heard("drill", by="two") == {"one": [], "two": [Tune.STOP]}, "given back"
    desk.do(c.ClearCall(station="drill"))
    assert heard() == {"one": [], "two": [Tune.CLEARED]}
