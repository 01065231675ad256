"""kill -9: what was acknowledged is there, and at most the one commit that nobody had heard of yet besides."""

import random
import subprocess
import sys
from pathlib import Path

from shopfloor.store.journal import SqliteJournal
from shopfloor.store.verify import verify
from tests.helpers.journal_rows import fold
from tests.helpers.scale import scaled

ACKNOWLEDGED_MAX = 60


def _write_and_kill(folder: Path, count: int) -> int:
    """Let a process write until it has acknowledged `count` commits, kill it, and hear what else it had said."""
    command = [sys.executable, "-m", "tests.helpers.appender", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        heard = [child.stdout.readline() for _ in range(count)]
        child.kill()
        heard += child.stdout.readlines()
    return max((int(line) for line in heard if line.endswith("\n")), default=0)


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    rng = random.Random(9)
    for kill in range(scaled(20, 200)):
        acknowledged = _write_and_kill(tmp_path, rng.randint(1, ACKNOWLEDGED_MAX))
        assert acknowledged > 0
        journal = SqliteJournal(tmp_path, "press-1")
        head = journal.open().head
        journal.close()
        assert acknowledged <= head <= acknowledged + 1, f"kill {kill}"
    assert verify(tmp_path, fold) == []
