"""Labels on shelves: the code asks what is there, the marks say what should be."""

from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.core.codes import ShelfScan, known_codes, parse, shelf_code
from shopfloor.core.line import CodeType, Line
from shopfloor.core.loop_views import Zone, zone_of_store
from shopfloor.linefile import demo_line
from shopfloor.paper.card_words import ShelfWords, shelf_words
from shopfloor.paper.pdf import write_pdf
from shopfloor.paper.sheet import Box, Shape, Words
from shopfloor.paper.shelves import ShelfFormat, shelf_pages, stores
from tests.paper.lines import hostile_line, long_line
from tests.paper.pages import codes, pixels, words

pytestmark = pytest.mark.usefixtures("qapp")

READER = {CodeType.QR: "QRCode", CodeType.DATA_MATRIX: "DataMatrix", CodeType.CODE_128: "Code128"}
EVERY = list(product(ShelfFormat, CodeType))


def printed(line: Line, folder: Path, paper: ShelfFormat = ShelfFormat.A4_8, kind: CodeType = CodeType.QR) -> Path:
    out = folder / "shelves.pdf"
    write_pdf(shelf_pages([*shelf_words(line)], paper=paper, code=kind), out, title="shelves")
    return out


def of_loop(line: Line, loop: str) -> ShelfWords:
    return dict(stores(line))[loop]


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_every_store_has_a_label_and_its_code_asks_for_it(paper: ShelfFormat, kind: CodeType, tmp_path: Path) -> None:
    line = demo_line()
    out = printed(line, tmp_path, paper, kind)
    read = [text for page in pixels(out) for text in codes(page, kind=READER[kind])]
    known = known_codes(line)
    assert {parse(text, known) for text in read} == {ShelfScan("housing"), ShelfScan("shaft"), ShelfScan("gearbox")}
    assert len(read) == 3


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_the_longest_and_the_most_hostile_names_leave_the_code_readable(
    paper: ShelfFormat, kind: CodeType, tmp_path: Path
) -> None:
    for line, loop in ((long_line(), "a" * 24), (hostile_line(), "l")):
        out = printed(line, tmp_path, paper, kind)
        assert [text for page in pixels(out) for text in codes(page, kind=READER[kind])] == [shelf_code(line.id, loop)]
    said = " ".join(words(printed(long_line(), tmp_path, paper, kind)).split())
    for whole in ("A 123.456-789/0000000001", "9999999 Großbehälter", "431 = 4309999569 Großbehälter",
                  "1295 = 12949998705 Großbehälter"):  # fmt: skip
        assert whole in said


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_all_marks_are_on_the_page(paper: ShelfFormat, kind: CodeType) -> None:
    for line in (demo_line(), long_line(), hostile_line()):
        for page in shelf_pages([*shelf_words(line)], paper=paper, code=kind):
            for mark in page.marks:
                if not isinstance(mark, Shape):
                    assert mark.x >= 0
                    assert mark.y >= 0
                    assert mark.x + mark.width <= page.width + 0.01
                    assert mark.y + mark.height <= page.height + 0.01


def test_a_label_says_what_belongs_there_and_how_much(tmp_path: Path) -> None:
    said = words(printed(demo_line(), tmp_path))
    for fact in ("GB-100", "Housing", "10 pcs", "8", "2 = 20 pcs", "8 = 80 pcs", "MIN", "MAX", "Assembly",
                 "Press 1 → Deburr → Wash", "Loop housing", shelf_code("demo", "housing")):  # fmt: skip
        assert fact in said
    assert "back to" not in said, "a CONWIP loop has no store"


@pytest.mark.parametrize("cards", [*range(1, 13), 100, 1295])
def test_the_marks_are_where_the_board_changes_colour(cards: int) -> None:
    base = demo_line()
    shelf = of_loop(replace(base, loops=tuple(replace(loop, cards=cards) for loop in base.loops)), "housing")
    assert zone_of_store(shelf.low, cards) is Zone.RED
    assert zone_of_store(shelf.low + 1, cards) is not Zone.RED
    assert zone_of_store(shelf.high, cards) is Zone.GREEN
    assert zone_of_store(shelf.high - 1, cards) is not Zone.GREEN


@pytest.mark.parametrize(("cards", "places"), [(1, 1), (8, 8), (24, 24), (25, 3), (1295, 3)])
def test_a_small_store_has_a_place_for_each_container(cards: int, places: int) -> None:
    shelf = replace(of_loop(demo_line(), "housing"), cards=cards, low=cards // 3, high=cards * 2 // 3 + 1)
    (page,) = shelf_pages([shelf], paper=ShelfFormat.LABEL)
    frames = [mark for mark in page.marks if isinstance(mark, Box) and mark.height == pytest.approx(6.2)]
    assert len(frames) == places
    assert sum(frame.width for frame in frames) == pytest.approx(92 - 56 - 0.6 * (places - 1))


def test_a_label_of_its_own_is_black_on_white() -> None:
    (page,) = shelf_pages([of_loop(demo_line(), "housing")], paper=ShelfFormat.LABEL)
    assert {mark.colour for mark in page.marks if isinstance(mark, Words | Box | Shape)} == {"#000000", "#FFFFFF"}


def test_nine_stores_need_two_sheets() -> None:
    assert len(shelf_pages([of_loop(demo_line(), "housing")] * 9)) == 2
    with pytest.raises(ValueError, match="expected at least one store"):
        shelf_pages([])
