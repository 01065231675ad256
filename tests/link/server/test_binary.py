"""Which server program is taken, and which is refused."""

import sys
from pathlib import Path

import pytest

from shopfloor.link.server.binary import ENV, check_binary, find_binary, read_version
from shopfloor.link.trouble import ServerTrouble

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs of these tests are shell scripts")


def a_program(folder: Path, says: str, name: str = "nats-server") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_the_program_the_environment_names_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_program(tmp_path, "nats-server: v2.15.1")
    monkeypatch.setenv(ENV, str(path))
    found = find_binary()
    assert (found.path, found.version) == (path, (2, 15, 1))
    assert str(found) == f"nats-server 2.15.1 ({path}, named by {ENV})"


@pytest.mark.parametrize("version", ["2.9.10", "2.13.9", "1.99.99"])
def test_an_old_server_is_refused_with_what_it_would_do(tmp_path: Path, version: str) -> None:
    with pytest.raises(ServerTrouble, match=r"Expected nats-server 2\.14\.0 or newer, got .* before its disk has the"):
        check_binary(a_program(tmp_path, f"nats-server: v{version}"), source="test")


@pytest.mark.parametrize("version", ["2.14.0", "2.15.0-RC.1", "3.0.0", "10.1.2"])
def test_a_new_server_is_taken(tmp_path: Path, version: str) -> None:
    assert check_binary(a_program(tmp_path, f"nats-server: v{version}"), source="test").version >= (2, 14, 0)


def test_another_program_is_not_taken_for_a_server(tmp_path: Path) -> None:
    with pytest.raises(ServerTrouble, match="to be nats-server, got 'mosquitto version 2"):
        check_binary(a_program(tmp_path, "mosquitto version 2.20.0"), source="test")


def test_a_program_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENV, str(tmp_path / "gone"))
    with pytest.raises(ServerTrouble, match="cannot be run"):
        find_binary()


def test_no_server_at_all_is_told_with_where_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENV, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ServerTrouble, match=r"found none.*official release with its checksum"):
        find_binary()


def test_the_path_comes_after_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENV, raising=False)
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    a_program(other, "nats-server: v2.16.0")
    monkeypatch.setenv("PATH", f"{other}:/usr/bin:/bin")
    monkeypatch.setattr(sys, "executable", str(own / "python"))
    assert find_binary().source == "found on the PATH"
    a_program(own, "nats-server: v2.15.0")
    assert find_binary().source == "of the extra shopfloor[line], for trying"


def test_a_text_without_a_version_has_none() -> None:
    assert read_version("nats-server: built from source") is None
