"""Named timers."""

from typing import Any

from PySide6.QtCore import QObject

from shopfloor.gui.timer import NamedTimer, active_timers


def test_a_timer_calls_its_owner_and_is_named_while_it_runs(qtbot: Any) -> None:
    owner = QObject()
    calls: list[int] = []
    timer = NamedTimer(owner, "clock", 0, lambda: calls.append(1), once=True)
    assert active_timers() == []
    timer.start()
    assert active_timers() == ["clock"]
    qtbot.waitUntil(lambda: calls == [1])
    assert active_timers() == []


def test_a_timer_dies_with_its_owner(qtbot: Any) -> None:
    owner = QObject()
    NamedTimer(owner, "clock", 1000, owner.deleteLater).start()
    assert active_timers() == ["clock"]
    owner.deleteLater()  # the guard would name the timer if it outlived this
