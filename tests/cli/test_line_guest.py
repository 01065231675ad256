"""`shopfloor line guest`, as a technician types it."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.cli.main import run
from tests.helpers.line_served import need_nats, set_up_place

DONE, FAILED = 0, 1
Cap = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    need_nats()
    set_up_place(tmp_path)
    return tmp_path


def say(capfd: Cap, data: Path, *args: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = run(["line", "guest", *args, "--data", str(data)])
    said = capfd.readouterr()
    return code, said.out, said.err


def test_a_password_is_shown_once_with_what_is_left_to_do(data: Path, capfd: Cap) -> None:
    code, out, err = say(capfd, data, "new", "zigbee", "--writes", "zigbee2mqtt/#")
    assert code == DONE
    assert len(out.strip()) == 24
    assert "shown this once" in err
    assert "guests-ca.pem" in err
    assert "--mqtt-port 8883" in err, "nobody listens for guests yet"
    code, out, _ = say(capfd, data, "list")
    assert "zigbee" in out
    assert "writes zigbee2mqtt/#; reads zigbee/#" in out


def test_where_guests_are_expected_is_said(data: Path, capfd: Cap) -> None:
    place = set_up_place(data)
    place.write_settings(replace(place.read_settings(), mqtt_port=8883))
    code, out, _ = say(capfd, data, "new", "wall", "--only-reads", "--reads", "andon/#", "--json")
    assert code == DONE
    made = json.loads(out)
    assert made["urls"] == ["mqtts://127.0.0.1:8883"]
    assert Path(made["authority"]).is_file()
    _, out, _ = say(capfd, data, "list", "--json")
    (listed,) = json.loads(out)
    assert (listed["name"], listed["writes"], listed["reads"]) == ("wall", [], ["andon/#"])
    assert "password" not in listed


def test_a_revoked_guest_is_listed_as_such(data: Path, capfd: Cap) -> None:
    say(capfd, data, "new", "zigbee")
    assert say(capfd, data, "revoke", "zigbee")[:2] == (DONE, "zigbee: revoked.\n")
    assert "revoked" in say(capfd, data, "list")[1]
    code, _, err = say(capfd, data, "revoke", "zigbee")
    assert code == FAILED
    assert "Expected a guest with a password in force (none)" in err


def test_a_topic_that_is_none_changes_nothing(data: Path, capfd: Cap) -> None:
    code, _, err = say(capfd, data, "new", "zigbee", "--writes", "a/#/b")
    assert code == FAILED
    assert "Expected an MQTT topic" in err
    assert "no guest yet" in say(capfd, data, "list")[1]
