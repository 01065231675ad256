"""A clean end: Ctrl+C and SIGTERM set an event that the command waits for."""

import signal
import threading
from types import FrameType


def until_stopped() -> threading.Event:
    """An event that SIGINT or SIGTERM sets; call it from the main thread."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopped
