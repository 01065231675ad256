"""Lines in the states that a board has to show, built by hand, and a still model of them."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import msgspec

from shopfloor.clock import ManualClock
from shopfloor.core.codes import card_id
from shopfloor.core.commands import Command
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import CallKind, Line, Loop, Part, Reason, Scope, Shift, Station
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.ports import History
from shopfloor.core.state import Call, Card, CardState, Entity, Restart
from shopfloor.core.update import DigestRow, Outcome, Snapshot, Update
from shopfloor.flow.digest import CallTime, Cycle, Lead, Made
from shopfloor.gui.bridge import LineModel
from tests.helpers.rows_history import RowsHistory

MIN = 60 * US_PER_S
START_US = 1_772_433_127_000_000  # Monday 2 March 2026, 07:32:07 in Berlin

EARLY = Shift(name="Early", start="06:00", end="14:00", breaks=(("09:00", "09:15"), ("12:00", "12:30")))


def gearbox(**changes: object) -> Line:
    """Four stations, two parts, a CONWIP-free line with lanes and stores."""
    line = Line(
        id="gearbox",
        name="Gearbox line",
        timezone="Europe/Berlin",
        wip_limit=12,
        takt_s=55,
        stations=(
            Station(id="press", name="Press 1", wip_limit=3, cycle_target_s=55),
            Station(id="deburr", name="Deburr", wip_limit=2, cycle_target_s=50),
            Station(id="wash", name="Wash", wip_limit=2, cycle_target_s=50),
            Station(id="assembly", name="Assembly", wip_limit=1, cycle_target_s=55),
        ),
        parts=(Part(id="GB-100", description="Housing"), Part(id="GB-200", description="Cover")),
        loops=(
            Loop(
                id="housing",
                part="GB-100",
                route=("press", "deburr", "wash"),
                lane_limits=(2, 2),
                consumer="assembly",
                quantity=20,
                cards=8,
            ),
            Loop(id="cover", part="GB-200", route=("press", "wash"), lane_limits=(2,), consumer="assembly", cards=5),
        ),
        reasons=(
            Reason(id="material", name="Material missing", deadline_s=60),
            Reason(id="pump", name="Pump fault", kind=CallKind.STOP),
        ),
        shifts=(EARLY,),
    )
    return msgspec.structs.replace(line, **changes)


def cards(loop: str, *states: tuple[CardState, int, int], blocked: tuple[int, ...] = ()) -> list[Entity]:
    """Cards 1.. of a loop as (state, step, age in minutes); `blocked`: numbers whose finish a full lane refused."""
    return [
        Card(
            id=card_id(loop, number),
            loop=loop,
            number=number,
            state=state,
            step=step,
            since_us=START_US - age * MIN,
            queued_us=START_US - age * MIN,
            blocked_us=START_US - MIN if number in blocked else 0,
        )
        for number, (state, step, age) in enumerate(states, 1)
    ]


def call(station: str, reason: str, *, age_s: int, stop: bool = False, taken: str = "", **rest: object) -> Call:
    """An open call that is `age_s` old."""
    at_us = START_US - age_s * US_PER_S
    base = Call(
        id=f"{station}/{reason}",
        station=station,
        reason=reason,
        kind=CallKind.STOP if stop else CallKind.HELP,
        raised_kind=CallKind.STOP if stop else CallKind.HELP,
        scope=Scope.STATION,
        raised=Now(at_us, 1_000_000_000 - age_s * 1_000_000_000, "boot-1"),
        by="box-1",
        deadline_s=0 if stop else 60,
        stopped_us=at_us if stop else 0,
        acked_us=START_US if taken else 0,
        acked_by=taken,
    )
    return msgspec.structs.replace(base, **rest)


FULL, EMPTY = (CardState.FULL, 0, 5), (CardState.EMPTY, 0, 1)


def busy() -> list[Entity]:
    """A normal morning: everybody works, nothing is wrong."""
    working, queued = CardState.IN_PROCESS, CardState.QUEUED
    return [
        *cards("housing", (working, 1, 0), (working, 2, 3), (queued, 3, 12), FULL, FULL, FULL, FULL, FULL),
        *cards("cover", (working, 1, 2), FULL, FULL, (working, 2, 1), EMPTY),
    ]


def troubled() -> list[Entity]:
    """Blocked, called, stopped and starved at once."""
    working, queued = CardState.IN_PROCESS, CardState.QUEUED
    return [
        *cards(
            "housing",
            (working, 1, 4),
            (queued, 2, 9),
            (queued, 2, 3),
            (working, 2, 14),
            (working, 3, 20),
            (working, 3, 11),
            EMPTY,
            EMPTY,
            blocked=(1,),
        ),
        *cards("cover", (working, 1, 2), (working, 1, 1), EMPTY, EMPTY, EMPTY),
        call("wash", "pump", age_s=192, stop=True, taken="Ana"),
        call("deburr", "material", age_s=42),
    ]


def crowded(stations: int = 20, per_station: int = 10) -> tuple[Line, list[Entity]]:
    """A long line full of cards: 200 by default, half of them in process."""
    names = [f"st{index:02d}" for index in range(stations)]
    loops = tuple(
        Loop(
            id=f"loop{index:02d}",
            part=f"P-{index:03d}",
            route=(names[index], names[index + 1]),
            lane_limits=(per_station // 2,),
            consumer=names[min(index + 2, stations - 1)] if index + 2 < stations else None,
            cards=2 * per_station,
        )
        for index in range(0, stations, 2)
    )
    line = Line(
        id="long",
        name="Long line",
        timezone="Europe/Berlin",
        takt_s=60,
        stations=tuple(Station(id=n, name=f"Station {i + 1}", wip_limit=per_station) for i, n in enumerate(names)),
        parts=tuple(Part(id=loop.part) for loop in loops),
        loops=loops,
        shifts=(EARLY,),
    )
    working, queued = CardState.IN_PROCESS, CardState.QUEUED
    entities: list[Entity] = []
    for loop in loops:
        half = per_station // 2
        entities += cards(
            loop.id, *[(working, 1, 3)] * half, *[(queued, 2, 7)] * half, *[(working, 2, 9)] * half, *[FULL] * half
        )
    return line, entities


def made_rows(count: int, *, key: str = "housing", every_s: float = 57) -> list[DigestRow]:
    """Cards made until now, one each `every_s`."""
    return [
        DigestRow(
            "made", key, START_US - round((count - k) * every_s * US_PER_S), 1000 + k, msgspec.json.encode(Made("c"))
        )
        for k in range(count)
    ]


def cycle_rows(station: str, times_s: list[float], *, every_s: float = 57) -> list[DigestRow]:
    """Cycle times of a station, the newest now."""
    count = len(times_s)
    return [
        DigestRow(
            "cycle",
            station,
            START_US - round((count - k) * every_s * US_PER_S),
            5000 + k,
            msgspec.json.encode(Cycle(f"housing-{k % 8 + 1:02d}", "housing", round(s * 1000), round(s * 900))),
        )
        for k, s in enumerate(times_s)
    ]


def lead_rows(loop: str, times_s: list[float], *, every_s: float = 57) -> list[DigestRow]:
    """Lead times of a loop's cards, the newest now."""
    count = len(times_s)
    return [
        DigestRow(
            "lead",
            loop,
            START_US - round((count - k) * every_s * US_PER_S),
            9000 + k,
            msgspec.json.encode(Lead(f"{loop}-{k % 8 + 1:02d}", round(s * 1000))),
        )
        for k, s in enumerate(times_s)
    ]


def call_rows() -> list[DigestRow]:
    """A call that cost ten minutes of the hour before."""
    return [
        DigestRow("call", "wash", START_US - 45 * MIN, 700, msgspec.json.encode(CallTime("pump", 600_000, 600_000)))
    ]


_T = TypeVar("_T")


class Still:
    """A line that stands still until `put`: snapshot at once, updates by hand, a past made of rows."""

    def __init__(self, line: Line, entities: list[Entity], rows: list[DigestRow] | None = None) -> None:
        self.clock = ManualClock(START_US)
        self.sent: list[Command] = []
        self.rows = rows or []
        self.questions: list[tuple[str, str | None, int]] = []
        self.health: tuple[Health, ...] = ()
        self._line = line
        self._entities = entities
        self._models: list[LineModel] = []
        self._puts: list[Callable[[Snapshot | Update], None]] = []

    def model(self) -> LineModel:
        """A model of this line, kept as long as the line."""
        self._models.append(LineModel(self.listen, self.submit, self.clock))
        return self._models[-1]

    def shop_cards(self) -> list[Card]:
        """The cards it began with."""
        return [entity for entity in self._entities if isinstance(entity, Card)]

    def listen(self, put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        """Give a snapshot, then what `put` is told."""
        self._puts.append(put)
        put(Snapshot(line=self._line, entities=tuple(self._entities), health=self.health, head=1))
        return lambda: self._puts.remove(put)

    def submit(
        self, command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        """Keep the command."""
        self.sent.append(command)
        return True

    def put(self, news: Snapshot | Update) -> None:
        """Tell every listener."""
        for put in list(self._puts):
            put(news)

    def past(self, question: Callable[[History], _T]) -> Future[_T]:
        """Answer from the rows and the entities it began with, at once."""
        answer: Future[_T] = Future()
        answer.set_result(question(RowsHistory(self.rows, self._line, self._entities)))
        return answer

    def ask(self, series: str, key: str | None, last: int) -> Future[list[DigestRow]]:
        """Answer from the rows, at once."""
        self.questions.append((series, key, last))
        answer: Future[list[DigestRow]] = Future()
        found = [row for row in self.rows if row.series == series and key in {None, row.key}]
        answer.set_result(found[-last:])
        return answer


def silent(age_s: int = 151) -> Health:
    """A follower that has lost the line."""
    return Health(id="terminal", kind="terminal", condition=Condition.LOST, since_us=START_US - age_s * US_PER_S)


def restarting(station: str = "wash") -> Restart:
    """A station that waits for its restart."""
    return Restart(station=station, since=Now(START_US - 4 * US_PER_S, -3_000_000_000, "boot-1"), restart_s=20)
