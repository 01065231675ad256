"""Floors on real journals: set when it is time, kept over a restart, checked by verify, the same everywhere."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shopfloor.core import commands as c
from shopfloor.core.events_floor import FloorSet
from shopfloor.core.evolve import fold
from shopfloor.core.update import Update
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.verify import verify
from tests.helpers.line_group import Group
from tests.helpers.tamper import behind_its_back
from tests.helpers.terminal import Ear, events


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """Three terminals, of which the first has the first station."""
    with ExitStack() as stack:
        yield Group(stack, tmp_path)


def work(group: Group) -> None:
    """A card goes round, and `two` is off meanwhile and writes of that time, too."""
    group.exchange("one", "two", "three")
    group.terminals["two"].scan("long", 1, "assembly")
    group.terminals["one"].scan("long", 2, "assembly")
    group.terminals["one"].scan("long", 2, "saw")
    group.exchange("one", "three")
    group.pass_s("one", 120)
    group.link("one")


def test_it_is_set_by_the_terminal_of_the_first_station_that_has_the_line(group: Group, tmp_path: Path) -> None:
    group.exchange("one", "two", "three")
    group.pass_s("one", 120)
    group.link("one", up=False)
    group.link("two")
    group.link("three")
    found = [e for name in group.terminals for e in events(tmp_path / name) if isinstance(e, FloorSet)]
    assert found == []
    group.link("one")
    found = [e for e in events(tmp_path / "one") if isinstance(e, FloorSet)]
    assert [floor.number for floor in found] == [1]
    assert {it.origin.split("~")[0] for it in found[0].covers} == {"one", "two", "three"}


def test_what_comes_later_from_before_it_makes_the_same_state_everywhere(group: Group, tmp_path: Path) -> None:
    work(group)
    group.exchange("one", "two", "three")
    for name in group.terminals:
        group.pass_s(name, 2)
    group.exchange("one", "two", "three")
    (expected,) = set(group.hashes().values())
    for name in list(group.terminals):
        group.stop(name)
        assert verify(tmp_path / name, fold) == []
        group.start(name)
    group.exchange("one", "two", "three")
    assert len(set(group.hashes().values())) == 1
    assert expected


def test_after_a_restart_what_comes_late_is_folded_from_the_floor(group: Group, tmp_path: Path) -> None:
    work(group)
    group.exchange("one", "three")
    group.stop("one")
    journal = SqliteJournal(tmp_path / "one", "one")
    journal.open()
    tip = journal.floors().on[-1]
    known, behind = journal.since(None), journal.since(None, tip.vector())
    journal.close()
    assert len(behind) < len(known) - 3
    group.start("one")
    group.exchange("one", "two", "three")
    for name in group.terminals:
        group.pass_s(name, 2)
    assert len(set(group.hashes().values())) == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE floor SET here = '00'", "Floor 1"),
        ("UPDATE floor SET body = zeroblob(9)", "Floor 1 is damaged"),
        ("UPDATE entity SET body = replace(body, 'long-02', 'long-03') WHERE kind = 'card'", "Entity card long-"),
    ],
)
def test_verify_finds_what_was_done_to_a_floor(group: Group, tmp_path: Path, statement: str, words: str) -> None:
    work(group)
    group.stop("one")
    assert verify(tmp_path / "one", fold) == []
    with behind_its_back(tmp_path / "one") as conn:
        conn.execute(statement)
    assert any(words in found for found in verify(tmp_path / "one", fold))


def test_what_a_floor_makes_otherwise_is_told_as_of_a_while_ago(group: Group) -> None:
    group.exchange("one", "two", "three")
    group.terminals["two"].do(c.RaiseCall(station="assembly", reason="material"))
    group.exchange("two", "three")
    group.terminals["one"].do(c.RaiseCall(station="saw", reason=""))
    group.terminals["one"].scan("long", 2, "assembly")
    group.terminals["one"].scan("long", 2, "saw")
    group.pass_s("one", 120)
    group.link("one")
    two = group.terminals["two"]
    ear = Ear()
    end = two.engine.listen(ear)
    group.exchange("one", "two")
    group.pass_s("two", 2)
    end()
    risen = [u for u in ear.rest if isinstance(u, Update) and u.changed and not u.events]
    assert risen, "what it did itself was not under the floor, and comes behind it"
    assert all(update.foreign for update in risen), "its rules did not say it just now"
    assert all(update.refigured == bool(update.digest) for update in risen)
