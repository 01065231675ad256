"""Several terminals that hear of each other late and out of order come to the same state."""

import random

import pytest

from shopfloor.core import commands as c
from shopfloor.core.evolve import fold
from shopfloor.core.line import Line
from shopfloor.core.merge import key_of
from shopfloor.core.moment import Now
from shopfloor.core.state_hash import state_hash
from shopfloor.engine.timeline import EVERY_EVENTS
from tests.helpers.line_peer import Peer
from tests.helpers.plants import Crew, random_line
from tests.helpers.scale import scaled

PLANTS = scaled(12, 200)
SIGNALS = 400
OLD_EVENTS = 1200  # of a terminal, six times what is between two milestones


def work(seed: int) -> list[Peer]:
    """Three terminals of a random line, at work and hearing of each other now and then; the last one lazy."""
    rng = random.Random(seed)
    line = random_line(rng)
    lazy = Peer("t3", line, ("e",), lazy=random.Random(seed))
    peers = [Peer("t1", line, ("a", "b")), Peer("t2", line, ("c", "d")), lazy]
    crew, at_us = Crew(rng), 1_767_600_000_000_000
    skew = {peer.name: rng.randrange(-2_000_000, 2_000_000) for peer in peers}
    offline = {peer.name: rng.random() < 0.5 for peer in peers}
    for peer in peers:
        peer.begin(Now(at_us + skew[peer.name], 0, peer.name))
    for step in range(SIGNALS):
        at_us += rng.randrange(1_000, 5_000_000)
        peer = rng.choice(peers)
        now = Now(at_us + skew[peer.name], step * 10**9, peer.name)
        command = crew.command(peer.shop)
        if isinstance(command, c.ReadSignal | c.StepCard) and command.station not in peer.stations:
            continue
        peer.do(command, now)
        if rng.random() < 0.02:
            offline[peer.name] = not offline[peer.name]
        for one in peers:
            for other in peers:
                if one is not other and not offline[one.name] and not offline[other.name] and rng.random() < 0.5:
                    one.hear(other.own[: rng.randrange(len(other.own) + 1)])
    for one in peers:
        for other in rng.sample(peers, len(peers)):
            if one is not other:
                one.hear(other.own)
        one.fold()
    return peers


@pytest.mark.parametrize("seed", range(PLANTS))
def test_terminals_that_know_the_same_events_have_the_same_state(seed: int) -> None:
    peers = work(seed)
    hashes = {peer.name: state_hash(peer.shop.entities()) for peer in peers}
    events = sorted((r for peer in peers for r in peer.own), key=key_of)
    assert set(hashes.values()) == {state_hash(fold(events))}


def test_events_that_come_late_are_folded_among_the_others() -> None:
    assert sum(peer.refolded for seed in range(5) for peer in work(seed)) > 100


def test_journals_that_come_late_in_turns_are_not_each_folded_from_the_beginning() -> None:
    here, *others = [Peer(name, Line(id="x", name="x"), ("a",)) for name in ("t1", "t2", "t3", "t4", "t5", "t6")]
    for step in range(OLD_EVENTS):
        for place, peer in enumerate((here, *others)):
            if place == 0 or step >= OLD_EVENTS * (place - 1) // len(others):
                peer.scan(Now(1_767_600_000_000_000 + step * 1_000_000 + place, step, peer.name))
    from_the_beginning = needed = 0
    for place, other in enumerate(others):
        from_the_beginning += len(here.known)
        first = key_of(other.own[0])
        needed += sum(key_of(r) > first for r in here.known) + EVERY_EVENTS * (place > 0)
        here.hear(other.own)
    everything = sorted(here.known, key=key_of)
    assert state_hash(here.shop.entities()) == state_hash(fold(everything))
    assert here.refolded <= needed < from_the_beginning * 0.8
