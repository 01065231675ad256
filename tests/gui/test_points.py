"""Buffers of points against a plain list."""

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.gui.points import PointBuffer

ACTIONS = st.lists(st.tuples(st.sampled_from(["add", "add", "add", "undo"]), st.integers(0, 30)), max_size=80)


@given(ACTIONS, st.integers(1, 7))
def test_the_buffer_keeps_the_newest_and_forgets_what_is_taken_back(
    actions: list[tuple[str, int]], points_max: int
) -> None:
    buffer, known = PointBuffer(points_max), list[tuple[float, float, int]]()
    for n, (what, number) in enumerate(actions):
        if what == "add":
            buffer.append(n * 1_000_000, float(number), n)
            known = [*known, (float(n), float(number), n)][-points_max:]
        else:
            buffer.take_back(number)
            known = [point for point in known if point[2] != number]
        at_s, value_s = buffer.since(None)
        assert list(zip(at_s.tolist(), value_s.tolist(), strict=True)) == [(a, v) for a, v, _ in known]
        assert len(buffer) == len(known)


def test_a_span_begins_at_its_instant() -> None:
    buffer = PointBuffer()
    for second in (1, 2, 3):
        buffer.append(second * 1_000_000, float(second), second)
    assert buffer.since(2_000_000)[1].tolist() == [2.0, 3.0]
    assert buffer.since(2_000_001)[1].tolist() == [3.0]
    buffer.clear()
    assert buffer.since(None)[1].tolist() == []
