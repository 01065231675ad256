"""Labels for label printers: codes by the printer's own commands, and no name is ever a command."""

from itertools import product

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopfloor.core.codes import card_code, shelf_code
from shopfloor.core.line import CardFormat, CodeType, Line
from shopfloor.linefile import demo_line
from shopfloor.paper.card_words import shelf_words
from shopfloor.paper.cards import card_pages
from shopfloor.paper.sheet import Page, Picture, Shape, Words
from shopfloor.paper.shelves import ShelfFormat, shelf_pages
from shopfloor.paper.symbols import MODULE_MM_MIN, QUIET_CODE_128
from shopfloor.paper.zpl import DPI, escaped, zpl
from tests.paper.lines import HOSTILE, card, hostile_line, long_line
from tests.paper.zpl_reader import Field, Label, drawn, picture, read_zpl

KINDS = list(product(CodeType, DPI))
LONG_LOOP = "a" * 24


def cards_zpl(line: Line, *loops: str, kind: CodeType = CodeType.QR, dpi: int = 203, number: int = 1) -> list[Label]:
    pages = card_pages(line, [card(loop, number) for loop in loops], paper=CardFormat.LABEL, code=kind)
    return read_zpl(zpl(pages, dpi=dpi))


def shelves_zpl(line: Line, *, kind: CodeType = CodeType.QR, dpi: int = 203) -> list[Label]:
    pages = shelf_pages([*shelf_words(line)], paper=ShelfFormat.LABEL, code=kind)
    return read_zpl(zpl(pages, dpi=dpi))


def read_back(label: Label) -> list[str]:
    return [str(found.text) for found in zxingcpp.read_barcodes(picture(label))]


@pytest.mark.parametrize(("kind", "dpi"), KINDS)
def test_the_code_of_every_label_reads_back_with_what_is_around_it(kind: CodeType, dpi: int) -> None:
    demo = demo_line()
    loops = [loop.id for loop in demo.loops]
    labels = cards_zpl(demo, *loops, kind=kind, dpi=dpi)
    assert [read_back(label) for label in labels] == [[card_code("demo", loop, 1, 1)] for loop in loops]
    stores = [loop.id for loop in demo.loops if loop.consumer]
    labels = shelves_zpl(demo, kind=kind, dpi=dpi)
    assert [read_back(label) for label in labels] == [[shelf_code("demo", loop)] for loop in stores]
    long = cards_zpl(long_line(), LONG_LOOP, kind=kind, dpi=dpi, number=1295)
    assert read_back(long[0]) == [card_code("long", LONG_LOOP, 1295, 1)]


def module_of(code: Field) -> int:
    """Dots of a module."""
    if "BQ" in code.commands:
        return code.numbers("BQ")[1]
    return code.numbers("BX" if "BX" in code.commands else "BY")[0]


@pytest.mark.parametrize(("kind", "dpi"), KINDS)
def test_modules_are_at_least_half_a_millimetre(kind: CodeType, dpi: int) -> None:
    for label in (
        *cards_zpl(demo_line(), "housing", kind=kind, dpi=dpi),
        *shelves_zpl(demo_line(), kind=kind, dpi=dpi),
    ):
        (code,) = label.codes()
        module = module_of(code)
        assert module * 25.4 / dpi >= MODULE_MM_MIN - 0.001
        if kind is CodeType.CODE_128:
            width = drawn(code).shape[1]
            assert code.x >= QUIET_CODE_128 * module - 1
            assert code.x + width + QUIET_CODE_128 * module <= label.width + 1


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("line", [demo_line(), long_line()], ids=["demo", "long"])
def test_nothing_stands_outside_the_label(line: Line, dpi: int) -> None:
    labels = [*cards_zpl(line, *(loop.id for loop in line.loops), dpi=dpi), *shelves_zpl(line, dpi=dpi)]
    for label in labels:
        assert (label.width, label.height) == (round(100 * dpi / 25.4), round(60 * dpi / 25.4))
        for field in label.fields:
            assert 0 <= field.x < label.width
            assert 0 <= field.y < label.height
            if "GB" in field.commands:
                width, height, _ = field.numbers("GB")
                assert field.x + width <= label.width
                assert field.y + height <= label.height


def test_a_label_says_what_the_card_says() -> None:
    (label,) = cards_zpl(demo_line(), "housing", number=4)
    assert label.texts() == [
        "GB-100", "Housing", "KDV190416M", "Quantity", "10 pcs", "Card", "4 of 8",
        "From", "Press 1 → Deburr → Wash", "To", "Assembly", "Loop housing · Gearbox line (demo)", "Print 1",
    ]  # fmt: skip


def test_words_on_black_are_turned_around() -> None:
    (label,) = cards_zpl(demo_line(), "housing")
    turned = [field.data for field in label.fields if "FR" in field.commands]
    assert turned == ["From", "Press 1 → Deburr → Wash", "", "To", "Assembly"]  # "" is the arrow


@pytest.mark.parametrize("kind", list(CodeType))
def test_no_name_is_a_command(kind: CodeType) -> None:
    line = hostile_line()
    plain = cards_zpl(demo_line(), "housing", kind=kind)[0]
    (label,) = cards_zpl(line, "l", kind=kind)
    assert [sorted(field.commands) for field in label.codes()] == [sorted(field.commands) for field in plain.codes()]
    said = "".join(label.texts())
    for sign in "^~_":
        assert sign in said, "what is not a command is still printed"
    assert len(shelves_zpl(line, kind=kind)) == 1


@given(st.text())
def test_any_text_survives_the_hex_and_holds_no_command(text: str) -> None:
    page = Page((Words(x=5, y=5, width=1e6, height=5, text=text, size_mm=3),), 100, 60)
    (label,) = read_zpl(zpl([page], dpi=203))
    shown = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    assert "".join(label.texts()) == shown
    assert len(label.fields) == bool(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_dangerous_texts_are_written_in_hex(text: str) -> None:
    assert not set(escaped(text)) & set("^~,\\\r\n\x1b\x02")


def test_200_cards_are_200_labels() -> None:
    base = demo_line()
    line = replace(base, loops=tuple(replace(loop, cards=200) for loop in base.loops))
    pages = card_pages(line, [card("housing", n) for n in range(1, 201)], paper=CardFormat.LABEL)
    labels = read_zpl(zpl(pages, dpi=203))
    read = [label.codes()[0].data for label in labels]
    assert read == [f"QA,{card_code('demo', 'housing', n, 1)}" for n in range(1, 201)]


def test_an_arrow_is_a_bitmap_of_its_size() -> None:
    triangle = Shape(points=((0, 0), (4, 4), (0, 8)))
    (label,) = read_zpl(zpl([Page((triangle,), 100, 60)], dpi=203))
    (field,) = label.fields
    _, size, same, row_bytes, data = field.commands["GF"].split(",")
    assert size == same
    rows = [data[start : start + 2 * int(row_bytes)] for start in range(0, len(data), 2 * int(row_bytes))]
    widths = [f"{int(row, 16):b}".count("1") for row in rows]
    assert len(rows) == round(8 * 203 / 25.4)
    assert max(widths) == pytest.approx(4 * 203 / 25.4, abs=1)
    assert widths == sorted(widths[: len(widths) // 2]) + sorted(widths[len(widths) // 2 :], reverse=True)


def test_a_photo_is_no_part_of_a_label() -> None:
    page = Page((Picture(x=0, y=0, width=10, height=10, path="a.png"),))
    with pytest.raises(ValueError, match="without a photo"):
        zpl([page], dpi=203)
