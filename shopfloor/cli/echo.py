"""`--echo`: one JSON line on stdout for every outcome, after its commit; bounded, so that a slow pipe blocks nobody."""

import os
import queue
import stat
import sys
import threading
from collections.abc import Callable

import msgspec

from shopfloor.cli.output import sentences
from shopfloor.core.update import Snapshot, Update

ECHO_MAX = 10_000  # minutes of scans for a reader that has stalled; past that drops are counted
END_S_MAX = 2.0  # a reader that has gone must not keep the terminal from ending

LineOf = Callable[[Update, int], bytes | None]


class Echo:
    """Writes outcomes in the order of their commits: at once where that cannot block, else on a thread of its own.

    At once, because a kill then finds at most one commit that nobody was told of: the one it interrupts.
    """

    def __init__(
        self,
        listen: Callable[[Callable[[Snapshot | Update], None]], Callable[[], None]],
        line_of: LineOf | None = None,
    ) -> None:
        """`line_of`: an update and how many lines were dropped before it -> its line, None for none; else JSON."""
        self._line_of = line_of or json_line
        self._lines: queue.Queue[bytes | None] = queue.Queue(ECHO_MAX)
        self._dropped = 0
        self._pipe = _Pipe(sys.stdout.fileno())
        self._thread = threading.Thread(target=self._write, name="shopfloor-echo", daemon=True)
        self._thread.start()
        self._end = listen(self._put)

    def close(self) -> None:
        """Write what waits, and end."""
        self._end()
        try:
            self._lines.put(None, timeout=END_S_MAX)
        except queue.Full:
            return
        self._thread.join(END_S_MAX)

    def _put(self, news: Snapshot | Update) -> None:
        line = None if isinstance(news, Snapshot) else self._line_of(news, self._dropped)
        if line is None:
            return
        # Nothing unfinished: the thread sleeps, so that nobody else writes and nothing is overtaken.
        if self._lines.unfinished_tasks == 0 and self._pipe.take(line):
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1
            return
        self._dropped = 0

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._pipe.write(line)
            except OSError:
                return  # the reader has gone
            self._lines.task_done()


def json_line(update: Update, dropped: int) -> bytes | None:
    """The line of `--echo`; None for what came to nothing at any station."""
    outcome = update.outcome
    if outcome is None or not outcome.station:
        return None
    line: dict[str, object] = {
        "n": outcome.n,
        "kind": outcome.kind,
        "card": outcome.card,
        "station": outcome.station,
        "rule": outcome.refusal.rule.value if outcome.refusal else "",
        "words": sentences(outcome.words, outcome.remedy),
        "device": outcome.device,
    }
    if dropped:
        line["dropped"] = dropped
    return msgspec.json.encode(line) + b"\n"


class _Pipe:
    """Unbuffered, so that a reader who has gone leaves nothing behind that fails at the end of the process."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        kind = os.fstat(fd).st_mode  # pipes and files can be asked whether a write would block, others cannot
        self._asks = sys.platform != "win32" and (stat.S_ISFIFO(kind) or stat.S_ISREG(kind))

    def write(self, line: bytes) -> None:
        """Write the line; raises OSError."""
        while line:
            line = line[os.write(self._fd, line) :]

    def take(self, line: bytes) -> bool:
        """Write the line if that cannot block; False if it was not written."""
        if sys.platform == "win32" or not self._asks:
            return False
        import select

        if len(line) > select.PIPE_BUF or not select.select([], [self._fd], [], 0)[1]:
            return False
        try:
            os.write(self._fd, line)
        except OSError:
            return False  # the reader has gone: the thread finds that, too
        return True
