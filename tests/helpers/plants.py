"""Random lines, and random people at them: what comes out depends on the seed alone."""

import random

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import CARD_NUMBER_MAX, call_code, card_code, shelf_code, single_code
from shopfloor.core.line import (
    CallKind,
    Consume,
    Device,
    DeviceKind,
    LaneOrder,
    LimitPolicy,
    Line,
    Loop,
    LoopKind,
    Mark,
    Part,
    Person,
    Reason,
    Role,
    Scope,
    Sequence,
    StartState,
    Station,
)
from shopfloor.core.line_andon import AndonPolicy, Cause
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from tests.helpers.andon_crew import ESCALATION, IO_MODULE, andon_command, learn
from tests.helpers.desk import Desk

STATIONS = ("a", "b", "c", "d", "e")
_SEGMENTS = {"a": "front", "b": "front", "d": "back"}
LOOPS = ("l1", "l2", "l3", "l4")
_BUTTONS = {"B1": "call:help", "B2": "stop", "B3": "ack", "B4": "clear", "B5": "arrive", "B6": "stop:far", "B7": "undo"}


def random_line(rng: random.Random) -> Line:
    """A line that `line check` would accept, with tight limits so that they are met."""
    reasons = (
        Reason(
            id="help",
            name="Help",
            deadline_s=rng.choice((0, 20, 120)),
            escalation=rng.choice(("", "soon")),
            cause=rng.random() < 0.3,
            verify=rng.random() < 0.3,
            latched=rng.random() < 0.3,
        ),
        Reason(id="far", name="Far", deadline_s=rng.choice((0, 60)), scope=Scope.LINE, delay_s=rng.choice((0, 15))),
        Reason(id="fault", name="Fault", kind=CallKind.STOP, scope=rng.choice(list(Scope))),
    )
    people = (
        Person(id="ana", name="Ana", badge="P-1", role=Role.LEADER),
        Person(id="max", name="Max", badge="P-3", role=Role.QUALITY),
        Person(id="ole", name="Ole", badge="P-2", role=Role.OPERATOR),
    )
    return Line(
        id="plant",
        name="Plant",
        wip_limit=rng.choice((None, 3, 6)),
        restart_s=rng.choice((0, 5)),
        stations=tuple(_station(rng, name) for name in STATIONS),
        parts=(Part(id="P1"), Part(id="P2")),
        loops=tuple(_loop(rng, name) for name in rng.sample(LOOPS, rng.randint(2, 4))),
        reasons=reasons,
        devices=(Device(id="box", kind=DeviceKind.BUTTONS, port="virtual", station="a", map=_BUTTONS), IO_MODULE),
        escalations=(ESCALATION,),
        causes=(Cause(id="worn", name="Worn"), Cause(id="dirt", name="Dirt")),
        andon=AndonPolicy(whys_times=rng.choice((0, 2, 4)), help_reason=rng.choice(("", "help"))),
        people=people if rng.random() < 0.5 else (),
    )


def changed_line(rng: random.Random, line: Line) -> Line:
    """The line with something else in it: limits, cards, loops, routes, people."""
    if rng.random() < 0.2:
        line = _calling_otherwise(rng, line)
    match rng.randrange(6):
        case 0:
            return replace(line, stations=tuple(_station(rng, s.id) for s in line.stations))
        case 1:
            return replace(line, wip_limit=rng.choice((None, 2, 5)))
        case 2:
            return replace(line, loops=tuple(replace(x, cards=max(x.lot, rng.randint(1, 6))) for x in line.loops))
        case 3:
            kept = [x for x in line.loops if rng.random() < 0.7]
            missing = [name for name in LOOPS if name not in {x.id for x in kept}]
            return replace(line, loops=(*kept, *(_loop(rng, name) for name in missing[: rng.randint(0, 2)])))
        case 4:
            return replace(line, loops=tuple(_loop(rng, x.id) if rng.random() < 0.5 else x for x in line.loops))
        case _:
            return replace(random_line(rng), stations=line.stations)


class Crew:
    """People at a line: mostly they do what is next, often they do not."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._last: c.ReadSignal | None = None

    def command(self, shop: Shop) -> c.Command:
        """What somebody does next."""
        rng = self.rng
        station = rng.choice(STATIONS)
        cards = [card for card in shop.cards.values() if card.state is not CardState.RETIRED or rng.random() < 0.02]
        repair = self._repair(shop)
        if repair is not None:
            return repair
        dice = rng.random()
        if self._last is not None and dice < 0.06:
            return self._last
        if cards and dice < 0.74:
            card = rng.choice(cards)
            if rng.random() < 0.7:
                station = _natural_place(rng, shop, card) or station
            loop = shop.loops.get(card.loop)
            made = card.state in {CardState.FULL, CardState.IN_USE}
            if loop is not None and made and loop.consume is Consume.PIECES and rng.random() < 0.6:
                return c.WithdrawPieces(station=station, loop=loop.id, pieces=rng.choice((1, 2, 3, 9)))
            return self._scan(shop, card, station)
        if cards and dice < 0.80:
            return c.StepCard(station=station, card=rng.choice(cards).id)
        if dice < 0.84:
            return c.UndoStep(station=station, reason=rng.choice(("", "", "wrong card")))
        if dice < 0.88:
            return self._andon(shop, station)
        if cards and dice < 0.90:
            return self._keeper(station, rng.choice(cards))
        if cards and dice < 0.93:
            return self._of_loop(shop, station)
        if cards and dice < 0.955:
            return self._of_card(shop, station, rng.choice(cards))
        return self._other(shop, station)

    def _scan(self, shop: Shop, card: Card, station: str) -> c.ReadSignal:
        version = 2 if self.rng.random() < 0.01 else card.print_version if self.rng.random() < 0.9 else 1
        text = card_code(shop.line.id, card.loop, card.number, version)
        self._last = c.ReadSignal(station=station, device=f"gun-{self.rng.randrange(3)}", text=text)
        return self._last

    def _repair(self, shop: Shop) -> c.Command | None:
        """Often somebody clears what stands and brings back what is out of use, or nothing would move for long."""
        rng = self.rng
        stops = [call for call in shop.calls.values() if call.stopped_us and not call.cleared_us]
        asking = [call for call in shop.calls.values() if call.cleared_us]
        if asking and rng.random() < 0.2:
            return learn(rng, shop, rng.choice(asking))
        if stops and rng.random() < 0.4:
            call = rng.choice(stops)
            if shop.people and shop.book(call.station).person != "ana":
                return c.SignOn(station=call.station, person="ana")
            return c.ClearCall(station=call.station, call=call.id)
        broken = [card for card in shop.cards.values() if card.state in {CardState.HELD, CardState.LOST}]
        if not broken or rng.random() > 0.1:
            return None
        card, station = rng.choice(broken), rng.choice(STATIONS)
        if shop.people and shop.book(station).person != "ana":
            return c.SignOn(station=station, person="ana")
        if card.state is CardState.HELD:
            return c.ReleaseCard(station=station, card=card.id)
        return c.FindCard(station=station, card=card.id, full=rng.random() < 0.5)

    def _andon(self, shop: Shop, station: str) -> c.Command:
        rng = self.rng
        call = rng.choice([*shop.calls] or ["nobody-1"])
        if rng.random() < 0.5:
            return andon_command(rng, shop, station)
        match rng.randrange(8):
            case 0 | 1:
                return c.RaiseCall(station=station, reason=rng.choice(("", "help", "far", "fault", "nothing")))
            case 2:
                return c.AcknowledgeCall(station=station, call=rng.choice(("", call)))
            case 3:
                return c.ArriveCall(station=station, call=rng.choice(("", call)))
            case 4 | 5:
                return c.ClearCall(station=station, call=rng.choice(("", call)))
            case 6:
                return c.StopCall(station=station, call=call)
            case _:
                return c.RejectCall(station=station, call=call, reason=rng.choice(("", "mistake")))

    def _keeper(self, station: str, card: Card) -> c.Command:
        rng = self.rng
        match rng.randrange(7):
            case 0 | 1:
                if card.state is CardState.HELD:
                    return c.ReleaseCard(station=station, card=card.id)
                return c.HoldCard(station=station, card=card.id, reason=rng.choice(("", "dent")))
            case 2:
                return c.ReleaseCard(station=station, card=card.id)
            case 3:
                return c.LoseCard(station=station, card=card.id)
            case 4 | 5:
                return c.FindCard(station=station, card=card.id, full=rng.random() < 0.5)
            case _:
                return c.RetireCard(station=station, card=card.id, reason=rng.choice(("", "torn")))

    def _of_loop(self, shop: Shop, station: str) -> c.Command:
        rng = self.rng
        loop = rng.choice([*shop.line.loops] or [Loop(id="gone", part="P1", route=("a",))])
        cards = [card.id for card in shop.of_loop(loop.id)]
        consumer = (loop.consumer or station) if rng.random() < 0.9 else station
        now_us = shop.ready.at_us if shop.ready else 0
        match rng.randrange(8):
            case 0:
                wanted = tuple(rng.sample(cards, min(len(cards), rng.randint(0, 4))))
                return c.WithdrawMany(station=consumer, cards=(*wanted, *rng.choice(((), ("nobody-01",)))))
            case 1 | 2 | 3:
                loop = rng.choice([x for x in shop.line.loops if x.consume is Consume.PIECES] or [loop])
                consumer = (loop.consumer or station) if rng.random() < 0.9 else station
                return c.WithdrawPieces(station=consumer, loop=loop.id, pieces=rng.choice((0, 1, 3, 4, 9, 25)))
            case 4:
                some = [card.id for card in shop.of_loop(loop.id) if card.state is CardState.WAITING]
                return c.ReleaseLot(station=station, loop=loop.id, cards=tuple(some[: rng.randrange(3)]))
            case 5:
                count = rng.choice((0, 1, 1, 2))
                reason = rng.choice(("", "peak"))
                return c.IssueCards(station=station, loop=loop.id, count=count, reason=reason, full=rng.random() < 0.5)
            case 6:
                return c.CancelChange(station=station, loop=rng.choice([*shop.changes] or [loop.id]))
            case _:
                return c.PlanChange(
                    station=station,
                    loop=loop.id,
                    cards=rng.choice((None, 0, 2, 3, 4, 7, CARD_NUMBER_MAX + 1)),
                    quantity=rng.choice((None, None, 4, 5, 0)),
                    from_day="2026-01-05",
                    from_us=now_us + round(rng.uniform(0, 4_000) * 1e6),
                )

    def _of_card(self, shop: Shop, station: str, card: Card) -> c.Command:
        rng = self.rng
        loop = shop.loops.get(card.loop)
        if loop is not None and rng.random() < 0.8:
            station = rng.choice((*loop.route, loop.consumer or station))
        match rng.randrange(9):
            case 0:
                return c.StartCard(station=station, card=card.id)
            case 1:
                return c.OpenCard(station=station, card=card.id)
            case 2:
                return c.ReceiveCard(station=station, card=card.id)
            case 3:
                return c.AcknowledgeCard(station=station, card=card.id)
            case 4:
                return c.ReprintCard(station=station, card=card.id)
            case 5 | 6:
                return c.MarkExpress(station=station, card=card.id, on=rng.random() < 0.7)
            case 7:
                serials = tuple(rng.sample(("S1", "S2", "S3"), rng.randrange(3)))
                return c.NoteContents(
                    station=station,
                    card=card.id,
                    quantity=rng.choice((0, 2, 7)),
                    lot=rng.choice(("", "L7")),
                    serials=serials,
                )
            case _:
                code = rng.choice(("OLD 1", "OLD 2", "P-1", "x" * 70, ""))
                return c.TeachCode(station=station, code=code, card=rng.choice((card.id, card.id, "")))

    def _other(self, shop: Shop, station: str) -> c.Command:
        rng = self.rng
        texts = [
            *("OLD 1", "OLD 2", "LOT 4711", "Q12", "[)>\x1e06\x1d1TL9\x1dQ3\x1dS77\x1e\x04"),
            *(single_code(verb) for verb in ("stop", "undo", "ack", "clear", "arrive", "signoff")),
            *(call_code(shop.line.id, reason) for reason in ("help", "far", "fault", "nothing")),
            *("P-1", "P-2", "P-3", "HELLO", "K000001100"),
            *(card_code(shop.line.id, "l1", 90, 1), card_code("other", "l1", 1, 1)),
            *(shelf_code(shop.line.id, loop) for loop in ("l1", "l2", "gone")),
        ]
        match rng.randrange(8):
            case 0 | 1:
                return c.ReadSignal(station=station, device="gun-0", text=rng.choice(texts))
            case 2:
                button = rng.choice([*_BUTTONS, "B9"])
                return c.ReadSignal(station="a", device="box", text=button, signal=c.SignalKind.BUTTON)
            case 3:
                kind = rng.choice((c.SignalKind.NO_READ, c.SignalKind.UNDECODABLE))
                return c.ReadSignal(station=station, device="gun-1", text="NR", signal=kind)
            case 4:
                return c.SignOn(station=station, person=rng.choice(("ana", "ole", "nobody")))
            case 5:
                return c.SignOff(station=station)
            case 6:
                return c.GrantOverride(station=station, reason=rng.choice(("", "rush", "rush")))
            case _:
                return c.ChangeLine(line=changed_line(rng, shop.line) if rng.random() < 0.3 else shop.line)


def _calling_otherwise(rng: random.Random, line: Line) -> Line:
    """The line without some of what calls or is called for, though it may be in use."""
    box, module = line.devices[0], replace(IO_MODULE, station=rng.choice(("b", "b", "c")))
    return replace(
        line,
        devices=rng.choice(((box,), (box, module), (box, replace(module, map={})))),
        reasons=tuple(reason for reason in random_line(rng).reasons if rng.random() < 0.8),
        escalations=rng.choice(((), (ESCALATION,))),
    )


def pass_time(desk: Desk, rng: random.Random) -> None:
    """A moment or a while; seldom somebody sets the clock, or the process ends and begins again."""
    desk.clock.advance(rng.choice((0.05, 0.3, 1.5, 4, 4, 20)))
    dice = rng.random()
    if dice < 0.002:
        desk.clock.step_wall(rng.choice((-7200, 7200)))
    elif dice < 0.006:
        ended_us = desk.clock.now().at_us
        if rng.random() < 0.5:
            desk.clock.reboot(f"boot-{rng.random()}", after_s=rng.choice((1, 100)))
        desk.shop = Shop(desk.shop.line, tuple(desk.shop.entities()))
        desk.shop.ready, desk.shop.ended_us = desk.clock.now(), ended_us


def _station(rng: random.Random, name: str) -> Station:
    return Station(
        id=name,
        name=name.upper(),
        wip_limit=rng.choice((None, 1, 1, 2, 3)),
        limit_policy=LimitPolicy.SOFT if rng.random() < 0.2 else LimitPolicy.HARD,
        cycle_target_s=rng.choice((None, 50)),
        cycle_min_s=rng.choice((0, 0, 3)),
        outside=rng.random() < 0.2,
        segment=_SEGMENTS.get(name, ""),
    )


def _loop(rng: random.Random, name: str) -> Loop:
    kind = rng.choice((*LoopKind, LoopKind.PRODUCTION, LoopKind.CONWIP))
    free = kind in {LoopKind.CONWIP, LoopKind.POLCA}
    route = tuple(rng.sample(STATIONS, 2 if kind is LoopKind.POLCA else rng.randint(1, 4)))
    transit = not free and (kind in {LoopKind.WITHDRAWAL, LoopKind.SUPPLIER} or rng.random() < 0.1)
    lot = rng.choice((0, 2, 3)) if kind is LoopKind.SIGNAL else 1
    limited = rng.random() < 0.1
    return Loop(
        id=name,
        part=rng.choice(("P1", "P2")),
        kind=kind,
        route=route,
        lane_limits=tuple(rng.choice((None, 1, 1, 2)) for _ in route[1:]),
        lane_order=rng.choice(list(LaneOrder)),
        consumer=None if free else rng.choice([s for s in STATIONS if s not in route]),
        quantity=rng.choice((1, 4, 10)),
        cards=2 if kind is LoopKind.TWO_BIN else max(lot, rng.randint(1, 6)),
        start=StartState.EMPTY if free else rng.choice(list(StartState)),
        transit=transit,
        acknowledge=kind is LoopKind.SUPPLIER and rng.random() < 0.7,
        response_s=rng.choice((0, 60)) if kind is LoopKind.SUPPLIER else 0,
        response_reason=rng.choice(("", "help", "fault")),
        lot=lot,
        consume=Consume.PIECES if not free and rng.random() < 0.3 else Consume.CONTAINER,
        lives=rng.choice((0, 3, 20)) if limited else 0,
        expires_us=1_767_600_000_000_000 + rng.randrange(4_000_000_000) if limited and rng.random() < 0.5 else 0,
        sequence=_sequence(rng, transit=transit),
        labels=("LOT (?P<lot>.+)", r"Q(?P<quantity>\d+)"),
    )


def _sequence(rng: random.Random, *, transit: bool) -> Sequence:
    if rng.random() < 0.6:
        return Sequence()
    return Sequence(
        in_process=rng.choice(list(Mark)),
        in_transit=rng.choice((Mark.MANDATORY, Mark.RECOMMENDED, Mark.OPTIONAL)) if transit else Mark.RECOMMENDED,
        in_use=rng.choice(list(Mark)),
    )


def _natural_place(rng: random.Random, shop: Shop, card: Card) -> str:
    loop = shop.loops.get(card.loop)
    if loop is None:
        return ""
    if card.state in {CardState.FULL, CardState.IN_TRANSIT, CardState.IN_USE}:
        return loop.consumer or ""
    if rng.random() < 0.1:
        return rng.choice((*loop.route, loop.consumer or ""))
    return loop.route[max(card.step, 1) - 1] if card.step <= len(loop.route) else ""
