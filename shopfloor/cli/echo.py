"""`--echo`: one JSON line on stdout for every outcome, after its commit; bounded, so that a slow pipe blocks nobody."""

import queue
import threading
from collections.abc import Callable

from shopfloor.cli.output import say_json
from shopfloor.core.update import Snapshot, Update

ECHO_MAX = 10_000  # minutes of scans for a reader that has stalled; past that drops are counted
END_S_MAX = 2.0  # a reader that has gone must not keep the terminal from ending


class Echo:
    """Writes outcomes on a thread of its own, in the order of their commits."""

    def __init__(self, listen: Callable[[Callable[[Snapshot | Update], None]], Callable[[], None]]) -> None:
        self._lines: queue.Queue[dict[str, object] | None] = queue.Queue(ECHO_MAX)
        self._dropped = 0
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
        if isinstance(news, Snapshot) or news.outcome is None or not news.outcome.station:
            return
        outcome = news.outcome
        line: dict[str, object] = {
            "n": outcome.n,
            "kind": outcome.kind,
            "card": outcome.card,
            "station": outcome.station,
            "rule": outcome.refusal.rule.value if outcome.refusal else "",
            "words": f"{outcome.words} {outcome.remedy}".strip(),
            "device": outcome.device,
        }
        if self._dropped:
            line["dropped"] = self._dropped
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1
            return
        self._dropped = 0

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                say_json(line)
            except OSError:
                return
