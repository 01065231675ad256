"""What a long absence comes to is written and told by small pieces, and the store is true between any two of them."""

import shutil
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.beside import follow_on
from shopfloor.core.evolve import fold
from shopfloor.core.state_hash import state_hash
from shopfloor.engine.arrears import EVENTS_MAX, ROWS_MAX
from shopfloor.engine.intake import EVENTS_MAX as STORED_MAX
from shopfloor.store.connection import open_reader
from shopfloor.store.folder import journal_path
from shopfloor.store.history import SqliteHistory
from shopfloor.store.rows import read_figures_from
from shopfloor.store.verify import verify
from tests.engine.test_intake import Away, Line, as_it_is, as_it_should_be
from tests.helpers.line_past import Past
from tests.helpers.scale import scaled

SCANS = scaled(900, 10_000)
OWN = scaled(100, 1_000)
STEP_NS_MAX = 100_000_000  # of a processor, on a busy one: most take two milliseconds, whatever there is to do
CUTS = scaled(4, 12)
BESIDE_MAX = 200  # rows of one transaction that are no figures and no events: entities, notes, messages of the line


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Away]:
    away = Away(tmp_path, scans=SCANS, own=OWN)
    yield away
    away.close()


def missed(away: Away) -> Line:
    """All of it is stored and folded, and the figures are to follow."""
    line = Line(away.past)
    line.deliver(away.rest, away.cursor)
    while not away.past.desk.owes_figures:
        line.intake.step()
    return line


def rows_written(past: Past) -> int:
    assert past.journal._conn is not None
    return past.journal._conn.total_changes


def is_behind(folder: Path) -> bool:
    conn = open_reader(journal_path(folder))
    try:
        return read_figures_from(conn.execute) is not None
    finally:
        conn.close()


def test_no_transaction_writes_more_than_a_few_hundred_rows(away: Away) -> None:
    line, written = Line(away.past), [rows_written(away.past)]
    line.deliver(away.rest, away.cursor)
    while line.intake.is_busy:
        line.intake.step()
        written.append(rows_written(away.past))
    each = [after - before for before, after in pairwise(written)]
    assert sum(each) > len(away.rest) + 2 * ROWS_MAX, "there were figures enough for several"
    assert max(each) <= max(ROWS_MAX, STORED_MAX) + BESIDE_MAX


def test_no_step_takes_long_of_a_processor(away: Away) -> None:
    line, took_ns = Line(away.past, SystemClock()), list[int]()
    line.deliver(away.rest, away.cursor)
    while line.intake.is_busy:
        begun_ns = time.thread_time_ns()
        line.intake.step()
        took_ns.append(time.thread_time_ns() - begun_ns)
    assert max(took_ns) <= STEP_NS_MAX


def test_nobody_is_told_of_more_than_a_few_hundred_events_at_once(away: Away) -> None:
    line = Line(away.past)
    line.deliver(away.rest, away.cursor)
    line.steps()
    assert max(len(update.events) for update in line.updates) == EVENTS_MAX
    told = [event for update in line.updates for event in update.events]
    assert len(told) == len(away.rest)
    assert {(event.origin, event.n) for event in told} == {(it.recorded.origin, it.recorded.n) for it in away.rest}
    assert all(update.refigured for update in line.updates if update.digest), "they were not all behind what was known"


def test_the_state_is_true_before_its_figures_are(away: Away) -> None:
    missed(away)
    assert is_behind(away.past.folder)
    assert verify(away.past.folder, fold) == []
    assert as_it_is(away.past)[0] == as_it_should_be(away.past)[0] == state_hash(away.past.desk.shop.entities())
    assert as_it_is(away.past)[1] != as_it_should_be(away.past)[1]


@pytest.mark.parametrize("cut", range(CUTS))
def test_a_power_cut_between_two_pieces_loses_no_figure(away: Away, tmp_path: Path, cut: int) -> None:
    line = missed(away)
    for number in range(cut):
        if away.past.desk.owes_figures:
            line.intake.step()
            away.past.at_us += 1_000_000
            away.past.scan(number)
    shutil.copytree(away.past.folder, tmp_path / "cut")
    again = Past(tmp_path / "cut", "s3", begin_us=away.past.at_us + 1)
    try:
        again.scan(1)
        again.fold()
        assert as_it_is(again) == as_it_should_be(again)
        assert not is_behind(again.folder)
    finally:
        again.journal.close()
    assert verify(again.folder, fold) == []


def test_people_work_and_more_comes_in_while_figures_follow(away: Away) -> None:
    late = away.rest[-20:]
    line = Line(away.past)
    line.deliver(away.rest[:-20], away.cursor)
    while not away.past.desk.owes_figures:
        line.intake.step()
    away.past.desk.deliver(late, away.cursor)  # as after a disk that took no figures for a while
    assert away.past.desk.owes_figures
    assert not away.past.desk.waiting, "they were folded at once, and their figures wait behind the others"
    for number in range(20):
        away.past.at_us += 1_000_000
        away.past.scan(number)
        if line.intake.is_busy:
            line.intake.step()
    line.steps()
    assert as_it_is(away.past) == as_it_should_be(away.past)
    assert not is_behind(away.past.folder)


def test_whoever_ends_leaves_no_figure_behind(away: Away) -> None:
    line = missed(away)
    line.intake.close()
    assert not is_behind(away.past.folder)
    assert as_it_is(away.past) == as_it_should_be(away.past)


def test_whoever_reads_beside_it_hears_that_figures_are_others_now(away: Away) -> None:
    line = missed(away)
    with SqliteHistory(away.past.folder) as beside:
        behind = beside.heads()
        line.steps()
        news = beside.news(behind, 10)
    assert not news.events
    assert follow_on(behind, news) is None, "it reads everything anew, and its pages their figures"
