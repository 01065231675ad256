"""How far a line is still the one that was read."""

import asyncio
from collections.abc import Iterator

import pytest

from shopfloor.core.line_link import Cursor
from shopfloor.link.prefix import common_prefix
from tests.helpers.line_bench import SoftBench
from tests.helpers.replica import Replica

ORIGIN = "t1~01"


class Deaf:
    """Listens to nothing."""

    def woken(self, seq: int) -> None:
        """Nothing."""

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        """Nothing."""


@pytest.fixture
def bench() -> Iterator[SoftBench]:
    bench = SoftBench()
    yield bench
    bench.close()


def _grow(bench: SoftBench, count: int) -> None:
    for _ in range(count):
        bench.loop.run_until_complete(_tick())
        last = bench.server.last(bench.server.names.events(ORIGIN))
        seq = last.seq if last else 0
        bench.server.append(bench.server.names.events(ORIGIN), b"x", seq, f"{seq} {bench.loop.time()}")


async def _tick() -> None:
    await asyncio.sleep(0.001)


def _read(bench: SoftBench, *, every: int = 1) -> Replica:
    replica = Replica("t2~02")
    messages = bench.server.messages()
    replica.places = [(m.seq, m.ts_us) for m in messages if m.seq % every == 0 or m is messages[-1]]
    replica.place = Cursor(bench.server.ident().stream, *replica.places[-1])
    return replica


def _common(bench: SoftBench, replica: Replica) -> Cursor:
    async def ask() -> Cursor:
        log = bench.log("t2")
        await log.open(Deaf())
        found = await common_prefix(log, await log.ident(), replica)
        await log.close()
        return found

    return bench.run(ask())


def test_who_never_read_begins_at_the_beginning(bench: SoftBench) -> None:
    _grow(bench, 3)
    assert _common(bench, Replica("t2~02")) == Cursor("creation-1", 0, 0)


def test_a_line_that_only_grew_is_read_on(bench: SoftBench) -> None:
    _grow(bench, 5)
    replica = _read(bench)
    _grow(bench, 3)
    assert _common(bench, replica) == replica.cursor()


@pytest.mark.parametrize("kept", range(10))
@pytest.mark.parametrize("every", [1, 3])
def test_a_line_that_lost_its_tail_is_common_up_to_what_it_kept(bench: SoftBench, kept: int, every: int) -> None:
    _grow(bench, 9)
    replica = _read(bench, every=every)
    bench.server.lose_tail(9 - kept)
    _grow(bench, 6)
    expected = max((seq for seq, _ in replica.places if seq <= kept), default=0)
    assert _common(bench, replica).seq == expected


def test_another_creation_has_nothing_in_common(bench: SoftBench) -> None:
    _grow(bench, 9)
    replica = _read(bench)
    bench.server.create()
    _grow(bench, 9)
    assert _common(bench, replica) == Cursor("creation-2", 0, 0)


def test_another_creation_with_the_same_appends_is_read_on_under_its_name(bench: SoftBench) -> None:
    _grow(bench, 9)
    replica = _read(bench)
    assert replica.place is not None
    replica.place = Cursor("creation-0", replica.place.seq, replica.place.ts_us)
    assert _common(bench, replica) == Cursor("creation-1", replica.place.seq, replica.place.ts_us)


def test_what_the_line_dropped_at_its_beginning_is_not_held_against_it(bench: SoftBench) -> None:
    _grow(bench, 9)
    replica = _read(bench, every=4)  # read up to 4, 8 and 9
    bench.server.lose_tail(2)
    bench.server.compact(5)
    assert bench.server.ident().first_seq == 6
    assert _common(bench, replica).seq == 4


def test_who_was_away_longer_than_the_line_keeps_goes_on_where_it_was(bench: SoftBench) -> None:
    _grow(bench, 5)
    replica = _read(bench)
    _grow(bench, 5)
    bench.server.compact(7)
    assert bench.server.ident().first_seq == 8
    assert _common(bench, replica) == replica.cursor()
