"""A real line server of the test's own: set up, started and ended in this process, on free loopback ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.clock import SystemClock
from shopfloor.link.caller import Visitor, visitor_of
from shopfloor.link.join_key import JoinKey
from shopfloor.link.server.binary import Binary, find_binary
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.place import Place
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.server.supervise import LineServer, put_in_force, set_up
from shopfloor.link.trouble import ServerTrouble
from tests.helpers.free_port import free_port

LINE = "demo"


def need_nats() -> Binary:
    """The server program; the test is skipped where it is not installed."""
    try:
        return find_binary()
    except ServerTrouble as trouble:
        pytest.skip(f"needs nats-server (shopfloor[line]): {trouble.what}")


def set_up_place(data: Path, *, line: str = LINE) -> Place:
    """A folder with settings, authority and keys, and nothing that runs."""
    place = Place(data)
    wanted = place.settings_with(line=line, hosts=["127.0.0.1"], listen="127.0.0.1", port=free_port())
    set_up(place, replace(wanted, monitor_port=free_port()))
    return place


class Served:
    """The running server of one folder."""

    def __init__(self, data: Path, *, line: str = LINE) -> None:
        self.binary = need_nats()
        self.place = set_up_place(data, line=line)
        self.server = LineServer(data, clock=SystemClock(), binary=self.binary)
        self.said: list[str] = []

    @property
    def host(self) -> str:
        """Where terminals reach it."""
        return self.place.read_settings().hosts[0]

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.server.start(self.said.append)

    def key(self, name: str, role: KeyRole = KeyRole.STATION) -> JoinKey:
        """A new terminal's key, in force."""
        made, seed = KeyRing(self.place.keys).make(name, role, at_us=1)
        assert put_in_force(self.place, self.binary, SystemClock())
        settings = self.place.read_settings()
        authority = Authority(self.place.tls).der()
        return JoinKey(
            line=settings.line,
            terminal=made.name,
            hosts=settings.hosts,
            seed=seed,
            authority=authority,
            role=role.value,
        )

    def visitor(self, name: str, role: KeyRole = KeyRole.STATION) -> Visitor:
        """The same as a client."""
        return visitor_of(self.key(name, role))

    def revoke(self, name: str) -> None:
        """Take a key out of force."""
        KeyRing(self.place.keys).revoke(name, at_us=2)
        assert put_in_force(self.place, self.binary, SystemClock())


@contextmanager
def served(data: Path, *, line: str = LINE) -> Iterator[Served]:
    """A server that is ready."""
    serving = Served(data, line=line)
    try:
        serving.start()
        yield serving
    finally:
        serving.server.stop()
