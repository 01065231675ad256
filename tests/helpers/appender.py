"""A terminal's store as a process of its own: commits as fast as it can, and says each number when it is durable."""

import sys
from pathlib import Path

from shopfloor.store.journal import SqliteJournal
from tests.helpers.journal_rows import Shadow, batches

COMMITS_MAX = 1_000_000  # more than anybody waits for: it ends by being killed


def main(folder: Path) -> None:
    """Go on where the journal ends, and print what is acknowledged."""
    journal = SqliteJournal(folder, "press-1")
    opened = journal.open()
    shadow = Shadow(opened.entities)
    for batch in batches(opened.origin, COMMITS_MAX, after=opened.head, seed=opened.head, shadow=shadow):
        journal.append(*batch)
        print(batch.events[-1].n, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
