"""The joining key in a terminal's data folder."""

import sys
from pathlib import Path

import pytest

from shopfloor.link.joined import KEY_FILE, read_joined, tls_of, write_joined
from shopfloor.link.trouble import LinkTrouble
from tests.link.test_join_key import KEY


def test_what_was_joined_is_read_back(tmp_path: Path) -> None:
    path = write_joined(tmp_path / "new", KEY)
    assert read_joined(tmp_path / "new") == KEY
    assert [each.name for each in path.parent.iterdir()] == [KEY_FILE]


def test_a_folder_that_never_joined_belongs_to_no_line(tmp_path: Path) -> None:
    assert read_joined(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="the rights of Windows are others")
def test_a_key_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = write_joined(tmp_path, KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(LinkTrouble, match="can be read by others"):
        read_joined(tmp_path)


def test_joining_again_takes_the_place_of_the_first_key(tmp_path: Path) -> None:
    path = write_joined(tmp_path, KEY)
    path.write_text("damaged")
    with pytest.raises(LinkTrouble):
        read_joined(tmp_path)
    write_joined(tmp_path, KEY)
    assert read_joined(tmp_path) == KEY


def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(LinkTrouble, match="no usable certificate"):
        tls_of(b"no certificate")
