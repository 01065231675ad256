"""One digital input, from samples to presses and contact changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line_andon import Input, InputMode
from shopfloor.core.moment import Now
from shopfloor.devices.modbus.watched import Watched

MS = 1_000_000
POLL_MS = 50


def at(ms: int) -> Now:
    return Now(ms * 1000, ms * MS, "boot-1")


def told(watched: Watched, *samples: tuple[int, int] | tuple[int, int, int]) -> list[tuple[str, int]]:
    """What came of (ms, closed) or (ms, closed, count): + or -, with `c` where only the counter saw it."""
    found = []
    for ms, closed, *count in samples:
        for change in watched.feed(bool(closed), [0, *count] if count else [], at(ms)):
            found.append(("+" if change.active else "-") + ("c" if change.counted else ""))
            found.append(str(change.at.mono_ns // MS))
    return [(word, int(ms)) for word, ms in zip(found[::2], found[1::2], strict=True)]


def button(*, normally_closed: bool = False, counter: int | None = None, debounce_ms: int = 30) -> Watched:
    return Watched(
        Input(name="b", address=0, normally_closed=normally_closed, counter=counter, debounce_ms=debounce_ms)
    )


def contact(*, normally_closed: bool = False, counter: int | None = None) -> Watched:
    return Watched(Input(name="c", address=0, mode=InputMode.CONTACT, normally_closed=normally_closed, counter=counter))


def test_a_press_is_one_change_and_its_release_none() -> None:
    assert told(button(), (0, 0), (50, 1), (80, 1), (100, 1), (150, 0), (180, 0), (300, 1), (330, 1)) == [
        ("+", 50),
        ("+", 300),
    ]


def test_a_button_that_is_held_when_it_is_first_looked_at_was_not_pressed() -> None:
    assert told(button(), (0, 1), (50, 1), (100, 0), (150, 0)) == []


def test_an_opening_contact_that_is_normally_closed_is_a_press() -> None:
    assert told(button(normally_closed=True), (0, 1), (50, 0), (80, 0), (100, 1), (130, 1)) == [("+", 50)]


def test_a_contact_tells_its_level_first_and_then_every_change() -> None:
    assert told(contact(), (0, 0), (50, 1), (80, 1), (200, 0), (230, 0)) == [("-", 0), ("+", 50), ("-", 200)]
    assert told(contact(normally_closed=True), (0, 0), (50, 1), (80, 1)) == [("+", 0), ("-", 50)]


def test_a_press_that_the_level_never_showed_is_told_by_the_counter() -> None:
    assert told(button(counter=8), (0, 0, 7), (50, 0, 7), (100, 0, 8), (150, 0, 8)) == [("+c", 100)]


def test_several_pulses_between_two_polls_are_one_press() -> None:
    assert told(button(counter=8), (0, 0, 0), (50, 0, 0), (100, 0, 9), (150, 0, 9)) == [("+c", 100)]


def test_a_press_that_both_saw_is_told_once() -> None:
    assert told(button(counter=8), (0, 0, 0), (50, 1, 1), (80, 1, 1), (150, 0, 1), (180, 0, 1), (230, 0, 1)) == [
        ("+", 50)
    ]
    late = (0, 0, 0), (50, 1, 0), (80, 1, 1), (150, 0, 1), (180, 0, 1), (230, 0, 1)
    assert told(button(counter=8), *late) == [("+", 50)]


def test_a_level_that_shows_one_poll_after_the_count_is_the_same_press() -> None:
    assert told(button(counter=8), (0, 0, 0), (50, 0, 1), (100, 1, 1), (130, 1, 1), (200, 0, 1), (230, 0, 1)) == [
        ("+c", 50)
    ]


def test_two_presses_of_which_the_level_shows_the_second_are_two() -> None:
    two = (0, 0, 0), (50, 0, 1), (100, 1, 2), (130, 1, 2), (200, 0, 2), (230, 0, 2)
    assert told(button(counter=8), *two) == [("+c", 50), ("+", 100)]


def test_a_press_too_short_for_the_level_to_settle_is_told_by_its_count() -> None:
    assert told(button(counter=8), (0, 0, 0), (50, 1, 1), (70, 0, 1), (100, 0, 1), (150, 0, 1)) == [("+c", 50)]
    assert told(button(counter=8), (0, 0, 0), (50, 1, 0), (70, 0, 1), (100, 0, 1), (150, 0, 1)) == [("+c", 50)]


def test_a_counter_that_counts_the_closing_of_a_normally_closed_button_does_not_press_twice() -> None:
    watched = button(normally_closed=True, counter=8)
    assert told(watched, (0, 1, 0), (50, 0, 0), (80, 0, 0), (150, 1, 1), (180, 1, 1), (230, 1, 1)) == [("+", 50)]
    prompt = button(normally_closed=True, counter=8, debounce_ms=0)
    assert told(prompt, (0, 1, 0), (50, 0, 0), (100, 1, 0), (150, 1, 1), (200, 1, 1)) == [("+", 50)]


def test_a_counter_that_never_counts_does_no_harm() -> None:
    assert told(button(counter=8), (0, 0, 0), (50, 1, 0), (80, 1, 0), (150, 0, 0), (180, 0, 0)) == [("+", 50)]


def test_a_pulse_that_only_the_counter_saw_is_a_contact_that_called_and_stopped() -> None:
    assert told(contact(counter=8), (0, 0, 0), (50, 0, 1), (100, 0, 1)) == [("-", 0), ("+c", 50), ("-c", 50)]


def test_a_press_during_an_outage_is_one_press_and_a_module_that_was_off_is_none() -> None:
    watched = button(counter=8)
    told(watched, (0, 0, 5))
    watched.forget()
    assert told(watched, (9000, 0, 8), (9050, 0, 8)) == [("+c", 9000)]
    watched.forget()
    assert told(watched, (20000, 0, 0), (20050, 0, 0)) == []


def test_a_button_that_was_up_before_an_outage_and_is_down_after_it_was_pressed() -> None:
    watched = button()
    told(watched, (0, 0), (50, 0))
    watched.forget()
    assert told(watched, (9000, 1), (9030, 1)) == [("+", 9000)]


def test_a_contact_tells_its_level_again_after_an_outage() -> None:
    watched = contact(normally_closed=True)
    assert told(watched, (0, 1)) == [("-", 0)]
    watched.forget()
    assert told(watched, (9000, 1)) == [("-", 9000)]


def test_a_failed_poll_does_not_lose_a_counted_press() -> None:
    watched = button(counter=8)
    assert told(watched, (0, 0, 0), (50, 1, 1)) == []
    watched.gap()
    assert told(watched, (300, 0, 1), (350, 0, 1)) == [("+c", 50)]


PRESSES = st.lists(st.tuples(st.integers(200, 900), st.integers(1, 400)), max_size=8)


@pytest.mark.parametrize("normally_closed", [False, True])
@given(presses=PRESSES, phase=st.integers(0, POLL_MS - 1))
def test_with_a_counter_every_press_is_told_exactly_once(
    normally_closed: bool, presses: list[tuple[int, int]], phase: int
) -> None:
    """Presses of any length at least 200 ms apart, sampled as a bus does: sooner while something is open."""
    watched = button(normally_closed=normally_closed, counter=0)
    downs, now = [], 0
    for apart_ms, long_ms in presses:
        downs.append((now + apart_ms, now + apart_ms + long_ms))
        now += apart_ms + long_ms
    found, ms = 0, -phase
    while ms < now + 300:
        is_down = any(start <= ms < end for start, end in downs)
        # A module counts what closes: a button that opens is counted when it is let go.
        count = sum((end if normally_closed else start) <= ms for start, end in downs)
        found += len(watched.feed(is_down is not normally_closed, [0, count], at(ms + POLL_MS)))
        settles = watched.settles_ns
        ms = min(ms + POLL_MS, settles // MS - POLL_MS) if settles else ms + POLL_MS
    assert found == len(downs)
