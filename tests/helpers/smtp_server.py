"""A mail server as far as our mail goes: what it is told to refuse it refuses, what it takes it keeps."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default

WAIT_S_MAX = 30.0  # only a broken test waits so long


@dataclass(frozen=True)
class Received:
    """One mail: to whom the server took it for, whether it came encrypted, and the mail."""

    to: tuple[str, ...]
    encrypted: bool
    user: str
    mail: Mail


@dataclass
class Post:
    """What the server takes. `refuse`: address -> answer to its RCPT; `data_answer` "" hangs up after the mail."""

    refuse: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    quit_answer: str = "221 bye"
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        self.received: list[Received] = []
        self.changed = threading.Condition()

    def wait(self, count: int) -> list[Received]:
        """Wait for so many mails, and give back all."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.received) >= count, WAIT_S_MAX), (
                f"{len(self.received)} mails, expected {count}"
            )
            return list(self.received)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    post: Post


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._post = self.server.post
        self._encrypted, self._user, self._to = False, "", list[str]()
        self._say("220 test")
        while line := self.rfile.readline():
            if not self._answer(line.decode().rstrip("\r\n")):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the encrypted one is none of the server's

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
        self.wfile.flush()

    def _answer(self, line: str) -> bool:
        verb = line.partition(" ")[0].upper()
        match verb:
            case "EHLO":
                offers = ["test"]
                offers += ["STARTTLS"] if self._post.tls and not self._encrypted else []
                offers += ["AUTH PLAIN"] if self._post.login else []
                for index, offer in enumerate(offers):
                    self._say(f"250{'-' if index < len(offers) - 1 else ' '}{offer}")
            case "STARTTLS":
                self._begin_tls()
            case "AUTH":
                self._login(line)
            case "MAIL" | "RSET":
                self._to.clear()
                self._say("250 ok")
            case "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                refused = self._post.refuse.get(address)
                if refused is None:
                    self._to.append(address)
                self._say(refused or "250 ok")
            case "DATA":
                return self._take()
            case "QUIT":
                self._say(self._post.quit_answer)
                return False
            case _:
                self._say("502 what")
        return True

    def _begin_tls(self) -> None:
        assert self._post.tls is not None
        self._say("220 go")
        self.connection = self._post.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self._encrypted = True

    def _login(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        good = (user, password) == self._post.login
        self._user = user if good else ""
        self._say("235 in" if good else "535 wrong password")

    def _take(self) -> bool:
        self._say("354 go")
        body = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        answer = self._post.data_answer
        if answer.startswith("2") or not answer:
            with self._post.changed:
                mail = message_from_bytes(body, policy=default)
                self._post.received.append(Received(tuple(self._to), self._encrypted, self._user, mail))
                self._post.changed.notify_all()
        if not answer:
            return False
        self._say(answer)
        return True


@contextmanager
def mail_server(post: Post, *, port: int = 0) -> Iterator[int]:
    """Run it; the port it listens at."""
    with _Server(("127.0.0.1", port), _Talk) as server:
        server.post = post
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="test-mail")
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
