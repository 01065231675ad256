"""A web service that takes JSON, and answers as it is told."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAIT_S_MAX = 30.0  # only a broken test waits so long


class Hook:
    """What was posted, what of it was taken, and the answers: the first of `answers` that is left, then 204."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.bodies: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.location = ""
        self.gets = 0
        self._changed = threading.Condition(threading.RLock())

    def take(self, body: dict[str, Any], headers: dict[str, str]) -> int:
        """Keep a request; the code it is answered with."""
        with self._changed:
            self.bodies.append(body)
            self.headers.append(headers)
            code = self.answers.pop(0) if self.answers else 204
            if code < 300:
                self.taken.append(body)
            self._changed.notify_all()
            return code

    def wait(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many requests, and give back all."""
        with self._changed:
            self.wait_for(lambda: len(self.bodies) >= count)
            return list(self.bodies)

    def wait_for(self, met: Callable[[], bool]) -> None:
        """Wait until what was posted is as it should be."""
        with self._changed:
            assert self._changed.wait_for(met, WAIT_S_MAX), f"got {[body['id'] for body in self.bodies]}"


@contextmanager
def hook_server(hook: Hook, *, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run it; the port it listens at."""

    class Talk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            code = hook.take(body, dict(self.headers.items()))
            self.send_response(code)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            hook.gets += 1
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", port), Talk) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="test-hook")
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
