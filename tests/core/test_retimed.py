"""What a clock set ahead did to own events is undone before anybody hears of them: order stays, nothing goes later."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.events import Recorded, ScanUnread
from shopfloor.core.line_link import UNHEARD_US, Discipline
from shopfloor.core.moment import US_PER_S, Moment
from shopfloor.core.retimed import retimed

TRUE_US = 1_800_000_000 * US_PER_S  # the line's time when the monotonic clock of this boot stands at 1000 s
CLOCK = Discipline(TRUE_US, 1_000_000_000_000, "now", 700)
DAYS_20 = 20 * 86_400 * US_PER_S
EVENT = ScanUnread(station="press", device="gun", why="no_read")


def at(true_s: int, *, off_us: int = 0, n: int = 1, boot: str = "now", unsure_us: int = UNHEARD_US) -> Recorded:
    """An event so many seconds after this boot, by a clock that is off."""
    us = TRUE_US + (true_s - 1000) * US_PER_S + off_us
    mono_ns = true_s * 1_000_000_000
    return Recorded(
        origin="a~1", n=n, moment=Moment(us), mono_ns=mono_ns, boot=boot, event=EVENT, uncertainty_us=unsure_us
    )


def test_events_of_this_boot_are_put_back_to_when_they_happened() -> None:
    got, ahead_us = retimed([at(10, off_us=DAYS_20), at(70, off_us=DAYS_20, n=2)], CLOCK, Moment(0))
    assert [event.moment for event in got] == [at(10).moment, at(70).moment]
    assert all(event.uncertainty_us < US_PER_S for event in got), "the quartz knows it well"
    assert [event.n for event in got] == [1, 2]
    assert ahead_us == DAYS_20


def test_a_clock_that_is_off_by_what_it_says_stays_and_so_does_one_that_is_behind() -> None:
    for off_us in (UNHEARD_US, -DAYS_20):
        assert retimed([at(10, off_us=off_us)], CLOCK, Moment(0)) == ((), 0)


def test_what_came_before_the_first_that_cannot_be_stays_as_it_was() -> None:
    good, wrong = at(10, off_us=5), at(20, off_us=DAYS_20, n=2)
    got, _ = retimed([good, wrong], CLOCK, Moment(0))
    assert [(event.n, event.moment) for event in got] == [(2, at(20).moment)]


def test_events_of_a_boot_before_happened_before_this_one_began_and_say_that_it_is_not_known_when() -> None:
    old = [at(900, off_us=DAYS_20, n=n, boot="before") for n in (1, 2)]
    got, _ = retimed(old, CLOCK, Moment(0))
    begun_us = at(0).moment.us
    assert [event.moment for event in got] == [Moment(begun_us), Moment(begun_us, 1)]
    assert all(event.uncertainty_us >= UNHEARD_US for event in got)


def test_nothing_is_put_before_what_the_line_has_of_this_terminal() -> None:
    after = Moment(at(500).moment.us, 3)
    (got,), _ = retimed([at(10, off_us=DAYS_20)], CLOCK, after)
    assert got.moment == Moment(after.us, 4)
    assert got.uncertainty_us >= 490 * US_PER_S


def test_what_the_lines_own_clock_said_stays_when_somebody_sets_that_back() -> None:
    assert retimed([at(10, off_us=DAYS_20, unsure_us=900)], CLOCK, Moment(0)) == ((), 0)
    set_back = Discipline(TRUE_US - DAYS_20, CLOCK.mono_ns, CLOCK.boot, 700)
    assert retimed([at(10, off_us=US_PER_S)], set_back, at(5).moment) == ((), 0), "it knows less than the journal"


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(-DAYS_20, DAYS_20), st.booleans()), max_size=20))
def test_order_stays_and_nothing_is_left_in_the_future(moves: list[tuple[int, int, bool]]) -> None:
    seconds = sorted(second for second, _, _ in moves)
    moves = sorted(moves, key=lambda move: not move[2])  # what is of a boot before comes first
    events, last = [], Moment(0)
    for n, (second, (_, off_us, is_old)) in enumerate(zip(seconds, moves, strict=True), 1):
        event = at(second, off_us=off_us, n=n, boot="before" if is_old else "now")
        last = max(event.moment, Moment(last.us, last.count + 1))
        events.append(Recorded(**{name: getattr(event, name) for name in event.__struct_fields__} | {"moment": last}))
    got, _ = retimed(events, CLOCK, Moment(0))
    after = [*events[: len(events) - len(got)], *got]
    assert [event.n for event in after] == [event.n for event in events]
    assert all(one.moment < two.moment for one, two in pairwise(after))
    assert all(event.moment.us - event.uncertainty_us <= TRUE_US + 800 for event in after)
    assert all(new.moment <= old.moment for new, old in zip(got, events[len(events) - len(got) :], strict=True))
