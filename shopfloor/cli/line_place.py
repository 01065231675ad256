"""The commands of the line's server: what several of them need."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shopfloor.cli.output import DONE, complain, say, say_json
from shopfloor.core.moment import US_PER_S

if TYPE_CHECKING:
    from shopfloor.link.server.place import Place, Settings

OWNER = "line server"


def line_of_journal(folder: Path) -> str:
    """The id of the line a data folder's journal has in force, "" if it has none."""
    from shopfloor.store.folder import journal_path
    from shopfloor.store.history import SqliteHistory

    if not journal_path(folder).exists():
        return ""
    with SqliteHistory(folder) as history:
        line, _, _ = history.snapshot()
    return line.id if line else ""


def terminal_of_journal(folder: Path) -> str:
    """The terminal whose events a data folder's journal holds, "" if it has none."""
    from shopfloor.link.line_names import terminal_of
    from shopfloor.store.folder import journal_path
    from shopfloor.store.own_journal import SqliteOwnJournal

    if not journal_path(folder).exists():
        return ""
    with SqliteOwnJournal(folder) as journal:
        return terminal_of(journal.origin())


def guest_urls(settings: "Settings") -> list[str]:
    """Where guests reach the server, by each way that is open."""
    ways = (("mqtts", settings.mqtt_port), ("wss", settings.websocket_port))
    hosts = [host.rpartition(":")[0] for host in settings.hosts]
    return [f"{scheme}://{host}:{port}" for scheme, port in ways if port for host in hosts]


def day(at_us: int) -> str:
    """An instant as the lists of keys and guests say it."""
    return datetime.fromtimestamp(at_us / US_PER_S, UTC).strftime("%Y-%m-%d %H:%M UTC")


@contextmanager
def changing_keys(place: "Place") -> Iterator[None]:
    """One change of the keys at a time. Raises DataFolderBusy."""
    from shopfloor.store.folder import FolderLock

    place.make()
    lock = FolderLock(place.keys.parent, "keys")
    lock.take()
    try:
        yield
    finally:
        lock.drop()


def take_out_of_force(folder: Path, revoke: Callable[["Place", int], str], *, as_json: bool) -> int:
    """`revoke` a key or a password at an instant, make the running server know it, and say its name; the exit code."""
    from shopfloor.clock import SystemClock
    from shopfloor.link.server.place import Place

    place = Place(folder)
    place.read_settings()
    with changing_keys(place):
        name = revoke(place, SystemClock().now().at_us)
        running = bring_in_force(place)
    if as_json:
        say_json({"name": name, "running": running})
    else:
        say(f"{name}: revoked{', and in force' if running else ''}.")
    return DONE


def bring_in_force(place: "Place") -> bool:
    """Make the running server know the keys of now; says what is left to do where there is none."""
    from shopfloor.clock import SystemClock
    from shopfloor.link.server.binary import find_binary
    from shopfloor.link.server.supervise import put_in_force

    running = put_in_force(place, find_binary(), SystemClock())
    if not running:
        complain(
            "No server runs in this folder now: the change is in force when it starts.\n"
            "  A cluster has copies of this: shopfloor line export-config again, and reload its nodes."
        )
    return running
