"""Problems: worst first, whys one after the other, countermeasures with owner, day and effort, taken by the rules."""

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import AnswerWhys, CloseProblem, FinishCountermeasure, OpenProblem, SetCountermeasure
from shopfloor.core.state_andon import Effort
from shopfloor.core.text import Text
from shopfloor.gui.bridge import Printed
from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_problem_rows import ProblemRow, Stage
from shopfloor.gui.calls_tabs import Part
from tests.gui import call_pasts, call_shops
from tests.gui.calls_stage import CallsStage, ShowCalls
from tests.gui.shops import Scene


def opened(show_calls: ShowCalls, problem: str = "", *, language: str = "en") -> CallsStage:
    found = show_calls(call_pasts.worked_on(), "press", language=language)
    found.show_part(Part.PROBLEMS)
    if problem:
        found.page.problems.choose(problem)
    return found


def said(found: CallsStage) -> list[str]:
    return [found.ui.say(fact.name) for fact in found.page.problems.detail.panel.facts()]


def touch(found: CallsStage, button: str, *answers: str) -> None:
    found.page.problems.detail.buttons()[button].click()
    for answer in answers:
        found.answer(answer)
    found.settle()


def write(found: CallsStage, text: str, *, also: bool = False) -> None:
    sheet = found.page.hub.writing
    sheet.line.setText(text)
    (sheet.also if also else sheet.done).click()


def test_what_is_late_or_asked_for_is_first_and_what_is_solved_last(show_calls: ShowCalls) -> None:
    found = opened(show_calls)
    rows = [row for row in found.page.problems.list.rows() if isinstance(row, ProblemRow)]
    assert [(row.key, row.stage) for row in rows] == [
        ("wash/pump", Stage.OVERDUE),
        ("press/quality", Stage.WHYS),
        ("deburr/tool", Stage.PLACED),
        ("press/missing", Stage.SOLVED),
    ]
    assert found.ui.say(rows[0].lost).endswith("min lost")


def test_a_problem_in_full_has_its_whys_its_countermeasures_and_their_effect(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "deburr/tool")
    words = said(found)
    assert "1  The pump runs dry" in words
    assert "1  Clean the filter each Friday, with a mark on the board" in words
    assert any(word.startswith(("Better:", "Worse:", "No change seen:", "Too early:")) for word in words)
    assert any("shopfloor andon a3 deburr/tool" in word for word in words)


def test_the_whys_are_asked_one_after_the_other_until_the_root_cause(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press/quality")
    touch(found, "whys")
    write(found, "The drill wanders")
    assert found.ui.say(found.page.hub.writing.question) == "Why? (2 of 5)"
    assert found.ui.say(found.page.hub.writing.detail) == "The drill wanders"
    write(found, "The bush is worn", also=True)
    wanted = AnswerWhys(station="press", problem="press/quality", whys=("The drill wanders", "The bush is worn"))
    assert found.line.sent == [wanted]


def test_the_fifth_why_is_the_last(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press/quality")
    touch(found, "whys")
    for number in range(4):
        write(found, f"because {number}")
    assert found.page.hub.writing.also.isHidden()
    write(found, "because of all")
    (sent,) = found.line.sent
    assert isinstance(sent, AnswerWhys)
    assert len(sent.whys) == 5


def test_what_was_answered_before_stands_there_already(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "wash/pump")
    touch(found, "whys")
    assert found.page.hub.writing.line.text() == "The pump runs dry"


def test_a_countermeasure_has_an_owner_a_day_and_an_effort_in_proportion(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press/quality")
    touch(found, "measure")
    write(found, "New bush each month")
    found.answer("Okoro")
    found.answer("IN A WEEK")
    assert found.answers() == ["small", "medium", "large"]
    found.answer("small")
    assert found.line.sent == [
        SetCountermeasure(
            station="press",
            problem="press/quality",
            what="New bush each month",
            owner="Okoro",
            due_day="2026-03-09",
            effort=Effort.SMALL,
        )
    ]


def test_a_countermeasure_that_is_not_in_place_is_changed(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "wash/pump")
    touch(found, "measure", "Flow sensor before the pump")
    assert found.page.hub.writing.line.text() == "Flow sensor before the pump"
    write(found, "Flow sensor after the pump")
    for answer in ("WRITE IT",):
        found.answer(answer)
    write(found, "Supplier")
    found.answer("IN 4 WEEKS")
    found.answer("medium")
    (sent,) = found.line.sent
    assert isinstance(sent, SetCountermeasure)
    assert (sent.number, sent.owner, sent.due_day) == (2, "Supplier", "2026-03-30")


def test_one_comes_into_place_and_a_problem_is_solved(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "wash/pump")
    touch(found, "placed", "Flow sensor before the pump")
    assert found.line.sent == [FinishCountermeasure(station="press", problem="wash/pump", number=2)]
    found = opened(show_calls, "deburr/tool")
    touch(found, "solved")
    assert found.line.sent == [CloseProblem(station="press", problem="deburr/tool")]


def test_a_solved_one_is_worked_on_again(show_calls: ShowCalls) -> None:
    found = opened(show_calls, "press/missing")
    touch(found, "work")
    assert found.line.sent == [OpenProblem(station="press", at="press", reason="missing")]


def test_nothing_recurs_is_said(show_calls: ShowCalls) -> None:
    found = show_calls(call_shops.nothing(), "press")
    found.show_part(Part.PROBLEMS)
    assert found.ui.say(found.page.problems.list._nothing) == "Nothing recurs."


def test_the_rules_take_a_problem_from_its_first_why_to_its_end(show_calls: ShowCalls) -> None:
    scene = Scene(call_shops.line(people=False))
    for _ in range(3):
        scene.do(c.RaiseCall(station="press", reason="tool"), after_s=60)
        scene.do(c.AcknowledgeCall(station="press"), after_s=5)
        scene.do(c.ClearCall(station="press"), after_s=5)
    found = show_calls(scene, "press")
    assert found.offered() == [Action.WHYS]
    found.touch(Action.WHYS)
    assert found.page.part is Part.PROBLEMS
    write(found, "The tip is worn", also=True)
    found.settle()
    touch(found, "measure")
    write(found, "Change it each shift")
    write(found, "Lee")
    found.answer("IN 3 DAYS")
    found.answer("small")
    found.settle()
    touch(found, "placed", "Change it each shift")
    touch(found, "solved")
    (problem,) = scene.shop.problems.values()
    assert (problem.open, problem.whys, bool(problem.closed_us)) == (False, ("The tip is worn",), True)
    assert [measure.owner for measure in problem.countermeasures] == ["Lee"]


def test_a_problem_is_printed_on_one_sheet_and_where_it_is_is_said(show_calls: ShowCalls) -> None:
    asked: list[str] = []

    def print_sheet(problem: str, printed: Printed) -> None:
        asked.append(problem)
        printed(Text("Ready for the printer, on A3:"), Text("/data/print/a3-deburr-tool.pdf"))

    found = show_calls(call_pasts.worked_on(), "press", print_sheet=print_sheet)
    found.show_part(Part.PROBLEMS)
    found.page.problems.choose("deburr/tool")
    assert not any("shopfloor andon a3" in word for word in said(found)), "a button does it"
    touch(found, "print")
    assert asked == ["deburr/tool"]
    assert str(found.page.hub.sheet.detail) == "/data/print/a3-deburr-tool.pdf"


def test_where_nothing_prints_there_is_no_button_for_it(show_calls: ShowCalls) -> None:
    assert "print" not in opened(show_calls, "deburr/tool").page.problems.detail.buttons()
