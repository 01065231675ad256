"""What a test may leave behind: nothing. Threads, files, processes and timers are counted before and after."""

import gc
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# Long enough for a thread that was told to end, short enough that a real leak does not stop the suite.
SETTLE_S_MAX = 3.0

_FDS = Path("/proc/self/fd")
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True)
class Traces:
    """What the process holds at one instant; `fds` maps number to target and is empty where /proc is not."""

    threads: frozenset[threading.Thread]
    fds: dict[int, str]
    children: frozenset[int]
    timers: frozenset[str]

    @classmethod
    def now(cls) -> "Traces":
        """Look at this process."""
        return cls(frozenset(threading.enumerate()), _open_fds(), _children(), _active_timers())


def leaks_since(before: Traces) -> list[str]:
    """Name what came since `before` and did not go away within the settling time."""
    end_s = time.monotonic() + SETTLE_S_MAX
    pause = threading.Event()
    pause_s = 0.001
    while found := _compare(before, Traces.now()):
        if time.monotonic() > end_s:
            return found
        gc.collect()
        _delete_later_now()
        pause.wait(pause_s)
        pause_s = min(pause_s * 2, 0.1)
    return []


def _compare(before: Traces, after: Traces) -> list[str]:
    threads = [
        f"thread {thread.name}"
        for thread in after.threads - before.threads
        if thread.is_alive() and (not thread.daemon or thread.name.startswith("shopfloor-"))
    ]
    fds = []
    if len(after.fds) > len(before.fds):
        fds = [f"fd {fd} -> {target}" for fd, target in after.fds.items() if before.fds.get(fd) != target]
        events = [fd for fd in fds if fd.endswith("[eventfd]")]
        if len(events) <= _pooled_threads():
            fds = [fd for fd in fds if fd not in events]
    children = [f"child process {pid}" for pid in after.children - before.children]
    timers = [f"running timer {name}" for name in after.timers - before.timers]
    return sorted(threads) + sorted(fds) + sorted(children) + sorted(timers)


def _open_fds() -> dict[int, str]:
    tracker = _resource_tracker()
    found: dict[int, str] = {}
    for entry in _FDS.iterdir() if _FDS.is_dir() else ():
        try:
            target = str(entry.readlink())
        except OSError:
            continue  # the listing's own fd, closed by now
        if int(entry.name) != getattr(tracker, "_fd", None):
            found[int(entry.name)] = target
    return found


def _children() -> frozenset[int]:
    own = getattr(_resource_tracker(), "_pid", None)
    pids: set[int] = set()
    for task in _TASKS.iterdir() if _TASKS.is_dir() else ():
        try:
            pids.update(int(word) for word in (task / "children").read_text("ascii").split())
        except OSError:
            continue  # the thread ended while we looked, or this kernel does not list children
    return frozenset(pids - {own})


def _pooled_threads() -> int:
    """Threads of Qt's painting pool: each has an eventfd, comes when something large is drawn, ends by itself."""
    names = []
    for task in _TASKS.iterdir() if _TASKS.is_dir() else ():
        try:
            names.append((task / "comm").read_text("utf-8").strip())
        except OSError:
            continue  # the thread ended while we looked
    return names.count("Thread (pooled)")


def _resource_tracker() -> object:
    """multiprocessing keeps one helper process and one pipe to it until the end, on purpose."""
    module = sys.modules.get("multiprocessing.resource_tracker")
    return getattr(module, "_resource_tracker", None)


def _delete_later_now() -> None:
    """A test has no event loop, so what it gave to deleteLater() still stands; in the program it would be gone."""
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)


def _active_timers() -> frozenset[str]:
    """Names of the package's running timers; nothing where no screen was imported."""
    active = getattr(sys.modules.get("shopfloor.gui.timer"), "active_timers", None)
    return frozenset(active()) if callable(active) else frozenset()
