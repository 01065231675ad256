"""Touch buttons: large, unfocused, deaf to keys, and deaf for a moment after their meaning changed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon, icon_path
from shopfloor.gui.theme import LIGHT, Theme
from shopfloor.gui.touch import Target, Tone, TouchButton, tone_colours
from shopfloor.gui.ui import Ui
from tests.gui.conftest import Show
from tests.gui.scenes import SCENES
from tests.gui.shops import called, normal

MM = 4.0


@pytest.mark.parametrize(
    ("target", "least"), [(Target.PRIMARY, (20, 20)), (Target.CORD, (60, 30)), (Target.ROW, (20, 15))]
)
def test_a_button_is_at_least_as_large_as_a_gloved_finger_needs(
    qtbot: object, target: Target, least: tuple[int, int]
) -> None:
    button = TouchButton(Ui(Theme(LIGHT, MM)), Text("HELP"), target=target)
    hint = button.minimumSizeHint()
    assert (hint.width(), hint.height()) == (least[0] * MM, least[1] * MM)


def test_keys_press_nothing(show: Show) -> None:
    stage = show(normal())
    stage.tap(stage.page.bar.stop)
    sent = list(stage.scene.sent)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_H):
        for modifier in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.AltModifier,
            Qt.KeyboardModifier.ControlModifier,
        ):
            QTest.keyClick(stage.window, key, modifier)
            QTest.keyClick(stage.page.bar.stop, key, modifier)
    assert stage.scene.sent == sent


@pytest.mark.parametrize("name", SCENES)
def test_nothing_takes_the_focus(show: Show, name: str) -> None:
    make, station = SCENES[name]
    stage = show(make(), station)
    ours = [w for w in stage.window.findChildren(QWidget) if type(w).__module__.startswith("shopfloor")]
    assert len(ours) > 10
    assert [type(w).__name__ for w in ours if w.focusPolicy() is not Qt.FocusPolicy.NoFocus] == []
    buttons = stage.window.findChildren(QAbstractButton)
    assert [b for b in buttons if isinstance(b, QPushButton) or not b.shortcut().isEmpty()] == []


def test_a_second_tap_does_not_hit_the_new_meaning(show: Show) -> None:
    stage = show(called())
    banner = stage.window.banner
    stage.settle()
    stage.tap(banner.take)
    assert str(banner.take.word) == "ARRIVED"
    stage.tap(banner.take)
    assert [type(command).__name__ for command in stage.scene.sent] == ["AcknowledgeCall"]
    stage.settle()
    stage.tap(banner.take)
    assert [type(command).__name__ for command in stage.scene.sent] == ["AcknowledgeCall", "ArriveCall"]


def test_a_disabled_button_sends_nothing(show: Show) -> None:
    stage = show(normal().wait(60))
    assert not stage.page.bar.undo.isEnabled()
    stage.tap(stage.page.bar.undo)
    assert stage.scene.sent == []


@pytest.mark.parametrize("tone", Tone)
def test_a_press_is_seen(qtbot: object, tone: Tone) -> None:
    button = TouchButton(Ui(), Text("HELP"), icon=Icon.CALL, tone=tone, target=Target.CORD)
    button.resize(300, 150)
    before = button.grab().toImage()
    button.setDown(True)
    assert button.grab().toImage() != before
    assert tone_colours(button.ui, tone)[0] != tone_colours(button.ui, tone)[1]


@pytest.mark.parametrize("icon", [icon for icon in Icon if icon is not Icon.LOST])
def test_every_icon_has_a_shape_of_its_own(icon: Icon) -> None:
    path = icon_path(icon)
    assert not path.isEmpty()
    assert path.boundingRect().width() <= 100
    assert path.boundingRect().height() <= 100
    assert [other for other in Icon if other not in {icon, Icon.LOST} and icon_path(other) == path] == ([])
