"""Taking a station over on its page, and back: what it means, the answer, and the scanners that go with it."""

import queue
from collections.abc import Callable
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.moment import Now
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from tests.gui import line_scenes, shops
from tests.gui.conftest import Show


def test_a_leader_takes_a_silent_station_over_and_works_there(show: Show) -> None:
    stage = show(line_scenes.silent_for_leader(), size=(1280, 800))
    scene, window = stage.scene, stage.window
    scene.shop.origin = line_scenes.OWN
    window.go("deburr")
    page = stage.page
    assert page.whose.take.isVisible()
    page.whose.take.click()
    assert page.sheet.isVisible()
    facts = {str(name): str(value) for name, value in page.sheet.facts}
    assert facts == {
        "not heard for": "0:42",
        "what moves here": "Deburr",
        "in process there": "nothing",
        "cards it may still start": "Deburr: 2",
    }
    lent: list[str] = []
    window.lent.connect(lent.append)
    stage.settle()
    page.sheet.buttons()[0].click()
    assert scene.sent[-1] == TakeOver(station="press", stations=("deburr",), reason="The terminal is broken")
    assert page.whose.isHidden()
    assert window.stations == ("press", "deburr")
    window.go("deburr")
    assert lent == ["deburr"]
    assert window.places.acting(window.current) == "deburr"
    window.go("press")
    assert lent == ["deburr", ""]
    assert window.places.acting("line") == "press"


def test_nothing_is_offered_without_the_right_the_link_or_a_silent_terminal(show: Show) -> None:
    def offered(scene: shops.Scene, station: str = "deburr") -> bool:
        stage = show(scene)
        stage.window.go(station)
        return stage.page.whose.take.isVisible()

    assert offered(line_scenes.silent_for_leader())
    assert not offered(line_scenes.one_silent())
    assert not offered(line_scenes.lost().do(c.SignOn(station="press", person="ana")))
    assert not offered(line_scenes.normal().do(c.SignOn(station="press", person="ana")))
    assert not offered(line_scenes.taken_away(), "press")
    assert offered(line_scenes.leader_takes_back(), "press")


def test_a_station_that_was_taken_says_so_calmly_and_a_leader_takes_it_back(show: Show) -> None:
    stage = show(line_scenes.leader_takes_back())
    whose, scene = stage.page.whose, stage.scene
    assert whose.accessibleName() == "Press 1 was taken over by wash at 14:15:44"
    assert str(whose.take.word) == "TAKE IT BACK"
    whose.take.click()
    stage.settle()
    stage.page.sheet.buttons()[0].click()
    assert scene.sent[-1] == TakeOver(station="press", stations=("press",), reason="The terminal works again")
    assert scene.shop.posts["press"].epoch == 2
    assert whose.isHidden()


def test_a_terminal_whose_key_may_not_take_over_offers_nothing(show: Show) -> None:
    stage = show(line_scenes.silent_for_leader(), takes_over=False)
    stage.window.go("deburr")
    assert not stage.page.whose.take.isVisible()


def test_a_station_that_was_taken_is_had_back_without_a_leaders_key(show: Show) -> None:
    stage = show(line_scenes.leader_takes_back(), takes_over=False)
    assert stage.page.whose.take.isVisible()
    assert stage.page.whose._more() == "Work at wash. A team leader can take it back here."


class Asking(shops.Scene):
    """A line that is still asked when the page has gone on."""

    replies: list[Callable[[Outcome], None]]

    def submit(
        self, command: c.Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        if reply is None:
            return super().submit(command, now, command_id=command_id)
        self.replies.append(reply)
        return True


def test_the_answer_is_waited_for_and_a_refusal_is_said_on_the_page(show: Show) -> None:
    scene = line_scenes.silent_for_leader()
    scene.__class__, asking = Asking, scene
    assert isinstance(asking, Asking)
    asking.replies = []
    stage = show(asking)
    stage.window.go("deburr")
    page = stage.page
    page.whose.take.click()
    stage.settle()
    page.sheet.buttons()[0].click()
    assert str(page.whose.take.word) == "ASKING THE LINE"
    assert not page.whose.take.isEnabled()
    refusal = Refusal(Rule.NOT_POSSIBLE, {"what": "take_over_none"})
    words = Text("Somebody was faster"), Text("Look again.")
    asking.replies[0](Outcome(n=7, kind="scan_refused", refusal=refusal, words=words[0], remedy=words[1]))
    assert page.taking.said == words
    assert page.whose._said == words
    assert str(page.whose.take.word) == "TAKE OVER"


def test_scanners_scan_for_a_station_that_was_taken_over_while_it_is_lent(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, ["press"], line=shops.gearbox())
    terminal.open()
    told: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    stations = []
    for lent in ("", "deburr", "wash"):
        terminal.lend_scanners(lent)
        for kind in (c.SignalKind.SCAN, c.SignalKind.BUTTON):
            read = c.ReadSignal(station="press", device="gun-1", text=f"{kind} {lent}", signal=kind)
            terminal._submit_signal(read, terminal.clock.now(), reply=told.put)
            stations.append(told.get(timeout=20).station)
    terminal.stop()
    assert stations == ["press", "press", "deburr", "press", "wash", "press"]
