"""When a floor is set, by the numbers alone."""

import pytest
from msgspec.structs import replace

from shopfloor.core.delivery import Floors
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.shop import Shop
from shopfloor.engine.ground import Ground
from shopfloor.engine.survey import SURVEY
from tests.helpers.calls import andon_line

NOW = Now(1_767_600_000 * US_PER_S, 10**12, "boot")
UP = LinkView(state=LinkState.UP, since_us=0)
OTHER = Presence(
    terminal="two", origin="two~1", n=7, hash=b"", applied=0, offset_us=0, uncertainty_us=0, version="", heard_ns=10**12
)


def _due(link: LinkView | None, *, more: int = 50, heads: dict[str, int] | None = None) -> int | None:
    shop = Shop(andon_line())
    shop.origin = "one~1"
    ground = Ground(Floors(), lambda _: None)
    return SURVEY.due_us(shop, NOW, link, ground, heads or {"two~1": 7}, lambda _: {"one~1": more})


def test_it_covers_what_is_older_than_a_day() -> None:
    assert _due(UP) == NOW.at_us - 24 * 3600 * US_PER_S


@pytest.mark.parametrize(
    "link",
    [
        None,
        replace(UP, state=LinkState.LOST),
        replace(UP, last_seq=9, applied=8),
        replace(UP, head=9, acked=8),
    ],
)
def test_it_is_set_only_by_a_terminal_that_has_the_line_and_that_the_line_has(link: LinkView | None) -> None:
    assert _due(link) is None


def test_it_waits_for_what_a_terminal_that_is_heard_has_written() -> None:
    assert _due(replace(UP, others=(OTHER,)), heads={"two~1": 6}) is None
    assert _due(replace(UP, others=(OTHER,)), heads={"two~1": 7}) is not None
    silent = replace(OTHER, heard_ns=NOW.mono_ns - 4 * 10**9)
    assert _due(replace(UP, others=(silent,)), heads={"two~1": 6}) is not None, "one that is off is not waited for"


def test_a_line_at_rest_sets_none() -> None:
    assert _due(UP, more=0) is None
    assert _due(UP, more=1) is None
