"""Messages of a stream by the batch: one question, many answers, the last of which says that it is the last."""

import asyncio
from typing import Any, Final

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from shopfloor.link import stream_api as api
from shopfloor.link.log import NoReply, Stored
from shopfloor.link.trouble import LinkTrouble

BATCH_BYTES_MAX: Final = 250_000  # of one batch: two seconds of a megabit, in which a heartbeat has to get through
BATCH_BYTES_FIRST: Final = 32_000  # of the first, before it is known how wide the way is: one second of 256 kbit
BATCH_BYTES_MIN: Final = 8_000  # the server sends one message at least
BATCH_S: Final = 1.0  # what one may take; after three a way that is only narrow would be told as lost, for ever


class StreamReader:
    """Asks one batch at a time on a connection; whoever comes meanwhile waits."""

    def __init__(self, client: Client, subject: str, everything: str) -> None:
        self._client = client
        self._subject = subject
        self._everything = everything
        self._inbox = ""
        self._turn = 0
        self._bytes = BATCH_BYTES_FIRST
        self._one = asyncio.Lock()
        self._got: list[Stored] = []
        self._done: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Listen for answers."""
        self._inbox = self._client.new_inbox()
        await self._client.subscribe(f"{self._inbox}.*", cb=self._hear)

    async def read(self, after_seq: int, limit: int) -> list[Stored]:
        """Up to `limit` messages after that one; none if there are none. So many bytes as come within a second."""
        loop = asyncio.get_running_loop()
        question = {"seq": after_seq + 1, "batch": limit, "max_bytes": self._bytes, "next_by_subj": self._everything}
        began_s = loop.time()
        got = await self._ask(question)
        self._learn(sum(len(message.payload) for message in got), loop.time() - began_s)
        return got

    def _learn(self, count: int, took_s: float) -> None:
        if 2 * count < self._bytes:
            return  # there was no more: it says nothing about the way
        wide = round(BATCH_S * count / took_s) if took_s > 0 else BATCH_BYTES_MAX
        self._bytes = min(BATCH_BYTES_MAX, 2 * self._bytes, max(BATCH_BYTES_MIN, wide))

    async def newest(self, subject: str) -> list[Stored]:
        """The last message of each subject that fits."""
        return await self._ask({"multi_last": [subject]})

    async def _ask(self, question: dict[str, Any]) -> list[Stored]:
        async with self._one:
            self._turn += 1  # answers to a question that was given up are not taken for those to this one
            self._got = []
            self._done = asyncio.get_running_loop().create_future()
            reply = f"{self._inbox}.{self._turn}"
            await self._client.publish(self._subject, msgspec.json.encode(question), reply=reply)
            await self._done
            return self._got

    async def _hear(self, message: Msg) -> None:
        done = self._done
        if done is None or done.done() or not message.subject.endswith(f".{self._turn}"):
            return
        headers = message.headers or {}
        status = headers.get("Status", "")
        try:
            if status in {"204", "404"}:  # the end of the batch; nothing there
                done.set_result(None)
            elif status:
                words = f"The server refused to be read: {status} {headers.get('Description', '')}."
                trouble = NoReply if status in {"408", "503"} else LinkTrouble
                done.set_exception(trouble(words, remedy="It is tried again by itself."))
            else:
                self._got.append(api.direct(headers, message.data))
        except (KeyError, ValueError) as error:
            words = f"Expected a message of the line, got one that cannot be read ({error!r})."
            done.set_exception(NoReply(words, remedy="Is it a line server?"))
