"""The A3 sheet of a problem as a reader of PDF finds it."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from shopfloor.core.line import Line, Reason
from shopfloor.core.line_andon import AndonPolicy, Cause, Severity
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.core.text import Translate, english
from shopfloor.flow.andon.problem_facts import problem_facts
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.gui.lang import Language
from shopfloor.paper.a3 import A3, HEIGHT_MM, WIDTH_MM, a3_page
from shopfloor.paper.pdf import write_pdf
from shopfloor.paper.sheet import Box
from tests.helpers.call_records import DAY, H, S, a_record
from tests.helpers.lines import a_line
from tests.paper.pages import pixels, words

pytestmark = pytest.mark.usefixtures("qapp")

START = 1_772_409_600 * S  # 2026-03-02 00:00 UTC
NOW = START + 60 * DAY
LINE = a_line(
    timezone="UTC",
    reasons=(Reason(id="material", name="Material missing", deadline_s=60, severity=Severity.HIGH),),
    causes=(Cause(id="rack", name="Rack empty"), Cause(id="forklift", name="Forklift late")),
    andon=AndonPolicy(whys_times=3),
)
WHYS = (
    "The press waits for housings: the rack beside it is empty when the card comes.",
    "The forklift comes once an hour, and two containers are used in 40 minutes.",
    "The route was planned for one shift, before the second press was moved here.",
    "Nobody owns the route plan since the change of the layout.",
    "A change of layout has no step that checks the routes of material.",
)
MEASURES = (
    Countermeasure(
        number=1, what="Second rack of two containers beside the press", owner="Ana Okoro", due_day="2026-03-25",
        effort=Effort.SMALL, set_us=START + 16 * DAY, done_us=START + 22 * DAY,
    ),
    Countermeasure(
        number=2, what="Forklift route every 30 minutes, with a card of its own", owner="Logistics, Mr Brandt",
        due_day="2026-04-10", effort=Effort.MEDIUM, set_us=START + 17 * DAY, done_us=START + 41 * DAY,
    ),
    Countermeasure(
        number=3, what="Step in the checklist for changes of layout: who walks the routes of material",
        owner="Planning", due_day="2026-05-15", effort=Effort.LARGE, set_us=START + 20 * DAY,
    ),
)  # fmt: skip
PROBLEM = Problem(
    id="press/material",
    station="press",
    reason="material",
    open=True,
    opened_us=START + 12 * DAY,
    whys=WHYS,
    whys_us=START + 13 * DAY,
    countermeasures=MEASURES,
    reopened=1,
)


def records() -> list[CallRecord]:
    """Five a day until the first countermeasure, two until the second, then one every other day."""
    found = []
    for day in range(60):
        count = 5 if day < 22 else 2 if day < 41 else (day + 1) % 2
        for n in range(count):
            cause = ("rack", "forklift", "rack", "", "rack")[n]
            at_us = START + day * DAY + (6 + n) * H
            made = a_record(at_us, (100 + 20 * n) * S, cause=cause)
            found.append(made if n else replace(made, stopped_us=at_us, stop_ms=95_000))
    found += [a_record(START + day * DAY + 9 * H, station="deburr") for day in range(0, 60, 9)]
    return [*found, a_record(START + DAY, rejected="wrong button")]


def drawn(out: Path, problem: Problem = PROBLEM, *, calls: list[CallRecord] | None = None,
          line: Line = LINE, translate: Translate = english) -> Path:  # fmt: skip
    calendar = WorkCalendar(line)
    known = records() if calls is None else calls
    facts = problem_facts(problem, line, table_of(known), calendar, since_us=START, now_us=NOW)
    sheet = A3(shop=Shop(line), problem=problem, facts=facts, calendar=calendar, translate=translate)
    write_pdf([a3_page(sheet)], out, title="A3")
    return out


def test_every_section_is_there_with_what_it_is_made_of(tmp_path: Path) -> None:
    text = words(drawn(tmp_path / "a3.pdf"))
    for expected in (
        "Material missing at Press 1", "Background", "Current condition", "Goal", "Cause: five whys", "Countermeasures",
        "Plan", "Check: before and after", "Follow-up", "Forklift late", "no cause said", "Ana Okoro", "2026-05-15",
        "Better: ", "Deburr (7)", "root cause", "Not cleared within 60 s, a call for it stops the station.",
    ):  # fmt: skip
        assert expected in " ".join(text.split()), expected


def test_it_is_one_sheet_of_a3_across(tmp_path: Path) -> None:
    (page,) = pixels(drawn(tmp_path / "a3.pdf"), dpi=100)
    height, width = page.shape
    assert (width, height) == pytest.approx((WIDTH_MM / 25.4 * 100, HEIGHT_MM / 25.4 * 100), abs=2)


def test_nothing_is_drawn_at_the_edge_of_the_paper(tmp_path: Path) -> None:
    """Printers leave some millimetres white."""
    (page,) = pixels(drawn(tmp_path / "a3.pdf"), dpi=100)
    edge = round(8 / 25.4 * 100)
    inner = np.zeros(page.shape, bool)
    inner[edge:-edge, edge:-edge] = True
    assert page[~inner].min() == 255


def test_a_bar_is_as_high_as_its_day_has_calls() -> None:
    calendar = WorkCalendar(LINE)
    facts = problem_facts(PROBLEM, LINE, table_of(records()), calendar, since_us=START, now_us=NOW)
    assert [bar.calls for bar in facts.bars][20:24] == [5, 5, 2, 2]
    marks = a3_page(A3(shop=Shop(LINE), problem=PROBLEM, facts=facts, calendar=calendar)).marks
    boxes = [mark for mark in marks if isinstance(mark, Box) and mark.height > 2]
    widths = [box.width for box in boxes]
    days = [box.height for box in boxes if box.width == max(set(widths), key=widths.count)]
    assert days[20] / days[22] == pytest.approx(5 / 2)


def test_a_problem_just_opened_has_room_to_write(tmp_path: Path) -> None:
    new = replace(PROBLEM, whys=(), countermeasures=(), reopened=0)
    text = " ".join(words(drawn(tmp_path / "a3.pdf", new, calls=[])).split())
    assert "No countermeasure is in place yet." in text
    assert "Why 5?" in text


def test_twelve_countermeasures_of_two_hundred_letters_stay_on_the_sheet(tmp_path: Path) -> None:
    many = tuple(
        replace(MEASURES[0], number=n, what="word " * 40, owner="somebody " * 20, done_us=START + (20 + n) * DAY)
        for n in range(1, 13)
    )
    text = words(drawn(tmp_path / "a3.pdf", replace(PROBLEM, countermeasures=many, whys=("why " * 50,) * 5)))
    assert "Follow-up" in text


def test_a_due_day_that_is_no_date_has_no_bar(tmp_path: Path) -> None:
    odd = replace(PROBLEM, countermeasures=(replace(MEASURES[2], due_day="next week"),))
    assert "next week" in words(drawn(tmp_path / "a3.pdf", odd))


def test_the_sheet_speaks_german(tmp_path: Path) -> None:
    text = " ".join(words(drawn(tmp_path / "a3.pdf", translate=Language("de").translate)).split())
    assert "Gegenmaßnahmen" in text
    assert "Material missing an Press 1" in text


def test_a_reason_of_the_program_speaks_german_too(tmp_path: Path) -> None:
    starved = replace(PROBLEM, id="press/rule-starved", reason="rule-starved")
    german = Language("de").translate
    text = " ".join(words(drawn(tmp_path / "a3.pdf", starved, translate=german)).split())
    assert f"{german('Nothing to work on')} an Press 1" in text
