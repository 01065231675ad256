"""Another terminal has the first station from now on: whoever holds the line's limit may not have heard of it."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.credits import held, spent
from shopfloor.core.line import Line
from shopfloor.core.merge import key_of
from tests.core.test_take_over import Floor
from tests.engine.test_credits import LIMIT, most_released
from tests.helpers.line_peer import Peer


def _alone(floor: Floor) -> None:
    for peer in floor.peers:
        peer.shop.live = frozenset()


def _work(floor: Floor, *at: tuple[int, int]) -> None:
    """Terminals scan the cards of stations, each as often as there are cards."""
    for number in range(1, 6):
        for terminal, station in at:
            floor.scan(terminal, station, number)


def _most(floor: Floor) -> int:
    return most_released(sorted((r for peer in floor.peers for r in peer.own), key=key_of))


def _swapped(line: Line) -> Line:
    first, second, *others = line.stations
    return replace(line, stations=(second, first, *others))


def test_a_line_file_with_another_first_station_moves_no_places() -> None:
    floor = Floor(("s0",), ("s1",))
    _alone(floor)
    floor.scan(0, 0, 1)
    floor.peers[1].do(c.ChangeLine(line=_swapped(floor.line)), floor.now())
    _work(floor, (0, 0), (1, 1))
    floor.talk()
    assert _most(floor) <= LIMIT
    shop = floor.peers[0].shop
    assert (floor.held(shop), floor.spent(shop)) == ([LIMIT, 0], [4, 0])


def test_a_terminal_that_claims_a_station_before_all_others_gets_places_by_asking() -> None:
    floor = Floor(("s1",), ("s2",))
    new = Peer("t9", floor.line, ("s0",))
    new.hear(floor.peers[0].own)
    new.hear(floor.peers[1].own)
    floor.peers.append(new)
    new.do(c.StartTerminal(terminal="t9", program="", stations=("s0",)), floor.now())
    _alone(floor)
    _work(floor, (0, 1), (2, 0))
    floor.talk()
    assert _most(floor) <= LIMIT
    floor.peers[0].shop.live = frozenset({new.name})
    floor.scan(0, 1, 1)  # a place is free again, and what was asked for is due
    floor.peers[0].do(c.NoteClockStep(step_ms=0), floor.now())
    floor.talk()
    assert held(new.shop, new.name) > spent(new.shop, new.name)


def test_places_of_a_terminal_without_a_station_go_with_the_first_one() -> None:
    floor = Floor(("s0",), ("s1",))
    line = replace(floor.line, stations=floor.line.stations[1:], loops=floor.line.loops[1:])
    floor.peers[1].do(c.ChangeLine(line=line), floor.now())
    assert floor.held(floor.peers[1].shop) == [0, LIMIT]
