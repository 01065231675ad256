"""An emulated team leader, and the troubles that call for one: calls, arrivals, clearing, sometimes too late."""

from collections.abc import Callable, Collection
from random import Random

from shopfloor.core.closing import Asked, asks_for, may_verify
from shopfloor.core.commands import Command
from shopfloor.core.commands_andon import AnswerWhys, GiveCause
from shopfloor.core.line import CallKind, Line, Role
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.state_andon import service_key
from shopfloor.core.state_call import CallSource
from shopfloor.twin.gestures import Gestures

CALL_EVERY_S = 70.0  # on the whole line, at normal speed
TAKE_S = (4.0, 14.0)  # from the call to somebody taking it
MEND_S = (10.0, 45.0)  # from there to cleared: longer than some deadlines, so stops happen
SAY_S = (5.0, 25.0)  # from cleared to why
WHYS = (
    ("The rack was empty", "The tugger came late", "Two lines share one tugger"),
    ("The tool was worn", "Nobody counts its strokes"),
    ("The part had a burr", "The die was not cleaned", "Its cleaning is on no card"),
)
STOP_SHARE = 0.12  # of troubles that are a stop at once


class Leader:
    """Raises troubles at random stations and answers every open call, on the line or at some `stations`."""

    def __init__(
        self,
        line: Line,
        gestures: Gestures,
        random: Random,
        *,
        speed: float,
        act: Callable[[Command], None],
        stations: Collection[str] = (),
    ) -> None:
        self._act = act
        self._asked: dict[str, float] = {}
        self._line = line
        self._gestures = gestures
        self._random = random
        self._speed = speed
        self._plan: dict[str, tuple[float, float]] = {}
        self._stations = [s.id for s in line.stations if not stations or s.id in stations]
        self._call_every_s = CALL_EVERY_S / speed * len(line.stations) / len(self._stations)
        self._trouble_s = self._call_every_s / 4
        self._badges = [p.badge for p in line.people if p.role is Role.LEADER]

    def step(self, shop: Shop, now_s: float) -> None:
        """Answer what is open, and now and then make trouble."""
        # What calls by itself ends by itself; what is cleared only wants its cause.
        here = [c for c in shop.calls.values() if c.station in self._stations]
        mine = [c for c in here if c.source is CallSource.PERSON and not c.cleared_us]
        for call in mine:
            self._answer(call, now_s)
        for call in [c for c in here if c.cleared_us]:
            self._say_why(shop, call, now_s)
        self._plan = {call: times for call, times in self._plan.items() if call in shop.calls}
        if now_s >= self._trouble_s:
            self._trouble_s = now_s + self._random.expovariate(1.0) * self._call_every_s
            if not mine:
                self._trouble(shop)

    def _answer(self, call: Call, now_s: float) -> None:
        if call.id not in self._plan:
            take_s = now_s + self._random.uniform(*TAKE_S) / self._speed
            self._plan[call.id] = (take_s, take_s + self._random.uniform(*MEND_S) / self._speed)
        take_s, mend_s = self._plan[call.id]
        if not call.acked_us and now_s >= take_s:
            self._gestures.do(call.station, "ack")
            self._plan[call.id] = (now_s + 2.0 / self._speed, mend_s)
        elif now_s >= mend_s:
            self._clear(call.station)
            self._plan[call.id] = (take_s, now_s + 2.0)
        elif call.acked_us and not call.arrived_us and now_s >= (take_s + mend_s) / 2:
            self._gestures.do(call.station, "arrive")
            self._plan[call.id] = (take_s, mend_s)

    def _say_why(self, shop: Shop, call: Call, now_s: float) -> None:
        """Answer what a cleared call asks for, one question at a time, a while after it was cleared."""
        if now_s < self._asked.setdefault(call.id, now_s + self._random.uniform(*SAY_S) / self._speed):
            return
        self._asked[call.id] = now_s + SAY_S[0] / self._speed
        asked = asks_for(shop, call)
        if Asked.VERIFY in asked:
            checks = next((p.badge for p in self._line.people if may_verify(shop, call, p.id)), None)
            if checks is not None:
                self._gestures.badge(call.station, checks)
            return
        if Asked.WHYS in asked:
            problem = service_key(call.station, call.reason)
            self._act(AnswerWhys(station=call.station, problem=problem, whys=self._random.choice(WHYS)))
            return
        fitting = (c for c in self._line.causes if c.parent and (not c.reasons or call.reason in c.reasons))
        below = [cause.id for cause in fitting]
        cause = self._random.choice(below) if below else ""
        self._act(GiveCause(station=call.station, call=call.id, cause=cause, note="" if cause else "seen to"))

    def _clear(self, station: str) -> None:
        if self._gestures.has_button(station, "clear") or not self._badges:
            self._gestures.do(station, "clear")
            return
        self._gestures.badge(station, self._badges[0])
        self._gestures.do(station, "clear")
        self._gestures.do(station, "signoff")

    def _trouble(self, shop: Shop) -> None:
        station = self._random.choice(self._stations)
        wants = CallKind.STOP if self._random.random() < STOP_SHARE else CallKind.HELP
        reasons = [r for r in shop.line.reasons if r.kind is wants and r.scope != "line"]
        if reasons:
            self._gestures.do(station, f"call:{self._random.choice(reasons).id}")
