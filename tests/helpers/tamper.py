"""What somebody does to a journal behind its writer's back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from shopfloor.store.folder import JOURNAL

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


@contextmanager
def behind_its_back(folder: Path) -> Iterator[sqlite3.Connection]:
    """The journal without its triggers, which are put back as they were: they are not what is to be noticed."""
    with closing(sqlite3.connect(folder / JOURNAL, isolation_level=None)) as conn:
        triggers = conn.execute(_TRIGGERS).fetchall()
        for name, _ in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        yield conn
        for _, statement in triggers:
            conn.execute(statement)
