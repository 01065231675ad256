"""The keys of a line, kept in one file of the server's folder."""

from pathlib import Path

import pytest

from shopfloor.link.nkey import public_of
from shopfloor.link.server.keys import KEYS_MAX, KeyRing
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.trouble import LinkTrouble, ServerTrouble


def test_the_server_keeps_the_public_half_only(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    made, seed = ring.make("press", KeyRole.LEADER, at_us=7)
    assert ring.all() == (made,)
    assert made.public == public_of(seed)
    assert seed not in (tmp_path / "keys.json").read_text()


def test_a_name_has_one_key_at_a_time(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    first, _ = ring.make("press", KeyRole.STATION, at_us=1)
    with pytest.raises(LinkTrouble, match="has a key already"):
        ring.make("press", KeyRole.STATION, at_us=2)
    ring.revoke("press", at_us=3)
    second, _ = ring.make("press", KeyRole.STATION, at_us=4)
    assert [key.public for key in ring.good()] == [second.public]
    assert [key.public for key in ring.all()] == [first.public, second.public]


def test_revoking_a_terminal_without_a_key_names_those_that_have_one(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    ring.make("press", KeyRole.STATION, at_us=1)
    with pytest.raises(LinkTrouble, match=r"\(press\), got 'pres'"):
        ring.revoke("pres", at_us=2)


@pytest.mark.parametrize("name", ["", "Press", "a.b", "a>", "press one", "-a", "*"])
def test_a_name_that_would_be_more_than_one_terminal_gets_no_key(tmp_path: Path, name: str) -> None:
    with pytest.raises(LinkTrouble, match="Expected the name of a terminal"):
        KeyRing(tmp_path / "keys.json").make(name, KeyRole.STATION, at_us=1)


def test_a_damaged_list_lets_nobody_in_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("[{")
    with pytest.raises(ServerTrouble, match="cannot be read"):
        KeyRing(tmp_path / "keys.json").good()


def test_there_is_an_end_to_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopfloor.link.server.keys.KEYS_MAX", 2)
    ring = KeyRing(tmp_path / "keys.json")
    ring.make("a", KeyRole.STATION, at_us=1)
    ring.make("b", KeyRole.STATION, at_us=1)
    with pytest.raises(LinkTrouble, match="at most 2 keys"):
        ring.make("c", KeyRole.STATION, at_us=1)
    assert KEYS_MAX > 2
