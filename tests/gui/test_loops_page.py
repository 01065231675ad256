"""The Loops page: most urgent first, in words, calm below a finger, legible in every size."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from shopfloor.core.loop_views import LoopRole
from shopfloor.core.state import CardState, PlannedChange
from shopfloor.core.update import Update
from shopfloor.gui.loops_faces import About, about, next_words, out_words, row_face
from shopfloor.gui.loops_info import Info
from shopfloor.gui.pages.loops import REORDER_S
from shopfloor.gui.theme import ROW_MM, TARGET_MM
from shopfloor.gui.timer import active_timers
from shopfloor.gui.touch import TouchButton
from tests.gui import loop_shops
from tests.gui.board_shops import MIN, START_US
from tests.gui.loops_stage import ShowLoops


def test_the_most_urgent_loop_is_first_and_says_so_in_words(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.urgent())
    assert found.rows() == ["cover", "housing", "shaft", "bolt", "orders"]
    said = {
        row.id: (out_words(found.ui, f), next_words(found.ui, f)) for row in found.page._rows if (f := row_face(row))
    }
    assert said["cover"] == ("empty now", "next any moment")
    assert said["housing"] == ("empty in about 7 min", "next any moment")
    assert said["bolt"][0] == "pace not known"
    assert said["orders"] == ("0 free to start", "")


@pytest.mark.parametrize(
    ("minutes", "n", "unit_s"),
    [
        (0, 0, 1),
        (0.05, 10, 1),
        (1.2, 70, 1),
        (7.4, 7, 60),
        (43, 45, 60),
        (99, 100, 60),
        (170, 3, 3600),
        (60 * 60, 2, 86400),
    ],
)
def test_a_time_is_as_coarse_as_people_say_it(minutes: float, n: int, unit_s: int) -> None:
    assert about(round(minutes * MIN)) == About(n, unit_s)


def test_a_card_that_moves_repaints_its_row_only(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    painted: list[QRect] = []
    original = found.page.list.paintEvent

    def note(event: object) -> None:
        painted.append(event.rect())  # type: ignore[attr-defined]
        original(event)  # type: ignore[arg-type]

    found.page.list.paintEvent = note  # type: ignore[method-assign]
    found.settle()
    assert painted == []
    found.change("cover-01", state=CardState.HELD)
    found.settle()
    row = next(rect.toAlignedRect() for key, rect in found.page.list.row_rects() if key == "cover")
    assert painted
    assert all(row.contains(rect) for rect in painted)


def test_rows_keep_their_places_for_some_seconds(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    before = found.rows()
    for number in range(1, 6):
        found.change(f"shaft-{number:02d}", state=CardState.EMPTY, emptied_us=START_US)
    found.settle()
    assert found.rows() == before
    found.still.clock.advance(REORDER_S)
    found.settle()
    assert found.rows()[0] == "shaft"


def test_rows_stay_while_a_finger_rests_on_one(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    before = found.rows()
    at = found.page.list.row_rects()[1][1].center().toPoint()
    QTest.mousePress(found.page.list, Qt.MouseButton.LeftButton, pos=at)
    for number in range(1, 6):
        found.change(f"shaft-{number:02d}", state=CardState.EMPTY, emptied_us=START_US)
    found.still.clock.advance(REORDER_S)
    found.settle()
    assert found.rows() == before
    QTest.mouseRelease(found.page.list, Qt.MouseButton.LeftButton, pos=at)
    assert found.page._open == before[1]


def test_a_touch_right_after_the_rows_moved_opens_nothing(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    for number in range(1, 6):
        found.change(f"shaft-{number:02d}", state=CardState.EMPTY, emptied_us=START_US)
    found.still.clock.advance(REORDER_S)
    found.settle()
    found.tap_row(found.rows()[0])
    assert found.page._open == ""


def test_each_role_sees_its_own_and_says_when_that_is_nothing(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal(), "deburr")
    seen = {}
    for role in LoopRole:
        found.page.show_role(role)
        seen[role] = set(found.rows())
    assert seen[LoopRole.CONSUMER] == {"shaft"}
    assert seen[LoopRole.SUPPLIER] == {"housing"}
    assert seen[LoopRole.PLANNER] == set()
    assert found.ui.say(found.page.list._nothing) == "Nothing to decide: every loop is as it was planned."


def test_a_line_without_loops_says_so(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.first_run())
    assert found.ui.say(found.page.list._nothing) == "No loop yet: the line file names none."


def test_what_does_not_fit_is_on_the_next_page_and_after_the_last_comes_the_first(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.many())
    seen: list[str] = []
    for _ in range(-(-40 // found.page.list.room())):
        seen += found.rows()
        found.page.turn.click()
    assert len(seen) == len(set(seen)) == 40
    assert found.rows() == seen[: found.page.list.room()]


def test_a_touched_loop_shows_every_card_with_state_and_place(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.all_states())
    found.tap_row("housing")
    lines = found.page.detail.cards.lines()
    assert found.page.detail.isVisible()
    assert len(lines) == 15, "all but the retired one"
    places = {line.state: found.ui.say(line.place) for line in lines}
    assert places[CardState.IN_TRANSIT] == "on the way to Assembly"
    assert places[CardState.HELD] == "Damaged"
    assert next(line for line in lines if line.id == "housing-04").blocked
    found.page.detail.back.click()
    assert found.page.detail.isHidden()


def test_cards_to_print_anew_are_named_in_the_row_the_card_and_the_way_to_print(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal(), "press")
    assert row_face(found.page._rows[0]).stale == 0
    for number in (1, 8):
        found.change(f"housing-{number:02d}", stale_print=True)
    found.settle()
    face = next(row_face(row) for row in found.page._rows if row.id == "housing")
    assert face.stale == 2
    assert sum(group.stale for group in face.groups) == 2
    found.page.show_role(LoopRole.PLANNER)
    assert found.rows() == ["housing"]
    found.page.open_loop("housing")
    assert {line.id for line in found.page.detail.cards.lines() if line.stale} == {"housing-01", "housing-08"}
    found.page.detail.turn_to(Info.PRINT)
    found.settle()
    assert dict(found.facts())["cards to print anew"] == "2"
    found.page._ask_card("housing-01")
    assert "NEW PRINT" in found.answers()
    assert found.ui.say(found.page.sheet.detail) == "Its paper is out of date: print it anew."


def test_a_card_to_print_anew_is_painted_otherwise(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    row = next(rect.toAlignedRect() for key, rect in found.page.list.row_rects() if key == "housing")
    before = found.page.list.grab(row).toImage()
    found.change("housing-01", stale_print=True)
    found.settle()
    assert found.page.list.grab(row).toImage() != before
    assert found.ui.clipped == set()


def test_why_so_many_cards_is_worked_out_from_what_was_measured(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.urgent())
    found.page.open_loop("housing")
    facts = dict(found.facts())
    # By hand: 23 containers of 20 in 207 min are 133.33 an hour, shown as 133.4; 26 min; 133.4 · 26/60 / 20 = 2.89.
    assert facts["cards now"] == "8"
    assert facts["cards by what was measured"] == "3"
    assert facts["demand D"] == "133.4 pcs/h"
    assert facts["lead time L"] == "26 min"
    assert facts["SAP"] == "4"


def test_where_too_little_is_measured_it_says_what_is_missing(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.page.open_loop("shaft")
    facts = dict(found.facts())
    assert facts["turns from start to full"] == "4 of 5"
    assert facts["containers made"] == "4 of 6"
    assert any(name.startswith("shopfloor loop size") for name in facts)


def test_a_planned_change_is_named_with_its_day(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.still.put(Update(changed=(PlannedChange(loop="shaft", cards=7, day="2026-03-05", from_us=START_US),)))
    found.page.open_loop("shaft")
    assert dict(found.facts())["cards from 2026-03-05"] == "7"


@pytest.mark.parametrize(("info", "command"), [(Info.PRINT, "cards print"), (Info.AUDIT, "audit loop housing")])
def test_what_has_no_screen_yet_names_its_command(show_loops: ShowLoops, info: Info, command: str) -> None:
    found = show_loops(loop_shops.urgent())
    found.page.open_loop("housing")
    found.page.detail.turn_to(info)
    assert any(f"shopfloor {command}" in name for name, _ in found.facts())


def test_a_long_text_is_turned_by_touch_until_its_start_again(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.urgent(), size=(1024, 500))
    found.page.open_loop("housing")
    panel = found.page.detail.panel
    starts = [panel._first]
    for _ in range(20):
        panel.grab()
        QTest.mouseClick(panel, Qt.MouseButton.LeftButton)
        starts.append(panel._first)
        if not panel._first:
            break
    assert len(starts) > 2
    assert starts == [*sorted(set(starts)), 0]


def test_a_loop_that_leaves_the_line_closes(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    found.page.open_loop("housing")
    line = found.model.shop.line
    found.still.put(Update(line=msgspec.structs.replace(line, loops=line.loops[1:])))
    found.settle()
    assert found.page.detail.isHidden()
    assert "housing" not in found.rows()


def test_a_hidden_page_has_no_timer(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    assert "loops-tick" in active_timers()
    found.page.hide()
    found.change("cover-01", state=CardState.HELD)
    assert not any(name.startswith("loops") for name in active_timers())


def test_a_burst_of_updates_is_one_look(show_loops: ShowLoops) -> None:
    found = show_loops(loop_shops.normal())
    for _ in range(50):
        found.still.put(Update())
    assert active_timers().count("loops-soon") == 1


SIZES = [(1024, 480), (1280, 660), (1920, 900), (1060, 1760)]
SCENES = ("normal", "urgent", "all_states", "long_names", "first_run")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
@pytest.mark.parametrize("scene", SCENES)
def test_no_word_is_cut_and_every_target_is_large_enough(
    show_loops: ShowLoops, scene: str, language: str, size: tuple[int, int]
) -> None:
    found = show_loops(getattr(loop_shops, scene)(), size=size, language=language, dark=language == "de")
    found.page.grab()
    loops = [row.id for row in found.page._rows]
    for info in Info:
        for loop in loops[:2]:
            found.page.open_loop(loop)
            found.page.detail.turn_to(info)
            found.page.grab()
    if loops:
        found.page.detail.plan.click()
        found.page.grab()
    assert found.ui.clipped == set()
    theme = found.ui.theme
    buttons = [b for b in found.page.findChildren(TouchButton) if b.isVisible()]
    assert all(b.width() >= theme.mm(TARGET_MM) - 1 and b.height() >= theme.mm(TARGET_MM) - 1 for b in buttons)
    assert all(rect.height() >= theme.mm(ROW_MM) for _, rect in found.page.list.row_rects())
    inside = found.page.rect()
    assert all(inside.contains(QRect(b.mapTo(found.page, QPoint(0, 0)), b.size())) for b in buttons)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_two_hundred_cards_are_bars_with_their_numbers(show_loops: ShowLoops, size: tuple[int, int]) -> None:
    found = show_loops(loop_shops.many(1, large=200), size=size)
    face = row_face(found.page._rows[0])
    assert sum(group.count for group in face.groups) == face.total == 200
    found.page.grab()
    assert found.ui.clipped == set()
    assert len(found.model.shop.cards) == 200
