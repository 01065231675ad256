"""What cards begin with when a line file puts them in circulation."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.decide import decide
from shopfloor.core.events import CardCirculated, LineChanged
from shopfloor.core.line import StartState
from shopfloor.core.moment import Now
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.core.words import refusal_words
from tests.helpers.lines import a_line

FULL, EMPTY = StartState.FULL, StartState.EMPTY
NOW = Now(1_000_000, 0, "b")


def begun(first: dict[str, StartState], shop: Shop | None = None) -> dict[str, CardState] | Refusal:
    decision = decide(shop or Shop(), c.ChangeLine(line=a_line(), first=first), NOW)
    if isinstance(decision, Refusal):
        return decision
    assert isinstance(decision[0], LineChanged)
    return {event.card: event.state for event in decision if isinstance(event, CardCirculated)}


def test_named_cards_begin_as_named_and_the_others_as_their_loop() -> None:
    found = begun({"housing-02": EMPTY, "housing-03": FULL})
    assert isinstance(found, dict)
    assert [found[f"housing-0{number}"] for number in range(1, 7)] == [
        CardState.FULL, CardState.EMPTY, *[CardState.FULL] * 4,
    ]  # fmt: skip
    assert found["kit-01"] is CardState.EMPTY


@pytest.mark.parametrize(
    "first",
    [{"housing-07": EMPTY}, {"nobody-01": FULL}, {"kit-01": FULL}],
    ids=["above the number of cards", "no card of the line", "full where nobody empties"],
)
def test_what_cannot_begin_so_is_refused_and_nothing_happens(first: dict[str, StartState]) -> None:
    refused = begun({"housing-01": EMPTY} | first)
    assert isinstance(refused, Refusal)
    assert refused.rule is Rule.LINE_FILE
    assert refused.args == {"what": "first", "cards": next(iter(first)), "count": 1}
    sentence, remedy = refusal_words(refused)
    assert str(sentence) == f"1 cards cannot begin as asked: {next(iter(first))}"
    assert "new to circulation" in str(remedy)


def test_a_card_in_circulation_is_refused() -> None:
    from shopfloor.cli.shop_of import preview

    shop = Shop()
    preview(shop, a_line())
    refused = begun({"housing-01": EMPTY}, shop)
    assert isinstance(refused, Refusal)
