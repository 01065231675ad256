"""Makes the checkout ready to run: Python, .venv, libraries, system packages. Standard library only.

It is read by whatever Python a machine has, so it stays free of new syntax until the version was checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import system_packages
from setup_words import NotReady, say

PYTHON_MIN = (3, 11)
_PYTHON = list(sys.version_info[:2])

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"

# Settings of the caller that would send libraries elsewhere than into .venv, or shadow them.
_MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")

_PROBE = "from PySide6 import QtCore, QtGui, QtWidgets, QtSvg; QtWidgets.QApplication([])"


class Stamp:
    """What was installed, in a file inside .venv so that they go together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.state = ""
        self.extras: frozenset[str] = frozenset()
        self.python: list[int] = []
        try:
            found = json.loads(self._path.read_text("utf-8"))
            self.state, self.extras, self.python = found["state"], frozenset(found["extras"]), found["python"]
        except (OSError, ValueError, KeyError, TypeError):
            self.python = []  # absent or half written: begin again

    def write(self, *, state: str, extras: frozenset[str]) -> None:
        """Keep it; an empty state means that an installation is under way."""
        self.state, self.extras, self.python = state, extras, _PYTHON
        self._path.write_text(json.dumps({"state": state, "extras": sorted(extras), "python": _PYTHON}), "utf-8")


def make_ready(*, extras: frozenset[str], with_tools: bool = False) -> list[str]:
    """Install what is missing; returns the Debian packages that only tests need and that could not be had.

    Raises NotReady where the program itself cannot run.
    """
    _check_python()
    still_missing = system_packages.provide(with_tools=with_tools)
    _provide_venv(extras)
    return still_missing


def venv_python() -> Path:
    """The interpreter of the environment."""
    return venv_program("python")


def venv_program(name: str) -> Path:
    """A program of the environment."""
    return VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would lead past .venv."""
    return {name: value for name, value in os.environ.items() if name not in _MISLEADING}


def hand_over(arguments: list[str]) -> int:
    """Become this command of the environment; where a process cannot be replaced, wait for its exit code."""
    command = [str(venv_python()), *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, clean_environment())  # does not return
    with subprocess.Popen(command, env=clean_environment()) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue  # the child was told, too; it decides how to end


def _check_python() -> None:
    if sys.version_info[:2] < PYTHON_MIN:
        raise NotReady(
            f"expected Python {'.'.join(map(str, PYTHON_MIN))} or newer, got {sys.version.split()[0]} "
            f"({sys.executable}). Start this script with a newer one, for instance: python3.11 {sys.argv[0]}"
        )


def _provide_venv(extras: frozenset[str]) -> None:
    """Make .venv and install the project into it, unless that was done for this very pyproject.toml."""
    stamp = Stamp(VENV / "shopfloor.json")
    if stamp.python != _PYTHON or not venv_python().exists():
        say(f"making the environment {VENV.relative_to(ROOT)} with Python {sys.version.split()[0]}")
        base = getattr(sys, "_base_executable", sys.executable)
        _run([base, "-m", "venv", "--clear", str(VENV)], "the environment could not be made")
        stamp.write(state="", extras=frozenset())
    state = _state()
    if stamp.state == state and extras <= stamp.extras:
        return
    started = time.monotonic()
    extras |= stamp.extras
    stamp.write(state="", extras=extras)
    say("installing libraries, some 150 MB the first time")
    target = f"{ROOT}[{','.join(sorted(extras))}]"
    pip = [str(venv_python()), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--editable", target]
    _run(
        pip,
        "the libraries could not be installed. Is the package index reachable, and a proxy set where one is needed?",
    )
    _check_qt()
    stamp.write(state=state, extras=extras)
    say(f"installed in {time.monotonic() - started:.0f} s")


def _state() -> str:
    """Changes when an installation may have to: with pyproject.toml and when the checkout moves."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()


def _check_qt() -> None:
    """Start Qt once without a screen, so that a missing library is named here and not as a traceback later."""
    environment = {**clean_environment(), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([venv_python(), "-c", _PROBE], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise NotReady(f"Qt does not start: {last}. Install the system library that it names, then try again")


def _run(command: list[str], trouble: str) -> None:
    done = subprocess.run(command, env=clean_environment(), cwd=ROOT, check=False)
    if done.returncode:
        raise NotReady(f"{trouble} (exit code {done.returncode} of: {' '.join(command)})")
