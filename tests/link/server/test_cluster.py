"""Three servers for one line: what is written, and three real processes with it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from shopfloor.clock import SystemClock
from shopfloor.link.caller import Caller, Visitor, visit, visitor_of
from shopfloor.link.join_key import JoinKey
from shopfloor.link.server.admin import Admin, stream_info
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.cluster import check_hosts, cluster_nodes, export, node_folder
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.place import Place
from shopfloor.link.server.process import ServerProcess
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.trouble import LinkTrouble, ServerTrouble
from tests.helpers.line_served import need_nats, set_up_place
from tests.link.server.test_supervise import until

HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")


@contextmanager
def three(tmp_path: Path, place: Place) -> Iterator[tuple[list[str], list[ServerProcess]]]:
    """Three nodes on three loopback addresses."""
    binary = need_nats()
    port = place.read_settings().port
    hosts = [f"{host}:{port}" for host in HOSTS]
    out = tmp_path / "out"
    settings = msgspec.structs.replace(place.read_settings(), listen="{}")
    nodes = [
        msgspec.structs.replace(node, listen=host, monitor_port=node.monitor_port + number)
        for number, (node, host) in enumerate(
            zip(cluster_nodes(settings, hosts, folder=f"{out}/{{}}", state=f"{out}/{{}}"), HOSTS, strict=True)
        )
    ]
    export(place, nodes, out, hosts=hosts, binary=binary)
    with ExitStack() as stack:
        processes = []
        for number in range(1, 4):
            there = Place(tmp_path)
            there.config = out / node_folder(number) / "nats.conf"
            there.log = out / node_folder(number) / "nats-server.log"
            process = ServerProcess(binary, there)
            process.start()
            stack.callback(process.stop)
            processes.append(process)
        yield hosts, processes


def test_three_real_servers_keep_one_stream_and_one_may_die(tmp_path: Path) -> None:
    need_nats()
    place = set_up_place(tmp_path)
    made, seed = KeyRing(place.keys).make("press", KeyRole.STATION, at_us=1)
    with three(tmp_path, place) as (hosts, processes):
        admin = Admin(place, tuple(hosts))
        said: list[str] = []
        until(lambda: _kept(admin, place, said))
        assert said == ["stream shopfloor-demo created"]
        assert len(admin.check_servers(expected=3)) == 3
        authority = Authority(place.tls).der()
        key = JoinKey(line="demo", terminal=made.name, hosts=tuple(hosts), seed=seed, authority=authority)
        press = visitor_of(key)
        assert _replicas(press) == 3
        assert _stored(press)
        processes[0].stop()
        until(lambda: _stored(press))
        with pytest.raises(ServerTrouble, match="Expected 3 servers, got 2"):
            admin.check_servers(expected=3)


def test_a_server_without_a_certificate_of_the_line_does_not_get_into_the_cluster(tmp_path: Path) -> None:
    text = _exported(tmp_path)[1].read_text()
    assert text.count("verify: true") == 1
    assert 'ca_file: "/etc/shopfloor-line/ca.pem"' in text


def test_each_node_has_its_own_name_certificate_and_the_same_keys(tmp_path: Path) -> None:
    written = _exported(tmp_path)
    texts = [path.read_text() for path in written[:3]]
    assert len({path.with_name("server.pem").read_text() for path in written[:3]}) == 3
    assert len({path.with_name("ca.pem").read_text() for path in written[:3]}) == 1
    for number, text in enumerate(texts, 1):
        assert f'server_name: "shopfloor-demo-{number}"' in text
        assert "sync_interval: always" in text
        assert '"tls://b:6222"' in text
    assert texts[0].partition("accounts {")[2] == texts[2].partition("accounts {")[2]
    assert not list((tmp_path / "out").rglob("ca.key")), "the authority's own key stays where it is"


def test_the_plants_it_is_told_what_to_do(tmp_path: Path) -> None:
    readme = _exported(tmp_path)[-1].read_text()
    for words in ("2.14.0 or newer", "checksum", "node-2 -> b", "4222 terminals, 6222 cluster", "line create-stream"):
        assert words in readme


@pytest.mark.parametrize(
    ("hosts", "replicas"), [(("a", "b"), 2), (("a", "b"), 3), (("a", "b", "a:4222"), 3), (("a",), 1), (("a",) * 4, 4)]
)
def test_a_cluster_that_bears_no_failure_is_refused(hosts: tuple[str, ...], replicas: int) -> None:
    check_hosts(("a", "b", "c"), 3)
    with pytest.raises(ServerTrouble):
        check_hosts(hosts, replicas)


def _exported(tmp_path: Path) -> list[Path]:
    place = set_up_place(tmp_path)
    KeyRing(place.keys).make("press", KeyRole.STATION, at_us=SystemClock().now().at_us)
    hosts = ("a", "b", "c")
    return export(place, cluster_nodes(place.read_settings(), hosts), tmp_path / "out", hosts=hosts, binary=None)


def _kept(admin: Admin, place: Place, said: list[str]) -> bool:
    try:
        admin.check_servers(expected=3)
        said.append(admin.keep_stream(place.read_settings().subjects, replicas=3))
    except LinkTrouble:
        return False
    return True


def _replicas(visitor: Visitor) -> int:
    async def ask(caller: Caller) -> int:
        return int((await stream_info(caller, "shopfloor-demo")).config["num_replicas"])

    return visit(visitor, ask)


def _stored(visitor: Visitor) -> bool:
    async def ask(caller: Caller) -> bytes:
        return await caller.request("shopfloor.demo.ev.press.a", b"x")

    try:
        return b'"seq"' in visit(visitor, ask)
    except LinkTrouble:
        return False
