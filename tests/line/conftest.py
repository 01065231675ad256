"""Prints the figures after the tests."""

from tests.benchmarks.conftest import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
