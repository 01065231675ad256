"""The link over TLS and with a key, at a server as it is served to a plant."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from shopfloor.clock import SystemClock
from shopfloor.core.line_link import LinkState, LinkView
from shopfloor.link.hosts import Hosts
from shopfloor.link.jetstream import Address, JetStreamLog, address_of
from shopfloor.link.log import REPLY_S_MAX
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.thread import LinkThread
from shopfloor.link.trouble import Denied
from tests.helpers.free_port import free_port
from tests.helpers.line_cable import Cables, Slowness, Way
from tests.helpers.line_served import LINE, Served, served
from tests.helpers.replica import Replica

WAIT_S_MAX = 20.0
NARROW_BYTES_S, NARROW_MESSAGES = 60_000, 26  # more in one batch than comes within the three seconds of an answer
SOON_S_MAX = REPLY_S_MAX  # two denials that were waited for as answers would take twice as long


class Deaf:
    """Listens to nothing."""

    def woken(self, seq: int) -> None:
        """Nothing."""

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("line")) as serving:
        yield serving


def _link(server: Served, name: str, replica: Replica, role: KeyRole = KeyRole.STATION) -> LinkThread:
    address = address_of(server.key(name, role))
    return LinkThread(
        lambda: JetStreamLog(address),
        line=LINE,
        journal=lambda: replica,
        deliver=replica,
        clock=SystemClock(),
        version="1",
        report=lambda _: None,
    )


def _until(true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S_MAX
    while not true():
        assert time.monotonic() < end_s
        threading.Event().wait(0.01)


def _is(link: LinkThread, state: LinkState) -> bool:
    view: LinkView | None = link.view()
    return view is not None and view.state is state


def test_terminals_with_keys_hold_what_each_recorded_and_a_board_only_reads(server: Served) -> None:
    press, wash, board = Replica("press~aa"), Replica("wash~bb"), Replica("board~cc")
    links = [
        _link(server, "press", press),
        _link(server, "wash", wash),
        _link(server, "board", board, KeyRole.BOARD),
    ]
    for link in links:
        link.start()
    press.record(300)
    wash.record(2)
    board.record(1)
    for link in links:
        link.poke()
    _until(lambda: press.bodies().get("wash~bb") == wash.bodies()["wash~bb"])
    _until(lambda: board.bodies().get("press~aa") == press.bodies()["press~aa"])
    _until(lambda: _is(links[2], LinkState.DENIED))
    assert "board~cc" not in press.others
    for link in links:
        link.stop()
        assert not link.alive


def test_a_denial_is_told_as_one_and_at_once(server: Served) -> None:
    address = address_of(server.key("saw"))

    async def ask() -> float:
        log = JetStreamLog(address)
        await log.open(Deaf())
        began_s = time.monotonic()
        with pytest.raises(Denied, match="permissions violation"):
            await log.publish("press~aa", b"x", expected_seq=0, message_id="x")
        with pytest.raises(Denied, match="permissions violation"):
            await log.decide("line.demo", b"x", expected_seq=0, message_id="x")
        took_s = time.monotonic() - began_s
        await log.close()
        return took_s

    assert asyncio.run(ask()) < SOON_S_MAX


def test_a_key_that_was_revoked_is_told_as_that(server: Served) -> None:
    link = _link(server, "paint", Replica("paint~aa"))
    link.start()
    _until(lambda: _is(link, LinkState.UP))
    server.revoke("paint")
    _until(lambda: _is(link, LinkState.DENIED))
    view = link.view()
    assert view is not None
    assert "key" in view.detail
    link.stop()
    assert not link.alive


def test_a_host_that_refuses_does_not_keep_from_the_next_one(server: Served) -> None:
    key = server.key("pack")
    address = address_of(replace(key, hosts=(f"127.0.0.1:{free_port()}", *key.hosts)))

    async def ask() -> str:
        log = JetStreamLog(address)
        await log.open(Deaf())
        try:
            return (await log.ident()).stream
        finally:
            await log.close()

    assert asyncio.run(ask()) != ""


class Silent:
    """A computer whose line server hangs: connections are taken, and nothing is said."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def was_tried(self) -> bool:
        """Whether somebody connected since the last question."""
        self._socket.settimeout(0)
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """It is gone."""
        self._socket.close()


async def _visit(address: Address, hosts: Hosts) -> str:
    log = JetStreamLog(address, hosts)
    await log.open(Deaf())
    try:
        return (await log.ident()).stream
    finally:
        await log.close()


def test_a_silent_host_of_several_is_left_for_the_next_and_tried_last_from_then_on(server: Served) -> None:
    silent, key = Silent(), server.key("mill")
    address = address_of(replace(key, hosts=(silent.host, *key.hosts)))
    hosts = Hosts(address.hosts)
    assert asyncio.run(_visit(address, hosts)) != ""
    assert silent.was_tried()
    assert hosts.order == (*key.hosts, silent.host)
    assert asyncio.run(_visit(address, hosts)) != ""
    assert not silent.was_tried()
    silent.close()


def test_a_host_that_is_too_slow_for_the_first_look_is_waited_for_if_no_other_answers(server: Served) -> None:
    key, cables = server.key("drill"), Cables()
    slow = cables.lay(int(server.host.rpartition(":")[2]), seed=1)
    cables.set(slow, Way.OPEN, Slowness(delay_s=0.3))
    address = address_of(replace(key, hosts=(slow.host, f"127.0.0.1:{free_port()}")))
    hosts = Hosts(address.hosts)
    assert asyncio.run(_visit(address, hosts)) != ""
    assert hosts.order == address.hosts
    cables.close()


def test_a_narrow_way_takes_its_time_and_is_not_told_as_lost(server: Served) -> None:
    key, cables = server.key("lathe"), Cables()
    cable = cables.lay(int(server.host.rpartition(":")[2]), seed=1)
    address = address_of(replace(key, hosts=(cable.host,)))

    async def ask() -> tuple[int, int]:
        log = JetStreamLog(address)
        await log.open(Deaf())
        after = seq = (await log.ident()).last_seq
        last = 0
        for number in range(NARROW_MESSAGES):
            last = seq = await log.publish("lathe~a", bytes(10_000), expected_seq=last, message_id=f"{number}")
        cables.set(cable, Way.OPEN, Slowness(bytes_s=NARROW_BYTES_S))
        count = 0
        while after < seq:
            found = await log.read(after, NARROW_MESSAGES)
            count, after = count + len(found), found[-1].seq
        await log.close()
        return count, seq

    count, seq = asyncio.run(ask())
    assert count == NARROW_MESSAGES <= seq
    cables.close()
