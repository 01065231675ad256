"""A line on which something has happened: the real rules, a clock that is moved by hand, no thread and no disk."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import msgspec
from msgspec import Struct

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.decide import decide
from shopfloor.core.due import due
from shopfloor.core.events import Event, Recorded, SignalEvent
from shopfloor.core.evolve import apply
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import CallKind, Line, Loop, Part, Person, Reason, Role, Scope, StartState, Station
from shopfloor.core.line_link import LinkView
from shopfloor.core.line_views import see_link
from shopfloor.core.moment import Moment, Now, next_moment
from shopfloor.core.ports import History
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.update import DigestRow, Outcome, Snapshot, Update
from tests.helpers.rows_history import RowsHistory

Put = Callable[[Snapshot | Update], None]


_T = TypeVar("_T")


class Figure(Struct):
    """A cycle time as the engine writes it."""

    cycle_ms: int
    process_ms: int | None
    card: str
    loop: str


class Scene:
    """A shop, its clock, what was sent to it, and whoever listens."""

    def __init__(self, line: Line) -> None:
        self.clock = ManualClock(1_767_622_322_000_000)
        self.shop = Shop()
        self.sent: list[c.Command] = []
        self.health: tuple[Health, ...] = ()
        self.link: LinkView | None = None
        self.figures: list[DigestRow] = []
        self._put: Put | None = None
        self._moment = Moment(0)
        self._n = 0
        self.do(c.ChangeLine(line=line))
        self.sent.clear()

    def now(self) -> Now:
        return self.clock.now()

    def do(self, command: c.Command, *, after_s: float = 0) -> "Scene":
        """Let a command happen `after_s` from the last one."""
        self.wait(after_s)
        self._happen(command, self.now(), "touch")
        return self

    def scan(self, station: str, card: str, *, after_s: float = 0) -> "Scene":
        """A scanner reads a card, long after its last read."""
        self.wait(after_s)
        found = self.shop.cards[card]
        code = card_code(self.shop.line.id, found.loop, found.number, found.print_version)
        self._happen(c.ReadSignal(station=station, device="gun-1", text=code), self.now(), "gun-1")
        return self

    def wait(self, seconds: float) -> "Scene":
        """Time passes, and what falls due happens."""
        if seconds:
            self.clock.advance(seconds)
            for event in due(self.shop, self.now()):
                self._record(event, self.now())
        return self

    def ill(self, part: str, condition: Condition, *, ago_s: float = 12, station: str = "press") -> "Scene":
        """A device, service or disk in some condition."""
        since = self.now().at_us - round(ago_s * 1e6)
        health = Health(id=part, kind="scanner", condition=condition, since_us=since, station=station)
        self.health = (*(h for h in self.health if h.id != part), health)
        self.tell(Update(health=(health,)))
        return self

    def worked(self, station: str, *times_s: float) -> "Scene":
        """Cycle times of the past."""
        for at, time_s in enumerate(times_s):
            body = msgspec.json.encode(Figure(round(time_s * 1000), None, "housing-01", "housing"))
            self.figures.append(DigestRow("cycle", station, self.now().at_us, at + 1, body))
        return self

    def linked(self, view: LinkView) -> "Scene":
        """The link to the other terminals is like this."""
        self.link = view
        see_link(self.shop, view, self.now())
        self.tell(Update(link=view))
        return self

    def listen(self, put: Put) -> Callable[[], None]:
        """As an engine does."""
        self._put = put
        entities = tuple(self.shop.entities())
        put(Snapshot(line=self.shop.line, entities=entities, health=self.health, head=self._n, link=self.link))
        return self._leave

    def submit(
        self, command: c.Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        """As an engine does, and at once."""
        self.sent.append(command)
        outcome = self._happen(command, now, "touch")
        if reply is not None:
            reply(outcome)
        return True

    def past(self, question: Callable[[History], _T]) -> Future[_T]:
        """As an engine does, and at once."""
        future: Future[_T] = Future()
        future.set_result(question(RowsHistory(self.figures, self.shop.line, self.shop.entities())))
        return future

    def ask(self, series: str, key: str | None, last: int) -> Future[list[DigestRow]]:
        """As an engine does, and at once."""
        future: Future[list[DigestRow]] = Future()
        future.set_result([row for row in self.figures if row.series == series and key in {None, row.key}][-last:])
        return future

    def _leave(self) -> None:
        self._put = None

    def _happen(self, command: c.Command, now: Now, device: str) -> Outcome:
        decision = decide(self.shop, command, now)
        assert not isinstance(decision, Refusal), decision
        station = ""
        kind = ""
        for event in decision:
            self._record(event, now, device)
            if isinstance(event, SignalEvent):
                station, kind = event.station, event.kind
        return Outcome(n=self._n, kind=kind, station=station, device=device)

    def _record(self, event: Event, now: Now, device: str = "") -> None:
        self._n += 1
        self._moment = next_moment(self._moment, now)
        recorded = Recorded(origin="t", n=self._n, moment=self._moment, mono_ns=now.mono_ns, boot=now.boot, event=event)
        line = self.shop.line
        changed = apply(self.shop, recorded)
        station = event.station if isinstance(event, SignalEvent) else ""
        outcome = Outcome(n=self._n, kind=event.kind, station=station, device=device)
        self.tell(
            Update(
                events=(recorded,),
                changed=changed,
                line=self.shop.line if self.shop.line is not line else None,
                outcome=outcome,
            )
        )

    def tell(self, update: Update) -> None:
        """Tell whoever listens."""
        if self._put is not None:
            self._put(update)


def gearbox(*, people: bool = True, deadline_s: float = 60, restart_s: float = 0) -> Line:
    """Three making stations and a consumer, two loops, five reasons."""
    return Line(
        id="gearbox",
        name="Gearbox line",
        timezone="Europe/Berlin",
        restart_s=restart_s,
        takt_s=60,
        stations=(
            Station(id="press", name="Press 1", wip_limit=3, cycle_target_s=55),
            Station(id="deburr", name="Deburr", wip_limit=2, cycle_target_s=50),
            Station(id="wash", name="Wash", wip_limit=2),
            Station(id="assembly", name="Assembly"),
        ),
        parts=(
            Part(id="GB-100", description="Housing"),
            Part(id="GB-200", description="Cover with bearing seat"),
            Part(id="GB-300", description="Shaft"),
        ),
        loops=(
            Loop(
                id="housing",
                part="GB-100",
                route=("press", "deburr"),
                lane_limits=(2,),
                consumer="assembly",
                quantity=20,
                cards=6,
            ),
            Loop(id="cover", part="GB-200", route=("press",), consumer="assembly", quantity=12, cards=4),
            Loop(id="shaft", part="GB-300", route=("wash",), consumer="deburr", quantity=8, cards=5),
        ),
        reasons=(
            Reason(id="material", name="Material missing", deadline_s=deadline_s),
            Reason(id="quality", name="Quality question", deadline_s=120),
            Reason(id="tool", name="Tool worn"),
            Reason(id="pump", name="Pump fault", kind=CallKind.STOP),
            Reason(id="safety", name="Somebody is hurt", kind=CallKind.STOP, scope=Scope.LINE),
        ),
        people=(
            Person(id="ana", name="Ana", badge="P-0007", role=Role.LEADER),
            Person(id="okoro", name="Okoro", badge="P-0008", role=Role.MAINTENANCE),
            Person(id="lee", name="Lee", badge="P-0009"),
            Person(id="mueller", name="Franziska Müller-Lüdenscheidt", badge="P-0010"),
        )
        if people
        else (),
    )


def tiny() -> Line:
    """One station, one loop that begins empty, one reason: the least a line file can say."""
    return Line(
        id="tiny",
        name="Tiny",
        stations=(Station(id="bench", name="Bench"),),
        parts=(Part(id="A"),),
        loops=(Loop(id="a", part="A", route=("bench",), consumer="bench2", cards=2, start=StartState.EMPTY),),
        reasons=(Reason(id="help", name="Help"),),
    )


CYCLES_S = (
    52,
    55,
    49,
    58,
    61,
    54,
    53,
    50,
    57,
    72,
    55,
    54,
    51,
    49,
    56,
    60,
    63,
    55,
    54,
    52,
    50,
    48,
    57,
    59,
    95,
    56,
    53,
    52,
    54,
    55,
)


def first_run() -> Scene:
    """Every container is full, nobody has done anything."""
    return well(Scene(gearbox()))


def normal() -> Scene:
    """One card in process on target, three asked for, one finished before."""
    scene = _asked(well(Scene(gearbox())), "housing-04", "housing-02", "cover-01", "housing-05")
    scene.worked("press", *CYCLES_S)
    return scene.scan("press", "housing-04", after_s=20).wait(38)


def late() -> Scene:
    """The same, over target, with a long name at the sign."""
    scene = normal().wait(29)
    return scene.do(c.SignOn(station="press", person="mueller"))


def busy() -> Scene:
    """Three of three in process; the fourth scan is refused."""
    scene = normal()
    scene.scan("press", "cover-01", after_s=4).scan("press", "housing-02", after_s=5)
    return scene.scan("press", "housing-05", after_s=2).wait(1)


def leader() -> Scene:
    """The same, with a leader signed in, who may let it pass."""
    scene = busy().do(c.SignOn(station="press", person="ana"))
    return scene.scan("press", "housing-05", after_s=2).wait(1)


def called() -> Scene:
    """Help is called, not yet taken."""
    return normal().do(c.RaiseCall(station="press", reason="material")).wait(22)


def just_called() -> Scene:
    """Help was called three seconds ago."""
    return normal().do(c.RaiseCall(station="press", reason="material")).wait(3)


def taken() -> Scene:
    """Help is called and taken."""
    scene = normal().do(c.RaiseCall(station="press", reason="material")).wait(22)
    scene.do(c.SignOn(station="press", person="okoro"))
    return scene.do(c.AcknowledgeCall(station="press")).wait(20)


def stopped() -> Scene:
    """The deadline went by; a second call waits, a start is refused."""
    scene = normal().do(c.RaiseCall(station="press", reason="material"))
    scene.do(c.RaiseCall(station="wash", reason="quality"), after_s=30).wait(70)
    return scene.scan("press", "housing-02", after_s=10).wait(2)


def line_stop() -> Scene:
    """The whole line stands, taken and arrived."""
    scene = normal().do(c.RaiseCall(station="wash", reason="safety")).wait(40)
    scene.do(c.SignOn(station="press", person="okoro")).do(c.AcknowledgeCall(station="press", call=_call_id(scene)))
    return scene.do(c.ArriveCall(station="press", call=_call_id(scene)), after_s=30).wait(155)


def restarting() -> Scene:
    """Cleared, and not yet released."""
    scene = _asked(well(Scene(gearbox(people=False, restart_s=10))), "housing-04")
    scene.do(c.RaiseCall(station="press"), after_s=3)
    return scene.do(c.ClearCall(station="press"), after_s=60).wait(3)


def blocked() -> Scene:
    """Two finished into the lane, the third has no place."""
    scene = _lane_full(normal())
    return scene.scan("press", "housing-05", after_s=60).wait(6)


def again() -> Scene:
    """A place has freed: the blocked card may be scanned again."""
    return blocked().scan("deburr", "housing-04", after_s=5).wait(2)


def starved() -> Scene:
    """Deburr has nothing, Press holds its card."""
    scene = _asked(well(Scene(gearbox())), "housing-01")
    return scene.scan("press", "housing-01", after_s=5).wait(20)


def consumer() -> Scene:
    """Assembly takes from two stores."""
    scene = well(Scene(gearbox())).wait(45)
    return _asked(scene, "housing-04", "housing-02", "cover-01").wait(5)


def empty_store() -> Scene:
    """Assembly has taken everything of one part."""
    return _asked(well(Scene(gearbox())), *(f"cover-{n:02d}" for n in range(1, 5))).wait(30)


def lost_port() -> Scene:
    """The scanner is unplugged, the box is busy."""
    return normal().ill("gun-1", Condition.LOST, ago_s=72).ill("box-1", Condition.DENIED, ago_s=3)


def unread() -> Scene:
    """A no-read."""
    return normal().do(c.ReadSignal(station="press", device="gun-1", text="NR", signal=c.SignalKind.NO_READ)).wait(2)


def well(scene: Scene) -> Scene:
    scene.ill("gun-1", Condition.UP, ago_s=900).ill("box-1", Condition.UP, ago_s=900)
    return scene.ill("journal", Condition.UP, ago_s=900, station="")


def _asked(scene: Scene, *cards: str) -> Scene:
    """The consumer empties these, one after the other."""
    for card in cards:
        scene.scan("assembly", card, after_s=41)
    return scene


def _lane_full(scene: Scene) -> Scene:
    scene.scan("press", "housing-04", after_s=15).scan("press", "housing-02", after_s=4)
    scene.scan("press", "housing-02", after_s=57).scan("press", "housing-05", after_s=3)
    return scene


def _call_id(scene: Scene) -> str:
    return next(iter(scene.shop.calls))
