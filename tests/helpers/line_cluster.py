"""Three nodes that keep one line, as real processes on three loopback addresses, whose leader may be killed."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from shopfloor.link.caller import Caller, visit
from shopfloor.link.join_key import JoinKey
from shopfloor.link.server.admin import Admin
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.cluster import cluster_nodes, export, node_folder
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.place import Place
from shopfloor.link.server.process import ServerProcess
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.trouble import LinkTrouble
from tests.helpers.line_served import need_nats, set_up_place

NODES: Final = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
LED_S_MAX: Final = 60.0
LOOK_S: Final = 0.1


class RigCluster:
    """What a rig needs of its server, three times."""

    def __init__(self, folder: Path, line: str) -> None:
        self._binary = need_nats()
        folder.mkdir(parents=True)
        self._folder = folder
        self._place = set_up_place(folder / "data", line=line)
        settings = self._place.read_settings()
        self._hosts = tuple(f"{node}:{settings.port}" for node in NODES)
        self._stream = settings.subjects.stream
        self._admin = Admin(self._place, self._hosts)
        self._nodes: list[ServerProcess] = []
        self.port = settings.port

    @property
    def errors(self) -> str:
        """What its nodes said last."""
        return " ".join(node.last_words() for node in self._nodes)

    def key(self, name: str, host: str) -> JoinKey:
        """A terminal's key for all three; `host`, the one a single server has, does not count here."""
        del host
        made, seed = KeyRing(self._place.keys).make(name, KeyRole.STATION, at_us=1)
        authority = Authority(self._place.tls).der()
        line = self._place.read_settings().line
        return JoinKey(line=line, terminal=made.name, hosts=self._hosts, seed=seed, authority=authority)

    def start(self) -> None:
        """Start all three, and wait until they keep the line's stream together."""
        out = self._folder / "out"
        settings = replace(self._place.read_settings(), listen="{}")
        nodes = [
            replace(node, listen=host, monitor_port=node.monitor_port + number)
            for number, (node, host) in enumerate(
                zip(cluster_nodes(settings, self._hosts, folder=f"{out}/{{}}", state=f"{out}/{{}}"), NODES, strict=True)
            )
        ]
        export(self._place, nodes, out, hosts=self._hosts, binary=self._binary)
        for number in range(1, len(NODES) + 1):
            there = Place(self._folder)
            there.config = out / node_folder(number) / "nats.conf"
            there.log = out / node_folder(number) / "nats-server.log"
            node = ServerProcess(self._binary, there)
            node.start()
            self._nodes.append(node)
        self._wait(self._keeps)

    def leader(self) -> int:
        """Which node decides on the order now; -1 if none does."""

        async def ask(caller: Caller) -> bytes:
            return await caller.request(f"$JS.API.STREAM.INFO.{self._stream}", b"")

        try:
            answer: dict[str, Any] = msgspec.json.decode(visit(self._admin.visitor(), ask))
        except LinkTrouble:
            return -1
        name = str(answer.get("cluster", {}).get("leader", ""))
        return int(name.rpartition("-")[2]) - 1 if name else -1

    def kill_leader(self) -> int:
        """kill -9 of the node that decides; which it was."""
        self._wait(lambda: self.leader() >= 0)
        number = self.leader()
        os.kill(self._nodes[number].pid, signal.SIGKILL)
        self._wait(lambda: not self._nodes[number].alive)
        return number

    def start_node(self, number: int) -> None:
        """Start a node that was killed."""
        self._nodes[number].start()

    def close(self) -> None:
        """End all of them."""
        for node in self._nodes:
            node.stop()

    def _keeps(self) -> bool:
        try:
            self._admin.check_servers(expected=len(NODES))
            self._admin.keep_stream(self._place.read_settings().subjects, replicas=len(NODES))
        except LinkTrouble:
            return False
        return True

    def _wait(self, true: Callable[[], bool]) -> None:
        end_s, pause = time.monotonic() + LED_S_MAX, threading.Event()
        while not true():
            assert time.monotonic() < end_s, f"the cluster is not whole within {LED_S_MAX:.0f} s"
            pause.wait(LOOK_S)
