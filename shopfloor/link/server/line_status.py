"""How the line's terminals and its stream are, asked of the server within some seconds."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.clock import Clock
from shopfloor.core.floor_views import Stand, standings
from shopfloor.core.line_link import Presence
from shopfloor.core.moment import US_PER_S
from shopfloor.link.caller import Caller, Visitor, visit
from shopfloor.link.pulse import BEAT_S, presence_of
from shopfloor.link.server.admin import StreamAnswer, stream_info
from shopfloor.link.stream_api import microseconds
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import ServerTrouble

LISTEN_S_MAX: Final = 2.5 * BEAT_S  # two heartbeats of each terminal

LINKED: Final = "up"  # the same word as the terminal has for its own link
SILENT: Final = "silent"
NEVER: Final = "never"  # it has a key, and was never heard of


class TerminalStatus(Struct, frozen=True, kw_only=True):
    """One terminal; what is not known is None. `head` is the number of its newest event, as far as the line knows."""

    id: str
    link: str
    last_seen_s: float | None = None
    behind: int | None = None
    clock_offset_ms: float | None = None
    version: str | None = None
    head: int | None = None
    floor: int | None = None
    floor_hash: str | None = None


class FloorStatus(Struct, frozen=True):
    """The newest floor, how old what it covers is at least, who agrees on the state there, and whose is another."""

    number: int
    age_s: int | None
    agree: tuple[str, ...]
    differ: tuple[str, ...]


class StreamStatus(Struct, frozen=True):
    """The line's stream: `last` is the number of its newest message."""

    messages: int
    bytes: int
    last: int


class LineStatus(Struct, frozen=True):
    """All of it, as `line status --json` prints it."""

    line: str
    server: str
    terminals: tuple[TerminalStatus, ...]
    stream: StreamStatus
    floor: FloorStatus


class _Newest(Struct, frozen=True):
    """The last event of a terminal that does not say anything now."""

    terminal: str
    at_us: int


class _Message(Struct, frozen=True):
    time: str = ""


class _Got(Struct, frozen=True):
    message: _Message | None = None


def ask_status(visitor: Visitor, line: str, *, known: Iterable[str], clock: Clock) -> LineStatus:
    """Listen to the line for some seconds. `known`: terminals with a key. Raises LinkTrouble."""
    subjects, names = Subjects(line), frozenset(known)

    async def ask(caller: Caller) -> LineStatus:
        info = await stream_info(caller, subjects.stream)
        if info.error is not None:
            raise ServerTrouble(
                f"The server at {caller.host} has no stream of line {line}: {info.error.description}.",
                remedy="Start it with `shopfloor line serve`, or create the stream of a cluster: docs/line.md.",
            )
        beats = await caller.collect(
            f"{subjects.root}.hb.*", for_s=LISTEN_S_MAX, enough=lambda heard: _all_heard(heard, names)
        )
        now_ns = clock.now().mono_ns
        newest = {beat.terminal: beat for beat in (_presence(beat, now_ns) for beat in beats) if beat is not None}
        silent = [await _newest(caller, subjects, name) for name in sorted(names - newest.keys())]
        return _status(line, caller.host, info, newest.values(), silent, now_us=clock.now().at_us)

    return visit(visitor, ask)


def _status(
    line: str,
    host: str,
    info: StreamAnswer,
    heard: Collection[Presence],
    silent: Iterable[_Newest],
    *,
    now_us: int,
) -> LineStatus:
    last = info.state.last_seq
    terminals = [
        TerminalStatus(
            id=beat.terminal,
            link=LINKED,
            last_seen_s=0.0,
            behind=max(0, last - beat.applied),
            clock_offset_ms=beat.offset_us / 1000,
            version=beat.version,
            head=beat.n,
            floor=beat.floor,
            floor_hash=beat.floor_hash,
        )
        for beat in heard
    ]
    for one in silent:
        seen_s = max(0, now_us - one.at_us) / US_PER_S if one.at_us else None
        terminals.append(TerminalStatus(id=one.terminal, link=SILENT if one.at_us else NEVER, last_seen_s=seen_s))
    terminals.sort(key=lambda terminal: terminal.id)
    stands = standings(Stand(beat.terminal, beat.floor, beat.floor_hash) for beat in heard)
    us = max((beat.floor_us for beat in heard if beat.floor == stands.floor), default=0)
    age_s = max(0, now_us - us) // US_PER_S if stands.floor else None
    floor = FloorStatus(stands.floor, age_s, stands.agree, stands.differ)
    return LineStatus(line, host, tuple(terminals), StreamStatus(info.state.messages, info.state.bytes, last), floor)


async def _newest(caller: Caller, subjects: Subjects, terminal: str) -> _Newest:
    question = msgspec.json.encode({"last_by_subj": subjects.events(terminal)})
    answer = await caller.request(f"$JS.API.STREAM.MSG.GET.{subjects.stream}", question)
    message = msgspec.json.decode(answer, type=_Got).message
    return _Newest(terminal, microseconds(message.time) if message else 0)


def _presence(beat: tuple[str, bytes], now_ns: int) -> Presence | None:
    subject, payload = beat
    return presence_of(subject.rpartition(".")[2], payload, now_ns)


def _all_heard(heard: Sequence[tuple[str, bytes]], names: frozenset[str]) -> bool:
    return bool(names) and names <= {subject.rpartition(".")[2] for subject, _ in heard}
