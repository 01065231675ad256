"""What of the own journal is under other names already: it took one before, and was put back to before that."""

from msgspec.structs import replace

from shopfloor.core.anew import recorded_again
from shopfloor.core.branches import Branch
from shopfloor.core.line_link import OwnJournal


def branched_off(journal: OwnJournal) -> int | None:
    """Behind which own event the first of those is; None if there is none."""
    found = [
        branch.kept
        for branch in journal.branches(journal.origin())
        if any(entry.hash.hex() == branch.first for entry in journal.events(branch.kept, 1))
    ]
    return min(found, default=None)


def elsewhere(journal: OwnJournal, kept: int) -> tuple[Branch, ...]:
    """Where the own events behind one are, as far as one such piece follows the other."""
    counted = [(branch, _covered(journal, branch)) for branch in journal.branches(journal.origin())]
    found: list[Branch] = []
    while True:
        going_on = [(branch, count) for branch, count in counted if branch.kept <= kept < branch.kept + count]
        if not going_on:
            return tuple(found)
        branch, count = max(going_on, key=lambda it: it[0].kept + it[1])
        found.append(replace(branch, again=count))
        kept = branch.kept + count


def _covered(journal: OwnJournal, branch: Branch) -> int:
    held = journal.events(branch.kept, branch.again)
    if not held or held[0].hash.hex() != branch.first:
        return 0
    return recorded_again(held, journal.events_of(branch.after, 0, branch.again), branch)
