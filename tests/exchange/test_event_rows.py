"""Events as rows: what is wanted is found by halving, what has no column stands as JSON in the last one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.cli.read import event_document
from shopfloor.core.beside import Heads
from shopfloor.core.events import Recorded, Unknown
from shopfloor.core.moment import Moment
from shopfloor.exchange.event_rows import EVENT_COLUMNS, Wanted, event_table, wanted_events
from shopfloor.exchange.instants import instant_text, instant_us
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from tests.helpers.event_examples import EXAMPLES
from tests.helpers.journal_rows import batches

COUNT = 120
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = [column.name for column in EVENT_COLUMNS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journal")
    journal = SqliteJournal(folder, "press")
    origin = journal.open().origin
    for batch in batches(origin, COUNT):
        journal.append(*batch)
    journal.close()
    return folder


@pytest.fixture
def history(folder: Path) -> Iterator[SqliteHistory]:
    with SqliteHistory(folder) as history:
        yield history


def test_from_and_to_are_half_open_wherever_they_fall(history: SqliteHistory) -> None:
    everything = list(history.events())
    instants = [event.moment.us for event in everything]
    bounds = [
        instants[0] - 1,
        *(us + more for us in (*instants[:3], *instants[50:53], *instants[-2:]) for more in (0, 1)),
    ]
    for begin in (None, *bounds):
        for end in (None, *bounds):
            found = list(wanted_events(history, Heads(own=COUNT), Wanted(from_us=begin, to_us=end)))
            assert found == [
                event
                for event in everything
                if (begin is None or event.moment.us >= begin) and (end is None or event.moment.us < end)
            ]


def test_station_and_loop_choose(history: SqliteHistory) -> None:
    everything = list(history.events())
    at_press = list(wanted_events(history, Heads(own=COUNT), Wanted(station="press")))
    assert at_press == [event for event in everything if getattr(event.event, "station", "") == "press"]
    assert 0 < len(at_press) < COUNT
    of_loop = list(wanted_events(history, Heads(own=COUNT), Wanted(loop="housing")))
    assert len(of_loop) == COUNT - 1  # all but the line file
    assert list(wanted_events(history, Heads(own=COUNT), Wanted(loop="shaft"))) == []


def test_what_comes_while_it_reads_is_left_for_the_next_time(history: SqliteHistory) -> None:
    assert [event.n for event in wanted_events(history, Heads(own=100), Wanted())] == list(range(1, 101))
    assert list(wanted_events(history, Heads(own=0), Wanted(from_us=0))) == []


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.kind)
def test_every_kind_has_its_row_and_loses_nothing(event: object) -> None:
    assert isinstance(event, msgspec.Struct)
    recorded = Recorded(origin="press~1", n=7, moment=Moment(1), mono_ns=0, boot="b", event=event)  # type: ignore[arg-type]
    cells = dict(zip(NAMES, event_table([recorded], UTC, document=event_document).row(recorded), strict=True))
    details = msgspec.json.decode(str(cells["details"]) or "{}")
    found = {name: cell for name, cell in cells.items() if name not in {"details", "at_local"}} | details
    for name, value in event_document(recorded).items():
        assert found[name] == value, name


def test_the_loop_is_that_of_the_card_and_time_is_the_lines(history: SqliteHistory) -> None:
    recorded = next(iter(history.events(after=60, limit=1)))
    cells = dict(zip(NAMES, event_table([recorded], BERLIN, document=event_document).row(recorded), strict=True))
    assert cells["loop"] == "housing"
    at, local = cells["at"], cells["at_local"]
    assert isinstance(local, datetime)
    assert datetime.fromisoformat(str(at)) == local.replace(tzinfo=BERLIN)


def test_an_event_of_a_newer_program_keeps_what_has_no_cell() -> None:
    event = Unknown(of_kind="from_the_future", of_version=3, body=b'{"station":"press","reason":{"a":[1]},"loop":"x"}')
    recorded = Recorded(origin="p~1", n=1, moment=Moment(1), mono_ns=0, boot="b", event=event)
    cells = dict(zip(NAMES, event_table([recorded], UTC, document=event_document).row(recorded), strict=True))
    assert (cells["kind"], cells["station"], cells["loop"], cells["reason"]) == ("from_the_future", "press", "x", None)
    assert msgspec.json.decode(str(cells["details"])) == {"reason": {"a": [1]}}


@given(st.integers(1, 4_000_000_000_000_000))
def test_an_instant_comes_back_from_its_text(at_us: int) -> None:
    assert instant_us(instant_text(at_us), UTC) == at_us


def test_a_day_is_its_first_moment_in_the_zone_of_the_line() -> None:
    noon_us = round(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000
    assert instant_us("2026-07-01T14:00", BERLIN) == noon_us
    assert instant_us("2026-07-01T12:00Z", BERLIN) == noon_us
    assert instant_us("2026-07-01", BERLIN) == noon_us - 14 * 3_600_000_000
    for text in ("", "yesterday", "2026-13-01", "12:00"):
        with pytest.raises(ValueError, match=r"isoformat|out of range|month"):
            instant_us(text, BERLIN)
