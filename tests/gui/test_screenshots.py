"""The script that draws the screens: it knows every page, and nothing that it draws is cut."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "screenshots.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("screenshots_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_has_its_own_name_and_every_page_has_some(script: ModuleType) -> None:
    names = [shot.name for shot in script.shots()]
    assert len(names) == len(set(names))
    assert {name.partition("-")[0] for name in names} == {
        "station",
        "sheet",
        "board",
        "watch",
        "many",
        "flow",
        "loop",
        "loops",
        "health",
        "calls",
        "andon",
        "line",
    }


def test_pictures_are_written_with_an_index(script: ModuleType, qapp: object, tmp_path: Path) -> None:
    assert (
        script.main(
            [
                str(tmp_path),
                "board-busy-1024",
                "flow-lead",
                "watch-silent",
                "many-sheet",
                "health-ill-dark",
                "sheet-help",
            ]
        )
        == 0
    )
    written = sorted(path.name for path in tmp_path.iterdir())
    assert "board-busy-1024.png" in written
    index = (tmp_path / "index.html").read_text("utf-8")
    assert all(name in index for name in written if name.endswith(".png"))


def test_without_a_folder_it_says_how_it_is_used(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main([]) == 2
    assert "DIR" in capsys.readouterr().err
