"""A terminal's journal in memory as the link sees it, and an engine that takes only what fits."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from copy import copy

from msgspec.structs import replace

from shopfloor.core.anew import recorded_again, renamed
from shopfloor.core.branches import ON_NO_BRANCH, Astray, Branch, left_behind, strayed
from shopfloor.core.codec import encode_event
from shopfloor.core.events import CardLost, Event, Recorded, Unknown
from shopfloor.core.events_line import BegunAnew, Permitted
from shopfloor.core.line_link import Cursor, Discipline, FloorHere, Known, LineEntry, NewName, Standing
from shopfloor.core.moment import Moment
from shopfloor.store.rows import GENESIS


class Replica:
    """Implements `OwnJournal` and `Deliver`. Outlives the sessions that use it, as a disk does."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.own: list[LineEntry] = []
        self.others: dict[str, list[LineEntry]] = {}
        self.seqs: dict[tuple[str, int], int] = {}
        self.place: Cursor | None = None
        self.places: list[tuple[int, int]] = []
        self.deliveries = 0
        self.full: Exception | None = None
        self.under_others: list[Branch] = []
        self.lost: dict[str, Astray] = {}
        self.proofs: dict[str, tuple[int, bytes]] = {}

    def record(self, count: int = 1, *, by: str = "") -> None:
        """Own events happen."""
        for _ in range(count):
            self.append(CardLost(station="press", card=f"housing-{len(self.own) + 1:02}", by=by))

    def append(self, event: Event) -> None:
        """An own event happens."""
        self._add(event, encode_event(event)[2])

    def _add(self, event: Event | Unknown, body: bytes) -> None:
        self.own.append(_entry(self._origin, event, body, self.own))

    def epoch(self, thing: str) -> int:
        """The newest decision on a thing that it knows to be recorded."""
        known = [entry.recorded.event for entries in (self.own, *self.others.values()) for entry in entries]
        return max((e.epoch for e in known if isinstance(e, Permitted) and e.thing == thing), default=0)

    def restored(self) -> "Replica":
        """What a backup of this disk holds now."""
        other = copy(self)
        other.own, other.seqs, other.places = list(self.own), dict(self.seqs), list(self.places)
        other.under_others, other.lost = list(self.under_others), dict(self.lost)
        other.proofs = dict(self.proofs)
        other.others = {origin: list(entries) for origin, entries in self.others.items()}
        return other

    def origin(self) -> str:
        return self._origin

    def former(self) -> list[str]:
        terminal = self._origin.partition("~")[0]
        return [origin for origin in self.others if origin.partition("~")[0] == terminal]

    def events_of(self, origin: str, after: int, limit: int) -> list[LineEntry]:
        return self.others.get(origin, [])[after : after + limit]

    def head_of(self, origin: str) -> int:
        return len(self.others.get(origin, ()))

    def unread(self) -> list[Known]:
        return [
            Known(origin, n, self.others[origin][n - 1].hash, proof)
            for origin, (n, proof) in self.proofs.items()
            if n <= len(self.others.get(origin, ())) and (origin, n) not in self.seqs
        ]

    def continues(self, previous: bytes, entry: LineEntry) -> bool:
        return entry.hash == chained(previous, entry.recorded.n, entry.body)

    def branches(self, before: str) -> list[Branch]:
        return [branch for branch in self.under_others if branch.before == before]

    def astray(self) -> dict[str, Astray]:
        return {origin: it for origin, it in self.lost.items() if not it.until}

    def head(self) -> tuple[int, bytes]:
        return (len(self.own), self.own[-1].hash) if self.own else (0, GENESIS)

    def events(self, after: int, limit: int) -> list[LineEntry]:
        return self.own[after : after + limit]

    def acked_n(self) -> int:
        return max((n for origin, n in self.seqs if origin == self._origin), default=0)

    def cursor(self) -> Cursor | None:
        return self.place

    def appended(self, until_seq: int) -> tuple[int, int] | None:
        return max((place for place in self.places if place[0] <= until_seq), default=None)

    def stands_on(self) -> FloorHere | None:
        return None

    def standing(self) -> Standing | None:
        return None

    def adopt(self, standing: Standing, cursor: Cursor) -> Future[None]:
        raise AssertionError(f"Nobody has a snapshot here, got {standing.floor.id} at {cursor}.")

    def close(self) -> None:
        pass

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor | None) -> Future[None]:
        done: Future[None] = Future()
        try:
            if self.full is not None:
                raise self.full
            self._take(entries, cursor)
        except (ValueError, RuntimeError) as error:
            done.set_exception(error)
        else:
            done.set_result(None)
        return done

    def forget_order(self, after_seq: int) -> Future[None]:
        self.seqs = {key: seq for key, seq in self.seqs.items() if seq <= after_seq}
        self.places = [place for place in self.places if place[0] <= after_seq]
        self.lost = {
            origin: it if it.until <= after_seq else replace(it, until=0)
            for origin, it in self.lost.items()
            if it.seq <= after_seq
        }
        if self.place is not None:
            self.place = Cursor(self.place.stream, *(self.places[-1] if self.places else (0, 0)))
            self.seqs = {key: seq for key, seq in self.seqs.items() if seq <= self.places[-1][0]} if self.places else {}
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def begin_anew(self, name: NewName) -> Future[None]:
        done: Future[None] = Future()
        if self.full is not None:
            done.set_exception(self.full)
            return done
        if name.before == self._origin:
            self._begin_anew(name)
        done.set_result(None)
        return done

    def _begin_anew(self, name: NewName) -> None:
        placed = self.seqs.get((self._origin, name.kept), 0) if name.kept else 0
        if placed or not name.kept:
            self.forget_order(max(0, placed - 1))
        again = self.own[name.begins :]
        self.others[self._origin] = self.own[: name.kept]
        self._origin, self.own = name.after, []
        for entry in again:
            self.own.append(_renamed(entry, name, self.own))
        first = again[0].hash.hex() if again else ""
        self.append(BegunAnew(terminal="t", before=name.before, kept=name.begins, again=len(again), first=first))
        self._note(self.own[-1:])

    def hear(self, entries: Sequence[LineEntry]) -> Future[None]:
        return self.deliver(entries, None)

    def take_branch(self, name: NewName, entries: Sequence[LineEntry]) -> Future[None]:
        told: list[LineEntry] = []
        for entry in entries:
            told.append(_renamed(entry, name, told))
        first = entries[0].hash.hex()
        event = BegunAnew(terminal="t", before=name.before, kept=name.kept, again=len(told), first=first)
        told.append(_entry(name.after, event, encode_event(event)[2], told))
        return self.deliver(told, None)

    def retime(self, kept: int, clock: Discipline) -> Future[None]:
        raise AssertionError(f"Every clock is right here, got event {len(self.own)} behind {kept} ahead of {clock}.")

    def leave_branches(self) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        for origin, entries in self.others.items():
            covered: dict[int, int] = {}
            for branch in self.branches(origin):
                again = self.own if branch.after == self._origin else self.others.get(branch.after, [])
                count = recorded_again(entries[branch.kept :], again, branch)
                covered[branch.kept] = max(count, covered.get(branch.kept, 0))
            kept = left_behind(covered, len(entries))
            if kept is not None:
                if self.proofs.get(origin, (0, b""))[0] > kept:
                    del self.proofs[origin]
                gone = [self.seqs.pop((origin, entry.recorded.n), 0) for entry in entries[kept:]]
                first = min((seq for seq in gone if seq), default=0)
                del entries[kept:]
                since = self.lost.get(origin)
                if since is not None:
                    self.forget_order(since.seq - 1)
                if first and (since is None or first < since.seq):
                    self.lost[origin] = Astray(first, kept)
        return done

    def _note(self, entries: Sequence[LineEntry]) -> None:
        for entry in entries:
            event = entry.recorded.event
            if isinstance(event, BegunAnew) and event.first:
                branch = Branch(event.before, event.kept, event.again, event.first, entry.recorded.origin)
                self.under_others += [branch] if branch not in self.under_others else []

    def order(self) -> list[tuple[int, str, int]]:
        """Every event in the line's order."""
        return sorted((seq, *key) for key, seq in self.seqs.items())

    def held(self) -> Counter[str]:
        """How often it holds what was recorded anywhere."""
        known = [entry.recorded.event for entries in (self.own, *self.others.values()) for entry in entries]
        return Counter(event.by for event in known if isinstance(event, CardLost))

    def bodies(self) -> dict[str, list[bytes]]:
        """What it knows of every origin."""
        known = {origin: [entry.body for entry in entries] for origin, entries in self.others.items()}
        return {origin: bodies for origin, bodies in known.items() if bodies} | {
            self._origin: [entry.body for entry in self.own]
        }

    def _take(self, entries: Sequence[LineEntry], cursor: Cursor | None) -> None:
        if self.place is not None and cursor is not None and cursor.seq <= self.place.seq:
            raise ValueError(f"Expected a cursor behind {self.place}, got {cursor}.")
        self.deliveries += 1
        for entry in entries:
            self._take_one(entry)
        self._note(entries)
        if cursor is not None:
            self.place = cursor
            self.places.append((cursor.seq, cursor.ts_us))

    def _take_one(self, entry: LineEntry) -> None:
        it = entry.recorded
        known = self.own if it.origin == self._origin else self.others.setdefault(it.origin, [])
        is_start = (it.origin, it.n - 1, entry.hash.hex()) in {(b.before, b.kept, b.first) for b in self.under_others}
        if it.n > len(known) + 1 and it.origin not in self.astray() and it.origin not in self.former():
            raise ValueError(f"Expected event {len(known) + 1} of {it.origin}, got {it.n}.")
        previous = known[it.n - 2].hash if 1 < it.n <= len(known) + 1 else GENESIS
        fits = it.n <= len(known) + 1 and entry.hash == chained(previous, it.n, entry.body)
        fits &= it.n > len(known) or known[it.n - 1].hash == entry.hash
        if it.origin == self._origin:
            if not fits or it.n > len(known):
                raise ValueError(f"Expected event {it.n} of {it.origin} as it was, got another.")
        elif not entry.seq and not fits:
            raise ValueError(f"Expected event {it.n} of {it.origin} to continue it, got another.")
        elif not fits or is_start:
            self.lost[it.origin] = strayed(self.lost.get(it.origin), entry.seq, it.n - 1 if is_start else ON_NO_BRANCH)
            return
        elif it.n > len(known):
            known.append(entry)
        if entry.proof and it.origin != self._origin and it.n > self.proofs.get(it.origin, (0, b""))[0]:
            self.proofs[it.origin] = (it.n, entry.proof)
        if entry.seq:
            if (it.origin, it.n) in self.seqs:
                raise ValueError(f"Expected event {it.n} of {it.origin} once, got it again in {entry.seq}.")
            if it.origin in self.astray():
                self.lost[it.origin] = replace(self.lost[it.origin], until=entry.seq)
            self.seqs[it.origin, it.n] = entry.seq


def _renamed(entry: LineEntry, name: NewName, before: Sequence[LineEntry]) -> LineEntry:
    recorded, body = renamed(entry.recorded, entry.body, name)
    previous = before[-1].hash if before else GENESIS
    return LineEntry(seq=0, ts_us=0, recorded=recorded, hash=chained(previous, recorded.n, body), body=body)


def _entry(origin: str, event: Event | Unknown, body: bytes, before: Sequence[LineEntry]) -> LineEntry:
    """What follows in a journal."""
    n = len(before) + 1
    recorded = Recorded(origin=origin, n=n, moment=Moment(0, n), mono_ns=n, boot="b", event=event, uncertainty_us=5)
    previous = before[-1].hash if before else GENESIS
    return LineEntry(seq=0, ts_us=0, recorded=recorded, hash=chained(previous, n, body), body=body)


def chained(previous: bytes, n: int, body: bytes) -> bytes:
    """The hash of an event."""
    return hashlib.sha256(previous + b"%d" % n + body).digest()
