"""Loops out and in again: the same line, and the same text where nothing changed."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopfloor.core.line import LaneOrder, Line, Loop, LoopKind, Part, StartState
from shopfloor.exchange.loop_columns import loop_columns
from shopfloor.linefile import demo_text, parse, write_starter
from shopfloor.linefile.models import LoopTable
from tests.exchange.sheets import STATIONS, exported, plan
from tests.helpers.scale import scaled

ROUTES = st.lists(st.sampled_from(["press", "deburr"]), min_size=1, max_size=2, unique=True).map(tuple)
SHOWN = st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("=+-@'\";, \\#[]{}")
WORDS = st.text(SHOWN, max_size=20).map(str.strip).filter(str.isprintable)


@st.composite
def loops(draw: st.DrawFn) -> Loop:
    kind = draw(st.sampled_from([LoopKind.PRODUCTION, LoopKind.CONWIP]))
    is_conwip = kind is LoopKind.CONWIP
    route = draw(ROUTES)
    return Loop(
        id=draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)),
        part=draw(st.from_regex(r"[A-Z][A-Z0-9+/. -]{0,4}[A-Z0-9]", fullmatch=True)),
        kind=kind,
        route=route,
        lane_limits=draw(
            st.lists(st.integers(1, 10_000), min_size=len(route) - 1, max_size=len(route) - 1).map(tuple)
            | st.just((None,) * (len(route) - 1))
        ),
        lane_order=draw(st.sampled_from(LaneOrder)),
        consumer=None if is_conwip else "assembly",
        quantity=draw(st.integers(1, 10_000_000)),
        cards=draw(st.integers(1, 1295)),
        start=StartState.EMPTY if is_conwip else draw(st.sampled_from(StartState)),
    )


@st.composite
def lines(draw: st.DrawFn) -> Line:
    found = draw(st.lists(loops(), min_size=1, max_size=4, unique_by=lambda loop: loop.id))
    parts = [
        Part(id=part, description=draw(WORDS), unit=draw(WORDS.filter(bool).map(lambda text: text[:12].strip())))
        for part in dict.fromkeys(loop.part for loop in found)
    ]
    return replace(parse(STATIONS), loops=tuple(found), parts=tuple(parts))


@settings(max_examples=scaled(25, 500), suppress_health_check=[HealthCheck.too_slow])
@given(line=lines())
def test_exported_loops_imported_are_the_same_line(line: Line, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    made = plan(folder, exported(folder, line))
    assert made.line == line
    again = plan(folder, exported(folder, made.line), text=made.text)
    assert again.text == made.text
    assert {change.did for change in again.changes} == {"unchanged"}


@settings(max_examples=scaled(25, 500), suppress_health_check=[HealthCheck.too_slow])
@given(old=lines(), new=lines())
def test_whatever_was_there_replaced_loops_are_the_new_ones(
    old: Line, new: Line, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    text = "# Our line.\n" + plan(folder, exported(folder, old)).text + "\n# The end.\n"
    made = plan(folder, exported(folder, new), text=text, replace=True)
    assert sorted(made.line.loops, key=lambda loop: loop.id) == sorted(new.loops, key=lambda loop: loop.id)
    assert parse(made.text) == made.line
    assert made.text.count("# Our line.") == made.text.count("# The end.") == 1


@pytest.mark.parametrize("text", [write_starter(), demo_text()], ids=["starter", "demo"])
def test_the_files_that_come_with_the_program_stay_as_they_are(text: str, tmp_path: Path) -> None:
    line = parse(text)
    made = plan(tmp_path, exported(tmp_path, line), text=text)
    assert (made.text, made.line) == (text, line)


def test_a_loop_added_to_the_starter_stands_with_the_loops_and_headings_stay(tmp_path: Path) -> None:
    text = write_starter()
    head = "id,part,description,route,consumer\n"
    made = plan(tmp_path, head + "cap,GB-300,Cap,press,assembly\nshaft,GB-200,Shaft,press,assembly\n", text=text)
    added = '[[loops]]\nid = "cap"\npart = "GB-300"\nroute = ["press"]\nconsumer = "assembly"\n\n\n# Reasons: why'
    assert added in made.text
    assert '[[parts]]\nid = "GB-300"\ndescription = "Cap"\n\n\n# Loops: each has' in made.text
    for line in text.splitlines():
        assert line in made.text or "shaft" in line


def test_headings_outlive_the_loops_below_them(tmp_path: Path) -> None:
    text = write_starter()
    made = plan(tmp_path, "id,part,route,consumer\ncap,GB-200,press,assembly\n", text=text, replace=True)
    assert [loop.id for loop in made.line.loops] == ["cap"]
    for heading in ("# Loops: each has its own cards.", "# Reasons: why somebody calls."):
        assert made.text.count(heading) == 1
    assert made.text.index("# Loops:") < made.text.index('id = "cap"') < made.text.index("# Reasons:")


def test_every_key_of_a_loop_has_its_column() -> None:
    names = {column.name.partition(".")[0] for column in loop_columns() if not column.of_part}
    assert names == set(LoopTable.model_fields)
    fields = {field.name for field in msgspec.structs.fields(Loop)}
    assert names <= fields
