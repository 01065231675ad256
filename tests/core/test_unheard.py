"""A consumer whose terminal is not heard: the card in hand is the signal, and what happened there is inferred."""

from datetime import UTC

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import CardStarted, CardWithdrawn, ScanRefused
from shopfloor.core.state import CardState
from shopfloor.core.state_line import FindingKind, Post
from shopfloor.core.words_line import finding_words
from tests.helpers.desk import Desk, rule_of
from tests.helpers.routes import long_line

OTHER = "assembly~1"


def desk_of(*, heard: bool) -> Desk:
    """The terminal of the saw; the assembly is another's, which is heard or not."""
    desk = Desk(long_line())
    desk.shop.origin = "t.1"
    desk.shop.put([Post(station="assembly", terminal="assembly", origin=OTHER, since_us=1)])
    desk.shop.live = frozenset({OTHER}) if heard else frozenset()
    return desk


def test_a_full_card_at_the_first_station_is_the_signal() -> None:
    desk = desk_of(heard=False)
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, CardStarted)
    assert [(step.what, step.station) for step in event.inferred] == [("withdraw", "assembly")]
    card = desk.card("long", 1)
    assert (card.state, card.cycle, card.released_us) == (CardState.IN_PROCESS, 1, 0)


def test_where_the_consumer_is_heard_nothing_is_made_without_its_signal() -> None:
    assert rule_of(desk_of(heard=True).scan("long", 1, "saw")) == "no_pull_signal"


def test_only_the_first_station_may_infer_it() -> None:
    desk = desk_of(heard=False)
    second = desk.shop.loops["long"].route[1]
    assert rule_of(desk.scan("long", 1, second)) == "no_pull_signal"


@pytest.mark.parametrize(("after_s", "kind"), [(5.0, ScanRefused), (30.0, CardStarted)])
def test_a_second_scan_of_a_finished_container_is_no_signal(after_s: float, kind: type) -> None:
    line = long_line()
    short = replace(line, loops=tuple(replace(x, route=x.route[:1], lane_limits=()) for x in line.loops))
    desk = Desk(short)
    desk.shop.origin = "t.1"
    desk.shop.put([Post(station="assembly", terminal="assembly", origin=OTHER, since_us=1)])
    desk.scan("long", 1, "saw")
    desk.scan("long", 1, "saw", after_s=60)
    assert desk.card("long", 1).state is CardState.FULL
    assert isinstance(desk.scan("long", 1, "saw", after_s=after_s), kind)


def test_the_withdrawal_that_comes_late_is_not_counted_twice() -> None:
    late = desk_of(heard=False)
    early = desk_of(heard=False)
    started = late.scan("long", 1, "saw", after_s=100)
    withdrawn = CardWithdrawn(station="assembly", device="gun", code="K", by="ana", card="long-01")
    early.record(withdrawn)
    early.clock.advance(100)
    early.record(started)
    assert early.card("long", 1).cycle == late.card("long", 1).cycle == 1
    assert early.card("long", 1).state is CardState.IN_PROCESS


def test_one_that_was_full_after_all_is_a_finding_until_the_card_is_scanned_again() -> None:
    desk = desk_of(heard=False)
    desk.scan("long", 1, "saw", after_s=100)
    desk.clock.advance(100)
    desk.record(CardWithdrawn(station="assembly", device="gun", code="K", by="ana", card="long-01"))
    (found,) = desk.shop.findings.values()
    assert (found.kind, found.card, found.places) == (FindingKind.NOT_FULL, "long-01", ("saw", "assembly"))
    words, remedy = finding_words(desk.shop, found, UTC)
    assert str(words).endswith("was started, and another one may be full")
    assert str(remedy) == "Count the full containers."
    desk.scan("long", 1, "saw", after_s=100)
    assert desk.shop.findings == {}


def test_touch_may_not_infer_more_than_a_scan() -> None:
    desk = desk_of(heard=True)
    event = desk.do(c.StepCard(station="saw", card="long-01"))
    assert rule_of(event) == "no_pull_signal"
