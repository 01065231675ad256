"""Whatever terminals decide apart (line files, take-overs, holds), and however they were read in, they come to one."""

import random

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import SettleFinding
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.credits import held
from shopfloor.core.shop import Shop
from shopfloor.core.state_hash import state_hash
from shopfloor.core.views import line_view, station_view
from tests.engine.test_floor import AGE_US, FLOORS, SIGNALS, Plant, folded
from tests.helpers.line_peer import Peer
from tests.helpers.scale import scaled

PLANTS = scaled(6, 200)
LIMITS = (None, 3, 5, 8)


def _read_in_anew(peer: Peer, rng: random.Random) -> None:
    """A restart, with what is true in any order."""
    peer.restart()
    was, entities = peer.shop, list(peer.shop.entities())
    rng.shuffle(entities)
    peer.shop = Shop(was.line, entities)
    peer.shop.origin, peer.shop.live = was.origin, was.live


def _command(peer: Peer, rng: random.Random) -> c.Command | None:
    """What is decided seldom."""
    shop, station = peer.shop, rng.choice(peer.stations)
    card = rng.choice(list(shop.cards))
    stations = list(shop.line.stations)
    rng.shuffle(stations)
    theirs = [post for post in shop.posts.values() if post.origin != peer.name]
    whose = rng.choice(theirs).terminal if theirs else ""
    taken = tuple(post.station for post in theirs if post.terminal == whose)
    findings = list(shop.findings)
    return rng.choice(
        [
            c.ChangeLine(line=replace(shop.line, stations=tuple(stations), wip_limit=rng.choice(LIMITS))),
            TakeOver(station=station, stations=taken, reason="it is dead") if taken else None,
            c.HoldCard(station=station, card=card, reason="scratched"),
            c.ReleaseCard(station=station, card=card),
            c.LoseCard(station=station, card=card),
            c.UndoStep(station=station),
            c.StartTerminal(terminal=peer.name.partition("~")[0], program="test", stations=peer.stations),
            SettleFinding(station=station, finding=rng.choice(findings)) if findings else None,
        ]
    )


@pytest.mark.parametrize("seed", range(PLANTS))
def test_they_come_to_one_state_that_can_be_shown_and_to_as_many_places_as_there_are(seed: int) -> None:
    plant, rng = Plant(seed), random.Random(seed)
    for peer in plant.peers:
        peer.shop.live = frozenset(other.name for other in plant.peers)
    for step in range(SIGNALS):
        plant.work(step)
        peer = rng.choice(plant.peers)
        peer.shop.linked = True
        if rng.random() < 0.2 and (command := _command(peer, rng)) is not None:
            peer.do(command, plant.now(peer, step))
        if rng.random() < 0.05:
            _read_in_anew(peer, rng)
        if step % (SIGNALS // FLOORS) == SIGNALS // FLOORS - 1:
            plant.peers[0].set_floor(plant.at_us - AGE_US, plant.now(plant.peers[0], step))
            plant.peers[0].settle()
    plant.finish()
    assert {state_hash(peer.shop.entities()) for peer in plant.peers} == {folded(plant.events())}
    shop, now = plant.peers[0].shop, plant.now(plant.peers[0])
    assert line_view(shop, now)
    assert all(station_view(shop, station, now) for station in shop.stations)
    if shop.credits and shop.line.wip_limit is not None:
        origins = {*shop.credits, *(post.origin for post in shop.posts.values())}
        assert sum(held(shop, origin) for origin in origins) == shop.line.wip_limit
