"""The environment in .venv, and the doors that lead to it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import setup_env


def test_a_half_written_stamp_means_begin_again(tmp_path: Path) -> None:
    path = tmp_path / "shopfloor.json"
    assert setup_env.Stamp(path).state == ""
    setup_env.Stamp(path).write(state="abc", extras=frozenset({"all"}))
    again = setup_env.Stamp(path)
    assert (again.state, again.extras, again.python) == ("abc", frozenset({"all"}), list(sys.version_info[:2]))
    for text in ('{"state": "ab', "[]", json.dumps({"state": "abc"})):
        path.write_text(text)
        broken = setup_env.Stamp(path)
        assert (broken.state, broken.python) == ("", [])


def test_settings_that_lead_past_the_environment_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.org/simple")
    cleaned = setup_env.clean_environment()
    assert "PIP_USER" not in cleaned
    assert cleaned["PIP_INDEX_URL"] == "https://example.org/simple"


@pytest.mark.skipif(os.name == "nt", reason="a shell script for Linux machines")
def test_the_door_for_machines_is_executable_and_leads_here() -> None:
    door = setup_env.ROOT / ".ci" / "run"
    assert os.access(door, os.X_OK)
    assert "python3 scripts/test.py" in door.read_text()
    assert subprocess.run(["bash", "-n", str(door)], check=False).returncode == 0
