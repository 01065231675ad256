"""The line files that come with the program: they pass the check, run without hardware, and are explained."""

import re
from pathlib import Path

from shopfloor.core.line import DeviceKind, LoopKind, Role, Scope
from shopfloor.core.line_andon import Effect, InputMode, WatchKind
from shopfloor.linefile import demo_line, demo_text, describe, parse, write_starter
from tests.linefile.calls import TEXT


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


def test_the_andon_in_the_starter_only_needs_its_signs_taken_away() -> None:
    head, _, rest = write_starter().partition("# Andon: ")
    section, _, tail = rest.partition("# Devices: ")
    is_toml = re.compile(r"# (?=\[|\]|  \{|[a-z_]+ = )")
    line = parse("\n".join([head, *(is_toml.sub("", row, count=1) for row in section.splitlines()[1:]), "# " + tail]))
    assert [reason.parent for reason in line.reasons if reason.parent] == ["material"]
    assert all((line.causes, line.escalations, line.watches, line.lamps, line.senders))
    assert [one.mode for one in line.devices[0].inputs] == [InputMode.PRESS, InputMode.CONTACT]
    assert line.andon.test_at == "05:45"


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


def test_the_demo_has_a_living_andon() -> None:
    line = demo_line()
    assert {station.segment for station in line.stations} == {"Machining", "Assembly"}
    assert all(station.calls_expected_h for station in line.stations)
    children = [reason for reason in line.reasons if reason.parent]
    assert {reason.parent for reason in children} == {"material", "machine"}
    assert {reason.scope for reason in line.reasons} == set(Scope)
    assert {cause.parent for cause in line.causes if cause.parent}
    assert all(step.after_s < 60 for one in line.escalations for step in (*one.not_taken, *one.not_cleared))
    assert {(watch.kind, watch.effect, watch.after_s) for watch in line.watches} == {
        (WatchKind.BLOCKED, Effect.HELP, 60),
        (WatchKind.STARVED, Effect.ADVISE, 60),
        (WatchKind.LIMIT, Effect.ADVISE, 60),
    }
    (module,) = [device for device in line.devices if device.kind is DeviceKind.MODBUS]
    assert [(one.mode, one.normally_closed) for one in module.inputs] == [
        (InputMode.PRESS, False),
        (InputMode.CONTACT, True),
    ]
    assert sorted(lamp.station for lamp in line.lamps) == sorted(["", *(station.id for station in line.stations)])
    assert {duty.role for duty in line.roster} >= {Role.LEADER}


def test_what_a_line_says_of_calls_is_described() -> None:
    text = describe(parse(TEXT))
    for fact in (
        "in Assembly",
        "▲ Material missing › Part missing",
        "high severity · calls leader and maintenance · escalates as usual · holds until it is cleared · asks for its",
        "cord (normally closed) = stop:fault",
        "empty-rack  Rack was empty  supply",
        "usual  not taken after 60 s: leader, not taken after 180 s: planner and quality, not cleared after 600 s: ",
        "again every 45 s until it is taken",
        "night  leader  ana",
        "mail  smtp     smtp://mail.plant.example:25               for leader",
        "limit     pack        advise as material  after 120 s",
        "cycle     everywhere  off                 above 95 % of its own, or 5 in a run",
        "red_loop  housing     stop                after 300 s, at most 1 full",
        "tower   modbus at press              modbus:/dev/ttyS7        red = 0, buzzer = 3, may sound",
        "usb     ne-usb for the line          the first that is found",
        "calls: on the shelf for at most 2 h; Five Whys after 4 in 24 h; sounds for 75 dB around, again every 20 s",
        "; lamps and sound tested at 05:45",
    ):
        assert fact in text, text


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


def test_what_the_document_on_calls_shows_is_a_line_file() -> None:
    text = (Path(__file__).parents[2] / "docs" / "andon.md").read_text("utf-8")
    shown = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "password" not in block]
    head = '[line]\nid = "a"\nname = "A"\n[[stations]]\nid = "assembly"\nname = "Assembly"\n'
    shift = '[[calendar.shifts]]\nname = "Early"\nstart = "06:00"\nend = "14:00"\n'
    line = parse(head + shift + "".join(block for block in shown if block.startswith("[")))
    assert all((line.causes, line.escalations, line.roster, line.senders, line.watches, line.lamps, line.andon.test_at))


def test_minutes_of_overlapping_shifts_count_once() -> None:
    text = '[line]\nid = "a"\nname = "A"\n[[stations]]\nid = "s"\nname = "S"\n'
    for start, end in (("22:00", "06:00"), ("05:00", "07:00")):
        text += f'[[calendar.shifts]]\nname = "x"\nstart = "{start}"\nend = "{end}"\ndays = ["sun", "mon"]\n'
    assert "working time: 19 h a week in 2 shifts" in describe(parse(text))


def test_a_line_of_nothing_but_a_station_is_described() -> None:
    text = describe(parse('[line]\nid = "a"\nname = "A"\n[[stations]]\nid = "s"\nname = "S"\n'))
    assert "loops: none" in text
    assert "working time: always" in text
