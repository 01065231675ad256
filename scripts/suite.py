"""The checks, and pytest with its output passed through."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import setup_env
from setup_words import say

# Each with its command; all of them run, even if one fails.
_LINTS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy"],
    "import-linter": ["lint-imports"],
}

# pytest's exit code when its arguments select no test.
_NOTHING_COLLECTED = 5


def run_checks(arguments: list[str], *, missing: list[str]) -> int:
    """Lints first, because they are quick; then the tests, whose summary is the last thing on the screen."""
    results: list[tuple[str, int, float]] = []
    for name, (program, *rest) in _LINTS.items():
        say(f"{name} ...")
        started = time.monotonic()
        code = subprocess.call([setup_env.venv_program(program), *rest], cwd=setup_env.ROOT, env=_environment())
        results.append((name, code, time.monotonic() - started))
    say("pytest ...")
    started = time.monotonic()
    code, summary = run_pytest(arguments)
    results.append(("pytest", code, time.monotonic() - started))
    print()
    for name, result, seconds in results:
        say(f"{name:<15} {'passed' if result == 0 else f'FAILED ({result})':<12} {seconds:6.1f} s")
    if missing:
        say(f"could not be installed, so tests that need it were skipped: {', '.join(missing)}")
    print(summary, flush=True)
    return 0 if all(result == 0 for _, result, _ in results) else 1


def run_pytest(arguments: list[str]) -> tuple[int, str]:
    """Run pytest with its output passed through as it comes; returns its exit code and its last line."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    command = [str(setup_env.venv_python()), "-m", "pytest", *colour, *arguments]
    tail = b""
    with subprocess.Popen(command, cwd=setup_env.ROOT, env=_environment(), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        while chunk := os.read(child.stdout.fileno(), 65536):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            tail = (tail + chunk)[-4096:]
    lines = tail.decode("utf-8", "replace").strip().splitlines() or ["pytest said nothing"]
    if child.returncode == _NOTHING_COLLECTED:
        lines.append("no test was selected")
    return child.returncode, next((line for line in reversed(lines) if re.search(r" in [\d.:]+", line)), lines[-1])


def _environment() -> dict[str, str]:
    """No byte of a check depends on how the caller's terminal buffers."""
    return {**setup_env.clean_environment(), "PYTHONUNBUFFERED": "1"}
