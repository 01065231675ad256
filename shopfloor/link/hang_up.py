"""End a connection of the client library at once, whatever state it is in; it has no way of its own to do so."""

import asyncio
from contextlib import suppress
from typing import Any, Final

import nats.errors
from nats.aio.client import Client

CLOSE_S_MAX: Final = 1.0  # with TLS the library waits half a minute for the other side's farewell

_WRITERS: Final = ("_io_writer", "_bare_io_writer")
_TASKS: Final = ("_reading_task", "_ping_interval_task", "_flusher_task", "_reconnection_task")


async def hang_up(client: Client) -> None:
    """Cut the connection and leave no task of it behind; never raises for what the network did."""
    tasks = _tasks(client)
    for name in _WRITERS:
        writer = getattr(client._transport, name, None)  # noqa: SLF001 - no public way
        if writer is not None:
            writer.transport.abort()
    with suppress(nats.errors.Error, OSError, TimeoutError):
        await asyncio.wait_for(client.close(), CLOSE_S_MAX)
    # A close that fails half-way, here or in the library's own reader, forgets those of its subscriptions.
    tasks = {task for task in tasks | _tasks(client) if task is not asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CLOSE_S_MAX)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # the network's: looked at, so that nobody complains of it


def _tasks(client: Client) -> set["asyncio.Task[Any]"]:
    own = {getattr(client, name, None) for name in _TASKS}
    subscriptions = {getattr(one, "_wait_for_msgs_task", None) for one in client._subs.values()}  # noqa: SLF001
    return {task for task in own | subscriptions if task is not None}
