"""What is said of the tests of lamps and sound."""

import msgspec
import pytest

from shopfloor.core.lamp_views import ASK_S, OVERDUE_S, SEEN, LampResult, LampTestView, lamp_test_view
from shopfloor.core.line import Line
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import LampTest

AT_US = 1_000_000 * US_PER_S


def view(test: LampTest | None, *, after_s: float = 60, test_at: str = "05:45", lamp: str = "tower") -> LampTestView:
    line = Line(id="l", name="L", andon=AndonPolicy(test_at=test_at))
    shop = Shop(line, [] if test is None else [msgspec.structs.replace(test, lamp=lamp)])
    return lamp_test_view(shop, lamp, AT_US + round(after_s * US_PER_S), since_us=AT_US)


@pytest.mark.parametrize(
    ("ok", "detail", "lamp", "result"),
    [
        (True, "red on", "tower", LampResult.READ_BACK),
        (True, SEEN, "tower", LampResult.SEEN),
        (True, "", "sound", LampResult.PLAYED),
        (False, "", "sound", LampResult.FAILED),
        (False, "not seen", "tower", LampResult.FAILED),
        (None, "red on", "tower", LampResult.UNSEEN),
    ],
)
def test_what_came_of_it(ok: bool | None, detail: str, lamp: str, result: LampResult) -> None:
    found = view(LampTest(lamp="", at_us=AT_US, ok=ok, detail=detail), lamp=lamp)
    assert (found.result, found.at_us, found.overdue) == (result, AT_US, False)


def test_only_what_was_just_tested_is_asked_for() -> None:
    unseen = LampTest(lamp="", at_us=AT_US, ok=None)
    assert view(unseen, after_s=ASK_S).asks
    assert not view(unseen, after_s=ASK_S + 1).asks
    assert not view(LampTest(lamp="", at_us=AT_US, ok=True)).asks


@pytest.mark.parametrize("test", [LampTest(lamp="", at_us=AT_US, ok=True), None])
def test_a_test_is_overdue_after_a_day_and_a_half_if_the_line_wants_one(test: LampTest | None) -> None:
    assert not view(test, after_s=OVERDUE_S).overdue
    assert view(test, after_s=OVERDUE_S + 1).overdue
    assert not view(test, after_s=OVERDUE_S + 1, test_at="").overdue
