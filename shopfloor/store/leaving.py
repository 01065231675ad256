"""Two endings of one journal: which of them the line has, and how one that is under another name now is left."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from shopfloor.core.anew import Fold, recorded_again
from shopfloor.core.branches import ON_NO_BRANCH, Astray, Branch, left_behind, strayed
from shopfloor.core.delivery import Fitting
from shopfloor.core.line_link import Known, LineEntry
from shopfloor.core.owning import terminal_in
from shopfloor.store.anew import leave_floors, write_state
from shopfloor.store.branches import put_astray, read_astray, read_branches
from shopfloor.store.connection import Execute
from shopfloor.store.floor_store import floors_to_verify
from shopfloor.store.line_notes import forget_proof, read_proof
from shopfloor.store.line_store import Head, forget_order, origin_hash, seal
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    GENESIS,
    META_BASE,
    Names,
    Tail,
    line_entry,
    origin_name,
    read_meta,
    read_names,
)

_ORIGINS: Final = "SELECT id, terminal, incarnation FROM origin"
_HEAD: Final = "SELECT n, hash, line_seq FROM foreign_event WHERE origin = ? ORDER BY n DESC LIMIT 1"
_OWN_PAGE: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n > ? ORDER BY n LIMIT ?"
_PAGE: Final = f"SELECT {EVENT_COLUMNS} FROM foreign_event WHERE origin = ? AND n > ? ORDER BY n LIMIT ?"
_AT: Final = "SELECT n, hash, line_seq FROM foreign_event WHERE origin = ? AND n = ?"
_FIRST: Final = "SELECT min(line_seq) FROM foreign_event WHERE origin = ? AND n > ?"
_LEAVE: Final = "DELETE FROM foreign_event WHERE origin = ? AND n > ?"


def unread(execute: Execute, own: int) -> list[Known]:
    """The newest event that can be proven of each other origin, if the line has it not as far as it was read."""
    found = []
    for number, terminal, incarnation in list(execute(_ORIGINS)):
        newest = next(iter(execute(_HEAD, (number,))), None) if number != own else None
        proof = read_proof(execute, number) if newest is not None and newest[2] is None else None
        if proof is not None:
            for n, digest, seq in execute(_AT, (number, proof.n)):
                if seq is None:
                    found.append(Known(origin_name(terminal, incarnation), n, bytes(digest), proof.proof))
    return found


def fitting(
    execute: Execute, own: str, heads: Mapping[str, Head], entries: Sequence[LineEntry], *, every: bool
) -> Fitting:
    """What is no other ending of a journal than is held here; without `every` those put back before are looked at."""
    branches, astray = read_branches(execute), read_astray(execute)
    odd = {branch.before for branch in branches} | astray.keys()
    if not every and not any(entry.recorded.origin in odd for entry in entries):
        return Fitting(entries)
    starts = {(branch.before, branch.kept + 1, branch.first) for branch in branches}
    place, now = _Place(execute, heads), dict(astray)
    found: list[LineEntry] = []
    for entry in entries:
        origin, n = entry.recorded.origin, entry.recorded.n
        is_start = (origin, n, entry.hash.hex()) in starts
        known = now.get(origin)
        is_astray = known is not None and not known.until
        # What another terminal hands on, in no message of the line, is either fit or no good.
        # Of a name of before, nobody but a copy of this disk can have told the line what it does not know.
        is_gap_other = is_astray or terminal_in(origin) == terminal_in(own)
        if (
            origin == own
            or not entry.seq
            or not (is_start or place.is_other(entry, is_astray=is_astray, is_gap_other=is_gap_other))
        ):
            found.append(entry)
            if entry.seq and known is not None and is_astray:
                now[origin] = replace(known, until=entry.seq)
        else:
            now[origin] = strayed(known, entry.seq, n - 1 if is_start else ON_NO_BRANCH)
    return Fitting(found, now if now != astray else None)


def chained(entries: Sequence[LineEntry]) -> list[LineEntry]:
    """All events of a journal, each with its hash."""
    found, previous = [], GENESIS
    for entry in entries:
        previous = seal(previous, entry)
        found.append(replace(entry, hash=previous))
    return found


def leave_branches(execute: Execute, tail: Tail, fold: Fold) -> bool:
    """Leave what is under another name now, inside a transaction, and read the line from where it had another ending.

    What a floor stands for below which nothing is kept cannot be left; False if there is nothing to do.
    """
    left = held_apart(execute, tail.origin)
    if not left:
        return False
    names, astray = read_names(execute), read_astray(execute)
    for number, kept in left.items():
        origin = names.origin(number)
        ((first,),) = list(execute(_FIRST, (number, kept)))
        execute(_LEAVE, (number, kept))
        leave_floors(execute, origin, kept)
        forget_proof(execute, number, kept)
        since = astray.get(origin)
        if since is not None:
            forget_order(execute, since.seq - 1)
        if first is not None and (since is None or first < since.seq):
            put_astray(execute, {**read_astray(execute), origin: Astray(first, kept)})
    write_state(execute, fold, tail.origin)
    return True


def held_apart(execute: Execute, own: int) -> dict[int, int]:
    """By the number of an origin behind which event all that is held of it is under other names."""
    branches = read_branches(execute)
    if not branches:
        return {}
    names = read_names(execute)
    numbers = {names.origin(number): number for number in names.origins}
    found: dict[int, int] = {}
    for before in {branch.before for branch in branches}:
        number = numbers.get(before, own)
        head = next(iter(execute(_HEAD, (number,))), None) if number != own else None
        if head is None:
            continue
        covered: dict[int, int] = {}
        for branch in branches:
            if branch.before == before and origin_hash(execute, number, branch.kept + 1) == branch.first:
                count = _covered(execute, names, numbers, own, branch)
                covered[branch.kept] = max(count, covered.get(branch.kept, 0))
        kept = left_behind(covered, head[0])
        if kept is not None and kept >= _under_base(execute, before):
            found[number] = kept
    return found


def _covered(execute: Execute, names: Names, numbers: Mapping[str, int], own: int, branch: Branch) -> int:
    """How many of the events held behind the place where a journal branches are under another name now."""
    held = _page(execute, names, numbers[branch.before], branch.kept, branch.again)
    after = numbers.get(branch.after)
    if after is None:
        return 0
    again = _OWN_PAGE if after == own else _PAGE
    of = () if after == own else (after,)
    return recorded_again(
        held, (line_entry(row, names) for row in list(execute(again, (*of, 0, branch.again)))), branch
    )


def _page(execute: Execute, names: Names, number: int, after: int, limit: int) -> list[LineEntry]:
    return [line_entry(row, names) for row in list(execute(_PAGE, (number, after, limit)))]


def _under_base(execute: Execute, origin: str) -> int:
    """How much of an origin a floor stands for below which nothing is kept."""
    base = read_meta(execute, META_BASE)
    lowest = next((floor for floor, _, _ in floors_to_verify(execute)), None)
    return lowest.vector().get(origin, 0) if lowest is not None and lowest.id == base else 0


class _Place:
    """Where every journal ends while a delivery is looked through."""

    def __init__(self, execute: Execute, heads: Mapping[str, Head]) -> None:
        self._execute = execute
        self._heads = heads
        self._ends = {origin: (head.n, head.hash) for origin, head in heads.items()}
        self._fresh: dict[tuple[str, int], bytes] = {}
        self._came: dict[tuple[str, int], bytes] = {}

    def is_other(self, entry: LineEntry, *, is_astray: bool, is_gap_other: bool) -> bool:
        """Whether an event is of another ending of its journal; one that is damaged is not, behind a gap it may be."""
        origin, n = entry.recorded.origin, entry.recorded.n
        came, self._came[origin, n] = self._came.get((origin, n - 1)), entry.hash
        head, digest = self._ends.get(origin, (0, GENESIS))
        if n > head + 1:
            return is_gap_other
        known = self._hash_of(origin, n) if n <= head else seal(digest, entry)
        if known is None or known == entry.hash:
            if n > head:
                self._ends[origin], self._fresh[origin, n] = (n, entry.hash), entry.hash
            return False
        before = (GENESIS if n == 1 else self._hash_of(origin, n - 1), came)
        return is_astray or any(seal(it, entry) == entry.hash for it in before if it is not None)

    def _hash_of(self, origin: str, n: int) -> bytes | None:
        known = self._fresh.get((origin, n))
        if known is None and origin in self._heads:
            text = origin_hash(self._execute, self._heads[origin].number, n)
            known = bytes.fromhex(text) if text else None
        return known
