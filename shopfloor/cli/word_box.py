"""How a command reaches the terminal that runs in its data folder: a file that it takes, and one with the answer."""

import queue
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from msgspec import Struct

from shopfloor.app import Terminal
from shopfloor.clock import Clock
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.update import Outcome
from shopfloor.engine.parts import NOT_RECORDED
from shopfloor.trouble import Trouble

FOLDER: Final = "asked"
LOOK_S: Final = 0.5  # somebody who typed a command does not notice it
TAKEN_S_MAX: Final = 10.0  # a terminal that looks takes it within a second; one that hangs never does
ANSWER_S_MAX: Final = 30.0  # the line answers within three seconds, or the engine says that it did not
END_S_MAX: Final = 2.0

_ASKED, _TAKEN, _SAID, _NEW = ".asked", ".taken", ".said", ".new"


class Wish(Struct, frozen=True, kw_only=True):
    """Stations of one other terminal, to be taken over: asked at `at`, "" wherever the terminal does things."""

    stations: tuple[str, ...]
    reason: str
    by: str = ""
    at: str = ""


class Said(Struct, frozen=True, kw_only=True):
    """What became of it: `n` is the number of its event, `words` are for whoever asked."""

    done: bool
    n: int = 0
    words: str = ""
    remedy: str = ""


class WordBox:
    """The terminal's side: looks twice a second, on a thread of its own.

    Whoever may write the data folder may ask: they could change the journal as well.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._folder = terminal.folder / FOLDER
        self._stop = threading.Event()
        self._answers: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="shopfloor-word-box", daemon=True)

    def start(self) -> None:
        """Begin to look; whoever asked a run before has had no answer and knows it."""
        with suppress(OSError):  # a full disk is told of by the journal; nobody can ask meanwhile
            self._folder.mkdir(exist_ok=True)
            for old in self._folder.iterdir():
                old.unlink()
        self._thread.start()

    def stop(self) -> None:
        """End looking."""
        self._stop.set()
        self._answers.put(None)
        if self._thread.is_alive():
            self._thread.join(END_S_MAX)

    def _run(self) -> None:
        while not self.terminal.clock.wait(self._stop, LOOK_S):
            for path in sorted(self._folder.glob(f"*{_ASKED}")):
                with suppress(OSError):  # withdrawn meanwhile, or the disk takes nothing: whoever asked is not answered
                    self._take(path)

    def _take(self, path: Path) -> None:
        taken = path.replace(path.with_suffix(_TAKEN))
        try:
            wish = msgspec.json.decode(taken.read_bytes(), type=Wish)
            said = self._do(wish, taken.stem)
        except msgspec.DecodeError:
            said = Said(done=False, words="It was asked by another version of the program.", remedy="Use one program.")
        _write(taken.with_suffix(_SAID), said)
        taken.unlink()

    def _do(self, wish: Wish, command_id: str) -> Said:
        place = wish.at or next(iter(self.terminal.places), "")
        if not place:
            return Said(
                done=False,
                words="This terminal's key is for watching (role board).",
                remedy="Ask at a terminal that works.",
            )
        answers: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._answers = answers  # of this wish alone: one that was given up may be answered yet
        if self._stop.is_set():
            answers.put(None)
        command = TakeOver(station=place, stations=wish.stations, reason=wish.reason, by=wish.by)
        now = self.terminal.clock.now()
        if not self.terminal.engine.submit(command, now, command_id=command_id, reply=answers.put):
            return Said(done=False, words="It was not taken: too much at once.", remedy="Try again in a moment.")
        try:
            outcome = answers.get(timeout=ANSWER_S_MAX)
        except queue.Empty:
            outcome = None
        if outcome is None:
            return Said(done=False, words="The terminal does not answer, or ends.", remedy="Look at its Health page.")
        done = outcome.refusal is None and outcome.kind != NOT_RECORDED
        return Said(done=done, n=outcome.n, words=str(outcome.words), remedy=str(outcome.remedy))


def ask_terminal(folder: Path, wish: Wish, clock: Clock) -> Said:
    """Ask the terminal that runs in a data folder, and wait for its answer. Raises Trouble."""
    path = folder / FOLDER / f"{uuid4().hex}{_ASKED}"
    try:
        _write(path, wish)
    except OSError as error:
        raise Trouble(
            f"The terminal in {folder} cannot be asked: {error.strerror or error}.",
            remedy="Run the command as the terminal's own user.",
        ) from error
    if _wait(path, clock, TAKEN_S_MAX, there=False) or not _withdrawn(path):
        said = path.with_suffix(_SAID)
        if _wait(said, clock, ANSWER_S_MAX, there=True):
            found = msgspec.json.decode(said.read_bytes(), type=Said)
            said.unlink()
            return found
        raise Trouble(
            "The terminal took the question and has not answered.",
            remedy="Look at its Health page, and at who has the stations: `shopfloor status`.",
        )
    raise Trouble(
        f"The terminal in {folder} takes no questions; nothing was changed.",
        remedy="Does it hang? Its log is in the data folder. Start it again.",
    )


def _withdrawn(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _wait(path: Path, clock: Clock, for_s: float, *, there: bool) -> bool:
    never = threading.Event()
    for _ in range(round(for_s / (LOOK_S / 5))):
        if path.exists() is there:
            return True
        clock.wait(never, LOOK_S / 5)
    return path.exists() is there


def _write(path: Path, value: Wish | Said) -> None:
    fresh = path.with_suffix(_NEW)
    fresh.write_bytes(msgspec.json.encode(value))
    fresh.replace(path)
