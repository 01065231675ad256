"""The Calls page: most urgent first, calm below a finger, legible in every size, quick in a flood."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from shopfloor.core.rule_reasons import RULE_REASONS
from shopfloor.core.state_call import CallSource
from shopfloor.core.update import Update
from shopfloor.gui.call_words import RULE_WORDS
from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_aside import aside_rows
from shopfloor.gui.calls_faces import Kind, call_face, who_words
from shopfloor.gui.calls_rows import CallRow
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.theme import ROW_MM, TARGET_MM
from shopfloor.gui.timer import active_timers
from shopfloor.gui.touch import Tone, TouchButton
from tests.gui import call_shops
from tests.gui.board_shops import START_US
from tests.gui.calls_stage import CallsStage, ShowCalls


def kinds(found: CallsStage) -> list[Kind]:
    return [row.face.kind for row in found.page.open.list.rows() if isinstance(row, CallRow)]


def test_stops_come_before_calls_the_graver_first_and_what_wants_its_cause_last(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    assert found.rows()[:2] == ["wash/pump", "deburr/tool"]
    assert kinds(found)[0] is Kind.STOP
    assert kinds(found)[-1] is Kind.ASKS
    assert Kind.GONE in kinds(found)


def test_nobody_calls_is_said(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.nothing(), "press")
    assert found.ui.say(found.page.open.list._nothing) == "Nobody calls."
    assert found.page.open.detail.isHidden()


def test_who_is_called_or_comes_is_said_in_words(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press")
    faces = {row.key: row.face for row in found.page.open.list.rows() if isinstance(row, CallRow)}
    said = {key: who_words(found.ui, face)[0] for key, face in faces.items()}
    assert said["wash/pump"] == "taken by Ana, arrived"
    assert said["press/quality"] == "not taken · Team leader, Quality called"
    assert said["deburr/tool"] == "not taken · level 2: Maintenance, Team leader, Administrator"
    assert said["wash/coolant"] == "gone by itself, not seen yet"
    assert faces["press/missing"].parent == "Material"


def test_what_is_left_to_the_stop_counts_down_with_the_line_s_clock(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.one(), "press")
    view = found.page.open.shown()
    assert view is not None
    assert (call_face(found.model.shop, view).left_s, call_face(found.model.shop, view).clock_s) == (18, 42)
    found.line.clock.advance(5)
    found.settle()
    row = found.page.open.list.rows()[0]
    assert isinstance(row, CallRow)
    assert (row.face.left_s, row.face.clock_s) == (13, 47)


def test_a_second_repaints_the_clocks_alone(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.one(), "press")
    painted: list[QRect] = []
    page = found.page.open.list
    original = page.paintEvent

    def note(event: object) -> None:
        painted.append(event.rect())  # type: ignore[attr-defined]
        original(event)  # type: ignore[arg-type]

    page.paintEvent = note  # type: ignore[method-assign]
    found.settle()
    assert painted == []
    found.line.clock.advance(1)
    found.settle()
    assert painted
    row = page.row_rects()[0][1]
    assert all(rect.left() > row.center().x() and row.toAlignedRect().contains(rect) for rect in painted)


def test_the_edge_of_a_call_flashes_once_a_second_until_somebody_takes_it(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    lit: dict[str, list[bool]] = {}
    for _ in range(4):
        for row in found.page.open.list.rows():
            assert isinstance(row, CallRow)
            lit.setdefault(row.key, []).append(row.face.lit)
        found.line.clock.advance(0.5)
        found.settle()
    assert lit["press/quality"] in ([True, False, True, False], [False, True, False, True])
    assert not any(lit["wash/pump"]), "it is taken"
    assert not any(lit["wash/coolant"]), "it is over"


def test_only_the_row_that_changed_is_painted_in_a_flood_of_two_hundred(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.many(200), "st000")
    page = found.page.open.list
    assert len(page.rows()) == 201
    painted: list[QRect] = []
    original = page.paintEvent

    def note(event: object) -> None:
        painted.append(event.rect())  # type: ignore[attr-defined]
        original(event)  # type: ignore[arg-type]

    page.paintEvent = note  # type: ignore[method-assign]
    second = found.rows()[1]
    found.change(second, acked_us=START_US, acked_by="ana")
    found.settle()
    place = next(rect.toAlignedRect() for key, rect in page.row_rects() if key == second)
    assert painted
    assert all(place.contains(rect) for rect in painted)


def test_a_flood_is_one_look(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.many(200), "st000")
    for _ in range(200):
        found.line.put(Update())  # type: ignore[union-attr]
    assert active_timers().count("calls-soon") == 1


def test_what_does_not_fit_is_on_the_next_page_and_after_the_last_comes_the_first(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.many(30), "st000")
    rows = found.page.open.list
    seen: list[str] = []
    for _ in range(-(-31 // rows.room())):
        seen += found.rows()
        rows.more.click()
    assert len(seen) == len(set(seen)) == 31
    assert found.rows() == seen[: rows.room()]


def test_a_touch_shows_the_call_and_a_new_stop_does_not_take_it_away(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    found.tap_row("press/quality")
    assert found.facts()["stops at"] == "07:32:16"
    assert found.facts()["who is called"] == "Team leader, Quality"
    found.line.put(Update(changed=(call_shops.call("press", "safety", 1),)))  # type: ignore[union-attr]
    found.settle()
    assert found.rows()[0] == "wash/pump"
    assert "press/safety" in found.rows()[:2]
    shown = found.page.open.shown()
    assert shown is not None
    assert shown.id == "press/quality"


def test_rows_stay_while_a_finger_rests_on_one(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press", size=(1280, 900))
    before = found.rows()
    at = found.page.open.list.row_rects()[3][1].center().toPoint()
    QTest.mousePress(found.page.open.list, Qt.MouseButton.LeftButton, pos=at)
    found.change("press/quality", stopped_us=START_US)
    found.settle()
    assert found.rows() == before
    QTest.mouseRelease(found.page.open.list, Qt.MouseButton.LeftButton, pos=at)
    found.settle()
    assert found.rows()[1] == "press/quality"


def test_the_tab_of_open_calls_has_their_colour_on_another_part(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.mixed(), "press")
    found.show_part(Part.ASIDE)
    tab = found.page.tabs.buttons[Part.OPEN]
    assert (tab.tone, found.ui.say(tab.note)) == (Tone.STOP, "1 / 5")
    assert found.page.tabs.buttons[Part.ASIDE].tone is Tone.INVERSE


def test_what_is_put_aside_has_its_owner_its_end_and_its_reason(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.put_aside(), "press", size=(1280, 1100))
    assert found.rows() == ["wash/pump"], "a shelved call and one that the stop explains are not among the open ones"
    found.show_part(Part.ASIDE)
    keys = [key for key, _ in found.page.put_aside.list.row_rects()]
    assert keys == [
        "shelf deburr/tool",
        "shelf assembly/coolant",
        "out wash/coolant",
        "out deburr/",
        "call press/b",
        "hint press/rule-red-loop",
        "hint assembly/rule-cycle",
    ]


def test_a_row_says_when_the_next_level_is_called_where_there_is_room(show_calls: ShowCalls) -> None:
    tool = call_shops.call("deburr", "tool", 50)
    found = show_calls(call_shops.still(msgspec.structs.replace(tool, untaken=tool.raised)), "press")
    (row,) = found.page.open.list.rows()
    assert isinstance(row, CallRow)
    assert who_words(found.ui, row.face) == (
        "not taken · Maintenance called · next level in 1:10",
        "not taken · Maintenance called",
        "not taken yet · next level in 1:10",
        "not taken yet",
    )
    assert found.facts()["next level at"] == "07:33:17"


def test_a_rule_says_what_it_saw(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.put_aside(), "press")
    rows = {row.key: row for row in aside_rows(found.page.hub, ())}
    assert found.ui.say(rows["hint press/rule-red-loop"].saw) == "GB-100: 1 full for 15:00"
    starved = msgspec.structs.replace(
        call_shops.call("assembly", "coolant", 380),
        reason="rule-starved",
        source=CallSource.RULE,
        args={"what": "starved", "for_s": 380},
    )
    found = show_calls(call_shops.still(starved), "press")
    assert "no card for 6:20" in found.facts()


def test_a_lost_line_has_no_colour(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.silent())
    assert all(row.face.stale for row in found.page.open.list.rows() if isinstance(row, CallRow))


def test_a_hidden_page_has_no_timer_and_no_question(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.one(), "press")
    found.touch(Action.SHELVE)
    assert found.page.hub.sheet.isVisible()
    found.page.hide()
    found.line.put(Update())  # type: ignore[union-attr]
    assert not any(name.startswith(("calls", "sheet", "write")) for name in active_timers())
    assert found.page.hub.sheet.isHidden()


def test_the_words_of_the_rules_are_the_core_s() -> None:
    assert {key: str(text) for key, text in RULE_WORDS.items()} == {key: r.name for key, r in RULE_REASONS.items()}


SIZES = [(1024, 480), (1280, 660), (1920, 900), (1060, 1760)]
LINES = ("nothing", "first_run", "one", "mixed", "wants_cause", "line_stop", "many", "put_aside", "silent")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
@pytest.mark.parametrize("scene", LINES)
def test_no_word_is_cut_and_every_target_is_large_enough(
    show_calls: ShowCalls, scene: str, language: str, size: tuple[int, int]
) -> None:
    found = show_calls(getattr(call_shops, scene)(), "press", size=size, language=language, dark=language == "de")
    theme = found.ui.theme
    for part in found.page.tabs.buttons:
        found.show_part(part)
        found.page.grab()
        buttons = [b for b in found.page.findChildren(TouchButton) if b.isVisible()]
        least = theme.mm(ROW_MM) - 1
        assert all(b.width() >= theme.mm(TARGET_MM) - 1 and b.height() >= least for b in buttons)
        inside = found.page.rect()
        assert all(inside.contains(QRect(b.mapTo(found.page, QPoint(0, 0)), b.size())) for b in buttons)
    found.show_part(Part.OPEN)
    for call in found.rows():
        found.page.open.choose(call)
        found.page.grab()
    assert found.ui.clipped == set()
    assert all(rect.height() >= theme.mm(ROW_MM) for _, rect in found.page.open.list.row_rects())


def test_ages_are_elapsed_time(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.line_stop(), "press")
    row = found.page.open.list.rows()[0]
    assert isinstance(row, CallRow)
    assert row.face.clock_s == 4 * 3600
    assert found.facts()["the line stands since"] == "03:32:07"
