"""A network of its own for each terminal, where the machine allows it: a cable that can really be pulled out."""

import itertools
import os
import shutil
import subprocess
import sys
from typing import Final

IP: Final = "ip"
DONE_S_MAX: Final = 20.0

_NEXT: Final = itertools.count(1)
_PLACES: Final = 64  # of four addresses each in the 256 of this process


def allowed() -> bool:
    """Whether namespaces can be made here: by root, with iproute2, on Linux outside of a locked container."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which(IP) is None:
        return False
    name = f"sf-try-{os.getpid()}"
    if _run("netns", "add", name) != 0:
        return False
    able = _run("-n", name, "link", "set", "lo", "up") == 0
    _run("netns", "del", name)
    return able


class Namespace:
    """One network: `host` is this side's address, `prefix` starts a command on the other side."""

    def __init__(self) -> None:
        number, pid = next(_NEXT), os.getpid()
        self._name = f"sf-{pid}-{number}"
        self._far = f"sff{pid % 10_000}-{number % 1_000}"
        near = f"sfn{pid % 10_000}-{number % 1_000}"
        block = f"10.{128 + pid // 256 % 100}.{pid % 256}"
        first = number % _PLACES * 4
        self.host = f"{block}.{first + 1}"
        self.prefix = (IP, "netns", "exec", self._name)
        must("netns", "add", self._name)
        try:
            must("link", "add", near, "type", "veth", "peer", "name", self._far, "netns", self._name)
            must("addr", "add", f"{self.host}/30", "dev", near)
            must("link", "set", near, "up")
            must("-n", self._name, "addr", "add", f"{block}.{first + 2}/30", "dev", self._far)
            must("-n", self._name, "link", "set", self._far, "up")
            must("-n", self._name, "link", "set", "lo", "up")
        except AssertionError:
            self.close()
            raise

    def plug(self, *, on: bool) -> None:
        """Pull the network cable out of the terminal, or put it in again."""
        must("-n", self._name, "link", "set", self._far, "up" if on else "down")

    def close(self) -> None:
        """Take it away; its pair of network cards goes with it."""
        _run("netns", "del", self._name)


def must(*arguments: str) -> None:
    """Run `ip`; AssertionError with what it said if it did not do it."""
    done = subprocess.run([IP, *arguments], capture_output=True, text=True, timeout=DONE_S_MAX, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"


def _run(*arguments: str) -> int:
    return subprocess.run([IP, *arguments], capture_output=True, timeout=DONE_S_MAX, check=False).returncode
