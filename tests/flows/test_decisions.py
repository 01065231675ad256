"""What no terminal decides alone, with real terminals on a real line server: restart, cards, line file, take-over."""

import queue
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.credits import held, spent
from shopfloor.core.evolve import fold
from shopfloor.core.line import Device, DeviceKind, Line
from shopfloor.core.line_link import LinkState
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.core.state_hash import state_hash
from shopfloor.core.state_line import FindingKind
from shopfloor.core.take_over import stakes_of
from shopfloor.core.update import Outcome, Snapshot
from shopfloor.link.joined import write_joined
from shopfloor.link.server.rights import KeyRole
from shopfloor.store.verify import verify
from tests.helpers.calls import andon_line
from tests.helpers.line_served import Served, served
from tests.helpers.routes import with_station
from tests.helpers.terminal import Ear, until

WAIT_S_MAX = 30.0
LINE = andon_line(wip_limit=6)
STARTED, FINISHED = "card_started", "card_finished"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "server", line=LINE.id) as server:
        yield server


class Floor:
    """Terminals with their stations and keys, on one line."""

    def __init__(self, server: Served, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._stack = ExitStack()
        self._keys: set[str] = set()
        self.terminals: dict[str, Terminal] = {}

    def start(
        self, name: str, *stations: str, line: Line | None = LINE, role: KeyRole = KeyRole.LEADER, linked: bool = True
    ) -> Terminal:
        """Start a terminal; without `linked` its cable is out."""
        folder = self._folder / name
        if name not in self._keys:
            write_joined(folder, self._server.key(name, role))
            self._keys.add(name)
        terminal = Terminal(folder, list(stations or (name,)), line=line)
        terminal.open()
        self.terminals[name] = terminal
        if linked:
            terminal.start_link()
        return terminal

    def stop(self, name: str) -> None:
        """End a terminal."""
        self.terminals.pop(name).stop()

    def close(self) -> None:
        """End everything."""
        for name in tuple(self.terminals):
            self.stop(name)

    def shop(self, name: str) -> Shop:
        """What is true at a terminal."""
        ear = Ear()
        end = self.terminals[name].engine.listen(ear)
        found = ear.next()
        end()
        assert isinstance(found, Snapshot)
        shop = Shop(found.line, found.entities)
        shop.origin = found.link.origin if found.link else ""
        return shop

    def ask(self, name: str, command: c.Command, command_id: str = "") -> "queue.SimpleQueue[Outcome]":
        """Submit a command; where its answer comes."""
        answers: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        terminal = self.terminals[name]
        assert terminal.engine.submit(command, terminal.clock.now(), command_id=command_id, reply=answers.put)
        return answers

    def do(self, name: str, command: c.Command, command_id: str = "") -> str:
        """Do a command; the rule that refused it, or the kind of event it came to."""
        outcome = self.ask(name, command, command_id).get(timeout=WAIT_S_MAX)
        return outcome.refusal.rule.value if outcome.refusal else outcome.kind

    def together(self) -> None:
        """Wait until all know the same."""
        until(lambda: len({state_hash(self.shop(name).entities()) for name in self.terminals}) == 1)

    def is_up(self, name: str) -> bool:
        """Whether a terminal has the link and has read everything."""
        view = self.terminals[name].stops.view
        return view is not None and view.state is LinkState.UP and not view.behind and not view.owing

    def up(self) -> None:
        """Wait until all have the link, and hear of each other."""
        until(lambda: all(self.is_up(name) for name in self.terminals))
        self.together()


@contextmanager
def floor_of(server: Served, folder: Path) -> Iterator[Floor]:
    floor = Floor(server, folder)
    try:
        yield floor
    finally:
        floor.close()


@pytest.fixture
def floor(server: Served, tmp_path: Path) -> Iterator[Floor]:
    with floor_of(server, tmp_path) as floor:
        yield floor


def test_the_line_is_restarted_once_and_never_without_the_link(floor: Floor) -> None:
    floor.start("saw")
    floor.start("mill")
    floor.up()
    assert floor.do("saw", c.RaiseCall(station="saw", reason="fire")) == "call_raised"
    floor.together()
    (call,) = floor.shop("mill").calls
    floor.stop("mill")
    floor.start("mill", linked=False)
    assert floor.do("mill", c.ClearCall(station="mill", call=call)) == "unlinked"
    floor.terminals["mill"].start_link()
    floor.up()
    answers = [floor.ask(name, c.ClearCall(station=name, call=call), f"clear {name}") for name in ("saw", "mill")]
    outcomes = [answer.get(timeout=WAIT_S_MAX) for answer in answers]
    kinds = sorted(o.refusal.rule.value if o.refusal else o.kind for o in outcomes)
    assert kinds[0] in {"already_done", "call_cleared"}
    assert kinds.count("call_cleared") == 1
    assert set(kinds) <= {"call_cleared", "faster", "already_done"}
    floor.together()
    assert floor.shop("saw").stop_over("mill") is None
    assert all(not thing.startswith("restart.") for thing in floor.shop("mill").decrees), "it is over: none is kept"
    winner = ("saw", "mill")[next(i for i, o in enumerate(outcomes) if o.refusal is None)]
    again = floor.do(winner, c.ClearCall(station=winner, call=call), f"clear {winner}")
    assert again == "repeated_command", "an answer that was lost may be asked for again"


def test_extra_cards_are_issued_by_one_terminal_at_a_time(floor: Floor) -> None:
    floor.start("saw")
    floor.start("mill")
    floor.up()
    issue = [c.IssueCards(station=name, loop="long", count=2, reason="rush") for name in ("saw", "mill")]
    outcomes = [a.get(timeout=WAIT_S_MAX) for a in [floor.ask(i.station, i) for i in issue]]
    kinds = [o.refusal.rule.value if o.refusal else o.kind for o in outcomes]
    issued = kinds.count("cards_issued")  # one, but that the second has read the first's in between
    assert issued >= 1
    assert set(kinds) <= {"cards_issued", "faster"}
    floor.together()
    assert floor.do("mill", c.RetireCard(card="long-06", station="mill")) == "card_retired"
    floor.together()
    assert sum(card.loop == "long" for card in floor.shop("saw").cards.values()) == 4 + 2 * issued
    assert floor.shop("saw").decrees["card.long"].epoch == issued + 1


def test_a_line_file_travels_and_only_an_admins_terminal_changes_it(floor: Floor, tmp_path: Path) -> None:
    floor.start("saw", role=KeyRole.ADMIN)
    floor.start("mill", line=None)
    floor.up()
    until(lambda: floor.terminals["mill"].engine.line == LINE)
    wider = with_station(LINE, "saw", wip_limit=5)
    assert floor.do("mill", c.ChangeLine(line=wider)) == "no_key"
    assert floor.do("saw", c.ChangeLine(line=wider)) == "line_changed"
    until(lambda: floor.terminals["mill"].engine.line == wider)
    floor.together()
    floor.stop("mill")
    mill = floor.start("mill", line=LINE)
    until(lambda: "may not change it" in mill.line_trouble)
    assert mill.engine.line == wider, "the line's stays in force"
    floor.stop("saw")
    saw = floor.start("saw", line=with_station(wider, "saw", wip_limit=4), role=KeyRole.ADMIN)
    until(lambda: bool(saw.engine.line.stations[0].wip_limit == 4))
    floor.together()
    assert floor.shop("mill").decrees["line"].epoch == 2
    floor.close()
    assert [verify(tmp_path / name, fold) for name in ("saw", "mill")] == [[], []]


def test_a_terminal_without_any_line_file_gets_it_from_the_line_and_opens_its_ports(floor: Floor) -> None:
    floor.start("saw", role=KeyRole.ADMIN)
    floor.up()
    mill = floor.start("mill", line=None, linked=False)
    assert mill.engine.line.id == ""
    mill.fetch_line(WAIT_S_MAX)
    assert mill.engine.line == LINE
    floor.up()
    mill.start_devices()
    gun = Device(id="gun-9", kind=DeviceKind.SCANNER, port="virtual://gun-9", station="mill")
    assert floor.do("saw", c.ChangeLine(line=replace(LINE, devices=(gun,)))) == "line_changed"
    until(lambda: mill.engine.condition("gun-9") is not None)


def test_a_first_line_file_that_came_second_is_none(floor: Floor) -> None:
    floor.start("saw", role=KeyRole.ADMIN)
    floor.up()
    other = with_station(LINE, "saw", wip_limit=9)
    mill = floor.start("mill", line=other, linked=False)
    assert mill.engine.line == other, "alone it works at once"
    mill.start_link()
    floor.up()
    until(lambda: mill.engine.line == LINE)
    until(lambda: "may not change it" in mill.line_trouble)


def test_a_dead_terminals_stations_are_taken_over_and_taken_back(floor: Floor, tmp_path: Path) -> None:
    floor.start("saw", role=KeyRole.STATION)
    floor.start("mill")
    floor.up()
    for number in (1, 2):
        assert floor.do("saw", c.StepCard(station="saw", card=f"ring-0{number}")) == STARTED
    floor.together()
    floor.stop("saw")
    shop = floor.shop("mill")
    now = floor.terminals["mill"].clock.now()
    stakes = stakes_of(shop, floor.terminals["mill"].stops.view, "saw", now)
    assert (stakes.stations, stakes.cards, stakes.left) == (("saw",), ("ring-01", "ring-02"), 4)
    assert floor.do("mill", c.StepCard(station="saw", card="ring-01")) == "taken_over"
    take = TakeOver(station="mill", stations=("saw",), reason="its computer is dead")
    assert floor.do("mill", take) == "stations_taken"
    assert floor.do("mill", c.StepCard(station="saw", card="ring-01")) == FINISHED
    assert floor.do("mill", c.StepCard(station="saw", card="ring-03")) == STARTED

    saw = floor.start("saw", linked=False)
    assert floor.do("saw", c.StepCard(station="saw", card="ring-04")) == STARTED, "it has not heard of it"
    saw.start_link()
    floor.up()
    (found,) = floor.shop("mill").findings.values()
    assert (found.kind, found.places, found.count) == (FindingKind.STILL_WORKED, ("saw", "saw", "mill"), 1)
    assert floor.do("saw", c.StepCard(station="saw", card="ring-04")) == "taken_over"
    back = TakeOver(station="saw", stations=("saw",), reason="repaired")
    assert floor.do("saw", back) == "stations_taken", "its own: no leader's key is needed for that"
    floor.together()
    shop = floor.shop("mill")
    assert shop.posts["saw"].terminal == "saw"
    assert floor.do("saw", c.StepCard(station="saw", card="ring-04")) == FINISHED
    assert floor.do("mill", c.StepCard(station="saw", card="ring-03")) == "taken_over"
    origins = {post.origin for post in shop.posts.values()}
    assert sum(held(shop, origin) for origin in origins) == LINE.wip_limit
    assert sum(spent(shop, origin) for origin in origins) == len(shop.released)
    assert shop.cards["ring-04"].state is CardState.IN_PROCESS
    floor.together()
    floor.close()
    assert [verify(tmp_path / name, fold) for name in ("saw", "mill")] == [[], []]


def test_of_two_that_take_over_the_same_terminal_one_has_it(floor: Floor) -> None:
    for name in ("saw", "mill", "wash"):
        floor.start(name)
    floor.up()
    floor.stop("saw")
    takes = {n: TakeOver(station=n, stations=("saw",), reason="dead") for n in ("mill", "wash")}
    outcomes = {n: floor.ask(n, take).get(timeout=WAIT_S_MAX) for n, take in takes.items()}
    kinds = sorted(o.refusal.rule.value if o.refusal else o.kind for o in outcomes.values())
    floor.together()
    owner = floor.shop("mill").posts["saw"].terminal
    assert owner in takes
    assert "stations_taken" in kinds
    assert floor.shop("wash").posts["saw"].epoch == kinds.count("stations_taken")


def test_a_stations_key_may_not_take_over(floor: Floor) -> None:
    floor.start("saw")
    floor.start("mill", role=KeyRole.STATION)
    floor.up()
    assert floor.do("mill", TakeOver(station="mill", stations=("saw",), reason="dead")) == "no_key"
    floor.stop("mill")
    floor.start("mill", role=KeyRole.STATION, linked=False)
    assert floor.do("mill", TakeOver(station="mill", stations=("saw",), reason="dead")) == "unlinked"


def test_the_line_file_is_kept_over_a_restart(floor: Floor) -> None:
    wider = replace(LINE, name="Wider")
    floor.start("saw", role=KeyRole.ADMIN)
    floor.start("mill", line=None)
    floor.up()
    assert floor.do("saw", c.ChangeLine(line=wider)) == "line_changed"
    until(lambda: floor.terminals["mill"].engine.line == wider)
    floor.stop("mill")
    mill = floor.start("mill", line=None, linked=False)
    assert mill.engine.line == wider
