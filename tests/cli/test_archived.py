"""Commands beside a journal whose old events are in archives: they say so, and go on from where it begins."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shopfloor.cli.loop_past import past_of
from shopfloor.cli.main import run
from shopfloor.cli.output import DONE
from shopfloor.store.archive import make_archive
from shopfloor.store.journal import SqliteJournal
from tests.helpers.line_group import Group

Cap = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A terminal that ended, whose first events have left its journal."""
    with ExitStack() as stack:
        group = Group(stack, tmp_path, ("one", "two"))
        group.exchange("one", "two")
        for number in (1, 2, 3):
            group.terminals["two"].scan("long", number, "assembly")
            group.terminals["one"].scan("long", number, "saw")
            group.terminals["one"].scan("long", number, "saw", after_s=30)
            group.exchange("one", "two")
            group.pass_s("one", 120)
            group.link("one")
        group.stop("one")
        folder = group.folder("one")
        made = make_archive(folder, 1 << 60, 2)
        assert made is not None
        journal = SqliteJournal(folder, "one")
        journal.open()
        journal.drop_archived(made)
        journal.close()
        yield folder


def test_a_loop_is_measured_from_where_the_journal_begins(folder: Path) -> None:
    loop = past_of(folder).loop("long")
    assert loop.circulated == loop.loop.cards
    assert len(loop.now) == loop.loop.cards
    assert len(loop.cycles) >= 1, "what came after is measured"


def test_whoever_reads_the_journal_is_told_where_the_rest_is(folder: Path, tmp_path: Path, capfd: Cap) -> None:
    assert run(["journal", "--data", str(folder)]) == DONE
    said = capfd.readouterr()
    assert f"Older events are in {folder / 'archive'}, 1 files" in said.err
    assert "started at Saw" in said.out, "the words know the line from the floor"
    assert run(["export", "events", "--data", str(folder), "--out", str(tmp_path / "events.csv")]) == DONE
    assert "Older events" in capfd.readouterr().err
