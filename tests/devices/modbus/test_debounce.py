"""A bouncing level as edges."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.moment import Now
from shopfloor.devices.modbus.debounce import Debounce, Edge

MS = 1_000_000
SAMPLES = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=60)


def at(ms: int) -> Now:
    return Now(ms * 1000, ms * MS, "boot-1")


def edges(debounce: Debounce, *samples: tuple[int, bool]) -> list[tuple[bool, int]]:
    found = [debounce.feed(level, at(ms)) for ms, level in samples]
    return [(edge.level, edge.at.mono_ns // MS) for edge in found if edge]


def test_a_level_counts_when_it_was_stable_and_is_stamped_with_its_first_edge() -> None:
    assert edges(Debounce(30), (0, False), (50, True), (79, True)) == []
    assert edges(Debounce(30), (0, False), (50, True), (80, True)) == [(True, 50)]


def test_bounces_are_one_edge_from_the_first_of_them() -> None:
    bouncing = [(0, False), (50, True), (55, False), (60, True), (65, False), (70, True), (99, True), (100, True)]
    assert edges(Debounce(30), *bouncing) == [(True, 50)]


def test_a_glitch_is_no_edge_and_does_not_date_the_next_one_back() -> None:
    glitch = [(0, False), (50, True), (60, False), (90, False), (200, True), (230, True)]
    assert edges(Debounce(30), *glitch) == [(True, 200)]


def test_without_a_debounce_time_every_sample_counts() -> None:
    assert edges(Debounce(0), (0, False), (1, True), (2, False)) == [(True, 1), (False, 2)]


def test_the_first_sample_is_the_level_and_no_edge() -> None:
    debounce = Debounce(30)
    levels = [debounce.level]
    assert debounce.feed(True, at(0)) is None
    levels.append(debounce.level)
    assert levels == [None, True]


def test_it_says_from_when_a_sample_can_settle_what_is_open() -> None:
    debounce = Debounce(30)
    instants = []
    for sample in ((0, False), (50, True), (60, False), (70, True), (100, True)):
        edges(debounce, sample)
        instants.append(debounce.settles_ns)
    assert instants == [None, 80 * MS, 90 * MS, 100 * MS, None]


def test_a_gap_proves_nothing_about_the_time_in_it() -> None:
    debounce = Debounce(30)
    edges(debounce, (0, False), (50, True))
    debounce.gap()
    assert edges(debounce, (5000, True)) == []
    assert edges(debounce, (5030, True)) == [(True, 5000)]


def test_what_was_forgotten_begins_with_the_next_sample() -> None:
    debounce = Debounce(30)
    edges(debounce, (0, False), (50, True))
    debounce.forget()
    assert edges(debounce, (60, True), (200, True)) == []
    assert debounce.level is True


@given(SAMPLES, st.integers(0, 100))
def test_an_edge_comes_exactly_when_a_new_level_was_seen_for_the_whole_time(
    samples: list[tuple[int, bool]], debounce_ms: int
) -> None:
    debounce = Debounce(debounce_ms)
    now, level, run_level, run_from, unrest = 0, samples[0][1], samples[0][1], 0, -1
    for index, (gap_ms, sample) in enumerate(samples):
        now += gap_ms
        edge = debounce.feed(sample, at(now))
        if index == 0:
            assert edge is None
            continue
        if sample is not run_level:
            run_level, run_from = sample, now
            unrest = now if unrest < 0 else unrest
        stable = unrest >= 0 and now - run_from >= debounce_ms
        assert edge == (Edge(sample, at(unrest)) if stable and sample is not level else None)
        if stable:
            level, unrest = sample, -1
        assert debounce.level is level


@given(SAMPLES, st.integers(0, 100))
def test_edges_alternate_and_are_never_dated_before_the_last(samples: list[tuple[int, bool]], debounce_ms: int) -> None:
    debounce = Debounce(debounce_ms)
    now, found = 0, []
    for gap_ms, level in samples:
        now += gap_ms
        if edge := debounce.feed(level, at(now)):
            found.append(edge)
    for before, after in itertools.pairwise(found):
        assert before.level is not after.level
        assert before.at.mono_ns < after.at.mono_ns
