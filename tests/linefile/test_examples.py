"""The line files that come with the program: they pass the check, run without hardware, and are explained."""

from shopfloor.core.line import LoopKind
from shopfloor.linefile import demo_line, demo_text, describe, parse, write_starter


def test_the_starter_passes_the_check_and_needs_no_hardware() -> None:
    line = parse(write_starter())
    assert {device.port for device in line.devices} == {"virtual"}
    assert len(line.stations) >= 3
    assert line.loops
    assert line.reasons


def test_the_starter_explains_every_table_and_key_it_uses() -> None:
    text = write_starter()
    for word in ("[line]", "[[stations]]", "[[parts]]", "[[loops]]", "[[reasons]]", "[[devices]]", "[[people]]"):
        assert word in text
    assert "[[calendar.shifts]]" in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_people_in_the_starter_only_need_their_signs_taken_away() -> None:
    head, people = write_starter().split("# [[people]]\n", 1)
    lines = people.splitlines()
    end = lines.index("")
    table = [line.removeprefix("# ") for line in lines[:end]]
    line = parse("\n".join([head, "[[people]]", *table, *lines[end:]]))
    assert [person.name for person in line.people] == ["Ana"]


def test_the_demo_has_loops_with_and_without_a_consumer_and_works_all_week() -> None:
    line = demo_line()
    assert {loop.kind for loop in line.loops} >= {LoopKind.PRODUCTION, LoopKind.CONWIP, LoopKind.SIGNAL}
    assert any(loop.lot > 1 for loop in line.loops)
    assert any(loop.transit for loop in line.loops)
    assert any(len(loop.route) > 1 and all(loop.lane_limits) for loop in line.loops)
    assert {device.station for device in line.devices} == {station.id for station in line.stations}
    assert {device.port for device in line.devices} == {"virtual"}
    assert "working time: 168 h a week" in describe(line)
    assert parse(demo_text()) == line


def test_a_line_is_described_in_words_and_figures() -> None:
    text = describe(parse(write_starter()))
    for fact in (
        "Gearbox line (gearbox) · Europe/Berlin · takt 60 s",
        "stations: 3",
        "loops: 2, 10 cards",
        "6 × 20 pcs",
        "press →(2) deburr → store → assembly",
        "▲ Material missing  stops the station after 60 s",
        "■ Machine down      stops the station at once",
        "B1 = call:material",
        "everybody has every right",
        "working time: 73.75 h a week in 2 shifts",
    ):
        assert fact in text


def test_minutes_of_overlapping_shifts_count_once() -> None:
    text = '[line]\nid = "a"\nname = "A"\n[[stations]]\nid = "s"\nname = "S"\n'
    for start, end in (("22:00", "06:00"), ("05:00", "07:00")):
        text += f'[[calendar.shifts]]\nname = "x"\nstart = "{start}"\nend = "{end}"\ndays = ["sun", "mon"]\n'
    assert "working time: 19 h a week in 2 shifts" in describe(parse(text))


def test_a_line_of_nothing_but_a_station_is_described() -> None:
    text = describe(parse('[line]\nid = "a"\nname = "A"\n[[stations]]\nid = "s"\nname = "S"\n'))
    assert "loops: none" in text
    assert "working time: always" in text
