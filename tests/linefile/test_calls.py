"""What a line file says of calls: every key arrives, and what is wrong is named where it is, with a remedy."""

import msgspec
import pytest
from msgspec import Struct
from pydantic import BaseModel

from shopfloor.core.line import CallKind, Device, Line, Person, Reason, Role, Scope, Station
from shopfloor.core.line_andon import (
    AndonPolicy,
    Cause,
    Duty,
    Effect,
    Escalation,
    EscalationStep,
    Input,
    InputMode,
    Lamp,
    LampKind,
    Sender,
    SenderKind,
    Severity,
    Watch,
    WatchKind,
)
from shopfloor.linefile import models, parse
from shopfloor.linefile import models_andon as andon
from tests.linefile.calls import TEXT
from tests.linefile.good import problems_of


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, f"expected {old!r} once in the good file"
    return TEXT.replace(old, new)


def test_every_key_of_reasons_and_stations_arrives() -> None:
    line = parse(TEXT)
    pack, part = line.stations[3], line.reasons[2]
    assert (pack.segment, pack.calls_expected_h) == ("Assembly", 1.5)
    assert (part.parent, part.severity, part.roles) == ("material", Severity.HIGH, (Role.LEADER, Role.MAINTENANCE))
    assert (part.escalation, part.latched, part.cause, part.delay_s, part.count) == ("usual", True, True, 30, 3)
    assert part.scope is Scope.SEGMENT
    assert (part.verify, part.guidance, part.response_s) == (True, "Look into the rack first.", 90)
    assert line.people[0].email == "ana@plant.example"


def test_every_key_of_causes_escalations_and_the_roster_arrives() -> None:
    line = parse(TEXT)
    assert line.causes == (
        Cause(id="supply", name="Supply"),
        Cause(id="empty-rack", name="Rack was empty", parent="supply", reasons=("part",)),
    )
    assert line.escalations == (
        Escalation(
            id="usual",
            not_taken=(
                EscalationStep(after_s=60, roles=(Role.LEADER,)),
                EscalationStep(after_s=180, roles=(Role.PLANNER, Role.QUALITY)),
            ),
            not_cleared=(EscalationStep(after_s=600, roles=(Role.PLANNER,)),),
            repeat_s=45,
        ),
    )
    assert line.roster == (Duty(shift="night", role=Role.LEADER, people=("ana",)),)


def test_every_key_of_senders_watches_and_the_policy_arrives() -> None:
    line = parse(TEXT)
    assert line.senders == (
        Sender(
            id="mail",
            kind=SenderKind.SMTP,
            target="smtp://mail.plant.example:25",
            roles=(Role.LEADER,),
            sender="andon@plant.example",
            user="andon",
        ),
        Sender(id="chat", kind=SenderKind.WEBHOOK, target="https://chat.plant.example/hooks/line?x=1"),
        Sender(id="bus", kind=SenderKind.MQTT, target="mqtt://10.0.0.9/andon/calls"),
    )
    assert line.watches == (
        Watch(kind=WatchKind.LIMIT, effect=Effect.ADVISE, station="pack", reason="material", after_s=120),
        Watch(kind=WatchKind.CYCLE, effect=Effect.OFF, percentile=95, times=5),
        Watch(kind=WatchKind.RED_LOOP, effect=Effect.STOP, loop="housing", red=1),
    )
    assert line.andon == AndonPolicy(
        shelve_s_max=7200,
        whys_times=4,
        whys_window_s=86_400,
        nag_s=20,
        summary_over=5,
        ambient_db=75,
        test_at="05:45",
        near_share=0.75,
        guard_s=60,
        help_reason="material",
    )


def test_every_key_of_modules_and_lamps_arrives() -> None:
    line = parse(TEXT)
    module, buttons = line.devices[2:]
    assert (module.port, module.baud, module.unit, module.poll_ms) == ("modbus:/dev/ttyS7", 19200, 3, 100)
    assert module.map == {"call": "call:material", "cord": "stop:fault"}
    assert module.inputs == (
        Input(name="call", address=0, counter=16, counter_words=1, debounce_ms=50),
        Input(name="cord", address=1, mode=InputMode.CONTACT, normally_closed=True),
    )
    assert buttons.port == "mqtt://10.0.0.9:1883/zigbee2mqtt/button 4", "the usual number is filled in"
    assert line.lamps == (
        Lamp(
            id="tower",
            kind=LampKind.MODBUS,
            port="modbus:/dev/ttyS7",
            station="press",
            channels={"red": 0, "buzzer": 3},
            unit=3,
            baud=19200,
            buzzer=True,
        ),
        Lamp(
            id="big",
            kind=LampKind.TEXT,
            port="socket://10.0.0.8:4001",
            texts={"red:on": "R1\r", "red:off": "R0\r"},
            terminal="office",
        ),
        Lamp(id="usb", kind=LampKind.NE_USB, port=""),
        Lamp(id="pole", kind=LampKind.PNS, port="socket://10.0.0.7:10000", station="deburr"),
        Lamp(id="relays", kind=LampKind.LCUS, port="1A86:7523", baud=115200, channels={"green": 1, "yellow": 2}),
    )


def test_what_is_left_away_has_the_defaults_of_the_core() -> None:
    text = '[line]\nid = "a"\nname = "A"\n[[stations]]\nid = "s"\nname = "S"\n'
    assert parse(text).andon == parse(text + "[andon]\n").andon == AndonPolicy()
    assert parse(text + '[[watches]]\nkind = "blocked"\n').watches == (Watch(kind=WatchKind.BLOCKED),)
    (reason,) = parse(text + '[[reasons]]\nid = "r"\nname = "R"\n').reasons
    assert (reason.kind, reason.severity, reason.roles) == (CallKind.HELP, Severity.MEDIUM, (Role.LEADER,))
    port = text + '[[devices]]\nid = "m"\nkind = "modbus"\nport = "virtual"\nstation = "s"\nmap = { a = "stop" }\n'
    assert parse(port + "inputs = [{ name = 'a', address = 7 }]\n").devices[0].inputs == (Input(name="a", address=7),)


TABLES: list[tuple[type[Struct], type[BaseModel]]] = [
    (Station, models.StationTable), (Reason, models.ReasonTable), (Device, models.DeviceTable),
    (Person, models.PersonTable), (Cause, andon.CauseTable), (Escalation, andon.EscalationTable),
    (EscalationStep, andon.StepTable), (Duty, andon.DutyTable), (Sender, andon.SenderTable),
    (Watch, andon.WatchTable), (Input, andon.InputTable), (Lamp, andon.LampTable), (AndonPolicy, andon.AndonTable),
]  # fmt: skip


@pytest.mark.parametrize(("value", "table"), TABLES)
def test_no_field_of_the_core_is_without_a_key(value: type[Struct], table: type[BaseModel]) -> None:
    assert set(value.__struct_fields__) == set(table.model_fields)


def test_a_line_with_calls_is_the_same_after_the_journal() -> None:
    line = parse(TEXT)
    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line


def test_an_empty_time_means_no_daily_test() -> None:
    assert parse(changed('"05:45"', '""')).andon.test_at == ""


BROKEN = [
    # (old, new, path, part of the problem, part of the remedy)
    ("calls_expected_h = 1.5", "calls_expected_h = -1", "stations[3].calls_expected_h", "0 or more", "larger"),
    ('segment = "Assembly"', 'segment = "' + "x" * 25 + '"', "stations[3].segment", "at most 24", "shorter"),
    ('segment = "Assembly"', "", "reasons[2].scope", "no station is in a segment", "segment ="),
    ('parent = "material"', 'parent = "materiel"', "reasons[2].parent", "not in [[reasons]]", "'material'"),
    ('parent = "material"', 'parent = "part"', "reasons[2].parent", "its own parent", "another"),
    ('name = "Fault"', 'name = "Fault"\nparent = "part"', "reasons[1].parent", "two levels", "'material'"),
    ('severity = "high"', 'severity = "critical"', "reasons[2].severity", "critical is what a stop is", "high"),
    ('severity = "high"', 'severity = "hihg"', "reasons[2].severity", "low, medium or high", "'high'"),
    ('severity = "high"', "severity = 3", "reasons[2].severity", "low, medium or high, got 3", "write"),
    ('name = "Fault"', 'name = "Fault"\nseverity = "low"', "reasons[1].severity", "always critical", "remove"),
    ('roles = ["leader", "maintenance"]', 'roles = ["leder"]', "reasons[2].roles[0]", "got 'leder'", "'leader'"),
    ('roles = ["leader", "maintenance"]', "roles = []", "reasons[2].roles", "is empty", "entry"),
    ('"leader", "maintenance"]', '"leader", "leader"]', "reasons[2].roles[1]", "named twice", "once"),
    ('escalation = "usual"', 'escalation = "usal"', "reasons[2].escalation", "not in [[escalations]]", "'usual'"),
    ("latched = true", 'latched = "yes"', "reasons[2].latched", "true or false", "without quotes"),
    ("delay_s = 30", "", "reasons[2].count", "within what time", "delay_s"),
    ("count = 3", "count = -1", "reasons[2].count", "0 or more", "larger"),
    ('id = "part"', 'id = "rule-part"', "reasons[2].id", "the program's own", "another id"),
    ('parent = "supply"', 'parent = "suply"', "causes[1].parent", "not in [[causes]]", "'supply'"),
    ('parent = "supply"', 'parent = "empty-rack"', "causes[1].parent", "its own parent", "another"),
    ('name = "Supply"', 'name = "Supply"\nparent = "empty-rack"', "causes[0].parent", "two levels", "first level"),
    ('reasons = ["part"]', 'reasons = ["prt"]', "causes[1].reasons[0]", "not in [[reasons]]", "'part'"),
    ('id = "empty-rack"', 'id = "supply"', "causes[1].id", "already causes[0]", "own id"),
    ("after_s = 180", "after_s = 60", "escalations[0].not_taken[1].after_s", "not after the 60 s", "later"),
    ("after_s = 600", "after_s = 0", "escalations[0].not_cleared[0].after_s", "more than 0", "larger"),
    ("after_s = 600, ", "", "escalations[0].not_cleared[0].after_s", "is missing", "after_s = 60"),
    ("after_s = 600", "after = 600", "escalations[0].not_cleared[0].after", "unknown key", "'after_s'"),
    ('["planner", "quality"]', '["plannr"]', "escalations[0].not_taken[1].roles[0]", "got 'plannr'", "'planner'"),
    ('["planner", "quality"]', '["quality", "quality"]', "escalations[0].not_taken[1].roles[1]", "twice", "once"),
    ("repeat_s = 45", "repeat_s = -1", "escalations[0].repeat_s", "0 or more", "larger"),
    ('shift = "night"', 'shift = "nihgt"', "roster[0].shift", "not in [[calendar.shifts]]", "'night'"),
    ('shift = "night"', 'shift = "x"', "roster[0].shift", "not in [[calendar.shifts]]", 'name = "x"'),
    ('people = ["ana"]', 'people = ["anna"]', "roster[0].people[0]", "not in [[people]]", "'ana'"),
    ('people = ["ana"]', 'people = ["ana", "ana"]', "roster[0].people[1]", "twice", "once"),
    ('people = ["ana"]', "people = []", "roster[0].people", "is empty", "entry"),
    ('shift = "night"\nrole = "leader"', 'shift = "night"\nrole = "quality"', "roster[0].people[0]",
     "has the role leader, not quality", 'role = "quality"'),
    ("[[roster]]", '[[roster]]\nshift = "night"\nrole = "leader"\npeople = ["ana"]\n[[roster]]',
     "roster[1].role", "already says roster[0]", "one entry"),
    ('email = "ana@plant.example"', 'email = "ana at plant"', "people[0].email", "no mail address", "@"),
    ('kind = "webhook"', 'kind = "webhok"', "senders[1].kind", "smtp, webhook or mqtt", "'webhook'"),
    ('"smtp://mail.plant.example:25"', '"mail.plant.example"', "senders[0].target", "no target of kind smtp", "smtp://"),
    ('"https://chat', '"htps://chat', "senders[1].target", "no target of kind webhook", "https://"),
    ('"mqtt://10.0.0.9/andon/calls"', '"mqtt://10.0.0.9"', "senders[2].target", "no target of kind mqtt", "topic"),
    ('sender = "andon@plant.example"', "", "senders[0].sender", "an address it comes from", "sender ="),
    ('sender = "andon@plant.example"', 'sender = "andon"', "senders[0].sender", "no mail address", "@"),
    ('id = "chat"', 'id = "chat"\nsender = "a@b"', "senders[1].sender", "means nothing for kind webhook", "remove"),
    ('user = "andon"', 'password = "x"', "senders[0].password", "everybody can read",
     "put it in secrets.toml in the data folder"),
    ('kind = "cycle"', 'kind = "cylce"', "watches[1].kind", "got 'cylce'", "'cycle'"),
    ('effect = "advise"', 'effect = "warn"', "watches[0].effect", "off, advise, help or stop", "write"),
    ('station = "pack"\nreason', 'station = "pak"\nreason', "watches[0].station", "not in [[stations]]", "'pack'"),
    ('station = "pack"\nreason', 'station = "deburr"\nreason', "watches[0].station", "has no limit", "wip_limit"),
    ('loop = "housing"', 'loop = "housng"', "watches[2].loop", "not in [[loops]]", "'housing'"),
    ('\nreason = "material"', '\nreason = "materal"', "watches[0].reason", "not in [[reasons]]", "'material'"),
    ('\nreason = "material"', '\nreason = "fault"', "watches[0].reason", "does not stop", 'effect = "stop"'),
    ("after_s = 120", "after_s = 0", "watches[0].after_s", "more than 0", "larger"),
    ("after_s = 120", "percentile = 99", "watches[0].percentile", "means nothing for kind limit", "remove"),
    ("percentile = 95", "percentile = 50", "watches[1].percentile", "more than 50 and less than 100, got 50", "99"),
    ("percentile = 95", "percentile = 100", "watches[1].percentile", "less than 100, got 100", "99"),
    ("times = 5", "times = 0", "watches[1].times", "1 or more", "larger"),
    ("red = 1\n", "red = 6\n", "watches[2].red", "would call for ever", "fewer"),
    ("[andon]", '[[watches]]\nkind = "cycle"\n[andon]', "watches[3].kind", "already watched there by", "one"),
    ("shelve_s_max = 7200", "shelve_s_max = 0", "andon.shelve_s_max", "more than 0", "larger"),
    ("ambient_db = 75", "ambient_db = 90", "andon.ambient_db", "at most 85", "smaller"),
    ("ambient_db = 75", "ambient_db = 20", "andon.ambient_db", "35 or more", "larger"),
    ('"05:45"', '"5:45"', "andon.test_at", "HH:MM", "06:00"),
    ("near_share = 0.75", "near_share = 1.5", "andon.near_share", "at most 1", "smaller"),
    ('help_reason = "material"', 'help_reason = "materal"', "andon.help_reason", "not in [[reasons]]", "'material'"),
    ('help_reason = "material"', 'help_reason = "fault"', "andon.help_reason", "stops", "of kind help"),
    ("nag_s = 20", "nag_s = 1", "andon.nag_s", "5 or more", "larger"),
    ("summary_over = 5", "sumary_over = 5", "andon.sumary_over", "unknown key", "'summary_over'"),
    ("[andon]", "[[andon]]", "andon", "expected a table", "below a line"),
    ("[[roster]]", "[roster]", "roster", "a list, got a table", "[[roster]]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "problem", "remedy"), BROKEN, ids=[f"{row[2]} {row[1][:30]}" for row in BROKEN]
)
def test_a_mistake_is_named_where_it_is(old: str, new: str, path: str, problem: str, remedy: str) -> None:
    at_path = [one for one in problems_of(changed(old, new)) if one.path == path]
    assert any(problem in one.problem and remedy in one.remedy for one in at_path), problems_of(changed(old, new))
    assert all(one.line for one in at_path)


def test_a_password_is_refused_anywhere_and_never_repeated() -> None:
    for old, new in (
        ('user = "andon"', 'user = "andon"\npassword = "hunter2"'),
        ('"smtp://mail', '"smtp://andon:hunter2@mail'),
        ("unit = 3\npoll", 'Password = "hunter2"\nunit = 3\npoll'),
    ):
        (found,) = problems_of(changed(old, new))
        assert "put it in secrets.toml in the data folder" in found.remedy
        assert "hunter2" not in str(found)
    (found,) = problems_of(changed('"mqtt://10.0.0.9/zig', '"mqtt://andon:hunter2@10.0.0.9/zig'))
    assert found.path == "devices[3].port"
    assert "put it in secrets.toml in the data folder" in found.remedy
    assert "hunter2" not in str(found)


@pytest.mark.parametrize("target", ["smtp://host", "smtps://host:465", "SMTP://host", "smtp://host:0", "smtp://host/x"])
def test_mail_goes_by_smtp_with_or_without_tls(target: str) -> None:
    text = TEXT.replace('"smtp://mail.plant.example:25"', f'"{target}"')
    if target in {"smtp://host", "smtps://host:465"}:
        assert parse(text).senders[0].target == target
    else:
        assert [one.path for one in problems_of(text)] == ["senders[0].target"]


@pytest.mark.parametrize("target", ["mqtts://host/a", "mqtt://host/a?state=0", "mqtt://host/a/#", "mqtt://host/+"])
def test_what_is_sent_by_mqtt_has_one_topic(target: str) -> None:
    text = TEXT.replace('"mqtt://10.0.0.9/andon/calls"', f'"{target}"')
    if set(target) & {"#", "+"}:
        assert [one.path for one in problems_of(text)] == ["senders[2].target"]
    else:
        assert parse(text).senders[2].target == target


def test_segments_that_differ_only_in_capitals_are_refused() -> None:
    text = changed('id = "deburr"', 'id = "deburr"\nsegment = "assembly"')
    (found,) = problems_of(text)
    assert (found.path, "differ only in capitals" in found.problem) == ("stations[3].segment", True)


def test_an_escalation_in_which_nothing_happens_is_refused() -> None:
    for keys in ("", "not_taken = []\nrepeat_s = 0\n"):
        (found,) = problems_of(TEXT + f'[[escalations]]\nid = "none"\n{keys}')
        assert (found.path, found.problem) == ("escalations[1].not_taken", "nothing happens in this escalation")


def test_all_mistakes_of_calls_are_named_at_once() -> None:
    text = TEXT
    for old, new in (
        ("calls_expected_h = 1.5", "calls_expected_h = true"),
        ('escalation = "usual"', 'escalation = "other"'),
        ("after_s = 180", "after_s = 10"),
        ("near_share = 0.75", "near_share = 75"),
    ):
        text = text.replace(old, new)
    assert [one.path for one in problems_of(text)] == [
        "stations[3].calls_expected_h", "reasons[2].escalation", "escalations[0].not_taken[1].after_s",
        "andon.near_share",
    ]  # fmt: skip
