"""From the scanner's last byte to the echo, the journal and every command beside the running terminal."""

import msgspec

from shopfloor.core.events import ScanRefused, SignalEvent, TerminalStopped
from shopfloor.core.rules import Rule
from tests.flows.plant import STATIONS, Plant, code

HOUSING = code("housing", 1)
STATES = ["new", "full", "in_use", "empty", "waiting", "in_process", "queued", "in_transit", "held", "lost", "retired"]


def test_a_scan_is_acknowledged_recorded_and_shown(plant: Plant) -> None:
    terminal = plant.start().ready()
    plant.send("gun-3", HOUSING)
    told = terminal.outcome()
    assert (told.kind, told.card, told.station, told.rule) == ("card_withdrawn", "housing-01", "assembly", "")
    assert told.words
    assert told.device == "gun-3"

    recorded = plant.journal()[told.n - 1]
    assert (recorded.n, recorded.event.kind) == (told.n, "card_withdrawn")
    assert isinstance(recorded.event, SignalEvent)
    assert (recorded.event.code, recorded.event.device) == (HOUSING, "gun-3")

    status = plant.ask("status")
    loops = {loop["id"]: loop for loop in status["loops"]}
    assert list(loops["housing"]["by_state"]) == STATES
    assert loops["housing"]["by_state"] == dict.fromkeys(STATES, 0) | {"full": 5, "empty": 1}
    assert all(sum(loop["by_state"].values()) == loop["cards"] for loop in loops.values())

    assert terminal.stop() == 0
    assert terminal.rest() == [], "stdout carries `ready` and outcomes, nothing else"
    assert isinstance(plant.journal()[-1].event, TerminalStopped)
    assert terminal.errors == ""


def test_without_echo_ready_is_all_that_is_said(plant: Plant) -> None:
    arguments = ["--line", str(plant.line_file), "--data", str(plant.data), "--no-screen"]
    with plant.beside("station", *STATIONS, *arguments) as terminal:
        assert terminal.line() == "ready"
        plant.send("gun-3", HOUSING)
        plant.wait_event(lambda recorded: recorded.event.kind == "card_withdrawn")
        assert terminal.stop() == 0
        assert terminal.rest() == []


def test_a_refused_scan_names_its_rule_and_what_to_do(plant: Plant) -> None:
    terminal = plant.start().ready()
    expected = []
    for device, text, rule in (
        ("gun-1", HOUSING, Rule.NO_PULL_SIGNAL),
        ("gun-1", "4006381333931", Rule.UNKNOWN_CODE),
        ("gun-2", code("shaft", 1), Rule.WRONG_STATION),
        ("box-1", "B9", Rule.UNKNOWN_CODE),
    ):
        plant.send(device, text)
        told = terminal.outcome()
        assert (told.kind, told.rule) == ("scan_refused", rule), text
        assert len(told.words.split(". ")) >= 2, f"what happened, and what to do: {told.words}"
        expected.append((told.n, rule))
    refused = [(r.n, r.event.rule) for r in plant.journal() if isinstance(r.event, ScanRefused)]
    assert refused == expected
    rows = [msgspec.json.decode(row) for row in plant.run("journal", "--json").out.splitlines()]
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
    keys = {"n", "origin", "kind", "at", "station", "card", "command_id"}
    assert all(keys <= row.keys() for row in rows)
    assert [(row["n"], row["rule"]) for row in rows if row["kind"] == "scan_refused"] == expected


def test_the_whole_turn_of_a_card_is_followed_beside_the_terminal(plant: Plant) -> None:
    terminal = plant.start().ready()
    with plant.beside("journal", "--data", str(plant.data), "--json", "--follow") as follower:
        for device in ("gun-3", "gun-1", "gun-2"):
            plant.send(device, HOUSING)
            assert not terminal.outcome().rule
        seen: list[str] = []
        while seen.count("card_started") < 2:
            line = follower.line()
            assert line is not None
            seen.append(msgspec.json.decode(line)["kind"])
        assert seen[-3:] == ["card_withdrawn", "card_started", "card_started"], "deburr proved the press's finish"
        assert follower.stop() == 0
    cards = {card["card"]: card for card in plant.ask("cards list")}
    assert len(cards) == 12
    assert cards["housing-01"] | {"number": 1} == {
        "card": "housing-01",
        "loop": "housing",
        "number": 1,
        "code": HOUSING,
        "state": "in_process",
        "station": "deburr",
        "stale_print": False,
    }
    stations = {station["id"]: station for station in plant.ask("status")["stations"]}
    assert (stations["deburr"]["wip"], stations["deburr"]["wip_limit"]) == (1, 2)
    assert stations["deburr"]["cards"] == ["housing-01"]
    assert stations["deburr"]["state"] == "running"
    for words in (plant.run("status"), plant.run("journal"), plant.run("cards list"), plant.run("verify")):
        assert (words.code, words.err) == (0, "")
        assert words.out


def test_calls_and_stops_are_in_the_status(plant: Plant) -> None:
    terminal = plant.start().ready()
    plant.send("box-1", "B1", "B2")
    assert [told.kind for told in terminal.outcomes(2)] == ["call_raised", "call_raised"]
    status = plant.ask("status")
    assert [(call["station"], call["reason"], call["kind"], call["status"]) for call in status["calls"]] == [
        ("press", "material", "help", "open"),
        ("press", "", "stop", "open"),
    ]
    assert all({"id", "raised_at"} <= call.keys() for call in status["calls"])
    (stop,) = status["stops"]
    assert (stop["scope"], stop["station"]) == ("station", "press")
    assert stop["since"]
    states = {station["id"]: station["state"] for station in status["stations"]}
    assert states["press"] == "stopped"


def test_scans_that_wait_when_sigterm_comes_are_recorded_before_the_end(plant: Plant) -> None:
    terminal = plant.start().ready()
    texts = [f"W{number:04d}" for number in range(60)]
    plant.send("gun-1", *texts)
    first = terminal.outcome()
    assert terminal.stop() == 0
    told = [first, *terminal.unread()]
    events = plant.journal()
    codes = [r.event.code for r in events if isinstance(r.event, ScanRefused)]
    assert codes == texts[: len(codes)]
    assert [echoed.n for echoed in told] == [r.n for r in events if isinstance(r.event, ScanRefused)]
    assert isinstance(events[-1].event, TerminalStopped)


def test_a_card_turns_on_after_the_terminal_was_started_again_without_a_line_file(plant: Plant) -> None:
    terminal = plant.start().ready()
    plant.send("gun-3", HOUSING)
    assert terminal.outcome().kind == "card_withdrawn"
    assert terminal.stop() == 0
    arguments = ["station", "press", "--data", str(plant.data), "--no-screen"]
    with plant.beside(*arguments) as again:
        assert again.line() == "ready"
        plant.send("gun-1", HOUSING)
        plant.wait_event(lambda recorded: recorded.event.kind == "card_started")
        assert again.stop() == 0
    assert plant.problems() == []


def test_a_scanner_can_be_named_on_the_command_line(plant: Plant) -> None:
    text = plant.line_file.read_text("utf-8")
    first, third = plant.cables["gun-1"].port, plant.cables["gun-3"].port
    plant.line_file.write_text(text.replace(first, "virtual").replace(third, "virtual"), "utf-8")
    options = ("--no-screen", "--scanner", first, "--scanner", f"assembly={third}")
    terminal = plant.start(options=options).ready()
    for device, kind, station in (("gun-3", "card_withdrawn", "assembly"), ("gun-1", "card_started", "press")):
        plant.send(device, HOUSING)
        told = terminal.outcome()
        assert (told.kind, told.station) == (kind, station)
