"""What is in a container: labels of all sorts, scanned next after the card, and codes that are taught."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.events_loop import ContentsNoted
from shopfloor.core.labels import Contents, check_profile, read_label
from shopfloor.core.line import Consume
from shopfloor.core.state import CardState
from shopfloor.core.views import card_view
from tests.helpers.desk import Desk, rule_of
from tests.helpers.kinds import desk_of, put, taught

LOT_LABEL = ("LOT (?P<lot>.+)", r"SN(?P<serial>\w+)", r"Q(?P<quantity>\d+)")

LABELS = [
    ("010403177612345610AB12\x1d21S-9\x1d3700025", Contents(quantity=25, lot="AB12", serial="S-9")),
    ("0104031776123456", None),  # an article number alone says nothing of the contents
    ("10AB12\x1d30144", Contents(quantity=144, lot="AB12")),
    ("10AB12", None),  # without a sign of GS1 it may be anything
    ("[)>\x1e06\x1dPGB-100\x1dQ20\x1d1TL9\x1dS77\x1e\x04", Contents(quantity=20, lot="L9", serial="77")),
    ("[)>\x1e06\x1dPGB-100\x1d7Q12PC\x1d30TL9", Contents(quantity=12, lot="L9")),
    ("[)>\x1e06\x1dPGB-100\x1dQ2.5\x1dTL9\x1e\x04", Contents(lot="L9")),  # half a piece is for a person to judge
    ("[)>\x1e05\x1d10L9\x1e\x04", None),  # another format
    ("[)>\x1e06", None),
    ("LOT 47 11", Contents(lot="47 11")),
    ("Q12", Contents(quantity=12)),
    ("SN12 3", None),
    ("HELLO", None),
    ("01\x1d\x1d", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "contents"), LABELS)
def test_a_label_says_lot_serial_and_quantity(text: str, contents: Contents | None) -> None:
    assert read_label(text, LOT_LABEL) == contents


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [("LOT (?P<lot>.+)", ""), ("(", "no regular"), ("LOT .+", "no group"), ("(?P<size>.)", "no group size")],
)
def test_a_profile_is_checked_before_it_is_used(pattern: str, wrong: str) -> None:
    assert wrong in check_profile(pattern)
    assert bool(check_profile(pattern)) is bool(wrong)


def working() -> Desk:
    """A desk whose first card was just started."""
    desk = desk_of(labels=LOT_LABEL)
    desk.scan("x", 1, "assembly")
    desk.scan("x", 1, "press")
    return desk


def test_labels_scanned_next_after_the_card_are_its_contents() -> None:
    desk = working()
    assert isinstance(desk.read("LOT 4711", "press"), ContentsNoted)
    desk.read("SNA1", "press", after_s=8)
    desk.read("SNA2", "press", after_s=8)  # each label opens the time anew
    desk.read("Q48", "press", after_s=8)
    card = desk.card("x", 1)
    assert (card.lot, card.serials, card.pieces) == ("4711", ("A1", "A2"), 48)
    desk.scan("x", 1, "press")
    assert card_view(desk.shop, desk.card("x", 1)).quantity == 48


@pytest.mark.parametrize(("place", "after_s"), [("press", 10.5), ("assembly", 2.0)])
def test_a_label_that_comes_late_or_elsewhere_is_a_code_nobody_knows(place: str, after_s: float) -> None:
    desk = working()
    desk.scan("x", 2, "assembly")
    assert rule_of(desk.read("LOT 4711", place, after_s=after_s)) == "unknown_code"


def test_an_emptied_container_has_no_contents_to_note() -> None:
    desk = desk_of(labels=LOT_LABEL)
    desk.scan("x", 1, "assembly")
    assert rule_of(desk.read("LOT 4711", "assembly")) == "unknown_code"
    assert rule_of(desk.do(c.NoteContents(station="press", card="x-01", lot="L"))) == "not_possible"


@pytest.mark.parametrize(
    ("quantity", "lot", "serials"),
    [(0, "", ()), (-1, "", ()), (10_000_001, "", ()), (0, "x" * 65, ()), (0, "a\x00b", ()), (0, "", ("s",) * 51)],
)
def test_contents_that_say_nothing_or_too_much_are_refused(quantity: int, lot: str, serials: tuple[str, ...]) -> None:
    desk = working()
    note = c.NoteContents(station="press", card="x-01", quantity=quantity, lot=lot, serials=serials)
    assert rule_of(desk.do(note)) == "not_possible"


def test_the_actual_quantity_counts_where_pieces_are_taken() -> None:
    desk = desk_of(consume=Consume.PIECES, cards=1)
    desk.do(c.NoteContents(station="press", card="x-01", quantity=48))
    assert rule_of(desk.do(c.WithdrawPieces(station="assembly", loop="x", pieces=49))) == "not_enough"
    desk.do(c.WithdrawPieces(station="assembly", loop="x", pieces=48))
    assert desk.card("x", 1).state is CardState.EMPTY


# Codes that are taught.


def test_a_taught_code_does_what_the_cards_own_does() -> None:
    desk = desk_of()
    assert rule_of(desk.read("old 4711", "assembly")) == "unknown_code"
    desk.do(c.TeachCode(station="assembly", code=" OLD 4711 ", card="x-02"))
    assert desk.read("old 4711", "assembly").kind == "card_withdrawn"
    assert desk.card("x", 2).state is CardState.EMPTY
    desk.do(c.ReprintCard(station="assembly", card="x-02"))
    assert rule_of(desk.read("OLD 4711", "press")) == "", "a code of the plant's own has no print version"


def test_a_taught_code_can_be_bound_anew_and_forgotten() -> None:
    desk = desk_of()
    desk.do(c.TeachCode(station="assembly", code="OLD 1", card="x-02"))
    assert rule_of(desk.do(c.TeachCode(station="assembly", code="OLD 1", card="x-02"))) == "already_done"
    desk.do(c.TeachCode(station="assembly", code="OLD 1", card="x-03"))
    assert taught(desk, "OLD 1") == "x-03"
    desk.do(c.TeachCode(station="assembly", code="OLD 1", card=""))
    assert taught(desk, "OLD 1") == ""
    assert rule_of(desk.read("OLD 1", "assembly")) == "unknown_code"


@pytest.mark.parametrize("code", ["", "x" * 65, card_code("plant", "x", 1, 1), card_code("other", "x", 1, 1), "P-0007"])
def test_what_has_a_meaning_or_is_too_long_cannot_be_taught(code: str) -> None:
    desk = desk_of(people=True)
    desk.read("P-0007", "assembly")
    assert rule_of(desk.do(c.TeachCode(station="assembly", code=code, card="x-01"))) == "not_possible"


def test_only_a_leader_teaches() -> None:
    desk = desk_of(people=True)
    desk.read("P-0008", "assembly")
    assert rule_of(desk.do(c.TeachCode(station="assembly", code="OLD 1", card="x-01"))) == "no_right"


def test_a_code_is_not_taught_to_a_card_nobody_has() -> None:
    desk = desk_of()
    put(desk, 1, CardState.RETIRED)
    for card in ("x-01", "x-99"):
        assert rule_of(desk.do(c.TeachCode(station="assembly", code="OLD 1", card=card))) == "unknown_card"
