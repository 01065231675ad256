"""What is asked of the terminal that runs in a data folder: taken once, answered, or withdrawn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.app import Terminal
from shopfloor.cli import word_box
from shopfloor.cli.word_box import FOLDER, Said, Wish, WordBox, ask_terminal
from shopfloor.clock import ManualClock, SystemClock
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.line import Role
from shopfloor.core.update import Outcome
from shopfloor.linefile import demo_line
from shopfloor.trouble import Trouble

WISH = Wish(stations=("press",), reason="its computer is dead")


class Hurried(ManualClock):
    """A clock on which every wait is over at once."""

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Let the time pass."""
        self.advance(timeout_s)
        return event.is_set()


@contextmanager
def running(folder: Path) -> Iterator[WordBox]:
    terminal = Terminal(folder, ["press"], line=demo_line())
    terminal.open()
    box = WordBox(terminal)
    box.start()
    try:
        yield box
    finally:
        box.stop()
        terminal.stop()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / FOLDER).iterdir())


def test_a_question_is_answered_with_the_engines_words_and_nothing_is_left_lying(tmp_path: Path) -> None:
    with running(tmp_path):
        said = ask_terminal(tmp_path, WISH, SystemClock())
        assert (said.done, said.words) == (False, "Not allowed without a badge for it")
        leader = next(person.id for person in demo_line().people if person.role is Role.LEADER)
        said = ask_terminal(tmp_path, replace(WISH, by=leader), SystemClock())
        assert (said.done, said.words) == (False, "This terminal belongs to no line of several")
        assert left(tmp_path) == []


def test_what_nobody_takes_is_withdrawn(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    with pytest.raises(Trouble, match="takes no questions; nothing was changed"):
        ask_terminal(tmp_path, WISH, Hurried())
    assert left(tmp_path) == []


def test_what_was_asked_of_a_terminal_that_has_ended_is_not_done_by_the_next(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "old.asked").write_text('{"stations": ["press"], "reason": "long ago"}')
    with running(tmp_path):
        assert left(tmp_path) == []


def test_an_answer_that_comes_too_late_is_not_taken_for_that_to_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = next(person.id for person in demo_line().people if person.role is Role.LEADER)
    with running(tmp_path) as box, monkeypatch.context() as hurry:
        goes_on = threading.Event()
        now = SystemClock().now()
        engine = box.terminal.engine

        def hold(_: Outcome) -> None:
            goes_on.wait(20)

        engine.submit(
            TakeOver(station="press", stations=(), reason="", by=""),
            now,
            reply=hold,
        )
        hurry.setattr(word_box, "ANSWER_S_MAX", 0.1)
        (tmp_path / FOLDER / "first.asked").write_bytes(msgspec.json.encode(WISH))
        for _ in range(100):
            if (tmp_path / FOLDER / "first.said").exists():
                break
            SystemClock().wait(threading.Event(), 0.1)
        assert b"does not answer" in (tmp_path / FOLDER / "first.said").read_bytes()
        hurry.undo()
        goes_on.set()
        said = ask_terminal(tmp_path, replace(WISH, by=leader), SystemClock())
        assert said.words == "This terminal belongs to no line of several"


def test_what_another_version_asks_is_answered_as_such(tmp_path: Path) -> None:
    class Other(Wish, frozen=True, kw_only=True):
        """A wish of another version."""

        stations: int  # type: ignore[assignment]

    with running(tmp_path):
        said = ask_terminal(tmp_path, Other(stations=3, reason=""), SystemClock())
    assert said == Said(done=False, words="It was asked by another version of the program.", remedy="Use one program.")


def test_a_folder_of_another_user_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="as the terminal's own user"):
        ask_terminal(tmp_path / "nowhere", WISH, SystemClock())
