"""The guards of conftest are held to their word: each kind of carelessness fails its own test and no other."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.helpers.leaks import Traces, leaks_since
from tests.helpers.logfail import LogGuard

ROOT = Path(__file__).parents[2]

CARELESS = """
import logging, os, subprocess, threading, warnings
from pathlib import Path

def test_clean():
    Path.home().joinpath("x").write_text("x")

def test_home_is_fresh():
    assert not Path.home().joinpath("x").exists()

def test_logs():
    logging.getLogger("a").warning("pump is dry")

def test_logs_as_expected(expect_log):
    expect_log("is dry")
    logging.getLogger("a").warning("pump is dry")

def test_expects_what_never_comes(expect_log):
    expect_log("is dry")

def test_thread():
    threading.Thread(target=threading.Event().wait, args=(1.5,), name="forgotten").start()

def test_named_daemon():
    threading.Thread(target=threading.Event().wait, args=(1.5,), name="shopfloor-port", daemon=True).start()

def test_fd():
    os.open(__file__, os.O_RDONLY)

def test_child():
    global child
    child = subprocess.Popen(["sleep", "2"])

def test_warns():
    warnings.warn("old")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts fds and children by /proc")
def test_each_carelessness_fails_its_own_test(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import tests.helpers.leaks\ntests.helpers.leaks.SETTLE_S_MAX = 0.05\nfrom tests.conftest import *\n"
        "from tests.conftest import _guards, _no_home\n"
    )
    (tmp_path / "test_careless.py").write_text(CARELESS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-W", "error", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    bad = {
        line.split("::")[1].split(" ")[0] for line in done.stdout.splitlines() if line.startswith(("ERROR ", "FAILED "))
    }
    assert bad == {
        "test_logs",
        "test_expects_what_never_comes",
        "test_thread",
        "test_named_daemon",
        "test_fd",
        "test_child",
        "test_warns",
    }, done.stdout
    assert "test_home_is_fresh" in done.stdout
    for words in ("thread forgotten", "thread shopfloor-port", "test_careless.py", "child process", "pump is dry"):
        assert words in done.stdout


def test_a_thread_that_is_about_to_end_is_no_leak() -> None:
    before = Traces.now()
    go = threading.Event()
    threading.Thread(target=go.wait, name="shopfloor-short").start()
    go.set()
    assert leaks_since(before) == []


def test_the_traceback_is_part_of_the_record() -> None:
    guard = LogGuard()
    try:
        _fail()
    except ValueError:
        guard.handle(
            logging.makeLogRecord(
                {"name": "x", "levelname": "ERROR", "msg": "no such card", "exc_info": sys.exc_info()}
            )
        )
    assert "ERROR x: no such card" in guard.records[0]
    assert "_fail" in guard.records[0]
    assert "no such card" in guard.verdict()


def _fail() -> None:
    raise ValueError
