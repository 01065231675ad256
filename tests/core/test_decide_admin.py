"""Cards out of use: which of them may be held, lost, found, released and retired."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.line import LimitPolicy
from shopfloor.core.state import CardState
from tests.helpers.desk import Desk, rule_of
from tests.helpers.routes import bring, long_line, said, with_station

Make = Callable[[str], c.Command]


def hold(card: str) -> c.Command:
    """Hold a card."""
    return c.HoldCard(station="saw", card=card, reason="dent")


def release(card: str) -> c.Command:
    """Release a card."""
    return c.ReleaseCard(station="saw", card=card)


def lose(card: str) -> c.Command:
    """Lose a card."""
    return c.LoseCard(station="saw", card=card)


def find(card: str) -> c.Command:
    """Find a card."""
    return c.FindCard(station="saw", card=card, full=True)


def retire(card: str) -> c.Command:
    """Retire a card."""
    return c.RetireCard(station="saw", card=card)


@pytest.mark.parametrize("make", [hold, release, lose, find, retire])
def test_a_card_that_nobody_issued_is_unknown(make: Make) -> None:
    assert rule_of(Desk(long_line()).do(make("long-77"))) == "unknown_card"


@pytest.mark.parametrize(
    ("state", "make", "rule"),
    [
        ("full", hold, ""),
        ("in_process 2", hold, ""),
        ("held", hold, "held"),
        ("lost", hold, "lost"),
        ("retired", hold, "retired"),
        ("new", hold, "already_done"),
        ("full", release, "already_done"),
        ("lost", release, "lost"),
        ("in_process 2", lose, ""),
        ("held", lose, ""),
        ("lost", lose, "lost"),
        ("retired", lose, "retired"),
        ("full", find, "already_done"),
        ("held", find, "held"),
        ("retired", find, "retired"),
        ("held", retire, ""),
        ("lost", retire, ""),
        ("queued 2", retire, "already_done"),
        ("retired", retire, "retired"),
    ],
)
def test_a_card_goes_out_of_use_and_comes_back_as_its_state_allows(state: str, make: Make, rule: str) -> None:
    desk = Desk(long_line())
    card = bring(desk, "long", state)
    assert rule_of(desk.do(make(card.id))) == rule
    assert (desk.card("long", 1) == card) == bool(rule)


def test_a_found_card_begins_where_it_was_found() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 2")
    desk.do(lose("long-01"))
    assert desk.card("long", 1).state is CardState.LOST
    desk.do(c.FindCard(station="saw", card="long-01", full=False))
    card = desk.card("long", 1)
    assert (card.state, card.step, card.since_us) == (CardState.EMPTY, 0, desk.clock.now().at_us)
    assert said(desk.scan("long", 1, "saw")) == "start 1"


def test_a_soft_station_says_nothing_about_the_limit_of_the_line() -> None:
    line = replace(with_station(long_line(), "saw", limit_policy=LimitPolicy.SOFT, wip_limit=1), wip_limit=1)
    desk = Desk(line)
    bring(desk, "short", "in_process 1")
    bring(desk, "long", "empty")
    assert said(desk.scan("long", 1, "saw")) == "line_limit"
