"""Line files: what is right becomes a frozen line, what is wrong is named at once, everywhere, with a remedy."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import CallKind, DeviceKind, LaneOrder, LimitPolicy, LoopKind, Role, Scope, StartState
from shopfloor.linefile import LineFileError, parse, read
from shopfloor.linefile.checks import cross_check
from shopfloor.linefile.shape import check_shape
from shopfloor.linefile.tables import Table
from tests.linefile.good import GOOD, problems_of


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"expected {old!r} once in the good file"
    return GOOD.replace(old, new)


def test_every_key_arrives_in_the_frozen_line() -> None:
    line = parse(GOOD)
    assert (line.id, line.name, line.timezone) == ("gearbox", "Gearbox line", "Europe/Berlin")
    assert (line.wip_limit, line.restart_s, line.takt_s, line.repeat_window_s) == (12, 5, 60, 1.0)
    assert line.keep_events_days == 400
    press, deburr, _ = line.stations
    assert (press.wip_limit, press.limit_policy, press.cycle_target_s, press.cycle_min_s) == (
        3,
        LimitPolicy.SOFT,
        55,
        5,
    )
    assert (deburr.wip_limit, deburr.limit_policy, deburr.cycle_target_s) == (None, LimitPolicy.HARD, None)
    housing, _ = line.loops
    assert (housing.route, housing.lane_limits, housing.consumer) == (("press", "deburr"), (2,), "assembly")
    assert (housing.lane_order, housing.quantity, housing.cards) == (LaneOrder.WARN, 20, 6)
    assert housing.start is StartState.EMPTY
    material, fault = line.reasons
    assert (material.kind, material.deadline_s, material.scope) == (CallKind.HELP, 60, Scope.LINE)
    assert (fault.kind, fault.deadline_s, fault.scope) == (CallKind.STOP, 0, Scope.STATION)
    gun, box = line.devices
    assert (gun.kind, gun.port, gun.baud, gun.no_read) == (DeviceKind.SCANNER, "/dev/ttyACM0", 115200, ("NR",))
    assert (box.map, box.role) == ({"B1": "call:material", "B 2": "stop:fault"}, Role.LEADER)
    assert (line.people[0].badge, line.people[0].role) == ("P-0007", Role.LEADER)
    shift = line.shifts[0]
    assert (shift.days, shift.breaks) == (("mon", "sun"), (("23:45", "00:15"), ("03:00", "03:15")))


def test_a_conwip_loop_starts_empty_and_absent_lane_limits_are_unbounded() -> None:
    cap = parse(GOOD).loops[1]
    assert cap.kind is LoopKind.CONWIP
    assert (cap.start, cap.consumer, cap.lane_limits) == (StartState.EMPTY, None, (None, None))


def test_a_production_loop_starts_full() -> None:
    assert parse(changed('start = "empty"\n', "")).loops[0].start is StartState.FULL


BROKEN = [
    # (old, new, path, part of the problem, part of the remedy)
    ('id = "gearbox"', 'id = "Gear Box"', "line.id", "cannot be an id", "e.g. 'gear-box'"),
    ('id = "gearbox"', 'id = ""', "line.id", "cannot be an id", "small letters"),
    ('name = "Gearbox line"', 'name = "  "', "line.name", "is empty", "a name"),
    ('name = "Gearbox line"', 'name = "a\\u202eb"', "line.name", "\\u202e", "plain letters"),
    ('name = "Gearbox line"', 'name = "' + "x" * 81 + '"', "line.name", "at most 80 characters, got 81", "shorter"),
    ('name = "Gearbox line"', "", "line.name", "is missing", "name ="),
    ('"Europe/Berlin"', '"Europe/Berln"', "line.timezone", "no time zone", "'Europe/Berlin'"),
    ('"Europe/Berlin"', '""', "line.timezone", "no time zone", "Europe/Berlin"),
    ('"Europe/Berlin"', '"../../etc/passwd"', "line.timezone", "no time zone", "timezone"),
    ("wip_limit = 12", "wip_limit = 0", "line.wip_limit", "expected 1 or more, got 0", "leave wip_limit away"),
    ("wip_limit = 12", "wip_limit = 2.5", "line.wip_limit", "a whole number, got 2.5", "whole"),
    ("wip_limit = 12", "wip_limit = true", "line.wip_limit", "a whole number, got true", "whole"),
    ("wip_limit = 12", 'wip_limit = "12"', "line.wip_limit", "a whole number, got '12'", "without quotes"),
    ("wip_limit = 12", "wip_limit = 12_000_000", "line.wip_limit", "at most 10000", "smaller"),
    ("wip_limit = 12", f"wip_limit = {'9' * 300}", "line.wip_limit", "at most 10000", "smaller"),
    ("restart_s = 5", "restart_s = -1", "line.restart_s", "0 or more, got -1", "larger"),
    ("restart_s = 5", "restart_s = nan", "line.restart_s", "a number, got nan", "a number"),
    ("takt_s = 60", "takt_s = inf", "line.takt_s", "a number, got inf", "a number"),
    ("takt_s = 60", "takt_s = 0", "line.takt_s", "more than 0", "leave it away"),
    ("takt_s = 60", f"takt_s = {'9' * 400}", "line.takt_s", "got a number of many digits", ""),
    ("takt_s = 60", "tact_s = 60", "line.tact_s", "unknown key 'tact_s'", "'takt_s'"),
    ("takt_s = 60", "repeat_window_s = 61", "line.repeat_window_s", "at most 60", "smaller"),
    ("takt_s = 60", "keep_events_days = 29", "line.keep_events_days", "30 or more, got 29", "figures stay"),
    ("takt_s = 60", "keep_events_days = 40.5", "line.keep_events_days", "a whole number, got 40.5", "whole"),
    ('limit_policy = "soft"', 'limit_policy = "sotf"', "stations[0].limit_policy", "expected hard or soft", "'soft'"),
    ("cycle_min_s = 5", "cycle_min_s = 56", "stations[0].cycle_min_s", "longer than the target", "shorter"),
    ('id = "deburr"', 'id = "press"', "stations[1].id", "already stations[0]", "its own id"),
    ('id = "GB-100"', 'id = "GB:100"', "parts[0].id", "cannot be a part number", "letters"),
    ('description = "Housing"', 'decription = "H"', "parts[0].decription", "unknown key", "'description'"),
    ('part = "GB-100"', 'part = "GB-10"', "loops[0].part", "not in [[parts]]", "'GB-100'"),
    ('part = "GB-100"', 'part = "zzz"', "loops[0].part", "not in [[parts]]", 'id = "zzz"'),
    ('kind = "production"', 'kind = "kanban"', "loops[0].kind", "expected production, conwip,", "production"),
    ("quantity = 20", "tranist = true", "loops[0].tranist", "unknown key", "'transit'"),
    ('["press", "deburr"]', '["press", "debur"]', "loops[0].route[1]", "not in [[stations]]", "'deburr'"),
    ('["press", "deburr"]', '["press", "press"]', "loops[0].route[1]", "twice", "once"),
    ('["press", "deburr"]', '["press", "assembly"]', "loops[0].consumer", "supplies this loop", "empties"),
    ('["press", "deburr"]', "[]", "loops[0].route", "is empty", "flow order"),
    ('["press", "deburr"]', '"press"', "loops[0].route", "a list, got 'press'", '["press"]'),
    ("lane_limits = [2]", "lane_limits = [0]", "loops[0].lane_limits[0]", "could never", "1 or more"),
    ("lane_limits = [2]", "lane_limits = [-1]", "loops[0].lane_limits[0]", "1 or more, got -1", "larger"),
    ("lane_limits = [2]", "lane_limits = [2, 2]", "loops[0].lane_limits", "expected 1 limit for", "leave"),
    ("lane_limits = [2]", "lane_limits = []", "loops[0].lane_limits", "route of 2, got 0", "away"),
    ('lane_order = "warn"', 'lane_order = "fifo"', "loops[0].lane_order", "refuse or warn", "refuse"),
    ('consumer = "assembly"', "", "loops[0].consumer", "needs the station", "conwip"),
    ('consumer = "assembly"', 'consumer = "assemby"', "loops[0].consumer", "not in [[stations]]", "'assembly'"),
    ("quantity = 20", "quantity = 0", "loops[0].quantity", "1 or more", "larger"),
    ("cards = 6", "cards = 1296", "loops[0].cards", "at most 1295", "smaller"),
    ("cards = 6", "cards = 0", "loops[0].cards", "1 or more", "larger"),
    ('start = "empty"', 'start = "ful"', "loops[0].start", "full or empty", "'full'"),
    ('kind = "conwip"', 'kind = "conwip"\nstart = "full"', "loops[1].start", "start empty", "empty"),
    ('kind = "conwip"', 'kind = "conwip"\nconsumer = "press"', "loops[1].consumer", "no consumer", "production"),
    ('id = "cap"', 'id = "housing"', "loops[1].id", "already loops[0]", "its own id"),
    ('kind = "stop"', 'kind = "stop"\ndeadline_s = 5', "reasons[1].deadline_s", "at once", "help"),
    ("deadline_s = 60", "deadline_s = -60", "reasons[0].deadline_s", "0 or more", "larger"),
    ('scope = "line"', 'scope = "segmnt"', "reasons[0].scope", "station, segment or line", "'segment'"),
    ('port = "/dev/ttyACM0"', "", "devices[0].port", "is missing", "/dev/ttyACM0"),
    ('port = "COM5"', 'port = "sokcet://a:1"', "devices[1].port", "is no port", "socket://host:port"),
    ('port = "COM5"', 'port = "wedge"\nprefix = "F36"', "devices[1].prefix", "F1 to F35", 'prefix = "~"'),
    ('port = "COM5"', 'port = "/dev/ttyACM0"', "devices[1].port", "already belongs to devices[0]", "by-id"),
    ('kind = "scanner"', 'kind = "scaner"', "devices[0].kind", "scanner, buttons, modbus or mqtt", "'scanner'"),
    ("baud = 115200", "baud = 5", "devices[0].baud", "300 or more", "larger"),
    ('kind = "scanner"', 'kind = "buttons"', "devices[0].map", "what its buttons do", "[devices.map]"),
    ('kind = "buttons"', 'kind = "scanner"', "devices[1].map", "no buttons", "buttons"),
    ('"call:material"', '"call:materiel"', "devices[1].map.B1", "not in [[reasons]]", "'material'"),
    ('"call:material"', '"halt"', "devices[1].map.B1", "is no action", "call:REASON"),
    ('"stop:fault"', '"stop:"', 'devices[1].map."B 2"', "is no action", "stop:REASON"),
    ('"B 2"', '"B2 "', 'devices[1].map."B2 "', "blanks", "without"),
    ('"P-0007"', '"KABCD01234"', "people[0].badge", "card or command", "P-"),
    ('"P-0007"', '"nr"', "people[0].badge", "no-read", "another"),
    ('start = "22:00"', 'start = "24:00"', "calendar.shifts[0].start", "HH:MM, got '24:00'", "06:00"),
    ('start = "22:00"', "start = 22:00:00", "calendar.shifts[0].start", "a text", "quotes"),
    ('end = "06:00"', 'end = "6:00"', "calendar.shifts[0].end", "HH:MM", "06:00"),
    ('"mon", "sun"', '"mon", "sunday"', "calendar.shifts[0].days[1]", "no day", "sun"),
    ('"mon", "sun"', '"mon", "mon"', "calendar.shifts[0].days[1]", "twice", "once"),
    ('"mon", "sun"', "", "calendar.shifts[0].days", "is empty", "entry"),
    ('"03:00", "03:15"', '"06:00", "06:15"', "calendar.shifts[0].breaks[1]", "not inside the shift", "within"),
    ('"03:00", "03:15"', '"03:15", "03:00"', "calendar.shifts[0].breaks[1]", "not inside the shift", "first"),
    ('"03:00", "03:15"', '"03:00", "03:00"', "calendar.shifts[0].breaks[1]", "not inside the shift", "first"),
    ('"03:00", "03:15"', '"00:00", "01:00"', "calendar.shifts[0].breaks[1]", "overlaps", "one break"),
    ('"03:00", "03:15"', '"03:00"', "calendar.shifts[0].breaks[1]", "two times, got 1", "09:15"),
    ('"03:00", "03:15"', '"3", "03:15"', "calendar.shifts[0].breaks[1][0]", "HH:MM", "06:00"),
    ("[[people]]", "[people]", "people", "a list, got a table", "[[people]]"),
    ("[[people]]", "[[poeple]]", "poeple", "unknown key 'poeple'", "'people'"),
    ("[[calendar.shifts]]", "[[calendar.shift]]", "calendar.shift", "unknown key 'shift'", "'shifts'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "problem", "remedy"), BROKEN, ids=[f"{row[2]} {row[1][:30]}" for row in BROKEN]
)
def test_a_mistake_is_named_where_it_is(old: str, new: str, path: str, problem: str, remedy: str) -> None:
    found = problems_of(changed(old, new))
    at_path = [one for one in found if one.path == path]
    assert at_path, f"expected a problem at {path}, got {found}"
    assert any(problem in one.problem and remedy in one.remedy for one in at_path), at_path
    assert all(one.remedy and one.problem for one in found)


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file() -> None:
    text = GOOD
    for old, new in (
        ("wip_limit = 12", "wip_limit = 0"),
        ('name = "Press 1"', 'nmae = "Press 1"'),
        ('"press", "deburr"]', '"press", "debur"]'),
        ('consumer = "assembly"', 'consumer = "pack"'),
        ("baud = 115200", "baud = true"),
        ('"call:material"', '"call:quality"'),
    ):
        text = text.replace(old, new)
    found = problems_of(text)
    assert [one.path for one in found] == [
        "line.wip_limit", "stations[0].name", "stations[0].nmae", "loops[0].route[1]", "loops[0].consumer",
        "devices[0].baud", "devices[1].map.B1",
    ]  # fmt: skip
    lines = text.splitlines()
    assert [lines[one.line - 1].split("=")[0].strip() for one in found] == [
        "wip_limit", "[[stations]]", "nmae", "route", "consumer", "baud", '"B1"'
    ]  # fmt: skip


def test_badges_that_differ_only_in_capitals_are_one_badge() -> None:
    found = problems_of(GOOD + '\n[[people]]\nid = "bo"\nname = "Bo"\nbadge = "p-0007"\n')
    assert [one.path for one in found] == ["people[1].badge"]


def test_virtual_devices_share_their_port_and_wedges_differ_by_prefix() -> None:
    virtual = GOOD.replace('"COM5"', '"virtual"').replace('"/dev/ttyACM0"', '"virtual"')
    assert len(parse(virtual).devices) == 2
    wedge = GOOD.replace('"COM5"', '"wedge"').replace('"/dev/ttyACM0"', '"wedge"')
    assert [one.path for one in problems_of(wedge)] == ["devices[1].port"]
    assert len(parse(wedge.replace("baud = 115200", 'prefix = "~"')).devices) == 2


def test_loops_whose_bar_codes_would_begin_alike_are_refused() -> None:
    # Found by counting through names until two of them met on one tag.
    loops = "".join(
        f'[[loops]]\nid = "{loop}"\npart = "GB-100"\nroute = ["press"]\nconsumer = "assembly"\n'
        for loop in ("loop-878", "loop-2860")
    )
    found = problems_of(GOOD + loops)
    assert [one.path for one in found] == ["loops[3].id"]
    assert "begin alike" in found[0].problem


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        ('[line]\nid = "a"\ntakt_s = 60 s\n', 3, "column 13"),
        ('[line]\nname = "a', 2, "end of the file"),
        ("[line]\nid\n", 2, "column 3"),
        ('[line]\nid = "a"\nid = "b"\n', 3, "column 9"),
        ("[[calendar.shifts]]\nstart = 06:00\n", 2, "column 10"),
    ],
)
def test_a_slip_in_the_syntax_is_named_with_line_and_column(text: str, line: int, path: str) -> None:
    (problem,) = problems_of(text)
    assert (problem.line, problem.path) == (line, path)
    assert problem.remedy


def test_an_empty_file_says_what_a_line_file_begins_with() -> None:
    assert [(one.path, one.problem) for one in problems_of("")] == [("line", "is missing"), ("stations", "is missing")]


def test_absurd_toml_is_a_problem_not_a_crash() -> None:
    for text in (f"a = {'[' * 20_000}", f"a = {'9' * 5000}", "line = 1\nstations = 2\nloops = [[1]]\npeople = [3]"):
        assert problems_of(text)


def test_lists_written_inline_are_the_same_lists() -> None:
    text = '[line]\nid = "a"\nname = "A"\nstations = 5'
    assert {one.path for one in problems_of(text)} == {"stations", "line.stations"}
    assert parse('stations = [{id = "s", name = "S"}]\n[line]\nid = "a"\nname = "A"').stations[0].id == "s"


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "line.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").replace("Ana", "Änne").encode())
    assert read(path).people[0].name == "Änne"


@pytest.mark.parametrize("content", [None, b'name = "\xe4"', b"#" * 1_000_001])
def test_a_file_that_cannot_be_read_is_named_with_a_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "line.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LineFileError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.path == str(path)
    assert problem.remedy
    assert str(path) in str(caught.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["line.id", "stations", "loops[0].route", "loops[0].lane_limits", "loops[0].consumer", "devices[1].map",
        "calendar", "calendar.shifts", "calendar.shifts[0].breaks", "people[0].badge",
        "reasons[0].deadline_s"]  # fmt: skip


@given(st.sampled_from(KEYS), VALUES)
def test_no_value_at_any_place_breaks_the_check(key: str, value: object) -> None:
    data: dict[str, object] = tomllib.loads(GOOD)
    place: object = data
    *way, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", key)]
    for step in way:
        place = place[step]  # type: ignore[index]
    place[last] = value  # type: ignore[index]
    model, problems = check_shape(data)
    assert (model is None) == bool(problems)
    for problem in [*problems, *cross_check(Table((), data))]:
        assert problem.path
        assert problem.problem.isprintable()
        assert problem.remedy
