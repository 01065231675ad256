"""Scanners that type into the real window of a terminal, right after somebody tapped a button there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.core.events import CallRaised, ScanRefused, ScanUnread, SignalEvent
from tests.flows.plant import Plant, code
from tests.flows.terminal import Echoed, TerminalProcess
from tests.flows.xserver import Hands, x_server
from tests.helpers.scale import scaled

pytestmark = pytest.mark.xserver

SCANS = scaled(30, 100)
STOP = (0.43, 0.89)  # the share of the station page's width and height where STOP is
HELP = (0.15, 0.89)
FIRST_ANSWER = (0.4, 0.28)  # of the question that HELP asks
TAP_S, TAPS_MAX = 1.0, 20
ENDS = ("key:Return", "key:Linefeed", "key:Tab", "key:KP_Enter")
# Everything below a blank, and DEL, as a keyboard types it: Ctrl with @ A ... Z [ \ ] ^ _, and Ctrl with ?
CONTROLS = ("at", *"abcdefghijklmnopqrstuvwxyz", "bracketleft", "backslash", "bracketright", "asciicircum",
            "underscore", "question")  # fmt: skip
ENDING = frozenset("ijm")  # Ctrl+I, J and M are Tab, LF and CR
RESTARTING = frozenset("b")  # Ctrl+B is STX, which begins a code
KEYS = ("Escape", "BackSpace", "Delete", "space", "F1", "F5", "F10", "Menu", "Up", "Page_Down", "alt+F4", "alt+h")


@pytest.fixture
def hands() -> Iterator[Hands]:
    with x_server() as made:
        yield made


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with Plant(tmp_path, guns={"gun-3": "assembly"}) as made:
        yield made


def start(plant: Plant, hands: Hands) -> TerminalProcess:
    """The window of the press, with STOP tapped last."""
    terminal = plant.start("press", options=(), **hands.environ).ready()
    hands.tap(*STOP)
    tapped = terminal.outcome()
    assert (tapped.kind, tapped.device) == ("call_raised", "touch")
    return terminal


def assert_only_scans(plant: Plant, expected: list[str]) -> None:
    """After the one tap every entry is a scan, each once and in order."""
    signals = [recorded.event for recorded in plant.journal() if isinstance(recorded.event, SignalEvent)]
    assert isinstance(signals[0], CallRaised)
    assert [(event.device, event.code) for event in signals[1:]] == [("wedge", text) for text in expected]
    assert plant.problems() == []


def test_each_scan_into_a_window_whose_button_was_tapped_last_is_one_outcome(plant: Plant, hands: Hands) -> None:
    terminal = start(plant, hands)
    texts = [f"K{number:03d} 7x]Q" if number % 3 else code("housing", number % 6 + 1) for number in range(SCANS)]
    for number, text in enumerate(texts):
        hands.type(f"~{text}", ENDS[number % len(ENDS)])
    hands.send()
    told = terminal.outcomes(len(texts))
    assert {(outcome.device, outcome.station) for outcome in told} == {("wedge", "press")}
    assert {outcome.rule for outcome in told} <= {"unknown_code", "no_pull_signal", "stopped", ""}
    hands.type("key:space", "key:Return")  # a person again: nothing has the focus
    hands.type("~LAST", "key:Return")
    hands.send()
    assert "LAST" in terminal.outcome().words
    assert terminal.stop() == 0
    assert terminal.rest() == []
    assert_only_scans(plant, [*texts, "LAST"])
    assert terminal.errors == ""
    print(f"{len(texts)} scans at 2 ms a key into a window whose button was tapped last: {len(told)} outcomes")


def test_no_control_character_of_a_code_reaches_the_window(plant: Plant, hands: Hands) -> None:
    terminal = start(plant, hands)
    expected: list[tuple[str, bool]] = []  # how the code begins, and whether it is one that can be read
    for number, key in enumerate(CONTROLS):
        hands.type(f"~C{number:02d}", f"key:ctrl+{key}", "7Z", "key:Return")
        expected.append(("7Z", True) if key in RESTARTING else (f"C{number:02d}", key in ENDING))
    for number, key in enumerate(KEYS):
        hands.type(f"~F{number:02d}", f"key:{key}", "8Y", "key:Return")
        expected.append((f"F{number:02d}", key == "space"))
    hands.type("~LAST", "key:Return")
    hands.send()
    told = terminal.outcomes(len(expected) + 1)
    assert "LAST" in told[-1].words
    assert terminal.stop() == 0, "no key closed the window"
    assert terminal.rest() == []
    signals = [recorded.event for recorded in plant.journal() if isinstance(recorded.event, SignalEvent)][1:]
    assert {event.device for event in signals} == {"wedge"}
    for event, (begin, whole) in zip(signals, expected, strict=False):
        assert event.code.startswith(begin)
        assert isinstance(event, ScanRefused if whole else ScanUnread), "no control character is swallowed unseen"
        assert len(event.code) > len(begin) or whole
    assert plant.problems() == []
    assert terminal.errors == ""


def test_a_scan_while_a_question_is_open_answers_nothing(plant: Plant, hands: Hands) -> None:
    terminal = plant.start("press", options=(), **hands.environ).ready()
    hands.tap(*HELP)
    texts = [f"Q{number}" for number in range(10)]
    for number, text in enumerate(texts):
        hands.type(f"~{text} ", ENDS[number % len(ENDS)])
    hands.send()
    assert {outcome.device for outcome in terminal.outcomes(len(texts))} == {"wedge"}
    answer = tap_until_answered(terminal, hands, *FIRST_ANSWER)
    assert (answer.kind, answer.device) == ("call_raised", "touch"), "the question was open all the time"
    assert terminal.stop() == 0
    assert terminal.rest() == []
    assert plant.problems() == []


def tap_until_answered(terminal: TerminalProcess, hands: Hands, x: float, y: float) -> Echoed:
    """Tap as a person does: a button that has just appeared does not take the first tap."""
    for _ in range(TAPS_MAX):
        hands.tap(x, y)
        try:
            return terminal.outcome(within_s=TAP_S)
        except TimeoutError:
            continue
    pytest.fail("nothing was tapped")
