"""Loops from CSV: every mistake of every row at once, by row and column, and nothing else is touched."""

import codecs
from pathlib import Path

import pytest

from shopfloor.core.line import LoopKind, StartState
from shopfloor.linefile import parse
from tests.exchange.sheets import GOOD, STATIONS, csv_text, mistakes, plan

# Cells of a row, the column that is wrong, part of the problem, part of the remedy.
MISTAKES = [
    ({"id": ""}, "id", "is missing", "fill in"),
    ({"id": "Big Loop"}, "id", "cannot be an id", "'big-loop'"),
    ({"id": "-x"}, "id", "cannot be an id", "beginning with a letter"),
    ({"id": "x" * 25}, "id", "cannot be an id", "at most 24"),
    ({"id": "a\u202eb"}, "id", "\\u202e", "small letters"),
    ({"id": "twice"}, "id", "is in row", "in one row"),
    ({"part": ""}, "part", "is missing", "fill in"),
    ({"part": "*7"}, "part", "cannot be a part number", "use letters"),
    ({"part": "P" * 25}, "part", "cannot be a part number", "at most 24"),
    ({"description": "Case"}, "description", "has 'Housing' in row 2", "the same"),
    ({"part": "A", "description": "x" * 201}, "description", "at most 200", "shorter"),
    ({"part": "B", "description": "a\u202eb"}, "description", "cannot be shown", "plain letters"),
    ({"part": "C", "unit": "x" * 13}, "unit", "at most 12", "shorter"),
    ({"kind": "producton"}, "kind", "got 'producton'", "'production'"),
    ({"route": ""}, "route", "is missing", "fill in"),
    ({"route": "press>debur"}, "route", "station 'debur'", "'deburr'"),
    ({"route": "press>press"}, "route", "twice", "once"),
    ({"route": "press>>deburr"}, "route", "a station is missing", "press>deburr"),
    ({"lane_limits": "2,3"}, "lane_limits", "with ; between", "; write 2;3"),
    ({"lane_limits": "x"}, "lane_limits", "whole number, got 'x'", "digits"),
    ({"lane_limits": "0"}, "lane_limits", "a lane of 0", "1 or more"),
    ({"lane_limits": "2;3"}, "lane_limits", "expected 1 limit", "one number for each"),
    ({"lane_limits": "2.5"}, "lane_limits", "whole number, got '2.5'", "digits"),
    ({"lane_limits": "10001"}, "lane_limits", "at most 10000", "smaller"),
    ({"lane_order": "maybe"}, "lane_order", "got 'maybe'", "refuse"),
    ({"consumer": "asembly"}, "consumer", "station 'asembly'", "'assembly'"),
    ({"consumer": "press"}, "consumer", "supplies this loop", "route"),
    ({"consumer": ""}, "consumer", "needs the station", "conwip"),
    ({"kind": "conwip", "start": "empty"}, "consumer", "has no consumer", "remove"),
    ({"kind": "conwip", "consumer": "", "start": "full"}, "start", "start empty", "empty"),
    ({"quantity": "2,5"}, "quantity", "decimal comma", "without a comma"),
    ({"quantity": "1.000"}, "quantity", "whole number, got '1.000'", "write 1000"),
    ({"quantity": "1 000"}, "quantity", "whole number, got '1 000'", "write 1000"),
    ({"quantity": "20.0"}, "quantity", "whole number, got '20.0'", "write 20"),
    ({"quantity": "ten"}, "quantity", "whole number, got 'ten'", "digits"),
    ({"quantity": "0"}, "quantity", "1 or more, got 0", "larger"),
    ({"quantity": "-1"}, "quantity", "1 or more, got -1", "larger"),
    ({"quantity": "10000001"}, "quantity", "at most", "smaller"),
    ({"quantity": "١٢"}, "quantity", "whole number", "digits"),
    ({"quantity": "9" * 5000}, "quantity", "whole number", "digits"),
    ({"quantity": "1e3"}, "quantity", "whole number", "digits"),
    ({"cards": "0"}, "cards", "1 or more, got 0", "larger"),
    ({"cards": "1296"}, "cards", "at most 1295", "smaller"),
    ({"start": "ful"}, "start", "got 'ful'", "'full'"),
]  # fmt: skip


def test_every_kind_of_mistake_is_named_at_once_with_row_column_and_remedy(tmp_path: Path) -> None:
    assert len(MISTAKES) >= 36
    rows = [dict(GOOD), {"id": "twice"}]
    rows += [{"id": f"l{index}"} | cells for index, (cells, *_) in enumerate(MISTAKES)]
    found = mistakes(tmp_path, csv_text(rows))
    for row, (_, column, problem, remedy) in enumerate(MISTAKES, start=4):
        mine = [words for words in found if words.startswith(f"row {row}, ")]
        assert len(mine) == 1, f"row {row}: {mine}"
        place, _, words = mine[0].partition(": ")
        assert place == f"row {row}, column {column}"
        assert problem in words
        assert remedy in words
    assert len(found) == len(MISTAKES)


def test_several_mistakes_of_one_row_are_all_named(tmp_path: Path) -> None:
    found = mistakes(tmp_path, csv_text([{"route": "pres>deburr", "consumer": "x", "cards": "0", "quantity": "2,5"}]))
    assert [words.partition(":")[0] for words in found] == [
        "row 2, column cards", "row 2, column consumer", "row 2, column quantity", "row 2, column route",
    ]  # fmt: skip


def test_mistakes_of_the_head_and_of_the_width_are_named_beside_those_of_cells(tmp_path: Path) -> None:
    text = "id,part,route,cads,id,,consumer\nhousing,GB-100,press,1,x,y,assembly\na,b\nc,d,press,1,x,,assembly,z\n"
    found = mistakes(tmp_path, text)
    for words in (
        "row 1, column cads: unknown column 'cads'; did you mean 'cards'?",
        "row 1, column id: is there twice",
        "row 2: 'y' is in a column without a name",
        "row 3: expected 7 cells, got 2",
        "row 3, column route: is missing",
        "row 4: expected 7 cells, got 8",
    ):
        assert any(line.startswith(words) for line in found), words
    assert mistakes(tmp_path, "part,route\nA,press\n")[0].startswith("row 1, column id: is missing; add a column")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_what_spreadsheets_save_is_read(separator: str, mark: bytes, ending: str, tmp_path: Path) -> None:
    text = csv_text([{"description": "Gehäuse; groß, rund"}], separator=separator).replace("\r\n", ending)
    assert plan(tmp_path, mark + text.encode()).line.parts[0].description == "Gehäuse; groß, rund"


def test_capitals_blanks_empty_rows_and_a_separator_line_do_not_matter(tmp_path: Path) -> None:
    head = "sep=;\r\n;;;\r\nID; Part ;ROUTE;Lane Limits;consumer\r\n;;;;\r\n"
    text = head + " housing;GB-100; press → deburr ;2;assembly\r\n"
    loop = plan(tmp_path, text).line.loops[0]
    assert (loop.id, loop.route, loop.lane_limits) == ("housing", ("press", "deburr"), (2,))
    assert mistakes(tmp_path, text.replace(";2;", ";x;"))[0].startswith("row 5, column lane_limits")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no row with names of columns"),
        (b"\r\n\r\n", "has no row with names of columns"),
        (b"a,b\n1,2\n", "has no row with names of columns"),
        (b"id,part,route\n", "has no rows"),
        (b"id,part,route\n,,\n", "has no rows"),
        ("id,part\nä,b\n".encode("cp1252"), "line 2 is not UTF-8"),
        ("id,part\n".encode("utf-16"), "is UTF-16"),
        (b"PK\x03\x04rest", "a spreadsheet's own file"),
        (b'id,part,route\n"a"b,c,d\n', "row 2: cannot be split into cells"),
        (b'id,part,route\n"a,c,d\n', "row 2: cannot be split into cells"),
        (b"x" * 10_000_001, "expected at most 10000000 bytes"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is(data: bytes, words: str, tmp_path: Path) -> None:
    found = mistakes(tmp_path, data)
    assert len(found) == 1
    assert words in found[0]


def test_loops_and_parts_are_added_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    made = plan(tmp_path, csv_text([{}, {"id": "cap", "kind": "conwip", "consumer": "", "start": "", "cards": "3"}]))
    assert made.text.startswith(STATIONS)
    housing, cap = made.line.loops
    assert (housing.cards, housing.consumer, cap.kind, cap.start) == (6, "assembly", LoopKind.CONWIP, StartState.EMPTY)
    assert [(change.did, change.what, change.id) for change in made.changes] == [
        ("added", "part", "GB-100"), ("added", "loop", "housing"), ("added", "loop", "cap"),
    ]  # fmt: skip
    assert parse(made.text) == made.line
    assert made.text.count("lane_order") == 1, "what goes without saying is not written for the usual kind"


def test_only_what_differs_is_written_and_said(tmp_path: Path) -> None:
    text = plan(tmp_path, csv_text([{}, {"id": "other"}])).text.replace("cards = 6", "cards = 6  # six crates", 1)
    made = plan(tmp_path, csv_text([{"cards": "8", "description": "Case"}]), text=text)
    assert made.text == text.replace("cards = 6  #", "cards = 8  #").replace('"Housing"', '"Case"')
    assert [(change.did, change.id, change.details) for change in made.changes] == [
        ("changed", "GB-100", ("description Housing → Case",)),
        ("changed", "housing", ("cards 6 → 8",)),
        ("kept", "other", ()),
    ]


def test_an_empty_cell_takes_a_key_away_and_a_missing_column_leaves_it(tmp_path: Path) -> None:
    text = plan(tmp_path, csv_text([{}])).text
    assert plan(tmp_path, csv_text([{"lane_limits": ""}]), text=text).line.loops[0].lane_limits == (None,)
    short = plan(tmp_path, "id,part,route,cards\nhousing,GB-100,press>deburr,9\n", text=text)
    assert short.text == text.replace("cards = 6", "cards = 9")


def test_a_kind_that_changes_takes_every_given_cell_with_it(tmp_path: Path) -> None:
    text = 'id = "housing"\npart = "GB-100"\nroute = ["press"]\nconsumer = "assembly"\n'
    text = f'{STATIONS}\n[[parts]]\nid = "GB-100"\n\n[[loops]]\n{text}'
    head = "id,part,route,kind,consumer,start\n"
    assert plan(tmp_path, head + "housing,GB-100,press,conwip,,\n", text=text).line.loops[0].start is StartState.EMPTY
    found = mistakes(tmp_path, head + "housing,GB-100,press,conwip,,full\n", text=text)
    assert found[0].startswith("row 2, column start: the cards of a conwip loop start empty")


def test_loops_that_are_not_named_go_only_with_replace(tmp_path: Path) -> None:
    text = plan(tmp_path, csv_text([{}, {"id": "b"}, {"id": "c"}])).text
    rows = csv_text([{"id": "c"}, {"id": "d"}])
    assert [loop.id for loop in plan(tmp_path, rows, text=text).line.loops] == ["housing", "b", "c", "d"]
    made = plan(tmp_path, rows, text=text, replace=True)
    assert [loop.id for loop in made.line.loops] == ["c", "d"]
    assert [change.id for change in made.changes if change.did == "removed"] == ["housing", "b"]


def test_rows_are_found_again_after_others_were_removed(tmp_path: Path) -> None:
    text = plan(tmp_path, csv_text([{}, {"id": "b"}, {"id": "c"}])).text
    path = tmp_path / "loops.csv"
    with pytest.raises(Exception, match="row 2, column consumer") as caught:
        plan(tmp_path, csv_text([{"id": "c", "consumer": "x"}, {"id": "d", "cards": "0"}]), text=text, replace=True)
    assert "row 3, column cards" in str(caught.value)
    assert path.exists()


def test_a_line_file_with_inline_tables_is_changed_too(tmp_path: Path) -> None:
    loop = '{id = "housing", part = "GB-100", route = ["press"], consumer = "deburr"}'
    inline = f'parts = [{{id = "GB-100"}}]\nloops = [{loop}]\n'
    made = plan(tmp_path, csv_text([{}, {"id": "b", "part": "X"}]), text=inline + STATIONS)
    assert [loop.id for loop in made.line.loops] == ["housing", "b"]
    assert made.line.loops[0].cards == 6
    assert [part.id for part in made.line.parts] == ["GB-100", "X"]


def test_loops_that_stand_in_two_places_are_changed_too(tmp_path: Path) -> None:
    loop = '[[loops]]\npart = "GB-100"\nroute = ["press"]\nconsumer = "deburr"\n'
    text = f'{loop}id = "a"\n\n# Between.\n[[parts]]\nid = "GB-100"\n\n{loop}id = "housing"\n\n{STATIONS}'
    made = plan(tmp_path, csv_text([{}, {"id": "c"}]), text=text)
    assert [(loop.id, loop.cards) for loop in made.line.loops] == [("a", 1), ("housing", 6), ("c", 6)]
    assert "# Between." in made.text


def test_an_apostrophe_of_a_spreadsheet_is_taken_off(tmp_path: Path) -> None:
    assert plan(tmp_path, csv_text([{"description": "'=1+1"}])).line.parts[0].description == "=1+1"
