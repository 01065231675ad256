"""The line files that come with the program."""

from importlib import resources

from shopfloor.core.line import Line
from shopfloor.linefile.reader import parse


def write_starter() -> str:
    """The text of a first line file, explained for whoever changes it; it passes the check as it is."""
    return _resource("starter.toml")


def demo_text() -> str:
    """The text of the demo's line file."""
    return _resource("demo.toml")


def demo_line() -> Line:
    """The line of the demo: five stations, four loops, virtual devices, always in working time."""
    return parse(demo_text())


def _resource(name: str) -> str:
    return resources.files("shopfloor.linefile").joinpath(name).read_text("utf-8")
