"""A line with watches, looked at each second as the engine does, without disk and threads."""

from collections.abc import Callable
from concurrent.futures import Future

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import ReportCondition
from shopfloor.core.events import Event
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Device, DeviceKind, Line
from shopfloor.core.line_andon import AndonPolicy, Effect, Watch, WatchKind
from shopfloor.core.ports import History
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.state_call import Call
from shopfloor.core.update import DigestRow, Update
from shopfloor.engine.watches.paces import Answer, Learned
from shopfloor.engine.watches.watcher import Watcher
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.cycle_watch import Pace
from shopfloor.flow.digest import Cycle, digest_rows
from tests.helpers.calls import REASONS
from tests.helpers.desk import Desk
from tests.helpers.routes import bring, long_line, with_loop, with_station

GUNS = tuple(
    Device(id=f"gun-{name}", kind=DeviceKind.SCANNER, port="virtual", station=name) for name in ("saw", "mill")
)
AFTER_S = 10


def watched_line(*watches: Watch, guard_s: float = 0, **changes: object) -> Line:
    """The long line: two cards at most at the saw, one in the lane behind it, a scanner at saw and mill."""
    line = with_loop(with_station(long_line(), "saw", wip_limit=2), "long", lane_limits=(1, None))
    andon = AndonPolicy(guard_s=guard_s)
    return replace(line, reasons=REASONS, devices=GUNS, watches=watches, andon=andon, **changes)


def a_watch(kind: WatchKind, effect: Effect = Effect.HELP, **changes: object) -> Watch:
    """A watch that waits ten seconds."""
    return replace(Watch(kind=kind, effect=effect, after_s=AFTER_S), **changes)


class Watching:
    """A desk and a watcher of some stations. `usual` are the cycle times, in seconds, that history knows of each."""

    def __init__(
        self,
        line: Line,
        stations: tuple[str, ...] = ("saw", "mill", "wash", "assembly"),
        *,
        usual: tuple[int, ...] = (),
        desk: Desk | None = None,
    ) -> None:
        self._usual = usual
        self.desk = desk or Desk(line)
        self.watcher = Watcher(stations, self._ask)
        self._heard = len(self.desk.journal)
        self._before = self.desk.shop.copy()

    @property
    def shop(self) -> Shop:
        """The state of the line."""
        return self.desk.shop

    def seconds(self, count: int = 1) -> list[Event | Refusal]:
        """Let seconds pass; the answers to what the watches said."""
        said = []
        for _ in range(count):
            self.desk.clock.advance(1)
            self.desk.tick()
            said += self.look()
        return said

    def look(self) -> list[Event | Refusal]:
        """The duty of a second, without the second."""
        said = []
        self._hear()
        for command in self.commands():
            before = len(self.desk.journal)
            answer = self.desk.do(command)
            if len(self.desk.journal) > before or isinstance(answer, Refusal):
                said.append(answer)
        self._hear()
        return said

    def commands(self) -> list[ReportCondition]:
        """What the watcher says now. Every commit of the engine makes a new shop, and so does this."""
        self._hear()
        return self.watcher.judge(self.desk.shop, self.desk.clock.now())

    def bring(self, loop: str, state: str, number: int = 1) -> None:
        """Bring a card to a state."""
        bring(self.desk, loop, state, number)

    def health(self, device: str, condition: Condition) -> None:
        """Let a device say how it is."""
        part = Health(id=device, kind="scanner", condition=condition, since_us=0)
        self.watcher.see(Update(health=(part,)))

    def complete(self, station: str, loop: str, seconds: float, count: int = 1) -> None:
        """Let cards be completed there that took so long."""
        for _ in range(count):
            ms = round(seconds * 1_000)
            body = b'{"card":"c","loop":"%s","cycle_ms":%d,"process_ms":%d}' % (loop.encode(), ms, ms)
            self.watcher.see(Update(digest=(DigestRow("cycle", station, 0, 1_000_000, body),)))

    def change(self, line: Line) -> None:
        """Put another line file in force."""
        assert not isinstance(self.desk.do(c.ChangeLine(line=line)), Refusal)

    def call(self, kind: WatchKind, station: str) -> Call | None:
        """The open call of a watch."""
        return self.shop.open_call(station, rule_reason(kind))

    def _hear(self) -> None:
        new = self.desk.journal[self._heard :]
        if not new:
            return
        self._heard = len(self.desk.journal)
        calendar = WorkCalendar(self.shop.line)
        rows = [row for recorded in new for row in digest_rows(self._before, recorded, calendar)]
        self._before = self.shop.copy()
        # The engine puts a new shop in force with each commit.
        self.desk.shop = self.shop.copy()
        self.desk.shop.ready = self._before.ready
        self.watcher.see(Update(events=tuple(new), digest=tuple(row for row in rows if row.series != "cycle")))

    def _ask(self, _: Callable[[History], Learned], answer: Answer) -> None:
        pace = Pace()
        for second in self._usual:
            for loop in self.shop.line.loops:
                pace.add(Cycle("c", loop.id, cycle_ms=second * 1_000, process_ms=second * 1_000))
        pace.gap()
        done: Future[Learned] = Future()
        done.set_result((pace, 0))
        answer(done)
