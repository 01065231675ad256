"""A label printer is a TCP port that takes bytes; these tests own a real one."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from shopfloor.paper.label_printer import is_printer, send
from shopfloor.trouble import Trouble

SOME = b"^XA^FO1,1^FDx^FS^XZ\n" * 20_000  # more than what the system takes for a printer that reads nothing


class Recorder(socketserver.TCPServer):
    """A printer that keeps what it gets."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.got = b""
        self.done = threading.Event()

    @property
    def target(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Take(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        printer = self.server
        assert isinstance(printer, Recorder)
        while part := self.request.recv(65536):
            printer.got += part
        printer.done.set()


@pytest.fixture
def printer() -> Iterator[Recorder]:
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_printer_gets_every_byte_and_then_the_end(printer: Recorder) -> None:
    send(SOME, printer.target)
    assert printer.done.wait(20)
    assert printer.got == SOME


def test_two_prints_are_two_connections(printer: Recorder) -> None:
    send(b"one", printer.target)
    assert printer.done.wait(20)
    printer.done.clear()
    send(b"two", printer.target.upper().replace("TCP", "tcp"))
    assert printer.done.wait(20)
    assert printer.got == b"onetwo"


def test_a_printer_that_is_not_there_is_trouble_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Trouble, match=f"127.0.0.1:{port} does not answer: Connection refused") as caught:
        send(b"x", f"tcp://127.0.0.1:{port}")
    assert "switched on" in caught.value.remedy


def test_a_printer_that_takes_nothing_is_told_within_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # it listens, and nobody ever reads
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        target = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(Trouble, match=rf"took \d+ of {len(SOME) * 20} bytes: nothing happened in time") as caught:
            send(SOME * 20, target, wait_s_max=0.2)
    assert "paper" in caught.value.remedy


def test_a_printer_that_hangs_up_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(1)  # not before the sender knows that it is connected
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(Trouble, match=r"took \d+ of"):
            send(SOME * 20, f"tcp://127.0.0.1:{server.getsockname()[1]}", wait_s_max=5)
        thread.join()


@pytest.mark.parametrize("target", ["tcp://", "tcp://:9100", "tcp://host:99999", "tcp://host:x", "tcp://host/queue"])
def test_an_address_that_is_none_says_what_was_expected(target: str) -> None:
    with pytest.raises(Trouble, match="Expected a label printer as tcp://host:9100"):
        send(b"x", target)


def test_a_file_is_no_printer() -> None:
    assert is_printer("TCP://10.0.0.7")
    assert not is_printer("labels.zpl")
