"""`doctor`: what is missing on this machine, with the command that brings it."""

import ctypes.util
import os
import sqlite3
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
from msgspec import Struct

from shopfloor.cli.output import DONE, FAILED, json_option, say, say_json

_SCREEN = "xcb-cursor"
_PROBE_S_MAX = 30.0  # a cold disk reads Qt in a few seconds


class Finding(Struct, frozen=True):
    """One thing a terminal needs: whether it is there, what was found, what to do."""

    what: str
    ok: bool
    found: str
    remedy: str = ""


@click.command()
@json_option
def doctor(*, as_json: bool) -> int:
    """Say what this machine lacks for a terminal, and how to get it."""
    findings = [_python(), _sqlite(), _qt(), _display(), _serial_rights(), _zones()]
    if as_json:
        say_json(findings)
    else:
        for finding in findings:
            say(f"{'ok     ' if finding.ok else 'MISSING'}  {finding.what}: {finding.found}")
            if not finding.ok:
                say(f"         {finding.remedy}")
    return DONE if all(finding.ok for finding in findings) else FAILED


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "Install Python 3.11 or newer.")


def _sqlite() -> Finding:
    ok = sqlite3.sqlite_version_info >= (3, 37)
    return Finding(
        "SQLite", ok, sqlite3.sqlite_version, "Expected 3.37 or newer for STRICT tables: use a newer Python."
    )


def _qt() -> Finding:
    # In a process of its own: a missing system library must not end the doctor.
    probe = subprocess.run(
        [sys.executable, "-c", "import PySide6.QtWidgets as q; print(q.QApplication.__module__)"],
        capture_output=True,
        text=True,
        timeout=_PROBE_S_MAX,
        check=False,
    )
    lines = probe.stderr.strip().splitlines()
    found = "loads" if probe.returncode == 0 else (lines[-1] if lines else "does not load")
    remedy = (
        "Debian: apt-get install libglib2.0-0 libgl1 libegl1 libx11-6 libdbus-1-3 libfontconfig1 libfreetype6 "
        "libxkbcommon0 libbrotli1"
    )
    return Finding("Qt", probe.returncode == 0, found, remedy)


def _display() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("Display", ok=True, found="the system's own")
    if os.environ.get("WAYLAND_DISPLAY"):
        return Finding("Display", ok=True, found="Wayland")
    if not os.environ.get("DISPLAY"):
        return Finding("Display", ok=False, found="none", remedy="Run under X or Wayland, or use --no-screen.")
    library = ctypes.util.find_library(_SCREEN)
    remedy = (
        "Debian: apt-get install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 "
        "libxkbcommon-x11-0"
    )
    return Finding(
        "Display", library is not None, "X" if library else "X, but Qt's libraries for it are missing", remedy
    )


def _serial_rights() -> Finding:
    ports = [port for pattern in ("ttyACM*", "ttyUSB*") for port in Path("/dev").glob(pattern)]
    denied = [port.name for port in ports if not os.access(port, os.R_OK | os.W_OK)]
    remedy = "Linux: usermod -aG dialout USER, then sign in again."
    if denied:
        return Finding("Serial ports", ok=False, found=f"no right for {', '.join(denied)}", remedy=remedy)
    return Finding("Serial ports", ok=True, found=f"{len(ports)} there")


def _zones() -> Finding:
    try:
        import_module("zoneinfo").ZoneInfo("Europe/Berlin")
    except LookupError:
        return Finding("Time zones", ok=False, found="none", remedy="pip install tzdata")
    return Finding("Time zones", ok=True, found="there")
