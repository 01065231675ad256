"""Who hears of a commit."""

import pytest

from shopfloor.core.line import Line
from shopfloor.core.update import Outcome, Snapshot, Update
from shopfloor.engine.publisher import LISTENERS_MAX, Publisher

SNAPSHOT = Snapshot(line=Line(id="a", name="A"), entities=(), health=(), head=7)


def update(n: int) -> Update:
    """Something to tell."""
    return Update(outcome=Outcome(n=n, kind="card_started"))


def test_a_listener_hears_the_snapshot_and_then_every_update_in_order() -> None:
    publisher = Publisher()
    publisher.publish(update(1))
    heard: list[Snapshot | Update] = []
    publisher.add(heard.append, SNAPSHOT)
    publisher.publish(update(2))
    publisher.publish(update(3))
    assert heard == [SNAPSHOT, update(2), update(3)]


def test_whoever_is_removed_hears_nothing_more() -> None:
    publisher = Publisher()
    heard: list[Snapshot | Update] = []
    number = publisher.add(heard.append, SNAPSHOT)
    publisher.remove(number)
    publisher.remove(number)
    publisher.publish(update(1))
    assert heard == [SNAPSHOT]


def test_more_listeners_than_a_terminal_has_are_a_leak() -> None:
    publisher = Publisher()
    numbers = [publisher.add(lambda _: None, SNAPSHOT) for _ in range(LISTENERS_MAX)]
    with pytest.raises(AssertionError, match="expected at most"):
        publisher.add(lambda _: None, SNAPSHOT)
    publisher.remove(numbers[0])
    publisher.add(lambda _: None, SNAPSHOT)
