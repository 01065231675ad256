"""`shopfloor lamp`: what it lights, what it says, and its exit codes."""

import json
from pathlib import Path

import pytest

from shopfloor.cli.main import run
from shopfloor.clock import ManualClock
from shopfloor.core.commands_andon import RecordLampTest
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import DARK
from shopfloor.devices.modbus.virtual import VirtualModbus
from shopfloor.devices.virtual import Fault
from tests.helpers.calls import andon_line
from tests.helpers.terminal import running

DONE, FAILED, USAGE = 0, 1, 2
NETWORK = Lamp(id="cli-network", kind=LampKind.PNS, port="virtual", station="saw", buzzer=True)
TOWER = Lamp(id="cli-tower", kind=LampKind.ADAFRUIT, port="virtual")
COILS = Lamp(id="cli-coils", kind=LampKind.MODBUS, port="virtual", channels={"red": 4, "green": 5})


def a_folder(tmp_path: Path, *lamps: Lamp) -> Path:
    """A data folder of a terminal that has ended."""
    with running(tmp_path, ManualClock(), andon_line(lamps=lamps)) as terminal:
        if lamps:
            terminal.do(RecordLampTest(station="saw", lamp=lamps[0].id, ok=True))
    return tmp_path


def try_lamps(folder: Path, capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = run(["lamp", "test", "--data", str(folder), "--seconds", "0", *args])
    said = capfd.readouterr()
    return code, said.out, said.err


def test_each_lamp_is_lit_in_every_colour_and_what_it_said_back_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = try_lamps(a_folder(tmp_path, NETWORK, TOWER, COILS), capfd)
    assert (code, err) == (DONE, "")
    assert out.splitlines() == [
        "cli-network (pns, virtual)",
        "  red     shown, as the lamp itself says",
        "  yellow  shown, as the lamp itself says",
        "  green   shown, as the lamp itself says",
        "  blue    shown, as the lamp itself says",
        "  buzzer  shown, as the lamp itself says",
        "cli-tower (adafruit, virtual)",
        "  red     told; this kind says nothing back",
        "  yellow  told; this kind says nothing back",
        "  green   told; this kind says nothing back",
        "  blue    the lamp has none",
        "cli-coils (modbus, virtual)",
        "  red     shown, as the lamp itself says",
        "  yellow  the lamp has none",
        "  green   shown, as the lamp itself says",
        "  blue    the lamp has none",
    ]
    assert VirtualLamp.get("cli-network").shown == DARK
    written = b"".join(VirtualLamp.get("cli-tower").frames)
    assert {0x11, 0x12, 0x14} <= set(written)
    assert 0x18 not in written
    assert VirtualModbus.get("cli-coils").coils(1) == {4: False, 5: False}


def test_one_lamp_can_be_named_and_the_result_read_by_a_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = try_lamps(a_folder(tmp_path, NETWORK, TOWER), capfd, "--lamp", TOWER.id, "--json")
    (result,) = json.loads(out)
    assert code == DONE
    assert (result["lamp"], result["ok"]) == (TOWER.id, True)
    assert [(step["what"], step["has"], step["ok"]) for step in result["steps"]] == [
        ("red", True, None),
        ("yellow", True, None),
        ("green", True, None),
        ("blue", False, None),
    ]


@pytest.mark.parametrize(
    ("fault", "words"), [(Fault.UNPLUG, "Replug it"), (Fault.BUSY, "use the test on its Health page")]
)
def test_a_lamp_that_cannot_be_reached_fails_with_words_and_the_others_are_tested(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], fault: Fault, words: str
) -> None:
    folder = a_folder(tmp_path, NETWORK, TOWER)
    VirtualLamp.get(NETWORK.id).fault(fault)
    try:
        code, out, err = try_lamps(folder, capfd)
    finally:
        VirtualLamp.get(NETWORK.id).fault(Fault.REPLUG)
    assert code == FAILED
    assert "  red     NOT shown" in out
    assert "  green   told; this kind says nothing back" in out
    assert f"virtual://{NETWORK.id}: {fault.value}" in err
    assert words in err


def test_while_a_terminal_runs_its_own_page_tests_the_lamps(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path, ManualClock(), andon_line(lamps=(TOWER,))):
        code, out, err = try_lamps(tmp_path, capfd)
    assert (code, out) == (FAILED, "")
    assert "is in use: process" in err
    assert "use the test on its Health page" in err


def test_a_lamp_that_is_not_there_is_bad_usage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = try_lamps(a_folder(tmp_path, TOWER), capfd, "--lamp", "torch")
    assert (code, err) == (USAGE, "Expected a lamp of the line (cli-tower), got torch.\n")


def test_the_list_names_each_lamp_with_its_last_test(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = a_folder(tmp_path, NETWORK, TOWER)
    assert run(["lamp", "list", "--data", str(folder)]) == DONE
    first, second = capfd.readouterr().out.splitlines()
    assert first.split()[:4] == ["cli-network", "pns", "virtual", "saw"]
    assert first.endswith("tested 2026-01-05 08:00: shown, as the lamp itself says")
    assert second.split()[3:] == ["line", "never", "tested"]
    assert run(["lamp", "list", "--data", str(folder), "--json"]) == DONE
    listed = json.loads(capfd.readouterr().out)
    assert [(each["id"], each["station"]) for each in listed] == [("cli-network", "saw"), ("cli-tower", "")]
    assert listed[0]["test"]["ok"] is True


def test_a_line_without_lamps_says_how_to_get_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = a_folder(tmp_path)
    assert run(["lamp", "list", "--data", str(folder)]) == DONE
    assert "[[lamps]]" in capfd.readouterr().out
    code, _, err = try_lamps(folder, capfd)
    assert (code, err) == (USAGE, "Expected a lamp of the line (none), got none.\n")
