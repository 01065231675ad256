"""Which keys belong to a scan."""

from hypothesis import example, given
from hypothesis import strategies as st

from shopfloor.gui.wedge_capture import (
    CODE_CHARS_MAX,
    GAP_MS_MAX,
    STX,
    TAIL_MS_MAX,
    Captured,
    Keystroke,
    WedgeCapture,
    WedgeKey,
)

TILDE, F13 = WedgeKey(text="~"), WedgeKey(key=0x100003C)
STROKES = st.builds(
    Keystroke,
    text=st.one_of(st.characters(max_codepoint=255).map(str), st.just("")),
    name=st.just("F5"),
    modifier=st.booleans(),
    combined=st.booleans(),
)


class Desk:
    """A capture, what it kept from the widgets, and what came of it."""

    def __init__(self) -> None:
        self.halves: list[str] = []
        self.scans: list[Captured] = []
        self.leaked: list[str] = []
        self.capture = WedgeCapture([TILDE, F13, WedgeKey(text=STX)], self.halves.append)

    def press(self, stroke: Keystroke) -> None:
        swallow, scan = self.capture.press(stroke)
        if not swallow:
            self.leaked.append(stroke.text or stroke.name)
        if scan is not None:
            self.scans.append(scan)

    def type(self, text: str, *, at_ms: int = 1000, step_ms: int = 2) -> int:
        for char in text:
            self.press(Keystroke(text=char, ends=char == "\r", at_ms=at_ms))
            at_ms += step_ms
        return at_ms


def test_without_a_prefix_every_key_is_somebody_elses() -> None:
    desk = Desk()
    desk.type("ana 12\r")
    assert desk.leaked == list("ana 12\r")
    assert desk.scans == []


def test_a_scan_is_taken_key_by_key_and_what_follows_is_free_again() -> None:
    desk = Desk()
    at_ms = desk.type("~KAB 12\r")
    desk.type("x", at_ms=at_ms)
    assert desk.scans == [Captured("KAB 12", readable=True)]
    assert desk.leaked == ["x"]


def test_any_of_the_prefixes_arms_and_any_of_the_ends_ends() -> None:
    desk = Desk()
    for prefix in (Keystroke(text="~"), Keystroke(key=F13.key), Keystroke(text=STX)):
        for end in "\r\n\t":
            desk.press(prefix)
            desk.type(f"K1{end}")
    assert desk.scans == [Captured("K1", readable=True)] * 9
    assert desk.leaked == []


def test_a_prefix_within_a_scan_begins_anew_and_the_lost_one_is_told() -> None:
    desk = Desk()
    desk.type("~KAB~KAB12\r")
    assert desk.scans == [Captured("KAB12", readable=True)]
    assert desk.halves == ["KAB"]


def test_the_second_key_of_a_two_key_end_reaches_nobody_but_a_persons_enter_does() -> None:
    desk = Desk()
    at_ms = desk.type("~K1\r\n")
    assert desk.leaked == []
    desk.type("\r", at_ms=at_ms)
    assert desk.leaked == ["\r"]
    at_ms = desk.type("~K1\r")
    desk.type("\r", at_ms=at_ms + TAIL_MS_MAX)
    assert desk.leaked == ["\r", "\r"]


def test_a_stall_of_the_program_leaks_nothing_of_the_scan_it_held_up() -> None:
    desk = Desk()
    at_ms = desk.type("~KAB")
    desk.capture.expire()  # the timer was due during the stall, the keys had been waiting all the time
    desk.type("12\r", at_ms=at_ms)
    assert desk.leaked == []
    assert desk.scans == [Captured("KAB12", readable=True)]


def test_two_seconds_without_a_key_by_the_events_own_time_end_a_half_scan() -> None:
    desk = Desk()
    at_ms = desk.type("~KAB", step_ms=0)
    desk.type("x", at_ms=at_ms + GAP_MS_MAX)
    assert desk.leaked == []
    desk.type("y", at_ms=at_ms + 2 * GAP_MS_MAX + 1)
    assert desk.leaked == ["y"]
    assert desk.halves == ["KABx"]


def test_where_events_have_no_time_the_timer_decides() -> None:
    desk = Desk()
    desk.type("~KAB", at_ms=0, step_ms=0)
    desk.capture.expire()
    desk.capture.expire()
    assert desk.halves == ["KAB"]
    desk.type("y", at_ms=0)
    assert desk.leaked == ["y"]
    assert desk.halves == ["KAB"]


def test_the_servers_clock_may_begin_again() -> None:
    desk = Desk()
    at_ms = desk.type("~KAB", at_ms=2**32 - 4)
    assert at_ms == 2**32 + 4
    desk.type("12\r", at_ms=1)
    assert desk.scans == [Captured("KAB12", readable=True)]


def test_a_key_that_is_no_text_spoils_the_scan_and_is_shown() -> None:
    desk = Desk()
    desk.press(Keystroke(text="~"))
    desk.type("K1")
    desk.press(Keystroke(name="F12"))
    desk.press(Keystroke(text="\x1d", combined=True))
    desk.press(Keystroke(name="Shift", modifier=True))
    desk.type("\r")
    assert desk.scans == [Captured("K1<F12>\\x1d", readable=False)]
    assert desk.leaked == []


def test_a_scan_that_never_ends_is_swallowed_whole_and_counted_once() -> None:
    desk = Desk()
    desk.type("~" + "K" * CODE_CHARS_MAX + "\r")
    assert len(desk.scans) == 1
    desk.type("~" + "K" * 5000 + "\r")
    assert len(desk.scans) == 1
    assert desk.capture.overflows == 1
    assert desk.leaked == []


def test_an_empty_scan_is_none() -> None:
    desk = Desk()
    desk.type("~\r~~\r")
    assert (desk.scans, desk.halves, desk.leaked) == ([], [], [])


@given(st.lists(STROKES, max_size=80))
@example([Keystroke(text=" "), Keystroke(text="\x11", combined=True)])
def test_between_prefix_and_end_no_key_of_any_kind_reaches_a_widget(strokes: list[Keystroke]) -> None:
    desk = Desk()
    desk.press(Keystroke(text="~"))
    for stroke in strokes:
        if stroke.text not in {"\r", "\n", "\t"}:
            desk.press(stroke)
    desk.type("\r")
    assert desk.leaked == []
    assert len(desk.scans) <= 1
    assert all(len(scan.text) <= CODE_CHARS_MAX for scan in desk.scans)
    assert all(scan.text.isprintable() for scan in desk.scans if not scan.readable)
