"""Cards on paper: every code reads back, every word is there, nothing is clipped."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from shopfloor.core.codes import CardScan, card_code, known_codes, parse
from shopfloor.core.line import Line
from shopfloor.linefile import demo_line
from shopfloor.paper.cards import GRID, card_pages, cards_pdf
from shopfloor.paper.sheet import Words
from shopfloor.trouble import Trouble
from tests.paper.lines import card, long_line
from tests.paper.pages import codes, pixels, words

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def line() -> Line:
    return demo_line()


def test_every_code_on_every_sheet_reads_back_as_its_card(line: Line, tmp_path: Path) -> None:
    cards = [card(loop.id, number) for loop in line.loops for number in range(1, loop.cards + 1)]
    cards[3] = card("housing", 4, print_version=7)
    out = tmp_path / "cards.pdf"
    cards_pdf(line, cards, out)
    sheets = pixels(out)
    assert len(sheets) == 2
    read = [text for sheet in sheets for text in codes(sheet)]
    assert sorted(read) == sorted(card_code("demo", one.loop, one.number, one.print_version) for one in cards)
    known = known_codes(line)
    assert {parse(text, known) for text in read} == {CardScan(one.loop, one.number, one.print_version) for one in cards}
    assert not list(tmp_path.glob("*.part"))


def test_a_card_says_what_where_and_how_many(line: Line, tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    cards_pdf(line, [card("housing", 4, print_version=2)], out)
    text = words(out)
    for fact in ("GB-100", "Housing", "10 pcs", "4 of 8", "Press 1 → Deburr → Wash", "Assembly", "Loop housing",
                 "Gearbox line (demo)", "Print 2", card_code("demo", "housing", 4, 2), "Print at 100 %."):  # fmt: skip
        assert fact in text


def test_a_conwip_card_says_where_it_goes_when_it_is_free(line: Line, tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    cards_pdf(line, [card("shipping", 1)], out)
    assert "back to Pack" in words(out)


def test_cards_speak_the_language_they_are_asked_to(line: Line, tmp_path: Path) -> None:
    german = {"Quantity": "Menge", "{number} of {total}": "{number} von {total}", "Print {version}": "Druck {version}"}
    out = tmp_path / "cards.pdf"
    cards_pdf(line, [card("housing", 4)], out, translate=lambda template: german.get(template, template))
    text = words(out)
    assert "Menge" in text
    assert "4 von 8" in text
    assert "Druck 1" in text


def test_the_longest_names_leave_the_codes_readable_and_the_card_edges_white(tmp_path: Path) -> None:
    line, out = long_line(), tmp_path / "cards.pdf"
    cards = [card("aaaaaaaaaaaaaaaaaaaaaaaa", 1295, print_version=35), card("free", 1)] * 5
    cards_pdf(line, cards, out)
    (sheet,) = pixels(out)
    assert sorted(codes(sheet)) == sorted(card_code("long", one.loop, one.number, one.print_version) for one in cards)
    dots = sheet.shape[1] / 210
    for column in (0, 1):
        for row in range(5):
            top = round((GRID.top + row * GRID.height) * dots)
            left = round(column * GRID.width * dots)
            label = sheet[top : top + round(GRID.height * dots), left : left + round(GRID.width * dots)]
            edge = round(5 * dots)
            inner = label[round(3.2 * dots) : -round(3.2 * dots)]  # above and below are the ticks of the cut
            assert (inner[:, :edge] > 250).all()
            assert (inner[:, -edge:] > 250).all()
            ticks = round(6.2 * dots)
            assert (label[: round(2.4 * dots), ticks:-ticks] > 250).all()
            assert (label[-round(2.4 * dots) :, ticks:-ticks] > 250).all()


def test_no_text_of_a_card_leaves_the_card(line: Line) -> None:
    for source, one in ((line, card("housing", 1)), (long_line(), card("aaaaaaaaaaaaaaaaaaaaaaaa", 1295))):
        (page,) = card_pages(source, [one])
        for mark in page.marks:
            if isinstance(mark, Words) and not mark.text.startswith("Print at"):
                assert mark.x >= 6
                assert mark.x + mark.width <= GRID.width - 6 + 2.5 + 0.01
                assert mark.y >= GRID.top + 3
                assert mark.y + mark.height <= GRID.top + GRID.height - 2.4


def test_the_sheet_is_a4_and_upright(line: Line, tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    cards_pdf(line, [card("housing", 1)], out)
    (sheet,) = pixels(out, dpi=254)
    assert sheet.shape == (2970, 2100) or np.abs(np.array(sheet.shape) - (2970, 2100)).max() <= 3


def test_a_sheet_without_cards_is_refused(line: Line, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one card"):
        cards_pdf(line, [], tmp_path / "cards.pdf")


def test_a_card_of_a_loop_that_is_gone_is_refused(line: Line, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="got loop 'gone'"):
        cards_pdf(line, [card("gone", 1)], tmp_path / "cards.pdf")


def test_a_folder_that_is_not_there_is_trouble_with_a_remedy(line: Line, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="cannot be written") as caught:
        cards_pdf(line, [card("housing", 1)], tmp_path / "missing" / "cards.pdf")
    assert caught.value.remedy


def test_printing_twice_needs_no_screen_and_no_application(tmp_path: Path) -> None:
    assert QGuiApplication.instance() is not None  # here there is one; a terminal's command line has none
    script = (
        "import sys; from pathlib import Path\n"
        "from shopfloor.linefile import demo_line\n"
        "from shopfloor.core.state import Card\n"
        "from shopfloor.paper.cards import cards_pdf\n"
        "for name in sys.argv[1:]:\n"
        "    cards_pdf(demo_line(), [Card(id='housing-01', loop='housing', number=1)], Path(name))\n"
    )
    outs = [tmp_path / "one.pdf", tmp_path / "two.pdf"]
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, outs)],
        capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    for out in outs:
        assert list(codes(pixels(out)[0])) == [card_code("demo", "housing", 1, 1)]
