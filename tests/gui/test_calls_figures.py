"""The figures of calls: asked on another thread, shown by what is picked, each with its rule."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from shopfloor.core.ports import History
from shopfloor.flow.andon.pareto import Measure
from shopfloor.gui.calls_figures import View
from shopfloor.gui.calls_scores import ScoreRow
from shopfloor.gui.calls_table import TableRow
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.past import PastQuestion
from shopfloor.trouble import StoreTrouble
from tests.gui import call_pasts, call_shops
from tests.gui.board_shops import Still
from tests.gui.calls_stage import CallsStage, ShowCalls

_T = TypeVar("_T")


def opened(show_calls: ShowCalls, view: View, *, days: str = "7", of: Still | None = None) -> CallsStage:
    found = show_calls(call_pasts.past(of=of), "press")
    found.show_part(Part.FIGURES)
    found.page.figures.spans.picked.emit(days)
    found.page.figures.show_view(view)
    found.settle()
    return found


def summary(found: CallsStage) -> dict[str, str]:
    return {found.ui.say(f.name): found.ui.say(f.value) for f in found.page.figures.summary.panel.facts()}


def test_the_pareto_ranks_reasons_and_its_line_ends_at_all_of_them(show_calls: ShowCalls) -> None:
    found = opened(show_calls, View.PARETO)
    rows = found.page.figures.pareto.rows()
    counts = [row.count for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert rows[-1].cumulative == pytest.approx(1)
    assert sum(counts) == int(summary(found)["calls"])


def test_touching_turns_to_causes_and_to_minutes(show_calls: ShowCalls) -> None:
    found = opened(show_calls, View.PARETO, days="30")
    before = [row.id for row in found.page.figures.pareto.rows()]
    found.page.figures.summary.buttons()["of"].click()
    causes = [row.id for row in found.page.figures.pareto.rows()]
    assert causes != before
    assert "machine" in causes
    found.page.figures.summary.buttons()["measure"].click()
    rows = found.page.figures.pareto.rows()
    assert [row.stop_ms for row in rows] == sorted((row.stop_ms for row in rows), reverse=True)
    assert found.ui.say(found.page.figures.pareto.title) == "causes by stop time"
    assert found.page.figures.measure is Measure.STOP


def test_more_days_have_more_calls(show_calls: ShowCalls) -> None:
    counts = [int(summary(opened(show_calls, View.PARETO, days=days))["calls"]) for days in ("1", "7", "30")]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


def test_times_are_n_median_and_percentiles(show_calls: ShowCalls) -> None:
    found = opened(show_calls, View.TIMES)
    rows = [row for row in found.page.figures.times.list.rows() if isinstance(row, TableRow)]
    assert [row.key for row in rows] == ["ack", "arrive", "clear"]
    assert all(int(found.ui.say(row.cells[0])) > 0 for row in rows)
    names = [found.ui.say(fact.name) for fact in found.page.figures.near.facts()]
    assert names[0] == "open now"
    assert any("Quality question" in name for name in names), "the near-stops are named"


def test_times_say_how_many_were_taken_within_their_target(show_calls: ShowCalls) -> None:
    line = call_shops.line()
    quick = tuple(replace(one, response_s=20 if one.id == "quality" else 0) for one in line.reasons)
    found = opened(show_calls, View.TIMES, of=call_shops.still(on=replace(line, reasons=quick)))
    said = {found.ui.say(fact.name): found.ui.say(fact.value) for fact in found.page.figures.near.facts()}
    within, count = map(int, said["Quality question, within 0:20"].split(" of "))
    assert 0 < within < count
    assert said["taken within the target"] == f"{100 * within / count:.1f} %"


def test_every_station_has_its_row(show_calls: ShowCalls) -> None:
    found = opened(show_calls, View.STATIONS)
    rows = found.page.figures.stations.list.rows()
    assert [row.key for row in rows] == ["press", "deburr", "wash", "assembly"]


def test_every_figure_of_the_scoreboard_has_its_rule_beside_it(show_calls: ShowCalls) -> None:
    found = opened(show_calls, View.HEALTH)
    rows = [row for row in found.page.figures.scores.rows() if isinstance(row, ScoreRow)]
    assert {"level", "per_day", "floods", "stale", "few press"} <= {row.key for row in rows}
    assert all(len(found.ui.say(row.rule)) > 20 for row in rows)
    loud = [row.loud for row in rows]
    assert loud == sorted(loud, reverse=True), "what is off its target comes first"


def test_no_call_is_said(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.nothing(), "press")
    found.show_part(Part.FIGURES)
    assert found.ui.say(found.page.figures.pareto._nothing) == "No call in this time."


def test_figures_are_asked_for_again_only_when_they_are_old(show_calls: ShowCalls) -> None:
    found = show_calls(call_pasts.past(), "press")
    asked: list[object] = []
    original = found.page.figures._question.ask

    def count(*args: Any) -> None:
        asked.append(args)
        original(*args)

    found.page.figures._question.ask = count  # type: ignore[method-assign, assignment]
    found.show_part(Part.FIGURES)
    for _ in range(5):
        found.settle()
    assert len(asked) == 1
    found.line.clock.advance(31)
    found.settle()
    assert len(asked) == 2


class Slow:
    """A history that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Future[Any]] = []

    def __call__(self, question: Callable[[History], _T]) -> "Future[_T]":
        del question
        answer: Future[_T] = Future()
        self.asked.append(answer)
        return answer


def test_only_the_newest_question_is_answered(qapp: object) -> None:
    slow = Slow()
    got: list[int] = []
    question = PastQuestion(slow)
    question.ask(lambda _history: 1, got.append)
    question.ask(lambda _history: 2, got.append)
    slow.asked[0].set_result(1)
    assert question.waiting
    slow.asked[1].set_result(2)
    assert got == [2]
    assert not question.waiting


def test_a_past_that_cannot_be_read_says_so(qapp: object) -> None:
    slow = Slow()
    question = PastQuestion(slow)
    told: list[str] = []
    question.changed.connect(lambda: told.append(question.trouble))
    question.ask(lambda _history: 1, lambda _answer: None)
    slow.asked[0].set_exception(StoreTrouble("It is gone.", remedy="Look."))
    assert "It is gone." in told[0]
