"""`shopfloor line take-over` and `take-back`, as a leader types them beside a running terminal."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from shopfloor.app import Terminal
from shopfloor.cli.main import run
from shopfloor.cli.word_box import FOLDER, WordBox
from shopfloor.clock import SystemClock
from shopfloor.core.commands import StepCard
from shopfloor.core.line import Person, Role
from shopfloor.core.line_link import LinkState
from shopfloor.core.line_views import is_heard
from shopfloor.link.joined import write_joined
from shopfloor.link.server.rights import KeyRole
from shopfloor.store.link_note import read_link
from tests.helpers.calls import andon_line
from tests.helpers.line_served import Served, served
from tests.helpers.terminal import shop_of, until

DONE, FAILED, USAGE = 0, 1, 2
PEOPLE = (
    Person(id="ana", name="Ana", badge="P1", role=Role.LEADER),
    Person(id="bo", name="Bo", badge="P2", role=Role.OPERATOR),
)
LINE = andon_line(wip_limit=6, people=PEOPLE)
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    def said(*args: str | Path) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(["line", *(str(arg) for arg in args)])
        got = capfd.readouterr()
        return code, got.out, got.err

    return said


@contextmanager
def joined(server: Served, folder: Path, role: KeyRole, name: str = "") -> Iterator[Terminal]:
    """A terminal that runs, as `shopfloor station` runs it."""
    name = name or folder.name
    if not folder.exists():
        write_joined(folder, server.key(name, role))
    terminal = Terminal(folder, [name], line=LINE)
    terminal.open()
    terminal.start_link()
    box = WordBox(terminal)
    box.start()
    try:
        yield terminal
    finally:
        box.stop()
        terminal.stop()


def owner(terminal: Terminal, station: str) -> str:
    post = shop_of(terminal.engine).posts.get(station)
    return post.terminal if post is not None else ""


def hears(folder: Path, *names: str) -> bool:
    """Whether a terminal's note says that it has the line, and hears these terminals alone."""
    note = read_link(folder)
    if note is None or note.link.state is not LinkState.UP or note.link.behind:
        return False
    now = SystemClock().now()
    return {other.terminal for other in note.link.others if is_heard(other, now)} == set(names)


def test_a_leader_takes_a_dead_terminals_station_over_and_back_from_the_command_line(tmp_path: Path, say: Say) -> None:
    mill_dir, saw_dir = tmp_path / "mill", tmp_path / "saw"
    with served(tmp_path / "server", line=LINE.id) as server, ExitStack() as stack, ExitStack() as its:
        over = ("take-over", "saw", "--data", mill_dir, "--by", "ana", "--why", "its computer is dead")
        saw = its.enter_context(joined(server, saw_dir, KeyRole.STATION))  # the first on the line has its places
        until(lambda: hears(saw_dir))
        mill = stack.enter_context(joined(server, mill_dir, KeyRole.LEADER))
        until(lambda: owner(mill, "saw") == "saw" and hears(mill_dir, "saw"))
        assert saw.engine.submit(StepCard(station="saw", card="ring-01"), saw.clock.now())
        until(lambda: bool(shop_of(mill.engine).in_process("saw")))
        code, _, err = say(*over, "--yes")
        assert (code, err.splitlines()[0]) == (FAILED, "saw is heard: people work there.")
        its.close()
        until(lambda: hears(mill_dir))
        for words, asked in {
            "Expected a reason.": (*over[:6], "--yes"),
            "Nobody is here to be asked.": over,
            "Expected a leader or admin of the line (ana), got bo (operator).": (*over, "--by", "bo", "--yes"),
            "Expected a terminal that has stations (saw), got wash.": ("take-over", "wash", *over[2:], "--yes"),
            "Expected stations of saw (saw), got mill.": (*over, "--yes", "--station", "mill"),
        }.items():
            code, _, err = say(*asked)
            assert (code, err.splitlines()[0]) == (USAGE, words)
        code, out, err = say(*over, "--yes")
        assert (code, err) == (DONE, ""), out
        assert "Take over from saw:" in out
        assert "in process there: 1: C 1" in out
        assert "places of the line it may still use: 5" in out
        assert out.splitlines()[-1] == "Saw: from saw to mill."
        assert owner(mill, "saw") == "mill"
        assert not any((mill_dir / FOLDER).iterdir()), "nothing is left lying"

        back = ("take-back", "--data", saw_dir, "--by", "ana", "--why", "repaired", "--yes")
        code, _, err = say(*back)
        assert (code, "No terminal runs with" in err) == (FAILED, True)
        with joined(server, saw_dir, KeyRole.STATION) as saw:
            until(lambda: owner(saw, "saw") == "mill" and hears(saw_dir, "mill"))
            code, out, _ = say(*back, "--json")
            (said,) = json.loads(out)
            assert (code, said["done"], said["terminal"], said["stations"]) == (DONE, True, "mill", ["saw"])
            until(lambda: owner(mill, "saw") == "saw")
            assert say(*back)[2] == "Nothing of terminal saw was taken over.\n"
            server.server.stop()
            until(lambda: (note := read_link(saw_dir)) is not None and note.link.state is LinkState.LOST)
            code, _, err = say(*back)
            assert (code, "link lost since" in err) == (FAILED, True), err


def test_a_folder_that_has_joined_no_line_is_told_so(tmp_path: Path, say: Say) -> None:
    code, _, err = say("take-back", "--data", tmp_path, "--why", "x", "--yes")
    assert (code, err.splitlines()[0]) == (FAILED, f"{tmp_path} has not joined a line.")
