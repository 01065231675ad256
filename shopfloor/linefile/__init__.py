"""TOML in; a frozen `core.Line` or every (path, problem, remedy) out."""

from shopfloor.linefile.describe import describe
from shopfloor.linefile.examples import demo_line, demo_text, write_starter
from shopfloor.linefile.problems import LineFileError, Problem
from shopfloor.linefile.reader import parse, read

__all__ = ["LineFileError", "Problem", "demo_line", "demo_text", "describe", "parse", "read", "write_starter"]
