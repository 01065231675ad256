"""A journal under a new name: what the line has stays the old one's, the rest is recorded again, all of it whole."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from shopfloor.core.anew import Folded
from shopfloor.core.delivery import Received
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import BegunAnew
from shopfloor.core.line_link import Acked, Cursor, NewName
from shopfloor.core.moment import Moment
from shopfloor.store.connection import open_reader
from shopfloor.store.folder import journal_path
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.schema import altered
from shopfloor.store.verify import verify
from shopfloor.trouble import StoreTrouble
from tests.helpers.journal_rows import BOOT, START_US, batches, fold

EVENTS = 40
KEPT = 25
AFTER = "press-1~new00001"


def folding(events: Iterable[Recorded], _base: object) -> Folded:
    """What the store is to keep of them, in the order in which it read them."""
    known = list(events)
    line = next(((r.origin, r.n) for r in reversed(known) if r.event.kind == "line_changed"), None)
    return Folded(fold(known), (), line)


def begun(later_us: int = 0) -> Recorded:
    """The entry that says so."""
    event = BegunAnew(terminal="press-1", before="press-1~00", kept=KEPT, again=EVENTS - KEPT)
    moment = Moment(START_US + 10_000_000_000 + later_us)
    return Recorded(origin=AFTER, n=0, moment=moment, mono_ns=1, boot="another boot", event=event)


@pytest.fixture
def journal(tmp_path: Path) -> Iterable[SqliteJournal]:
    """A terminal's journal of which the line was read back up to event KEPT, one message an event."""
    journal = SqliteJournal(tmp_path, "press-1")
    for batch in batches(journal.open().origin, EVENTS, seed=4):
        journal.append(*batch)
    origin = _origin(tmp_path)
    own = tuple(Acked(origin, n, n) for n in range(1, KEPT + 1))
    messages = tuple((n, n) for n in range(1, KEPT + 10))
    journal.receive(Received(own=own, messages=messages, cursor=Cursor("creation", KEPT + 9, KEPT + 9)))
    yield journal
    journal.close()


def _origin(folder: Path) -> str:
    with SqliteOwnJournal(folder) as own:
        return own.origin()


def _name(folder: Path, *, kept: int = KEPT) -> NewName:
    return NewName(before=_origin(folder), after=AFTER, kept=kept)


def test_what_the_line_has_stays_the_old_name_s_and_the_rest_is_recorded_again(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    with SqliteHistory(tmp_path) as history:
        before = list(history.events())
    with SqliteOwnJournal(tmp_path) as own:
        sent, old = own.events(0, EVENTS), own.origin()
        opened = journal.begin_anew(_name(tmp_path), begun(), folding)
        assert (opened.origin, opened.head) == (AFTER, EVENTS - KEPT + 1)
        assert (own.origin(), own.former()) == (AFTER, [old]), "whoever reads beside it sees the new name"
        assert [entry.hash for entry in own.events_of(old, 0, EVENTS)] == [entry.hash for entry in sent[:KEPT]]
        again = [entry.recorded for entry in own.events(0, EVENTS)]
    assert [r.n for r in again] == list(range(1, EVENTS - KEPT + 2))
    kept = [(r.moment, r.mono_ns, r.boot, r.command_id, r.event, r.uncertainty_us) for r in before[KEPT:]]
    assert [(r.moment, r.mono_ns, r.boot, r.command_id, r.event, r.uncertainty_us) for r in again[:-1]] == kept
    assert isinstance(again[-1].event, BegunAnew)
    assert verify(tmp_path, fold) == []
    with closing(open_reader(journal_path(tmp_path))) as conn:
        assert altered(conn) == [], "events are as safe as before"


def test_the_line_is_read_again_from_the_last_event_that_is_the_same(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.begin_anew(_name(tmp_path), begun(), folding)
    with SqliteOwnJournal(tmp_path) as own:
        assert own.cursor() == Cursor("creation", KEPT - 1, KEPT - 1)
        assert own.acked_n() == 0, "under the new name the line has nothing yet"


def test_it_goes_on_and_is_opened_under_the_new_name(journal: SqliteJournal, tmp_path: Path) -> None:
    opened = journal.begin_anew(_name(tmp_path), begun(), folding)
    more = list(batches(AFTER, 100, after=opened.head, seed=5))[-1].events
    journal.append([*_numbered(more, opened.head)], (), (), ())
    journal.close()
    again = SqliteJournal(tmp_path, "press-1")
    found = again.open()
    again.close()
    assert (found.origin, found.head) == (AFTER, opened.head + 1)


def _numbered(events: Iterable[Recorded], head: int) -> Iterable[Recorded]:
    for event in events:
        yield Recorded(
            origin=AFTER, n=head + 1, moment=Moment(event.moment.us * 2), mono_ns=1, boot=BOOT, event=event.event
        )


@pytest.mark.parametrize("kept", [0, EVENTS])
def test_nothing_or_everything_may_be_the_same(journal: SqliteJournal, tmp_path: Path, kept: int) -> None:
    opened = journal.begin_anew(_name(tmp_path, kept=kept), begun(), folding)
    assert opened.head == EVENTS - kept + 1
    assert verify(tmp_path, fold) == []


def test_a_second_new_name_leaves_two_old_ones(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.begin_anew(_name(tmp_path), begun(), folding)
    second = NewName(before=AFTER, after="press-1~new00002", kept=3)
    journal.begin_anew(second, begun(1), folding)
    assert verify(tmp_path, fold) == []
    with SqliteOwnJournal(tmp_path) as own:
        assert [len(own.events_of(origin, 0, 100)) for origin in own.former()] == [KEPT, 3]
        assert own.head()[0] == EVENTS - KEPT + 1 - 3 + 1


@pytest.mark.parametrize("fault", [ValueError("a fault"), StoreTrouble("The disk is full.", remedy="Make room.")])
def test_what_fails_on_the_way_leaves_the_journal_as_it_was(
    journal: SqliteJournal, tmp_path: Path, fault: Exception
) -> None:
    def failing(events: Iterable[Recorded], _base: object) -> Folded:
        assert list(events)
        raise fault

    before = _origin(tmp_path)
    with pytest.raises((ValueError, StoreTrouble)):
        journal.begin_anew(_name(tmp_path), begun(), failing)
    assert _origin(tmp_path) == before
    assert verify(tmp_path, fold) == []
    journal.append(list(batches(before, EVENTS + 1, seed=4))[-1].events, (), (), ())


def test_another_journal_s_name_is_a_fault(journal: SqliteJournal, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="kept"):
        journal.begin_anew(NewName(before="press-1~other", after=AFTER, kept=0), begun(), folding)
    with pytest.raises(ValueError, match="kept"):
        journal.begin_anew(_name(tmp_path, kept=EVENTS + 1), begun(), folding)
