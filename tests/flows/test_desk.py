"""Terminals without stations on a real line server: a leader's, and one whose key only lets it watch."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.line_link import LinkState
from shopfloor.core.state_hash import state_hash
from shopfloor.link.joined import write_joined
from shopfloor.link.server.rights import KeyRole
from shopfloor.trouble import Trouble
from tests.helpers.calls import andon_line
from tests.helpers.line_served import Served, served
from tests.helpers.terminal import shop_of, until

WAIT_S_MAX = 30.0
LINE = andon_line()


@contextmanager
def running(terminal: Terminal) -> Iterator[Terminal]:
    """A terminal on the line, without devices and screens."""
    terminal.open()
    try:
        terminal.start_link()
        yield terminal
    finally:
        terminal.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "server", line=LINE.id) as server:
        yield server


def joined(server: Served, folder: Path, role: KeyRole) -> Path:
    """A data folder that joined the line."""
    key = server.key(folder.name, role)
    write_joined(folder, key)
    return folder


def test_without_stations_the_line_file_comes_by_the_line_and_a_call_is_taken(server: Served, tmp_path: Path) -> None:
    with ExitStack() as stack:
        desk = stack.enter_context(running(Terminal(joined(server, tmp_path / "office", KeyRole.LEADER), [])))
        hall = stack.enter_context(running(Terminal(joined(server, tmp_path / "hall", KeyRole.BOARD), [])))
        assert (desk.places, hall.places) == (("desk:office",), ())
        assert shop_of(desk.engine).line.id == ""
        saw = stack.enter_context(
            running(Terminal(joined(server, tmp_path / "saw", KeyRole.ADMIN), ["saw"], line=LINE))
        )
        assert saw.engine.submit(c.RaiseCall(station="saw", reason="material"), saw.clock.now())
        until(lambda: bool(shop_of(desk.engine).calls))
        call = next(iter(shop_of(desk.engine).calls))
        assert desk.engine.submit(c.AcknowledgeCall(station=desk.desk, call=call), desk.clock.now())
        until(lambda: bool(shop_of(saw.engine).calls[call].acked_us))
        until(lambda: len({state_hash(shop_of(each.engine).entities()) for each in (desk, hall, saw)}) == 1)
        view = hall.stops.view
        assert (view.state, view.watches, view.owing, view.acked) == (LinkState.UP, True, 0, 0)


def test_a_terminal_without_stations_needs_a_line_and_one_that_watches_has_none(server: Served, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has joined a line"):
        Terminal(tmp_path / "alone", [])
    with pytest.raises(Trouble, match="for watching"):
        Terminal(joined(server, tmp_path / "hall", KeyRole.BOARD), ["saw"])
