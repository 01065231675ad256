"""Text in boxes: as large as fits, never over the edge."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF

from shopfloor.paper import pdf
from shopfloor.paper.sheet import Align, Page, Words
from shopfloor.paper.wrap import wrapped
from tests.paper.pages import pixels

pytestmark = pytest.mark.usefixtures("qapp")


def words(text: str, *, width: float = 40, height: float = 8, lines: int = 1) -> Words:
    return Words(x=20, y=20, width=width, height=height, text=text, size_mm=5, size_mm_min=2, lines=lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60), st.integers(1, 3))
def test_a_line_of_text_is_never_wider_than_its_box(text: str, lines: int) -> None:
    box = words(text.replace("a", " "), lines=lines)
    font, fitted = pdf._fitted(box)
    width = QFontMetricsF(font).horizontalAdvance
    assert len(fitted) <= lines
    assert all(width(line) <= box.width * pdf._DOTS for line in fitted)


def test_a_short_text_has_its_full_size_and_a_long_one_shrinks_before_it_ends_in_dots() -> None:
    large, _ = pdf._fitted(words("GB-100"))
    small, whole = pdf._fitted(words("GB-100-4711-0815"))
    least, cut = pdf._fitted(words("GB-100-4711-0815-" * 5))
    assert large.pixelSize() > small.pixelSize() > least.pixelSize()
    assert whole == ["GB-100-4711-0815"]
    assert cut[0].endswith("…")


def test_words_break_into_lines_before_they_shrink() -> None:
    one, _ = pdf._fitted(words("Getriebegehäuse bearbeitet", height=20))
    two, lines = pdf._fitted(words("Getriebegehäuse bearbeitet", height=20, lines=2))
    assert two.pixelSize() > one.pixelSize()
    assert lines == ["Getriebegehäuse", "bearbeitet"]


@pytest.mark.parametrize("align", list(Align))
def test_ink_stays_inside_the_box(align: Align) -> None:
    box = Words(x=20, y=20, width=40, height=8, text="Ägypten, Qualität gj", size_mm=5, size_mm_min=2, align=align)
    (page,) = pixels(pdf.render_pdf([Page((box,))], title="test"), dpi=254)
    rows, columns = (page < 128).nonzero()
    assert rows.min() >= 195
    assert rows.max() <= 285
    assert columns.min() >= 198
    assert columns.max() <= 602
    assert rows.size > 100


def test_lines_are_broken_at_blanks_only() -> None:
    assert wrapped("aa bb cc", 5, lines=2, measure=len) == ["aa bb", "cc"]
    assert wrapped("aa bb cc", 5, lines=1, measure=len) is None
    assert wrapped("aaaaaa", 5, lines=3, measure=len) is None
    assert wrapped("a", 5, lines=1, measure=len) == ["a"]
