"""Every format with every kind of code: all codes read back, nothing is clipped, whatever the names are."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage

from shopfloor.core.codes import CardScan, card_code, known_codes, parse
from shopfloor.core.line import CardFormat, CodeType, Line
from shopfloor.linefile import demo_line
from shopfloor.paper.cards import card_pages, cards_pdf
from shopfloor.paper.sheet import Box, Code, Page, Picture, Shape, Words
from shopfloor.paper.symbols import MODULE_MM_MIN, symbol_of
from shopfloor.trouble import Trouble
from tests.paper.lines import card, hostile_line, long_line
from tests.paper.pages import codes, pixels, words

pytestmark = pytest.mark.usefixtures("qapp")

READER = {CodeType.QR: "QRCode", CodeType.DATA_MATRIX: "DataMatrix", CodeType.CODE_128: "Code128"}
EVERY = list(product(CardFormat, CodeType))
SIZE_MM = {CardFormat.A4_10: (210, 297), CardFormat.A6: (105, 148), CardFormat.LABEL: (100, 60)}
EDGE_MM = 2  # what label printers and printers of A6 do not reach
LONG_LOOP = "a" * 24


def read_back(out: Path, kind: CodeType) -> list[str]:
    return [text for page in pixels(out) for text in codes(page, kind=READER[kind])]


def pages_of(line: Line, loop: str, paper: CardFormat, kind: CodeType) -> list[Page]:
    return card_pages(line, [card(loop, 1)], paper=paper, code=kind)


def photographed(line: Line, photos: Mapping[str, str]) -> Line:
    return replace(line, parts=tuple(replace(part, photo=photos.get(part.id, "")) for part in line.parts))


def picture(path: Path, colour: str, *, width: int = 400, height: int = 300) -> None:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_every_code_reads_back_as_its_card(paper: CardFormat, kind: CodeType, tmp_path: Path) -> None:
    line, out = demo_line(), tmp_path / "cards.pdf"
    cards = [card(loop.id, number, print_version=2) for loop in line.loops for number in (1, loop.cards)]
    cards_pdf(line, cards, out, paper=paper, code=kind)
    read = read_back(out, kind)
    assert sorted(read) == sorted(card_code("demo", one.loop, one.number, 2) for one in cards)
    known = known_codes(line)
    assert {parse(text, known) for text in read} == {CardScan(one.loop, one.number, 2) for one in cards}
    if paper is not CardFormat.A4_10:
        assert read == [card_code("demo", one.loop, one.number, 2) for one in cards], "one card a page, in order"


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_the_longest_names_leave_the_code_readable_and_the_edges_white(
    paper: CardFormat, kind: CodeType, tmp_path: Path
) -> None:
    line, out = long_line(), tmp_path / "cards.pdf"
    cards = [card(LONG_LOOP, 1295, print_version=35), card("free", 1)]
    cards_pdf(line, cards, out, paper=paper, code=kind)
    assert sorted(read_back(out, kind)) == sorted(
        card_code("long", one.loop, one.number, one.print_version) for one in cards
    )
    if paper is CardFormat.A4_10:
        return  # its edges hold the marks to cut along: tests/paper/test_cards.py
    for page in pixels(out):
        edge = round(EDGE_MM * page.shape[1] / SIZE_MM[paper][0])
        for side in (page[:edge], page[-edge:], page[:, :edge], page[:, -edge:]):
            assert (side > 250).all()


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_part_numbers_quantities_and_counts_are_never_cut(paper: CardFormat, kind: CodeType, tmp_path: Path) -> None:
    line, out = long_line(), tmp_path / "cards.pdf"
    cards_pdf(line, [card(LONG_LOOP, 1295, print_version=35)], out, paper=paper, code=kind)
    said = " ".join(words(out).split())
    for whole in ("A 123.456-789/0000000001", "9999999 Großbehälter", "1295 of 1295", "Print 35",
                  "Lagersitzen 62H7 und Dichtfläche nach Zeichnung 4711-0815"):  # fmt: skip
        assert whole in said


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_unprintable_characters_and_markup_are_only_ink(paper: CardFormat, kind: CodeType, tmp_path: Path) -> None:
    line, out = hostile_line(), tmp_path / "cards.pdf"
    cards_pdf(line, [card("l", 3)], out, paper=paper, code=kind)
    assert read_back(out, kind) == [card_code("x", "l", 3, 1)]
    assert not {"\u202e", "\x1b", "\x07", "\u200b"} & set(words(out))


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_all_marks_are_on_the_page_and_every_module_is_half_a_millimetre(paper: CardFormat, kind: CodeType) -> None:
    for line, loop in ((demo_line(), "housing"), (long_line(), LONG_LOOP)):
        for page in pages_of(line, loop, paper, kind):
            assert (page.width, page.height) == SIZE_MM[paper]
            for mark in page.marks:
                if isinstance(mark, Shape):
                    continue
                assert mark.x >= 0
                assert mark.y >= 0
                assert mark.x + mark.width <= page.width + 0.01
                assert mark.y + mark.height <= page.height + 0.01
                if isinstance(mark, Code):
                    symbol = symbol_of(mark.kind, mark.text, width_mm=mark.width)
                    assert mark.width / symbol.columns >= MODULE_MM_MIN


@pytest.mark.parametrize(("paper", "kind"), EVERY)
def test_no_words_lie_on_a_code_or_on_other_words(paper: CardFormat, kind: CodeType) -> None:
    line = demo_line()
    for page in pages_of(line, "housing", paper, kind):
        marks = [mark for mark in page.marks if isinstance(mark, Words | Code | Picture)]
        for index, one in enumerate(marks):
            for other in marks[index + 1 :]:
                # The text for the eye may begin in the quiet zone below its code: that much is white there.
                room = 4.0 if isinstance(one, Code) or isinstance(other, Code) else 0.01
                across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
                down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
                assert min(across, down) <= room, (one, other)


@pytest.mark.parametrize("kind", list(CodeType))
def test_a_label_is_black_on_white(kind: CodeType) -> None:
    for page in pages_of(demo_line(), "housing", CardFormat.LABEL, kind):
        colours = {mark.colour for mark in page.marks if isinstance(mark, Words | Box | Shape)}
        assert colours == {"#000000", "#FFFFFF"}


@pytest.mark.parametrize(("paper", "sheets"), [(CardFormat.A4_10, 20), (CardFormat.A6, 200), (CardFormat.LABEL, 200)])
def test_200_cards_are_printed_and_read_back(paper: CardFormat, sheets: int, tmp_path: Path) -> None:
    base, out = demo_line(), tmp_path / "cards.pdf"
    line = replace(base, loops=tuple(replace(loop, cards=200) for loop in base.loops))
    cards = [card("housing", number) for number in range(1, 201)]
    cards_pdf(line, cards, out, paper=paper)
    assert len(card_pages(line, cards, paper=paper)) == sheets
    read = [text for page in pixels(out, dpi=100) for text in codes(page)]
    assert sorted(read) == sorted(card_code("demo", "housing", one.number, 1) for one in cards)
    assert out.stat().st_size < 4_000_000


def test_a_photo_is_shown_where_there_is_room(tmp_path: Path) -> None:
    picture(tmp_path / "red.png", "#ff0000")
    picture(tmp_path / "grey.jpg", "#808080", width=30, height=900)
    line = photographed(demo_line(), {"GB-100": "red.png", "GB-200": "grey.jpg"})
    for kind in CodeType:
        pages = card_pages(
            line,
            [card("housing", 1), card("shaft", 1), card("gearbox", 1)],
            paper=CardFormat.A6,
            code=kind,
            photos=tmp_path,
        )
        shown = [[mark for mark in page.marks if isinstance(mark, Picture)] for page in pages]
        assert [[Path(mark.path).name for mark in marks] for marks in shown] == [["red.png"], ["grey.jpg"], []]
        out = tmp_path / f"{kind}.pdf"
        cards_pdf(line, [card("housing", 1), card("shaft", 1)], out, paper=CardFormat.A6, code=kind, photos=tmp_path)
        red, grey = pixels(out, dpi=100)
        assert 0.06 < ((red > 60) & (red < 100)).mean() < 0.2, "red in grey is 76, as large as its place"
        assert 0 < ((grey > 120) & (grey < 136)).mean() < 0.02, "a tall photo keeps its proportions"
        assert len(read_back(out, kind)) == 2


def test_a_photo_of_200_cards_is_in_the_file_once(tmp_path: Path) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (600, 600, 3), dtype=np.uint8)
    image = QImage(noise.tobytes(), 600, 600, 1800, QImage.Format.Format_RGB888)
    assert image.save(str(tmp_path / "noise.png"))
    line = photographed(demo_line(), {"GB-100": "noise.png"})
    sizes = []
    for count in (1, 200):
        out = tmp_path / f"{count}.pdf"
        cards_pdf(line, [card("housing", 1)] * count, out, paper=CardFormat.A6, photos=tmp_path)
        sizes.append(out.stat().st_size)
    assert sizes[1] < sizes[0] * 3


def test_without_the_folder_of_the_line_file_photos_are_left_out() -> None:
    line = photographed(demo_line(), {"GB-100": "red.png"})
    (page,) = pages_of(line, "housing", CardFormat.A6, CodeType.QR)
    assert not [mark for mark in page.marks if isinstance(mark, Picture)]


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n broken", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_photo_that_is_no_picture_is_trouble_and_leaves_the_old_file(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(data)
    out = tmp_path / "cards.pdf"
    out.write_bytes(b"old")
    line = photographed(demo_line(), {"GB-100": "a.png"})
    with pytest.raises(Trouble, match=r"Expected a png or jpg picture, got .*a\.png") as caught:
        cards_pdf(line, [card("housing", 1)], out, paper=CardFormat.A6, photos=tmp_path)
    assert caught.value.remedy
    assert out.read_bytes() == b"old"


def test_cards_of_one_file_may_have_codes_of_several_kinds(tmp_path: Path) -> None:
    line, out = demo_line(), tmp_path / "cards.pdf"
    kinds = {loop.id: CodeType.QR for loop in line.loops} | {"shaft": CodeType.CODE_128}
    cards_pdf(line, [card("housing", 1), card("shaft", 1)], out, code=kinds)
    assert read_back(out, CodeType.QR) == [card_code("demo", "housing", 1, 1)]
    assert read_back(out, CodeType.CODE_128) == [card_code("demo", "shaft", 1, 1)]
