"""A terminal's journal in memory as the link sees it, and an engine that takes only what fits."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future
from copy import copy

from shopfloor.core.codec import encode_event
from shopfloor.core.events import CardLost, Event, Recorded, Unknown
from shopfloor.core.events_line import Permitted
from shopfloor.core.line_link import Cursor, FloorHere, LineEntry, NewName, Standing
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

    def record(self, count: int = 1, *, by: str = "") -> None:
        """Own events happen."""
        for _ in range(count):
            self.append(CardLost(station="press", card=f"housing-{len(self.own) + 1:02}", by=by))

    def append(self, event: Event) -> None:
        """An own event happens."""
        self._add(event, encode_event(event)[2])

    def _add(self, event: Event | Unknown, body: bytes) -> None:
        n = len(self.own) + 1
        recorded = Recorded(
            origin=self._origin, n=n, moment=Moment(0, n), mono_ns=n, boot="b", event=event, uncertainty_us=5
        )
        self.own.append(LineEntry(seq=0, ts_us=0, recorded=recorded, hash=chained(self.head()[1], n, body), body=body))

    def epoch(self, thing: str) -> int:
        """The newest decision on a thing that it knows to be recorded."""
        known = [entry.recorded.event for entries in (self.own, *self.others.values()) for entry in entries]
        return max((e.epoch for e in known if isinstance(e, Permitted) and e.thing == thing), default=0)

    def restored(self) -> "Replica":
        """What a backup of this disk holds now."""
        other = copy(self)
        other.own, other.seqs, other.places = list(self.own), dict(self.seqs), list(self.places)
        other.others = {origin: list(entries) for origin, entries in self.others.items()}
        return other

    def origin(self) -> str:
        return self._origin

    def former(self) -> list[str]:
        terminal = self._origin.partition("~")[0]
        return [origin for origin in self.others if origin.partition("~")[0] == terminal]

    def former_events(self, origin: str, after: int, limit: int) -> list[LineEntry]:
        return self.others.get(origin, [])[after : after + limit]

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

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor) -> Future[None]:
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
        again = self.own[name.kept :]
        self.others[self._origin] = self.own[: name.kept]
        self._origin, self.own = name.after, []
        for entry in again:
            self._add(entry.recorded.event, entry.body)

    def order(self) -> list[tuple[int, str, int]]:
        """Every event in the line's order."""
        return sorted((seq, *key) for key, seq in self.seqs.items())

    def bodies(self) -> dict[str, list[bytes]]:
        """What it knows of every origin."""
        known = {origin: [entry.body for entry in entries] for origin, entries in self.others.items()}
        return {origin: bodies for origin, bodies in known.items() if bodies} | {
            self._origin: [entry.body for entry in self.own]
        }

    def _take(self, entries: Sequence[LineEntry], cursor: Cursor) -> None:
        if self.place is not None and cursor.seq <= self.place.seq:
            raise ValueError(f"Expected a cursor behind {self.place}, got {cursor}.")
        self.deliveries += 1
        for entry in entries:
            it = entry.recorded
            known = self.own if it.origin == self._origin else self.others.setdefault(it.origin, [])
            if (it.origin, it.n) in self.seqs:
                raise ValueError(f"Expected event {it.n} of {it.origin} once, got it again in {entry.seq}.")
            if it.n <= len(known):
                if known[it.n - 1].hash != entry.hash:
                    raise ValueError(f"Expected event {it.n} of {it.origin} as it was, got another.")
            elif it.origin == self._origin or it.n != len(known) + 1:
                raise ValueError(f"Expected event {len(known) + 1} of {it.origin}, got {it.n}.")
            else:
                previous = known[-1].hash if known else GENESIS
                if entry.hash != chained(previous, it.n, entry.body):
                    raise ValueError(f"Expected event {it.n} of {it.origin} in its chain.")
                known.append(entry)
            self.seqs[it.origin, it.n] = entry.seq
        self.place = cursor
        self.places.append((cursor.seq, cursor.ts_us))


def chained(previous: bytes, n: int, body: bytes) -> bytes:
    """The hash of an event."""
    return hashlib.sha256(previous + b"%d" % n + body).digest()
