"""The pictures a line file names are looked at before the line is put in force."""

from pathlib import Path

import pytest

from shopfloor.linefile import LineFileError, parse, read
from shopfloor.linefile.photos import PHOTO_BYTES_MAX
from tests.linefile.good import GOOD, problems_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPG = b"\xff\xd8\xff\xe0" + bytes(20)


def with_photo(photo: str) -> str:
    old = 'description = "Housing"'
    assert GOOD.count(old) == 1
    return GOOD.replace(old, f"{old}\nphoto = '{photo}'")


def problem(folder: Path, photo: str) -> str:
    file = folder / "line.toml"
    file.write_text(with_photo(photo), "utf-8")
    with pytest.raises(LineFileError) as caught:
        read(file)
    (found,) = caught.value.problems
    assert found.path == "parts[0].photo"
    assert found.remedy
    assert found.line == with_photo(photo).splitlines().index(f"photo = '{photo}'") + 1
    return found.problem


@pytest.mark.parametrize("data", [PNG, JPG])
def test_a_picture_beside_the_line_file_is_taken_whatever_its_name_says(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "housing.pic").write_bytes(data)
    (tmp_path / "line.toml").write_text(with_photo("photos\\housing.pic"), "utf-8")
    assert read(tmp_path / "line.toml").parts[0].photo == "photos/housing.pic"


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "'gone.jpg' cannot be read: No such file" in problem(tmp_path, "gone.jpg")
    (tmp_path / "folder").mkdir()
    assert "'folder' cannot be read" in problem(tmp_path, "folder")


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    for data in (b"", b"GIF89a", b"<svg/>"):
        (tmp_path / "a.png").write_bytes(data)
        assert "neither a png nor a jpg" in problem(tmp_path, "a.png")


def test_a_picture_of_the_largest_size_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    (tmp_path / "line.toml").write_text(with_photo("a.png"), "utf-8")
    file.write_bytes(PNG + bytes(PHOTO_BYTES_MAX - len(PNG)))
    assert read(tmp_path / "line.toml")
    file.write_bytes(PNG + bytes(PHOTO_BYTES_MAX - len(PNG) + 1))
    assert f"got {PHOTO_BYTES_MAX + 1}" in problem(tmp_path, "a.png")


@pytest.mark.parametrize(
    "photo", ["/etc/passwd", "../x.png", "a/../../x.png", "..\\x.png", "C:\\x.png", "//server/x", "file:x", "a\tb"]
)
def test_a_path_that_leaves_the_folder_is_refused(photo: str) -> None:
    (found,) = problems_of(with_photo(photo))
    assert "no path from the folder of the line file" in found.problem


def test_without_a_folder_pictures_are_believed() -> None:
    assert parse(with_photo("gone.jpg")).parts[0].photo == "gone.jpg"


def test_other_problems_of_the_file_come_with_those_of_pictures(tmp_path: Path) -> None:
    file = tmp_path / "line.toml"
    file.write_text(with_photo("gone.jpg").replace('unit = "pcs"', "").replace("cards = 6", "cards = 0"), "utf-8")
    with pytest.raises(LineFileError) as caught:
        read(file)
    assert [found.path for found in caught.value.problems] == ["parts[0].photo", "loops[0].cards"]
