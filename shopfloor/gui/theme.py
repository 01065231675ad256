"""Colours, sizes and fonts: every number a screen is drawn with comes from here."""

from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFont, QFontDatabase, QScreen

ASSETS = Path(__file__).parent / "assets"

MM_PER_INCH = 25.4
DPI_MIN = 60.0  # a 75 inch television in full HD has 29, but then its distance is a board's and the factor is set
DPI_MAX = 400.0  # no panel of a machine is finer; more is a wrong EDID
DPI_UNKNOWN = 100.0
SCREEN_MM = (222.0, 130.0)  # the smallest screen the sizes are true on: 10.1 inch, 16:9
SCALE_MIN = 0.5
SCALE_MAX = 3.0
GROWTH = 0.65  # a larger screen is read from further away, and shows more: sizes grow with this power of its size
SCALE_STEP = 0.05  # a window that is being dragged larger does not lay out at each pixel
CAP_HEIGHT = 0.698  # of IBM Plex Sans, in em; a test reads it from the font

SANS = "IBM Plex Sans"
MONO = "IBM Plex Mono"


class Palette(Struct, frozen=True, kw_only=True):
    """Colours by meaning. `x` is a field, `on_x` the text on it, `x_edge` its outline."""

    name: str
    ground: str
    panel: str
    raised: str
    sunk: str
    edge: str
    ink: str
    soft: str
    inverse: str
    on_inverse: str
    inverse_soft: str
    stop: str
    on_stop: str
    stop_edge: str
    call: str
    on_call: str
    call_edge: str
    action: str
    on_action: str
    action_edge: str
    run: str
    on_run: str
    idle: str
    on_idle: str
    zone_red: str
    zone_yellow: str
    zone_green: str


LIGHT = Palette(
    name="light",
    ground="#E7E9EB",
    panel="#F3F4F5",
    raised="#FFFFFF",
    sunk="#D9DCDF",
    edge="#B4BABF",
    ink="#15181B",
    soft="#4B5258",
    inverse="#23282C",
    on_inverse="#FFFFFF",
    inverse_soft="#C9CFD4",
    stop="#B3001B",
    on_stop="#FFFFFF",
    stop_edge="#7A0012",
    call="#F2B705",
    on_call="#15181B",
    call_edge="#6B5100",
    action="#1F5FA8",
    on_action="#FFFFFF",
    action_edge="#17487F",
    run="#1B7F5C",
    on_run="#FFFFFF",
    idle="#8A8F94",
    on_idle="#15181B",
    zone_red="#B3001B",
    zone_yellow="#F2B705",
    zone_green="#1B7F5C",
)

DARK = Palette(
    name="dark",
    ground="#121518",
    panel="#1B1F23",
    raised="#2B3136",
    sunk="#0B0D0F",
    edge="#4A5259",
    ink="#EEF1F3",
    soft="#B0B8BF",
    inverse="#E4E8EB",
    on_inverse="#15181B",
    inverse_soft="#3C4349",
    stop="#B3001B",
    on_stop="#FFFFFF",
    stop_edge="#FF6B7C",
    call="#F2B705",
    on_call="#15181B",
    call_edge="#FFE08A",
    action="#1F5FA8",
    on_action="#FFFFFF",
    action_edge="#7FB5EE",
    run="#1B7F5C",
    on_run="#FFFFFF",
    idle="#8A8F94",
    on_idle="#15181B",
    zone_red="#D8344A",
    zone_yellow="#F2B705",
    zone_green="#2E9C75",
)

# Which text stands on which field; a test holds both themes to the ratios.
STATE_PAIRS = (
    ("on_stop", "stop"),
    ("on_call", "call"),
    ("on_inverse", "inverse"),
    ("ink", "ground"),
    ("ink", "panel"),
    ("ink", "raised"),
    ("ink", "sunk"),
)
TEXT_PAIRS = (
    ("soft", "ground"),
    ("soft", "panel"),
    ("soft", "raised"),
    ("soft", "sunk"),
    ("inverse_soft", "inverse"),
    ("on_action", "action"),
    ("on_run", "run"),
    ("on_idle", "idle"),
)


class Size(StrEnum):
    """Sizes of type by purpose."""

    NOTE = "note"
    BODY = "body"
    STATE = "state"
    TITLE = "title"
    HERO = "hero"


# Cap height = viewing distance / this. 200 is the least that is read without effort, 150 the least of a state word.
DISTANCE_PER_CAP = {Size.NOTE: 198.0, Size.BODY: 172.0, Size.STATE: 138.0, Size.TITLE: 108.0, Size.HERO: 72.0}
TERMINAL_DISTANCE_M = 0.6  # an arm and a scanner


class Weight(StrEnum):
    """Weights that are bundled."""

    REGULAR = "regular"
    SEMIBOLD = "semibold"
    BOLD = "bold"


_QT_WEIGHT = {
    Weight.REGULAR: QFont.Weight.Normal,
    Weight.SEMIBOLD: QFont.Weight.DemiBold,
    Weight.BOLD: QFont.Weight.Bold,
}

# Millimetres at scale 1. Finger in a glove: 20 mm is as good as 25; 15 mm rows are for lists one aims at calmly.
TARGET_MM = 20.0
ROW_MM = 15.0
CORD_MM = (60.0, 30.0)  # help and stop: found without looking
GAP_MM = 3.0  # between what is touched
SEAM_MM = 1.6  # between what is only read
MARGIN_MM = 2.2  # around the window: the bezel is no target
PAD_MM = 2.2
RADIUS_MM = 1.2
HAIR_MM = 0.25


class Theme:
    """A palette at a size: what is asked in millimetres is answered in pixels."""

    def __init__(
        self,
        palette: Palette = LIGHT,
        px_per_mm: float = DPI_UNKNOWN / MM_PER_INCH,
        *,
        scale: float = 1.0,
        distance_m: float = TERMINAL_DISTANCE_M,
    ) -> None:
        self.palette = palette
        self.px_per_mm = px_per_mm
        self.scale = scale
        self.distance_m = distance_m
        self._fonts: dict[tuple[str, float, Weight], QFont] = {}

    def mm(self, millimetres: float) -> int:
        """Pixels of a length at this scale, at least 1."""
        return max(1, round(millimetres * self.px_per_mm * self.scale))

    def type_px(self, size: Size) -> float:
        """Font size in pixels, so that capitals are as high as the viewing distance asks."""
        cap_mm = self.distance_m * 1000 / DISTANCE_PER_CAP[size]
        return cap_mm * self.px_per_mm * self.scale / CAP_HEIGHT

    def font(
        self, size: Size = Size.BODY, weight: Weight = Weight.REGULAR, *, mono: bool = False, ratio: float = 1.0
    ) -> QFont:
        """The font of a size; `ratio` makes it smaller or larger."""
        family, pixels = (MONO if mono else SANS), round(self.type_px(size) * ratio, 1)
        key = (family, pixels, weight)
        font = self._fonts.get(key)
        if font is None:
            font = QFont(family)
            font.setPixelSize(max(1, round(pixels)))
            font.setWeight(_QT_WEIGHT[weight])
            font.setStyleHint(QFont.StyleHint.Monospace if mono else QFont.StyleHint.SansSerif)
            self._fonts[key] = font
        return font


def px_per_mm(screen: QScreen | None, factor: float = 1.0) -> float:
    """Pixels per millimetre of a screen. `factor` corrects a screen that lies: true length / shown length.

    A size that no screen has is a wrong EDID and counts as unknown.
    """
    dpi = DPI_UNKNOWN
    if screen is not None:
        told = screen.physicalDotsPerInch()
        if DPI_MIN <= told <= DPI_MAX and _is_square(
            screen.physicalSize(), screen.size().width(), screen.size().height()
        ):
            dpi = told
    return dpi / MM_PER_INCH * factor


def scale_for(width_px: int, height_px: int, px_mm: float) -> float:
    """How much larger than its minimum everything is drawn in a window; below 1 only where the screen is too small."""
    long_mm, short_mm = max(width_px, height_px) / px_mm, min(width_px, height_px) / px_mm
    room = min(long_mm / SCREEN_MM[0], short_mm / SCREEN_MM[1])
    scale = room if room < 1 else room**GROWTH
    stepped = int(scale / SCALE_STEP + 1e-6) * SCALE_STEP
    return min(SCALE_MAX, max(SCALE_MIN, stepped))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours `#RRGGBB` by WCAG 2.2, from 1 to 21."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt, once per application; answers the families found."""
    families: list[str] = []
    for path in sorted((ASSETS / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        if number >= 0:
            families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


def stylesheet(theme: Theme) -> str:
    """The one style sheet: the ground for plain widgets. Everything that means something is painted."""
    look = theme.palette
    return (
        f"QWidget {{ background: {look.ground}; color: {look.ink}; font-family: '{SANS}';"
        f" font-size: {round(theme.type_px(Size.BODY))}px; }}"
        f"QLabel {{ background: transparent; }}"
        f"QAbstractScrollArea, QAbstractItemView {{ background: {look.panel}; border: 0; }}"
        f"QToolTip {{ background: {look.inverse}; color: {look.on_inverse}; border: 0; }}"
    )


def _is_square(size_mm: QSizeF, width_px: int, height_px: int) -> bool:
    """Whether the pixels come out square, within what rounding of the EDID to centimetres does."""
    if size_mm.width() <= 0 or size_mm.height() <= 0:
        return False
    ratio = (width_px / size_mm.width()) / (height_px / size_mm.height())
    return 0.85 <= ratio <= 1.18


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def faded(palette: Palette) -> Palette:
    """The palette for what may be old: no state keeps its colour."""
    calm = dict.fromkeys(("stop", "call", "inverse", "zone_red", "zone_yellow", "zone_green"), palette.sunk)
    texts = dict.fromkeys(("on_stop", "on_call", "on_inverse", "inverse_soft"), palette.ink)
    edges = dict.fromkeys(("stop_edge", "call_edge"), palette.soft)
    return replace(palette, **calm, **texts, **edges)
