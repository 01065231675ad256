"""Audits of scanned codes, the count of cards, and who is suspect."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code, shelf_code
from shopfloor.core.line import Line
from shopfloor.core.state import CardState
from shopfloor.flow.audit import Audit, Foreign, OldPrint, Why, audit_loop, audit_place, conservation, place_of
from shopfloor.flow.loop_cycle import LoopHistory
from shopfloor.flow.loop_history import read_loops
from shopfloor.flow.suspects import Stop, Suspect, suspects, walk
from tests.helpers.lines import a_line
from tests.helpers.loop_journals import LoopJournal, S, shaft_line


def code(loop: str, number: int, version: int = 1, line: str = "gearbox") -> str:
    return card_code(line, loop, number, version)


def audited(journal: LoopJournal, *codes: str, loop: str = "housing") -> Audit:
    return audit_loop(journal.desk.shop, loop, codes)


def test_what_was_not_seen_is_missing() -> None:
    found = audited(LoopJournal(), *(code("housing", n) for n in (6, 1, 2, 4)))
    assert found.expected == tuple(f"housing-0{n}" for n in range(1, 7))
    assert (found.seen, found.missing) == (
        ("housing-01", "housing-02", "housing-04", "housing-06"),
        ("housing-03", "housing-05"),
    )
    assert not found.clean


def test_a_whole_loop_is_clean_in_any_order_with_repeats_small_letters_and_blank_lines() -> None:
    codes = [code("housing", n) for n in (3, 1, 2, 6, 5, 4)]
    found = audited(LoopJournal(), "", *codes, f"  {codes[0].lower()} ", codes[1])
    assert (found.clean, found.repeated, found.missing) == (True, 2, ())


@pytest.mark.parametrize(
    ("text", "why", "card"),
    [
        (code("shaft", 2), Why.OTHER_LOOP, "shaft-02"),
        (code("housing", 1, line="elsewhere"), Why.OTHER_LINE, ""),
        (code("housing", 44), Why.NOT_CIRCULATED, "housing-44"),
        (code("housing", 1)[:-1] + "*", Why.NO_CARD, ""),
        (shelf_code("gearbox", "housing"), Why.NO_CARD, ""),
        ("4006381333931", Why.NO_CARD, ""),
    ],
)
def test_what_does_not_belong_is_named(text: str, why: Why, card: str) -> None:
    assert audited(LoopJournal(), text).foreign == (Foreign(text, why, card),)


def test_a_misread_code_is_no_other_card() -> None:
    good = code("housing", 1)
    (found,) = audited(LoopJournal(), good[:6] + "2" + good[7:]).foreign
    assert found.why is Why.MISREAD


def test_an_old_print_does_not_count_as_seen() -> None:
    journal = LoopJournal()
    card = journal.desk.card("housing", 2)
    journal.desk.shop.put([replace(card, print_version=3)])
    found = audited(journal, code("housing", 2, 1), *(code("housing", n) for n in (1, 3, 4, 5, 6)))
    assert found.old == (OldPrint(code("housing", 2, 1), "housing-02", 1, 3),)
    assert found.missing == ("housing-02",)
    assert audited(journal, code("housing", 2, 3)).seen == ("housing-02",)


def test_a_lost_card_is_not_missing_but_may_be_found() -> None:
    journal = LoopJournal()
    journal.do(10, c.LoseCard(station="press", card="housing-03"))
    rest = [code("housing", n) for n in (1, 2, 4, 5, 6)]
    found = audited(journal, *rest)
    assert (found.lost, found.found, found.missing, found.clean) == (("housing-03",), (), (), True)
    assert audited(journal, *rest, code("housing", 3)).found == ("housing-03",)


def test_a_retired_card_is_foreign() -> None:
    journal = LoopJournal()
    journal.do(10, c.RetireCard(station="press", card="housing-03", reason="torn"))
    found = audited(journal, code("housing", 3))
    assert found.foreign == (Foreign(code("housing", 3), Why.RETIRED, "housing-03"),)
    assert "housing-03" not in found.expected


def test_a_place_expects_its_store_its_queue_and_its_work() -> None:
    journal = LoopJournal()
    shop = journal.desk.shop
    journal.scan(10, "housing", 1, "assembly")
    assert place_of(shop, shop.cards["housing-01"]) == "press"
    journal.scan(20, "housing", 1, "press")
    journal.scan(30, "housing", 1, "press")
    assert place_of(shop, shop.cards["housing-01"]) == "deburr"
    journal.do(40, c.HoldCard(station="deburr", card="housing-01", reason="burr"))
    found = audit_place(shop, "deburr", [code("housing", 1), code("housing", 2)])
    assert found.seen == ("housing-01",)
    assert found.missing == ("kit-01", "kit-02"), "the free cards of a CONWIP loop wait at its first station"
    assert found.foreign == (Foreign(code("housing", 2), Why.OTHER_PLACE, "housing-02"),)


def test_conservation_is_two_counts_that_agree() -> None:
    journal = LoopJournal()
    journal.scan(10, "housing", 1, "assembly")
    journal.do(20, c.RetireCard(station="press", card="housing-06", reason="torn"))
    history = journal.history("housing")
    found = conservation(journal.desk.shop, "housing", circulated=history.circulated, retired=history.retired)
    assert (found.by_state, found.total, found.holds, found.planned) == ({"full": 4, "empty": 1}, 5, True, 6)
    assert not replace(found, circulated=7).holds


def aged(line: Line | None = None) -> LoopJournal:
    """25 turns with 100 s at the press; then card 2 is left at the press."""
    journal = LoopJournal(line or shaft_line())
    for turn in range(25):
        begin = turn * 1000
        journal.turn(1, begin + 100, begin + 200, begin + 300)
    journal.scan(25_100, "shaft", 2, "assembly")
    journal.scan(25_200, "shaft", 2, "press")
    return journal


def judged(journal: LoopJournal, age_s: int) -> Suspect:
    shop, now = journal.desk.shop, journal.desk.clock.now().at_us
    found = suspects(shop, [journal.history()], journal.calendar, now + age_s * S)
    return next(one for one in found if one.card == "shaft-02")


def test_a_card_that_stays_longer_than_any_before_is_suspect() -> None:
    journal = aged()
    young, old = judged(journal, 90), judged(journal, 101)
    assert (young.state, young.place) == (CardState.IN_PROCESS, "press")
    assert (young.n, young.longer, young.thin) == (25, 25, False)
    assert (old.longer, old.age_us) == (0, 101 * S)
    # 25 stays at the press, 26 empty, 26 full, and no loss yet: ½ in 78. An honest stay of that length: ½ in 26.
    chance = Fraction(1, 2) / 78
    honest = Fraction(1, 2) / 26
    assert old.probability == chance / (chance + (1 - chance) * honest)
    assert young.probability < Fraction(1, 70) < old.probability


def test_a_loop_that_loses_cards_is_suspected_sooner() -> None:
    journal = aged()
    before = judged(journal, 101).probability
    journal.do(25_300, c.LoseCard(station="press", card="shaft-03"))
    assert judged(journal, 1).probability > Fraction(1, 70)
    assert judged(journal, 101).probability > before
    assert all(one.card != "shaft-03" for one in _all(journal))


def _all(journal: LoopJournal) -> tuple[Suspect, ...]:
    return suspects(journal.desk.shop, [journal.history()], journal.calendar, journal.desk.clock.now().at_us)


def test_few_stays_are_said_to_be_thin() -> None:
    journal = LoopJournal(shaft_line())
    journal.turn(1, 100, 200, 300)
    assert all(one.thin for one in _all(journal))


def test_the_walk_goes_by_place_in_flow_order() -> None:
    journal = LoopJournal(a_line())
    journal.scan(10, "housing", 1, "assembly")
    journal.scan(20, "shaft", 1, "assembly")
    journal.scan(30, "shaft", 1, "press")
    reader = read_loops(journal.events)
    histories: list[LoopHistory] = [reader.history(loop) for loop in ("housing", "shaft", "kit")]
    found = suspects(journal.desk.shop, histories, journal.calendar, journal.desk.clock.now().at_us + 3600 * S)
    stops = walk(journal.desk.shop, found)
    assert [stop.station for stop in stops] == ["press", "deburr", "assembly"]
    assert sum(len(stop.suspects) for stop in stops) == len(found) == 11
    assert isinstance(stops[0], Stop)
    ranks = [one.probability for one in found]
    assert ranks == sorted(ranks, reverse=True)
