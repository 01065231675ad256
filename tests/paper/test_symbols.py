"""Bar codes as rectangles."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import CodeType
from shopfloor.paper.symbols import MODULE_MM_MIN, QUIET_MODULES, Symbol, qr, symbol_of


def drawn(symbol: Symbol) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    grid = np.full((symbol.rows, symbol.columns), 255, dtype=np.uint8)
    for x, y, width, height in symbol.rectangles:
        assert (grid[y : y + height, x : x + width] == 255).all(), "no module is drawn twice"
        grid[y : y + height, x : x + width] = 0
    return np.kron(grid, np.ones((4, 4), dtype=np.uint8)).astype(np.uint8)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_the_rectangles_read_back_as_the_text(text: str) -> None:
    (code,) = zxingcpp.read_barcodes(drawn(qr(text, side_mm=60)))
    assert code.text == text


def test_a_card_code_is_the_smallest_symbol_at_level_q() -> None:
    symbol = qr("KEG0M041H3", side_mm=29)
    assert symbol.columns == symbol.rows == 21 + 2 * QUIET_MODULES
    (code,) = zxingcpp.read_barcodes(drawn(symbol))
    assert code.ec_level == "Q"


def test_the_quiet_zone_stays_white() -> None:
    symbol = qr("KEG0M041H3", side_mm=29)
    assert min(min(x, y) for x, y, _, _ in symbol.rectangles) == QUIET_MODULES
    assert (
        max(max(x + width, y + height) for x, y, width, height in symbol.rectangles) == symbol.columns - QUIET_MODULES
    )


def test_a_long_text_gives_up_error_level_before_module_size() -> None:
    symbol = qr("漢" * 64, side_mm=35)
    assert 35 / symbol.columns >= MODULE_MM_MIN
    with pytest.raises(ValueError, match="expected a text that fits 35 mm"):
        qr("漢" * 200, side_mm=35)


CARD, SHELF = "KEG0M041H3", "SEG0MMU"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_data_matrix_and_code_128_read_back_as_the_text(text: str) -> None:
    for kind, name in ((CodeType.DATA_MATRIX, "DataMatrix"), (CodeType.CODE_128, "Code128")):
        symbol = symbol_of(kind, text, width_mm=400)
        grid = drawn(symbol)
        (code,) = zxingcpp.read_barcodes(
            np.repeat(grid, 20, axis=0) if kind is CodeType.CODE_128 else grid,
            formats=zxingcpp.BarcodeFormat[name],
        )
        assert code.text == text


@pytest.mark.parametrize("text", [CARD, SHELF])
def test_our_codes_have_quiet_zones_and_modules_of_half_a_millimetre(text: str) -> None:
    for kind, width_mm, quiet in ((CodeType.DATA_MATRIX, 29, 2), (CodeType.CODE_128, 92, 10), (CodeType.QR, 29, 4)):
        symbol = symbol_of(kind, text, width_mm=width_mm)
        assert width_mm / symbol.columns >= MODULE_MM_MIN
        assert min(x for x, _, _, _ in symbol.rectangles) == quiet
        assert max(x + width for x, _, width, _ in symbol.rectangles) == symbol.columns - quiet


@pytest.mark.parametrize("kind", list(CodeType))
def test_a_place_too_small_for_half_a_millimetre_is_refused(kind: CodeType) -> None:
    with pytest.raises(ValueError, match="expected a text that fits 7 mm, got 10 characters"):
        symbol_of(kind, CARD, width_mm=7)
