"""A real line server of the test's own: nats-server on a loopback port, with one line's stream, and what befalls it."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nats.aio.client import Client

from shopfloor.link.line_names import STORED, LineNames
from tests.helpers.free_port import free_port

UP_S_MAX = 20.0


def nats_program() -> str:
    """The program, beside this Python or on the PATH; the test is skipped by name if there is none."""
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    if found is None:
        pytest.skip("needs nats-server (shopfloor[line], or a system program)")
    return found


class NatsProcess:
    """One server. Started by hand; may be killed, wiped, put back to a copy and started again at the same port."""

    def __init__(self, folder: Path, line: str) -> None:
        self._program = nats_program()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = folder
        self._line = line
        self.store = folder / "store"
        self.port = free_port()
        self._conf = folder / "nats.conf"
        folder.mkdir(parents=True, exist_ok=True)
        self._conf.write_text(
            f'listen: "127.0.0.1:{self.port}"\nserver_name: "line"\nlogfile: "{folder / "nats.log"}"\n'
            f'jetstream {{ store_dir: "{self.store}", sync_interval: always, max_file_store: 1GB }}\n'
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where it is."""
        return (f"127.0.0.1:{self.port}",)

    def start(self) -> None:
        """Run it, and wait until it answers."""
        self._process = subprocess.Popen([self._program, "-c", str(self._conf)])
        end_s = time.monotonic() + UP_S_MAX
        while not _answers(self.port):
            assert self._process.poll() is None, (self._folder / "nats.log").read_text()
            assert time.monotonic() < end_s, "nats-server does not answer"
            threading.Event().wait(0.01)

    def kill(self) -> None:
        """End it as a power switch does, as far as its process is concerned."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(UP_S_MAX)
            self._process = None

    def freeze(self, *, on: bool) -> None:
        """Let it stand still, or go on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def wipe(self) -> None:
        """Kill it, take its disk away and begin the line anew."""
        self.kill()
        shutil.rmtree(self.store, ignore_errors=True)
        self.start()
        self.create()

    def copy(self) -> Path:
        """A copy of its disk, made while it is not running."""
        copy = self._folder / "copy"
        self.kill()
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.store, copy)
        self.start()
        return copy

    def restore(self, copy: Path) -> None:
        """Put a copy back."""
        self.kill()
        shutil.rmtree(self.store)
        shutil.copytree(copy, self.store)
        self.start()

    def create(self) -> None:
        """Create the stream of the line; waits until the server's storage is ready."""
        with ThreadPoolExecutor(1) as apart:  # the caller may be inside a loop of its own
            apart.submit(asyncio.run, self._create()).result(UP_S_MAX)

    async def _create(self) -> None:
        names = LineNames(self._line)
        config = {
            "name": names.stream,
            "subjects": [f"{names.root}.{kind}.>" for kind in STORED],
            "storage": "file",
            "allow_direct": True,
            "deny_delete": True,
            "duplicate_window": 120_000_000_000,
            "republish": {"src": f"{names.root}.>", "dest": f"{names.log}.>", "headers_only": True},
        }
        client = Client()
        await client.connect(f"nats://127.0.0.1:{self.port}", allow_reconnect=False)
        try:
            answer = await client.request(
                f"$JS.API.STREAM.CREATE.{names.stream}", json.dumps(config).encode(), timeout=UP_S_MAX
            )
            assert "error" not in json.loads(answer.data), answer.data
        finally:
            await client.close()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
            return sock.recv(4) == b"INFO"
    except OSError:
        return False
