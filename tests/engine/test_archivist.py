"""Archives are made by themselves: at a quiet moment, and only where a second terminal has what stands for them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.evolve import fold
from shopfloor.core.floor import Floor
from shopfloor.core.line_link import LinkState, LinkView, NewName, Presence
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.engine.archivist import Archivist, Upkeep
from shopfloor.engine.desk import Desk
from shopfloor.engine.engine import IDLE_S
from shopfloor.store.archive import archive_files
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.verify import verify
from tests.helpers.calls import andon_line
from tests.helpers.line_group import Group


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """Two terminals, of which the first stands on more floors than are kept with their state."""
    with ExitStack() as stack:
        group = Group(stack, tmp_path, ("one", "two"))
        group.exchange("one", "two")
        for number in (1, 2, 3):
            group.terminals["two"].scan("long", number, "assembly")
            group.exchange("one", "two")
            group.pass_s("one", 120)
            group.link("one")
            group.exchange("one", "two")
        yield group


def _quiet(group: Group) -> None:
    for _ in range(round(IDLE_S) + 5):
        group.link_agreeing("one", "two")
        group.pass_s("one", 1)


def test_old_events_leave_when_it_is_quiet_and_another_terminal_agrees(group: Group, tmp_path: Path) -> None:
    _quiet(group)
    group.terminals["one"].engine.ask(lambda history: history.alive_us()).result(30)  # behind whoever writes the file
    group.pass_s("one", 1)
    assert len(archive_files(tmp_path / "one")) == 1
    group.exchange("one", "two")
    assert len(set(group.hashes().values())) == 1
    group.stop("one")
    assert verify(tmp_path / "one", fold) == []


def test_nothing_leaves_while_no_other_terminal_agrees(group: Group, tmp_path: Path) -> None:
    for _ in range(round(IDLE_S) + 5):
        group.link("one")
    group.terminals["one"].engine.ask(lambda history: history.alive_us()).result(30)
    assert archive_files(tmp_path / "one") == []


def test_what_stands_for_them_is_known_to_a_terminal_that_goes_on_under_a_new_name(
    group: Group, tmp_path: Path
) -> None:
    engine = group.terminals["one"].engine
    with SqliteOwnJournal(tmp_path / "one") as journal:
        name = NewName(before=journal.origin(), after="one~00000001", kept=journal.acked_n())
    engine.begin_anew(name).result(30)
    _quiet(group)
    engine.ask(lambda history: history.alive_us()).result(30)
    group.pass_s("one", 1)
    assert len(archive_files(tmp_path / "one")) == 1
    known: list[tuple[tuple[Floor, ...], bool]] = []

    def look() -> None:
        ground, floors = engine._desk._merger.ground, engine._journal.floors()
        known.extend([(ground.on, ground._based), (floors.on, floors.based)])

    group.terminals["one"].on_engine(look)
    assert known[0] == known[1]
    assert known[1][1]


@pytest.mark.parametrize("days", [400, 30])
def test_events_stay_for_as_long_as_the_line_file_says(tmp_path: Path, days: int) -> None:
    journal, now = SqliteJournal(tmp_path, "one"), Now(1_800_000_000 * US_PER_S, 1, "b")
    desk = Desk(journal, journal.open())
    desk.run(c.ChangeLine(line=replace(andon_line(), keep_events_days=days)), now)
    asked: list[tuple[int, int]] = []
    upkeep = Upkeep(archive=lambda until_us, floor_max: asked.append((until_us, floor_max)))
    beat = Presence(
        terminal="two", origin="two~1", n=0, hash=b"", applied=0, offset_us=0, uncertainty_us=0, version="",
        heard_ns=1, floor=3, floor_hash="aa",
    )  # fmt: skip
    view = LinkView(state=LinkState.UP, since_us=0, origin="one~1", floor=3, floor_hash="aa", others=(beat,))
    with SqliteHistory(tmp_path) as history:
        Archivist(upkeep, lambda question, _: question(history), lambda: desk).look(view, now)
    journal.close()
    assert asked == [(now.at_us - days * 86_400 * US_PER_S, 2)]
