"""The header: tabs side by side at any size, ill devices always in sight, and nothing that is not the operator's."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QFontMetricsF

from shopfloor.clock import zone_of
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_views import LinkFace, LinkLook
from shopfloor.core.text import Text
from shopfloor.core.views import StationState
from shopfloor.gui.header import STATIONS, Header, Tab
from shopfloor.gui.header_parts import parts_in_columns
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import MAY_BREAK, Ink, lay_out, least_ratio
from shopfloor.gui.lang import Language
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import PAD_MM, Size, Theme, Weight, load_fonts, scale_for
from shopfloor.gui.ui import Ui

MM = 100 / 25.4
NAMES = ("Press 1", "Deburr", "Wash", "Assembly", "Pack", "Endmontagelinie Süd", "Q")
PAGES = tuple(
    Tab(key, Text(word))
    for key, word in (("board", "Line"), ("flow", "Flow"), ("loops", "Loops"), ("health", "Health"))
)


def header(
    size: tuple[int, int], stations: int, *, language: str = "en", state: StationState = StationState.IDLE
) -> Header:
    load_fonts()
    theme = Theme(px_per_mm=MM, scale=scale_for(*size, MM))
    found = Header(Ui(theme, Language(language)))
    found.resize(size[0] - 20, found.sizeHint().height())
    own = [Tab(f"s{n}", data(NAMES[n % len(NAMES)]), StationState.RUNNING if n else state) for n in range(stations)]
    found.show_tabs([*own, *PAGES], "s0")
    return found


def part(name: str, kind: str = "scanner", condition: Condition = Condition.UP) -> Health:
    return Health(id=name, kind=kind, condition=condition, since_us=0)


@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
@pytest.mark.parametrize("stations", [1, 2, 5, 8, 30])
@pytest.mark.parametrize(
    "size", [(800, 480), (1024, 600), (1280, 800), (1920, 1080), (1080, 1920), (3840, 2160)], ids=str
)
def test_tabs_stand_side_by_side_and_leave_room_for_the_clock(
    qapp: object, size: tuple[int, int], stations: int, language: str
) -> None:
    found = header(size, stations, language=language)
    found.show_now("Gearbox line", 0, zone_of("UTC"), [part(f"gun-{n}", condition=Condition.LOST) for n in range(9)])
    rects = [rect for _, rect in found.tab_rects()]
    assert all(a.right() < b.left() for a, b in pairwise(rects))
    assert rects[-1].right() <= found.width() - found._least_right()
    assert all(rect.width() >= found.ui.theme.mm(20) - 1 for rect in rects)
    found.grab()
    assert found.ui.clipped == set()


def test_a_stop_behind_the_tab_for_the_others_is_seen_from_before_it(qapp: object) -> None:
    found = header((1024, 600), 8, state=StationState.STOPPED)
    found.show_tabs([*found._tabs[1:8], found._tabs[0], *PAGES], "s3")
    shown = {tab.key: tab for tab, _ in found.tab_rects()}
    assert "s3" in shown
    assert "s0" not in shown
    assert shown[STATIONS].state is StationState.STOPPED


def test_where_a_finger_has_no_room_for_more_one_tab_is_for_all_stations(qapp: object) -> None:
    found = header((480, 800), 8, state=StationState.STOPPED)
    found.show_tabs(found._tabs, "s3")
    tabs = [tab for tab, _ in found.tab_rects()]
    assert [tab.key for tab in tabs] == [STATIONS, "board", "flow", "loops", "health"]
    assert str(tabs[0].word) == "Assembly +7"
    assert tabs[0].state is StationState.STOPPED


@pytest.mark.parametrize("language", ["en", "de"])
def test_where_shape_and_name_have_no_room_side_by_side_the_name_stands_below_whole(
    qapp: object, language: str
) -> None:
    found = header((1080, 1920), 0, language=language, state=StationState.CALLED)
    found.show_tabs([Tab("s0", data("Press 1"), StationState.CALLED), *PAGES, Tab("calls", Text("Calls"))], "flow")
    (tab, rect), *_ = found.tab_rects()
    assert rect.width() < found._least_width(tab)
    words = Ink.measuring(found.ui).width("Press", Size.BODY, Weight.BOLD) * least_ratio(Size.BODY)
    assert rect.width() - found.ui.theme.mm(PAD_MM) >= words


def test_as_many_stations_as_fit_are_shown_and_the_current_one_always(qapp: object) -> None:
    found = header((1280, 800), 8)
    before = [tab.key for tab, _ in found.tab_rects()]
    assert before[:2] == ["s0", "s1"]
    assert STATIONS in before
    found.show_tabs(found._tabs, "s7")
    after = [tab.key for tab, _ in found.tab_rects()]
    assert after[0] == "s0"
    assert after[after.index(STATIONS) - 1] == "s7"


def test_the_loudspeaker_is_not_the_operators_business(qapp: object) -> None:
    found = header((1280, 800), 1)
    parts = [part("sound", "sound", Condition.LOST), part("gun-1"), part("store", "store"), part("line", "line file")]
    found.show_now("Gearbox line", 0, zone_of("UTC"), parts)
    assert [shown.id for shown in found._parts] == ["gun-1"]


def test_whatever_is_in_trouble_is_shown_first(qapp: object) -> None:
    found = header((1280, 800), 1)
    parts = [part("gun-1"), part("store", "store", Condition.TROUBLE)]
    found.show_now("Gearbox line", 0, zone_of("UTC"), parts)
    assert [shown.id for shown in found._parts] == ["store", "gun-1"]


def test_ill_devices_that_have_no_room_are_counted(qapp: object) -> None:
    found = header((1080, 1920), 5, language="pseudo")
    parts = [part(f"a-scanner-with-a-long-name-{n}", condition=Condition.LOST) for n in range(7)]
    found.show_now("Gearbox line", 0, zone_of("UTC"), parts)
    columns = parts_in_columns(Ink.measuring(found.ui), found._parts, found.ui.theme.mm(20), 3, 0)
    assert [chip.words for group in columns for chip in group] == ["7"]


def test_a_word_that_is_longer_than_its_line_is_cut_on_every_line(qapp: object) -> None:
    font = Theme().font(Size.BODY)
    for words in ("Assembly", "Assembly Endmontage", "A Endmontage B"):
        laid = lay_out(words, 40, 80, font, 2, 0.9)
        metrics = QFontMetricsF(laid.font)
        assert laid.clipped
        assert all(metrics.horizontalAdvance(line) <= 41 for line in laid.lines)


def test_a_line_may_end_within_a_word_where_that_is_said(qapp: object) -> None:
    load_fonts()
    font = Theme(px_per_mm=MM, scale=1).font(Size.NOTE)
    width = QFontMetricsF(font).horizontalAdvance("/var/lib/")
    laid = lay_out(f"/var/{MAY_BREAK}lib/{MAY_BREAK}print/{MAY_BREAK}a.pdf: 1 card", width, 500, font, 5, 1.0)
    assert laid.lines == ("/var/lib/", "print/", "a.pdf: 1", "card")
    assert not laid.clipped


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1080, 1920)])
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_emulated_devices_are_marked_at_any_size(qapp: object, size: tuple[int, int], language: str) -> None:
    found = header(size, 5, language=language)
    zone = zone_of("UTC")
    found.show_now("Gearbox line", 0, zone, [part("gun-1")])
    real = found.grab().toImage()
    found.show_now("Gearbox line", 0, zone, [part("gun-1", condition=Condition.VIRTUAL)])
    marked = found.grab().toImage()

    dark = QColor(found.ui.theme.palette.inverse).rgb()
    corner = (marked.width() - 4, round(marked.height() * 0.72))
    assert real.pixel(*corner) != dark
    assert marked.pixel(*corner) == dark
    assert not found.ui.clipped


@pytest.mark.parametrize(("size", "is_shown"), [((1024, 600), False), ((1280, 800), True), ((1920, 1080), True)])
def test_beside_the_link_the_name_of_the_line_is_whole_or_not_there(
    qapp: object, size: tuple[int, int], *, is_shown: bool
) -> None:
    found = header(size, 0)
    found.show_tabs([*PAGES, Tab("calls", Text("Calls")), Tab("sign", data("Ana"), icon=Icon.PERSON)], "board")
    found.show_link(LinkFace(LinkLook.UP))

    def looks(name: str) -> object:
        found.show_now(name, 0, zone_of("UTC"), [part("box-1"), part("gun-1"), part("journal")])
        return found.grab().toImage()

    assert (looks("Gearbox line") != looks("Gearbox lino")) is is_shown, "its last letter"
    assert (looks("Gearbox line") != looks("W" * 99)) is is_shown


def test_a_double_name_goes_on_below_behind_its_hyphen_and_a_number_does_not(qapp: object) -> None:
    font = Theme().font(Size.BODY)
    width = QFontMetricsF(font).horizontalAdvance("Lüdenscheidt") + 2
    assert lay_out("Eva Müller-Lüdenscheidt", width, 500, font, 3, 1.0).lines == ("Eva Müller-", "Lüdenscheidt")
    narrow = QFontMetricsF(font).horizontalAdvance("GB-10")
    assert lay_out("GB-100", narrow, 500, font, 3, 0.5).lines == ("GB-100",)
