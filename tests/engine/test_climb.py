"""Standing on a floor is worked out by small steps, while people work and others are heard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopfloor.core.events import Recorded
from shopfloor.core.evolve import Replay, fold
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.merge import key_of
from shopfloor.core.shop import Shop
from shopfloor.core.state_hash import state_hash
from shopfloor.core.update import DigestRow
from shopfloor.engine.climb import STEP_EVENTS
from shopfloor.engine.refold import Figures
from shopfloor.store.verify import verify
from tests.engine.test_intake import Away, as_it_is
from tests.helpers.line_past import Past, messages
from tests.helpers.scale import scaled

SCANS = scaled(300, 3_000)


def climb(past: Past, *, each: Callable[[], None] = lambda: None) -> int:
    """Go on until it stands there; how many steps it took."""
    count = 0
    past.desk.settle(past.now(), None)
    while past.desk.climbs:
        past.desk.climb(past.now())
        each()
        count += 1
    return count


def set_floor(past: Past, us: int) -> None:
    """Set a floor of everything it knows until a moment, and stand on it."""
    past.desk._merger.pack(past.desk.shop, us)
    climb(past)


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Away]:
    """Somebody who was off while the others worked and set a floor, and who does not know of it yet."""
    away = Away(tmp_path, scans=SCANS, own=SCANS)
    first, second = away.pasts
    first.hear(of(second), Cursor("past", 1, 1))
    first.at_us = away.end_us + 1_000_000
    set_floor(first, (away.end_us + away.past.desk.shop.books["s3"].verdict.at_us) // 2)  # type: ignore[union-attr]
    yield away
    away.close()


def of(past: Past) -> list[LineEntry]:
    """What it wrote, as the line has it."""
    return [entry for message in messages([past]) for entry in message]


def hear_all(away: Away) -> None:
    """Hear and fold everything, the floor too."""
    past = away.past
    heads = past.journal.heads()
    for one in away.pasts:
        known = heads.get(one.desk.shop.origin, 0)
        past.hear([entry for entry in of(one) if entry.recorded.n > known], Cursor("past", 2, 2))
    past.at_us = away.end_us + 2_000_000


def as_it_should_be(past: Past) -> tuple[str, list[DigestRow]]:
    """State and figures of all events, those under each floor before all others."""
    vectors = [floor.vector() for floor in past.journal.floors().on]

    def place(origin: str, n: int) -> int:
        return next((at for at, vector in enumerate(vectors) if n <= vector.get(origin, 0)), len(vectors))

    events = sorted(past.journal.since(None), key=lambda it: (place(it.origin, it.n), key_of(it)))
    figures, replay = Figures(past.desk.shop.origin), Replay(Shop())
    rows: list[DigestRow] = []
    for event in events:
        rows += figures.of(replay.shop, event)
        replay.step(event)
    return state_hash(fold(events)), sorted(rows, key=repr)


def test_whoever_was_off_stands_on_the_floor_of_the_others_by_small_steps(away: Away) -> None:
    hear_all(away)
    events = len(away.past.journal.since(None))
    assert climb(away.past) > events / STEP_EVENTS
    assert [floor.number for floor in away.past.journal.floors().on] == [1]
    assert as_it_is(away.past) == as_it_should_be(away.past)
    assert state_hash(away.past.desk.shop.entities()) == as_it_is(away.past)[0]
    assert verify(away.past.folder, fold) == []


def test_what_people_do_meanwhile_is_there_afterwards_with_its_figures(away: Away) -> None:
    hear_all(away)
    past, numbers = away.past, iter(range(1_000_000))

    def scan() -> None:
        past.at_us += 1_000_000
        past.scan(next(numbers))

    head = past.desk.head
    climb(past, each=scan)
    assert past.desk.head > head + 5
    assert [floor.number for floor in past.journal.floors().on] == [1]
    assert as_it_is(past) == as_it_should_be(past)
    assert state_hash(past.desk.shop.entities()) == as_it_is(past)[0]
    assert verify(past.folder, fold) == []


def test_what_comes_from_others_meanwhile_makes_it_begin_again(away: Away) -> None:
    hear_all(away)
    past, other = away.past, away.pasts[1]
    past.desk.settle(past.now(), None)
    past.desk.climb(past.now())
    known = past.journal.heads()[other.desk.shop.origin]
    other.at_us += 500_000
    other.scan(1)
    past.hear([entry for entry in of(other) if entry.recorded.n > known], Cursor("past", 3, 3))
    assert not past.desk.climbs, "it had gone past where that belongs"
    climb(past)
    assert [floor.number for floor in past.journal.floors().on] == [1]
    assert as_it_is(past) == as_it_should_be(past)


def test_what_is_read_by_pages_is_everything_and_every_page_is_full_but_the_last(away: Away) -> None:
    hear_all(away)
    journal, pages = away.past.journal, list[list[Recorded]]()
    while page := journal.since(key_of(pages[-1][-1]) if pages else None, None, 50):
        pages.append(page)
    everything = journal.since(None)
    assert [event for page in pages for event in page] == everything
    assert {len(page) for page in pages[:-1]} == {50}
    own = away.past.desk.shop.origin
    until = dict.fromkeys(journal.heads(), 0) | {own: 7}
    assert journal.since(None, None, 50, until) == [event for event in everything if event.origin == own][:7]
