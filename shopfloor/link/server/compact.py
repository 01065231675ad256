"""What the line need not keep any more is dropped at the server: messages under a floor that two terminals agree on.

The last message of every subject stays: an origin's next one is numbered after it, a decision is made on it.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from shopfloor.link.caller import Caller, Visitor, visit
from shopfloor.link.log import Stored
from shopfloor.link.server.admin import stream_info
from shopfloor.link.snapshots import HEAD, Head, agreed, read_head
from shopfloor.link.stream_api import Api, message
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import ServerTrouble

_HEADS: Final = re.compile(rf"snap\.[^.]+\.{HEAD}")  # one of each terminal: its key may write further down, too
PURGE_S_MAX: Final = 60.0  # a purge of a year rewrites its blocks


class Compacted(Struct, frozen=True):
    """What was dropped: `dropped` messages up to `seq`, which is under floor `floor`; floor 0: none is agreed on."""

    floor: int
    seq: int
    dropped: int
    messages: int
    bytes: int


class _State(Struct, frozen=True):
    messages: int = 0
    bytes: int = 0
    subjects: dict[str, int] = {}


class _Error(Struct, frozen=True):
    err_code: int = 0
    description: str = ""


class _Info(Struct, frozen=True):
    created: str = ""
    state: _State = _State()
    total: int = 0
    error: _Error | None = None


class _Purged(Struct, frozen=True):
    purged: int = 0
    error: _Error | None = None


def compact(visitor: Visitor, line: str) -> Compacted:
    """Drop what is under the newest floor that two terminals agree on. Raises LinkTrouble."""

    async def ask(caller: Caller) -> Compacted:
        return await _Compaction(caller, Subjects(line)).run()

    return visit(visitor, ask)


class _Compaction:
    """One run over one connection."""

    def __init__(self, caller: Caller, subjects: Subjects) -> None:
        self._caller = caller
        self._subjects = subjects
        self._api = Api(subjects.stream)

    async def run(self) -> Compacted:
        """Look, drop, and look again."""
        info = await self._info(f"{self._subjects.root}.>")
        heads = await self._heads(info)
        found = next(iter(agreed(heads)), None)
        if found is None:
            return Compacted(0, 0, 0, info.state.messages, info.state.bytes)
        dropped = 0
        until_seq = _agreed_seq(heads, found)
        for subject, count in sorted(info.state.subjects.items()):
            if count > 1:
                dropped += await self._drop(subject, until_seq)
        after = await stream_info(self._caller, self._subjects.stream)
        return Compacted(found.floor.number, until_seq, dropped, after.state.messages, after.state.bytes)

    async def _heads(self, info: _Info) -> list[Head]:
        found = []
        for subject in info.state.subjects:
            if _HEADS.fullmatch(subject.removeprefix(f"{self._subjects.root}.")):
                last = await self._last(subject)
                head = read_head(last) if last is not None and last.subject == subject else None
                if head is not None and head.stream == info.created:
                    found.append(head)
        return found

    async def _drop(self, subject: str, until_seq: int) -> int:
        """Of snapshots only the newest is of use; of everything else what is after that message stays."""
        if subject.startswith(f"{self._subjects.root}.snap."):
            return await self._purge({"filter": subject, "keep": 1})
        last = await self._last(subject)
        return 0 if last is None else await self._purge({"filter": subject, "seq": min(until_seq + 1, last.seq)})

    async def _last(self, subject: str) -> Stored | None:
        question = msgspec.json.encode({"last_by_subj": subject})
        return message(await self._caller.request(self._api.message, question))

    async def _purge(self, what: dict[str, Any]) -> int:
        stream = self._subjects.stream
        answer = await self._caller.request(
            f"$JS.API.STREAM.PURGE.{stream}", msgspec.json.encode(what), timeout_s=PURGE_S_MAX
        )
        done = msgspec.json.decode(answer, type=_Purged)
        if done.error is not None:
            raise ServerTrouble(
                f"The server refuses to drop old messages of {stream}: {done.error.description}.",
                remedy="The line works on; its disk fills more than it would. Look at the server's log.",
            )
        return done.purged

    async def _info(self, subject: str) -> _Info:
        """The stream with its subjects; the server names them by the hundred thousand, and a line has some hundred."""
        answer = await self._caller.request(self._api.info, msgspec.json.encode({"subjects_filter": subject}))
        info = msgspec.json.decode(answer, type=_Info)
        if info.error is not None:
            raise ServerTrouble(
                f"The server has no stream {self._subjects.stream}: {info.error.description}.",
                remedy="Start it with `shopfloor line serve`, or create the stream of a cluster: docs/line.md.",
            )
        return info


def _agreed_seq(heads: Sequence[Head], found: Head) -> int:
    """The message up to which two of those who stand there say that the floor covers all: one alone may be wrong."""
    said = (head.seq for head in heads if (head.floor.id, head.hash) == (found.floor.id, found.hash))
    return sorted(said, reverse=True)[1]
