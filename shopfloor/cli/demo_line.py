"""`demo --terminals`: the line server and the terminals of one living line, each with a data folder of its own."""

import socket
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from shopfloor.app import Terminal
from shopfloor.clock import SystemClock
from shopfloor.core.line import Line
from shopfloor.link.join_key import JoinKey
from shopfloor.link.joined import write_joined
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.place import Place
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.server.supervise import LineServer, set_up

LOCAL = "127.0.0.1"
END_S_MAX = 15.0  # the server closes its store


def terminals_of(line: Line, folder: Path, count: int, stack: ExitStack) -> list[Terminal]:
    """So many terminals, joined to a line server that runs until `stack` is left. Raises ServerTrouble."""
    place = Place(folder / "server")
    wanted = place.settings_with(line=line.id, hosts=(LOCAL,), listen=LOCAL, port=_free_port())
    set_up(place, replace(wanted, monitor_port=_free_port()))
    clock = SystemClock()
    ring, authority, hosts = KeyRing(place.keys), Authority(place.tls).der(), place.read_settings().hosts
    shares = shares_of([station.id for station in line.stations], count)
    for share in shares:
        made, seed = ring.make(share[0], KeyRole.LEADER, at_us=clock.now().at_us)
        key = JoinKey(line=line.id, terminal=made.name, hosts=hosts, seed=seed, authority=authority)
        write_joined(folder / share[0], key)
    _serve(folder / "server", stack)
    return [Terminal(folder / share[0], share, line=line) for share in shares]


def shares_of(stations: Sequence[str], count: int) -> list[list[str]]:
    """The stations in `count` parts, in their order, as even as can be."""
    ends = [round(len(stations) * part / count) for part in range(count + 1)]
    return [list(stations[begin:end]) for begin, end in pairwise(ends)]


def _serve(data: Path, stack: ExitStack) -> None:
    server = LineServer(data, clock=SystemClock())
    ended = threading.Event()
    server.start(lambda _: None)
    stack.callback(server.stop)
    runs = threading.Thread(target=server.run, args=(ended,), name="shopfloor-line-server", daemon=True)

    def end() -> None:
        ended.set()
        runs.join(END_S_MAX)

    stack.callback(end)
    runs.start()


def _free_port() -> int:
    with socket.create_server((LOCAL, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
