"""`demo`: what it says where its pictures cannot be written."""

from pathlib import Path

import pytest

from shopfloor.cli.main import run

FAILED = 1


def test_a_folder_for_pictures_that_cannot_be_made_is_said_with_a_remedy(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    folder = tmp_path / "file" / "pictures"
    assert run(["demo", "--screens", str(folder), "--for", "1"]) == FAILED
    error = capfd.readouterr().err
    assert str(folder) in error
    assert "--screens" in error
