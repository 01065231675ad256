"""What terminals of a line did while another one was away: genuine journals, made without waiting for the clock."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.line import Line
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.engine.desk import Desk
from shopfloor.link.jetstream import JetStreamLog, address_of
from shopfloor.link.join_key import JoinKey
from shopfloor.link.wire import encode_batch
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal

LINE_ID: Final = "absence"
CARDS: Final = 20
BEGIN_US: Final = 1_767_600_000 * US_PER_S
_PAUSE_US: Final = (100_000, 3_000_000)  # between two scans at a station
_MESSAGE_EVENTS: Final = (20, 64, 120, 256)


_HEAD: Final = """
[line]
id = "{line}"
name = "Absence"
timezone = "UTC"
repeat_window_s = 0

[[parts]]
id = "P"
"""
_STATION: Final = """
[[stations]]
id = "{id}"
name = "Station {id}"

[[loops]]
id = "l{id}"
part = "P"
kind = "conwip"
route = ["{id}"]
cards = {cards}
start = "empty"
"""


def line_text(stations: Sequence[str]) -> str:
    """A line file: stations that each have a loop of their own, which begins and ends there."""
    return _HEAD.format(line=LINE_ID) + "".join(_STATION.format(id=name, cards=CARDS) for name in stations)


def code(station: str, number: int) -> str:
    """What a scanner reads of a card of the station's loop; the cards take turns."""
    return card_code(LINE_ID, f"l{station}", number % CARDS + 1, 1)


class Past:
    """A terminal's journal, written by an engine's own desk under a clock that runs ahead."""

    def __init__(self, folder: Path, name: str, *, begin_us: int = BEGIN_US) -> None:
        self.folder, self.name = folder, name
        self.journal = SqliteJournal(folder, name)
        self.desk = Desk(self.journal, self.journal.open())
        self.at_us = begin_us
        self._rng = random.Random(name)
        self.desk.begin(self.now(), ended_us=0)
        self.do(c.StartTerminal(terminal=name, program="test", stations=(name,)))

    def now(self) -> Now:
        """Its clock."""
        return Now(self.at_us, self.at_us * 1_000, self.name)

    def do(self, command: c.Command) -> None:
        """One command now."""
        self.desk.run(command, self.now())

    def work(self, scans: int, *, until_us: int | None = None) -> None:
        """Somebody starts and finishes cards; the last scan at that instant, if one is given."""
        pause_us = (until_us - self.at_us) // scans if until_us is not None else None
        for _ in range(scans):
            self.at_us += pause_us or self._rng.randrange(*_PAUSE_US)
            self.scan(self._rng.randrange(CARDS))

    def scan(self, number: int) -> None:
        """Scan a card of the own loop."""
        self.do(c.ReadSignal(station=self.name, device="gun", text=code(self.name, number)))

    def entries(self, after: int = 0) -> list[LineEntry]:
        """What it wrote."""
        with SqliteOwnJournal(self.folder) as own:
            return own.events(after, 10_000_000)

    def hear(self, entries: Sequence[LineEntry], cursor: Cursor, *, part: int = 100) -> None:
        """Take what the line has by parts, and fold all of it in."""
        for first in range(0, len(entries), part):
            self.desk.deliver(entries[first : first + part], cursor if first + part >= len(entries) else None)
        self.fold()

    def fold(self, *, each: Callable[[], None] = lambda: None) -> None:
        """Fold in what waits, by small steps; `each` is called between them."""
        while self.desk.waiting:
            self.desk.fold(50)
            each()
        while self.desk.owes_figures:
            self.desk.pay_figures()
            each()


def messages(pasts: Sequence[Past], *, after: int = 0, seed: int = 1) -> list[list[LineEntry]]:
    """What they wrote as the line has it: in messages of several sizes, in the order of their ends."""
    rng = random.Random(seed)
    found: list[list[LineEntry]] = []
    for past in pasts:
        entries = past.entries(after)
        while entries:
            size = rng.choice(_MESSAGE_EVENTS)
            found.append(entries[:size])
            entries = entries[size:]
    found.sort(key=lambda message: message[-1].recorded.moment)
    return [
        [LineEntry(seq=seq, ts_us=seq, recorded=it.recorded, hash=it.hash, body=it.body) for it in message]
        for seq, message in enumerate(found, 1)
    ]


class _Deaf:
    """Ears for whoever only publishes."""

    def woken(self, seq: int) -> None:
        pass

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        pass


async def publish(keys: Mapping[str, JoinKey], sent: Sequence[Sequence[LineEntry]]) -> None:
    """Put messages on the line in this order, each with the key of the terminal that wrote it."""
    logs = {name: JetStreamLog(address_of(key)) for name, key in keys.items()}
    last = dict.fromkeys(keys, 0)
    try:
        for log in logs.values():
            await log.open(_Deaf())
        for entries in sent:
            head, payload = encode_batch(entries)
            name = head.origin.partition("~")[0]
            last[name] = await logs[name].publish(
                head.origin, payload, expected_seq=last[name], message_id=head.message_id
            )
    finally:
        for log in logs.values():
            await log.close()


def two_at_work(line: Line, first: Path, second: Path, scans: int, *, begin_us: int = BEGIN_US) -> list[Past]:
    """The pasts of two terminals, of stations s1 and s2, that each scanned so often."""
    pasts = [Past(first, "s1", begin_us=begin_us), Past(second, "s2", begin_us=begin_us + 1)]
    pasts[0].do(c.ChangeLine(line=line))
    pasts[1].hear(messages(pasts[:1])[0], Cursor("past", 1, 1))
    for past in pasts:
        past.work(scans)
    return pasts
