"""A terminal in a process of its own whose crew does everything that can be done, until it is killed.

It says `number kind` of each entry once it is committed.
"""

import random
import sys
import threading
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.core.shop import Shop
from shopfloor.core.update import Outcome, Snapshot, Update
from tests.helpers.andon_crew import andon_command
from tests.helpers.plants import STATIONS, Crew, random_line

LINE_SEED = 12
AHEAD_MAX = 4  # commands under way: a kill finds some waiting
BUSY_SHARE = 0.8


class CrewApp:
    """Submits commands that make sense for the line as it was last heard of."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._rng = random.Random(seed)
        self._terminal = Terminal(folder, STATIONS, line=random_line(random.Random(LINE_SEED)))
        self._crew = Crew(self._rng)
        self._shop = Shop()
        self._lock = threading.Lock()
        self._ahead = threading.Semaphore(AHEAD_MAX)

    def work(self) -> None:
        """Work for ever."""
        self._terminal.begin()
        self._terminal.open()
        self._terminal.engine.listen(self._hear)
        while True:
            self._ahead.acquire()
            with self._lock:
                busy = self._rng.random() < BUSY_SHARE
                station = self._rng.choice(STATIONS)
                command = andon_command(self._rng, self._shop, station) if busy else self._crew.command(self._shop)
            self._terminal.engine.submit(command, self._terminal.clock.now(), reply=self._say)

    def _say(self, outcome: Outcome) -> None:
        sys.stdout.write(f"{outcome.n} {outcome.kind}\n")
        sys.stdout.flush()
        self._ahead.release()

    def _hear(self, news: Snapshot | Update) -> None:
        with self._lock:
            if isinstance(news, Snapshot):
                self._shop = Shop(news.line, news.entities)
                return
            if news.line is not None:
                self._shop.set_line(news.line)
            self._shop.put(news.changed)


if __name__ == "__main__":
    CrewApp(Path(sys.argv[1]), int(sys.argv[2])).work()
