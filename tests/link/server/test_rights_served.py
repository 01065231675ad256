"""What a real server lets a terminal's key do, and how each denial is told."""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.link.caller import REPLY_S_MAX, Caller, Visitor, visit
from shopfloor.link.joined import tls_of
from shopfloor.link.log import NoReply
from shopfloor.link.nkey import new_seed
from shopfloor.link.server.admin import stream_info
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.subjects import TLS_NAME
from shopfloor.link.trouble import Denied, KeyRefused, LinkTrouble, Unreachable, WrongServer
from tests.helpers.free_port import free_port
from tests.helpers.line_served import Served, served

STREAM = "shopfloor-demo"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("line")) as serving:
        yield serving


@pytest.fixture(scope="module")
def press(server: Served) -> Visitor:
    return server.visitor("press")


def try_publish(visitor: Visitor, subject: str) -> None:
    with suppress(NoReply):  # nobody has to answer
        try_request(visitor, subject, b"x")


def try_request(visitor: Visitor, subject: str, payload: bytes = b"") -> bytes:
    async def ask(caller: Caller) -> bytes:
        return await caller.request(subject, payload)

    return visit(visitor, ask)


@pytest.mark.parametrize(
    "subject",
    [
        "shopfloor.demo.ev.press.a",
        "shopfloor.demo.snap.press.1",
        "shopfloor.demo.hb.press",
        "shopfloor.demo.stop.press",
        "shopfloor.demo.stopack.press",
        "shopfloor.demo.dec.credit.saw",
        "shopfloor.demo.dec.incarnation.press",
    ],
)
def test_a_terminal_may_write_what_is_its_own(press: Visitor, subject: str) -> None:
    try_publish(press, subject)


@pytest.mark.parametrize(
    "subject",
    [
        "shopfloor.demo.ev.wash.a",
        "shopfloor.demo.snap.wash.1",
        "shopfloor.demo.hb.wash",
        "shopfloor.demo.stopack.wash",
        "shopfloor.demo.dec.incarnation.wash",
        "shopfloor.demo.dec.takeover.wash",
        "shopfloor.demo.dec.line.demo",
        "shopfloor.demo.log.shopfloor",
        "shopfloor.other.ev.press.a",
        "_INBOX.wash.1",
    ],
)
def test_a_terminal_may_not_write_what_is_anothers(press: Visitor, subject: str) -> None:
    with pytest.raises(Denied, match=f"press has not the right for {subject}"):
        try_publish(press, subject)


@pytest.mark.parametrize(
    "verb",
    [
        f"STREAM.PURGE.{STREAM}",
        f"STREAM.DELETE.{STREAM}",
        f"STREAM.UPDATE.{STREAM}",
        "STREAM.CREATE.mine",
        f"STREAM.MSG.DELETE.{STREAM}",
        f"CONSUMER.CREATE.{STREAM}",
        "STREAM.NAMES",
    ],
)
def test_a_terminal_administers_nothing_and_is_told_at_once(press: Visitor, verb: str) -> None:
    with pytest.raises(Denied, match="has not the right"):
        try_request(press, f"$JS.API.{verb}", b"{}")


def test_a_terminal_does_not_hear_answers_to_another(press: Visitor) -> None:
    async def ask(caller: Caller) -> Sequence[object]:
        return await caller.collect("_INBOX.wash.>", for_s=REPLY_S_MAX, enough=bool)

    with pytest.raises(Denied):
        visit(press, ask)


def test_a_terminal_reads_the_line(press: Visitor) -> None:
    async def ask(caller: Caller) -> str:
        return str((await stream_info(caller, STREAM)).config["name"])

    assert visit(press, ask) == STREAM
    last = b'{"last_by_subj":"shopfloor.demo.ev.nobody.a"}'
    assert b"10037" in try_request(press, f"$JS.API.STREAM.MSG.GET.{STREAM}", last)


def test_a_board_reads_and_writes_nothing(server: Served) -> None:
    hall = server.visitor("hall", KeyRole.BOARD)
    try_publish(hall, "shopfloor.demo.hb.hall")
    with pytest.raises(Denied):
        try_publish(hall, "shopfloor.demo.ev.hall.a")
    with pytest.raises(Denied):
        try_publish(hall, "shopfloor.demo.dec.credit.saw")


def test_an_admins_terminal_may_change_the_line_file_and_no_other_terminals_events(server: Served) -> None:
    office = server.visitor("office", KeyRole.ADMIN)
    try_publish(office, "shopfloor.demo.dec.line.demo")
    try_publish(office, "shopfloor.demo.dec.takeover.wash")
    with pytest.raises(Denied):
        try_publish(office, "shopfloor.demo.ev.wash.a")


def test_a_revoked_key_is_refused_as_one_and_its_connection_ends(server: Served) -> None:
    lost = server.visitor("lost")
    ended: list[bool] = []

    async def stay(caller: Caller) -> None:
        await asyncio.to_thread(server.revoke, "lost")
        try:
            await caller.request(f"$JS.API.STREAM.INFO.{STREAM}")
        except LinkTrouble:
            ended.append(True)

    visit(lost, stay)
    assert ended == [True]
    with pytest.raises(KeyRefused, match="does not know this key"):
        try_publish(lost, "shopfloor.demo.hb.lost")


def test_a_connection_stays_when_anothers_key_is_made_and_revoked(server: Served) -> None:
    async def stay(caller: Caller) -> bytes:
        for _ in range(3):
            await asyncio.to_thread(server.key, "visitor")
            await asyncio.to_thread(server.revoke, "visitor")
        return await caller.request(f"$JS.API.STREAM.INFO.{STREAM}")

    assert b"config" in visit(server.visitor("stays"), stay)


def test_a_key_nobody_made_is_refused(press: Visitor) -> None:
    with pytest.raises(KeyRefused):
        try_publish(replace(press, seed=new_seed()), "shopfloor.demo.hb.press")


def test_who_does_not_encrypt_hears_nothing(server: Served) -> None:
    host, _, port = server.host.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as plain:
        plain.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
        heard = b""
        while part := plain.recv(100):
            heard += part
    assert b"PONG" not in heard
    assert b"INFO" not in heard


def test_who_brings_no_key_is_let_out(server: Served) -> None:
    host, _, port = server.host.rpartition(":")
    context = tls_of(Authority(server.place.tls).der())
    with (
        socket.create_connection((host, int(port)), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=TLS_NAME) as secure,
    ):
        secure.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
        heard = b""
        while b"-ERR" not in heard:
            part = secure.recv(4000)
            assert part, heard
            heard += part
    assert b"Authorization Violation" in heard
    assert b"PONG" not in heard


def test_an_old_kind_of_encryption_is_refused(server: Served) -> None:
    host, _, port = server.host.rpartition(":")
    context = tls_of(Authority(server.place.tls).der())
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection((host, int(port)), timeout=10) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname=TLS_NAME)


def test_a_server_of_another_authority_is_told_as_one(press: Visitor, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    other.make()
    with pytest.raises(WrongServer, match="not this line's"):
        try_publish(replace(press, authority=other.der()), "shopfloor.demo.hb.press")


def test_a_port_nobody_listens_at_is_told_as_one(press: Visitor) -> None:
    with pytest.raises(Unreachable, match="nothing listens at this port"):
        try_publish(replace(press, hosts=(f"127.0.0.1:{free_port()}",)), "shopfloor.demo.hb.press")


def test_a_computer_nobody_knows_is_told_as_one(press: Visitor) -> None:
    with pytest.raises(Unreachable, match="no computer of this name"):
        try_publish(replace(press, hosts=("nowhere.invalid:4222",)), "shopfloor.demo.hb.press")


def test_a_server_that_speaks_something_else_is_told_as_one(server: Served, press: Visitor) -> None:
    monitor = f"127.0.0.1:{server.place.read_settings().monitor_port}"
    with pytest.raises(WrongServer, match="no line server, or does not encrypt"):
        try_publish(replace(press, hosts=(monitor,)), "shopfloor.demo.hb.press")


def test_the_second_host_is_tried_when_the_first_is_dead(server: Served, press: Visitor) -> None:
    try_publish(replace(press, hosts=(f"127.0.0.1:{free_port()}", server.host)), "shopfloor.demo.hb.press")


def test_a_key_whose_certificate_is_damaged_is_told_as_one(press: Visitor) -> None:
    with pytest.raises(LinkTrouble, match="no usable certificate"):
        try_publish(replace(press, authority=b"damaged"), "shopfloor.demo.hb.press")
