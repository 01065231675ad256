"""Rows from the largest on, at two levels."""

from shopfloor.flow.andon.pareto import Amounts, ParetoRow, pareto

AMOUNTS = {
    "tool": Amounts(1, 900, 0),
    "mat": Amounts(2, 50, 30),
    "mat-late": Amounts(5, 100, 10),
    "mat-wrong": Amounts(1, 10, 60),
    "": Amounts(1, 40, 0),
}
NAMES = {"tool": "Tool", "mat": "Material", "mat-late": "Late"}
PARENTS = {"mat-late": "mat", "mat-wrong": "mat", "tool": ""}


def ids(rows: tuple[ParetoRow, ...]) -> list[str]:
    return [row.id for row in rows]


def test_the_first_level_adds_up_what_belongs_to_it() -> None:
    found = pareto(AMOUNTS, names=NAMES, parents=PARENTS)
    top = found.by_count[0]
    assert (top.id, top.name, top.count, top.call_ms, top.stop_ms) == ("mat", "Material", 8, 160, 100)
    assert [(row.id, row.count) for row in top.rows] == [("mat-late", 5), ("mat", 2), ("mat-wrong", 1)]
    assert [row.share for row in top.rows] == [5 / 8, 2 / 8, 1 / 8]
    assert found.by_count[1].rows == ()


def test_shares_add_up_and_equal_rows_are_in_the_order_of_their_ids() -> None:
    found = pareto(AMOUNTS, names=NAMES, parents=PARENTS)
    assert ids(found.by_count) == ["mat", "", "tool"]
    assert [row.cumulative for row in found.by_count] == [0.8, 0.9, 1.0]
    assert ids(found.by_call_time) == ["tool", "mat", ""]


def test_what_has_none_of_the_measure_has_no_row() -> None:
    found = pareto(AMOUNTS, names=NAMES)
    assert ids(found.by_stop_time) == ["mat-wrong", "mat", "mat-late"]
    assert found.by_stop_time[0].name == "mat-wrong"
    assert pareto({}, names={}).by_count == ()
