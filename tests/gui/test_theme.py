"""Colours, sizes, fonts."""

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QGuiApplication

from shopfloor.gui.theme import (
    CAP_HEIGHT,
    DARK,
    DISTANCE_PER_CAP,
    DPI_UNKNOWN,
    LIGHT,
    MM_PER_INCH,
    STATE_PAIRS,
    TEXT_PAIRS,
    Palette,
    Size,
    Theme,
    Weight,
    contrast,
    px_per_mm,
    scale_for,
    stylesheet,
)

BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)


@BOTH
def test_state_words_have_seven_to_one(palette: Palette) -> None:
    ratios = {pair: contrast(getattr(palette, pair[0]), getattr(palette, pair[1])) for pair in STATE_PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 7} == {}


@BOTH
def test_other_text_has_four_and_a_half_to_one(palette: Palette) -> None:
    ratios = {pair: contrast(getattr(palette, pair[0]), getattr(palette, pair[1])) for pair in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.usefixtures("_fonts")
@pytest.mark.parametrize("weight", Weight)
def test_figures_are_all_equally_wide(weight: Weight) -> None:
    font = Theme().font(Size.HERO, weight)
    assert QFontInfo(font).family() == "IBM Plex Sans"
    assert len({QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}) == 1


@pytest.mark.usefixtures("_fonts")
def test_capitals_are_as_high_as_the_distance_asks() -> None:
    theme = Theme(LIGHT, 20.0)  # fine enough that a pixel does not matter
    for size in Size:
        cap_mm = QFontMetricsF(theme.font(size)).capHeight() / theme.px_per_mm
        assert cap_mm == pytest.approx(600 / DISTANCE_PER_CAP[size], rel=0.01)
        assert cap_mm >= 600 / 200
    assert QFontMetricsF(theme.font(Size.STATE)).capHeight() / theme.px_per_mm >= 600 / 150


@pytest.mark.usefixtures("_fonts")
def test_the_cap_height_is_the_fonts_own() -> None:
    font = Theme().font(Size.BODY)
    font.setPixelSize(1000)
    assert QFontMetricsF(font).capHeight() / 1000 == pytest.approx(CAP_HEIGHT, abs=0.001)


def test_the_smallest_screen_has_scale_one_and_larger_ones_more() -> None:
    inch_10 = 118 / MM_PER_INCH
    assert scale_for(1024, 600, inch_10) == pytest.approx(0.95, abs=0.051)
    assert scale_for(1920, 1080, 92 / MM_PER_INCH) > 1.4
    assert scale_for(600, 1024, inch_10) == scale_for(1024, 600, inch_10)
    assert scale_for(320, 240, inch_10) == pytest.approx(0.5)


@pytest.mark.usefixtures("qapp")
def test_the_factor_corrects_a_screen_that_lies() -> None:
    screen = QGuiApplication.primaryScreen()
    assert px_per_mm(screen, 1.1) == pytest.approx(px_per_mm(screen) * 1.1)
    assert px_per_mm(None) == pytest.approx(DPI_UNKNOWN / MM_PER_INCH)


@BOTH
def test_the_style_sheet_has_the_ground_of_its_palette(palette: Palette) -> None:
    assert palette.ground in stylesheet(Theme(palette))
