"""Prints the figures after the tests."""

import pytest

from tests.benchmarks.table import lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, if any benchmark ran."""
    if table := lines():
        terminalreporter.section("figures")
        for line in table:
            terminalreporter.write_line(line)
