"""The first state of cards from CSV: only of cards new to circulation, every mistake at once."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.cli.shop_of import preview
from shopfloor.core.codes import card_code
from shopfloor.core.line import StartState
from shopfloor.core.shop import Shop
from shopfloor.exchange.cards_in import KNOWN, NEEDED, CardPlan, plan_cards
from shopfloor.exchange.csv_in import read_sheet
from shopfloor.linefile import LineFileError
from tests.helpers.lines import a_line

FULL, EMPTY = StartState.FULL, StartState.EMPTY
LINE = a_line()
HOUSING_3 = card_code("gearbox", "housing", 3, 1)


def plan(folder: Path, text: str, *, running: int = 0) -> CardPlan:
    """What the CSV makes of a new plant, or of one whose loop housing already has `running` cards."""
    (folder / "cards.csv").write_text(text, "utf-8")
    now, after = Shop(), Shop()
    if running:
        few = a_line(loops=(replace(LINE.loops[0], cards=running),))
        preview(now, few)
        preview(after, few)
    preview(after, LINE)
    new = {card.id: card for card in after.cards.values() if card.id not in now.cards}
    return plan_cards(read_sheet(folder / "cards.csv", known=KNOWN, needed=NEEDED), now, new, after)


def mistakes(folder: Path, text: str, *, running: int = 0) -> list[str]:
    with pytest.raises(LineFileError) as caught:
        plan(folder, text, running=running)
    return [str(problem) for problem in caught.value.problems]


def test_cards_are_named_by_name_code_or_loop_and_number(tmp_path: Path) -> None:
    text = f"card,loop,number,state\nhousing-01,,,full\n,housing,2,EMPTY\n{HOUSING_3},,,empty\nshaft-01,shaft,1,full\n"
    made = plan(tmp_path, text)
    assert made.first == {"housing-01": FULL, "housing-02": EMPTY, "housing-03": EMPTY, "shaft-01": FULL}
    assert made.by_loop == {"housing": {"full": 1, "empty": 2}, "shaft": {"full": 1, "empty": 0}}
    assert made.unnamed == 11 - 4


def test_what_export_wrote_can_be_filled_in(tmp_path: Path) -> None:
    text = f"card,loop,number,code,part,state,since\nhousing-03,housing,3,{HOUSING_3},GB-100,empty,\n"
    assert plan(tmp_path, text).first == {"housing-03": EMPTY}


WRONG = [
    ("housing-09,,,full", "card", "not among the 6 cards", "housing-01 to housing-06"),
    ("housng-01,,,full", "card", "no card of this line", "'housing-01'"),
    (f"{card_code('other', 'housing', 3, 1)},,,full", "card", "no card of this line", "cards list"),
    (",housng,1,full", "loop", "'housng' is not in the line file", "'housing'"),
    (",housing,x,full", "number", "whole number, got 'x'", "digits"),
    (",housing,,full", "number", "is missing", "loop and number"),
    (",,,full", "card", "is missing", "loop and number"),
    ("housing-01,housing,2,full", "card", "two cards", "agree"),
    ("housing-01,,,full", "card", "in row 2 already", "one row"),
    ("housing-02,,,", "state", "is missing", "full or empty"),
    ("housing-03,,,fll", "state", "got 'fll'", "'full'"),
    ("housing-04,,,in_process", "state", "no card begins as in_process", "begin with empty"),
    ("housing-05,,,lost", "state", "no card begins as lost", "at a terminal"),
    ("kit-01,,,full", "state", "nobody empties", "write empty"),
]


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    text = "card,loop,number,state\nhousing-01,,,full\n" + "".join(f"{row}\n" for row, *_ in WRONG)
    found = mistakes(tmp_path, text)
    assert len(found) == len(WRONG)
    for row, ((_, column, problem, remedy), words) in enumerate(zip(WRONG, found, strict=True), start=3):
        assert words.startswith(f"row {row}, column {column}: ")
        assert problem in words
        assert remedy in words


def test_a_card_in_circulation_is_moved_by_scans_alone(tmp_path: Path) -> None:
    text = "card,state\nhousing-02,empty\nhousing-05,empty\n"
    found = mistakes(tmp_path, text, running=4)
    assert len(found) == 1
    assert found[0].startswith("row 2, column card: 'housing-02' is in circulation already (full); leave the row out")
    assert plan(tmp_path, "card,state\nhousing-05,empty\n", running=4).first == {"housing-05": EMPTY}


def test_a_file_has_to_say_which_card_and_which_state(tmp_path: Path) -> None:
    assert "column state: is missing" in mistakes(tmp_path, "card\nhousing-01\n")[0]
    found = mistakes(tmp_path, "loop,state\nhousing,full\n")
    assert "does not say which card" in found[0]
