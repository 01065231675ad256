"""Where the program writes what a technician may need: a rotating log beside the journal, crashes included."""

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOG = "shopfloor.log"
BYTES_MAX = 1_000_000  # some weeks of changes of state; scans are in the journal, not here
FILES_MAX = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s"

_log = logging.getLogger("shopfloor")


def start_logging(folder: Path) -> logging.Handler | None:
    """Log into the data folder and record every crash there; None where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / LOG, maxBytes=BYTES_MAX, backupCount=FILES_MAX, encoding="utf-8")
    except OSError:
        return None  # the journal will say the same with a remedy
    handler.setFormatter(logging.Formatter(_FORMAT))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    sys.excepthook = _crash
    threading.excepthook = _thread_crash
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """Close the log."""
    if handler is not None:
        _log.removeHandler(handler)
        handler.close()
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("a fault of the program", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


def _thread_crash(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread else "?"
    if args.exc_value is not None:
        _log.critical("the thread %s ended by a fault of the program", name, exc_info=args.exc_value)
    threading.__excepthook__(args)
