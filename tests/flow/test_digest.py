"""Figures of single events against times counted by hand."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from shopfloor.core.events import (
    CallCleared,
    CardFinished,
    CardStarted,
    CardWithdrawn,
    Event,
    Inferred,
    LineChanged,
    Recorded,
    StepUndone,
    Unknown,
)
from shopfloor.core.line import CallKind, Line, Loop, Scope, Shift, Station
from shopfloor.core.moment import Moment, Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Book, Call, Card, CardState, Entity
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import CallTime, Cycle, Figure, InForce, Lead, Made, digest_rows, read_figures

S = 1_000_000
KINDS: dict[str, type[Figure]] = {"cycle": Cycle, "lead": Lead, "made": Made, "call": CallTime, "line": InForce}

LINE = Line(
    id="l",
    name="L",
    timezone="Europe/Berlin",
    stations=(Station(id="press", name="P"), Station(id="deburr", name="D"), Station(id="assembly", name="A")),
    loops=(Loop(id="housing", part="H", route=("press", "deburr"), consumer="assembly", quantity=20),),
    shifts=(Shift(name="early", start="06:00", end="14:00", breaks=(("09:00", "09:15"),)),),
)


@dataclass(frozen=True)
class Bench:
    """A shop and the calendar of its line."""

    shop: Shop

    def figures(self, event: Event | Unknown, now: Now, n: int = 9) -> list[tuple[str, str, Figure]]:
        recorded = Recorded(
            origin="t/1", n=n, moment=Moment(now.at_us), mono_ns=now.mono_ns, boot=now.boot, event=event
        )
        rows = [row for row in digest_rows(self.shop, recorded, WorkCalendar(LINE)) if row.series in KINDS]
        assert all((row.n, row.at_us) == (n, now.at_us) for row in rows)
        return [(row.series, row.key, msgspec.json.decode(row.body, type=KINDS[row.series])) for row in rows]


def bench(*entities: Entity) -> Bench:
    return Bench(Shop(LINE, entities))


def now(text: str, boot: str = "b1") -> Now:
    at_us = round(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1e6)
    return Now(at_us, (at_us - 1_700_000_000 * S) * 1000, boot)


def card(step: int = 2, started: Now | None = None, released: str = "02 08:00:00", **rest: object) -> Card:
    base = Card(
        id="housing-01",
        loop="housing",
        number=1,
        state=CardState.IN_PROCESS,
        step=step,
        started=started,
        released_us=now(released).at_us if released else 0,
    )
    return msgspec.structs.replace(base, **rest)


def finish(into: CardState, *, implausible: bool = False, station: str = "deburr") -> CardFinished:
    return CardFinished(station=station, card="housing-01", step=2, into=into, implausible=implausible)


def test_a_finish_that_completes_the_route_leaves_cycle_lead_and_made() -> None:
    shop = bench(card(started=now("02 08:58:00")), Book(station="deburr", done_at=now("02 08:57:30")))
    assert shop.figures(finish(CardState.FULL), now("02 09:16:00")) == [
        ("cycle", "deburr", Cycle("housing-01", "housing", cycle_ms=210_000, process_ms=180_000)),
        ("lead", "housing", Lead("housing-01", 61 * 60_000)),
        ("made", "housing", Made("housing-01", pieces=20)),
    ]


def test_a_finish_into_the_next_lane_leaves_a_cycle_only() -> None:
    shop = bench(card(started=now("02 08:00:00")))
    assert shop.figures(finish(CardState.QUEUED), now("02 08:01:00")) == [
        ("cycle", "deburr", Cycle("housing-01", "housing", cycle_ms=None, process_ms=60_000))
    ]


def test_the_last_finish_of_a_conwip_card_completes_its_route() -> None:
    series = [s for s, _, _ in bench(card()).figures(finish(CardState.EMPTY), now("02 08:10:00"))]
    assert series == ["cycle", "lead", "made"]


def test_an_implausible_finish_is_made_and_nothing_else() -> None:
    found = bench(card()).figures(finish(CardState.FULL, implausible=True), now("02 08:10:00"))
    assert found == [("made", "housing", Made("housing-01", pieces=20))]


def test_a_start_nobody_scanned_has_no_process_time() -> None:
    found = bench(card(started=None, released="")).figures(finish(CardState.FULL), now("02 08:10:00"))
    assert found[0][2] == Cycle("housing-01", "housing")
    assert found[1][2] == Lead("housing-01", None)


def test_a_weekend_is_no_cycle_time() -> None:
    shop = bench(card(), Book(station="deburr", done_at=now("06 13:58:00")))
    assert shop.figures(finish(CardState.QUEUED), now("09 06:03:00"))[0][2] == Cycle("housing-01", "housing", 300_000)


def test_work_outside_the_calendar_counts_as_time_passed() -> None:
    shop = bench(card(), Book(station="deburr", done_at=now("07 10:00:00")))
    assert shop.figures(finish(CardState.QUEUED), now("07 10:01:05"))[0][2] == Cycle("housing-01", "housing", 65_000)


def test_a_wall_clock_set_back_between_two_cycles_falsifies_neither() -> None:
    before = now("02 08:30:00")
    after = Now(now("02 08:10:00").at_us, before.mono_ns + 50 * S * 1000, "b1")
    shop = bench(card(), Book(station="deburr", done_at=before))
    assert shop.figures(finish(CardState.QUEUED), after)[0][2] == Cycle("housing-01", "housing", 50_000)


def test_across_boots_the_wall_clock_counts_and_a_negative_time_is_none() -> None:
    shop = bench(card(), Book(station="deburr", done_at=now("02 08:30:00", "b0")))
    assert shop.figures(finish(CardState.QUEUED), now("02 08:31:00"))[0][2] == Cycle("housing-01", "housing", 60_000)
    assert shop.figures(finish(CardState.QUEUED), now("02 08:29:00"))[0][2] == Cycle("housing-01", "housing", None)


def test_a_withdrawal_that_proves_the_last_finish_counts_as_made_without_times() -> None:
    event = CardWithdrawn(station="assembly", card="housing-01", inferred=(Inferred("finish", "deburr", 2),))
    assert bench(card()).figures(event, now("02 09:00:00")) == [("made", "housing", Made("housing-01", pieces=20))]
    plain = CardWithdrawn(station="assembly", card="housing-01")
    assert bench(card()).figures(plain, now("02 09:00:00")) == []
    early = CardStarted(station="deburr", card="housing-01", step=2, inferred=(Inferred("finish", "press", 1),))
    assert bench(card()).figures(early, now("02 09:00:00")) == []


def test_an_undone_finish_takes_back_its_figures() -> None:
    full = msgspec.structs.replace(card(), state=CardState.FULL, step=0)
    undo = StepUndone(station="deburr", card="housing-01", undone=7, what="finished", restored=card())
    assert bench(full).figures(undo, now("02 08:10:00")) == [
        ("cycle", "deburr", Cycle("housing-01", "housing", undone=7)),
        ("lead", "housing", Lead("housing-01", undone=7)),
        ("made", "housing", Made("housing-01", cards=-1, pieces=-20, undone=7)),
    ]


def test_an_undone_start_takes_back_nothing() -> None:
    undo = StepUndone(
        station="deburr", card="housing-01", undone=7, what="start", restored=card(state=CardState.QUEUED)
    )
    assert bench(card()).figures(undo, now("02 08:10:00")) == []


def test_an_undone_withdrawal_takes_back_what_it_had_proved() -> None:
    empty = msgspec.structs.replace(card(), state=CardState.EMPTY, step=0)
    undo = StepUndone(station="assembly", card="housing-01", undone=7, what="withdraw", restored=card())
    assert bench(empty).figures(undo, now("02 08:10:00")) == [
        ("made", "housing", Made("housing-01", cards=-1, pieces=-20, undone=7))
    ]


def test_readers_see_neither_the_undone_nor_its_undoing() -> None:
    shop = bench(card())
    event = finish(CardState.FULL)
    rows = []
    for n, what in ((7, event), (9, event)):
        recorded = Recorded(origin="t", n=n, moment=Moment(n * S), mono_ns=0, boot="b1", event=what)
        rows += [row for row in digest_rows(shop.shop, recorded, WorkCalendar(LINE)) if row.series == "made"]
    full = bench(msgspec.structs.replace(card(), state=CardState.FULL, step=0))
    undo = StepUndone(station="deburr", card="housing-01", undone=7, what="finished", restored=card())
    recorded = Recorded(origin="t", n=8, moment=Moment(8 * S), mono_ns=0, boot="b1", event=undo)
    rows += [row for row in digest_rows(full.shop, recorded, WorkCalendar(LINE)) if row.series == "made"]
    assert [row.n for row, _ in read_figures(rows, Made)] == [9]


def call(**rest: object) -> Call:
    base = Call(
        id="a",
        station="press",
        reason="material",
        kind=CallKind.HELP,
        raised_kind=CallKind.HELP,
        scope=Scope.STATION,
        raised=now("02 08:00:00"),
        by="x",
    )
    return msgspec.structs.replace(base, **rest)


def test_a_cleared_call_leaves_how_long_it_was_open_and_stood() -> None:
    cleared = CallCleared(station="press", call="a")
    assert bench(call()).figures(cleared, now("02 08:00:42")) == [("call", "press", CallTime("material", 42_000, 0))]
    stopped = call(stopped_us=now("02 08:01:00").at_us)
    assert bench(stopped).figures(cleared, now("02 08:03:30")) == [
        ("call", "press", CallTime("material", 210_000, 150_000))
    ]


def test_a_line_file_that_comes_into_force_leaves_when_it_did() -> None:
    changed = LineChanged(line=LINE)
    assert Bench(Shop()).figures(changed, now("02 08:00:00")) == [("line", "l", InForce())]


def test_what_is_unknown_leaves_no_figure() -> None:
    empty = Bench(Shop(LINE))
    assert empty.figures(finish(CardState.FULL), now("02 08:00:00")) == []
    assert empty.figures(CallCleared(station="press", call="zz"), now("02 08:00:00")) == []
    assert empty.figures(Unknown(of_kind="later", of_version=1, body=b"{}"), now("02 08:00:00")) == []
