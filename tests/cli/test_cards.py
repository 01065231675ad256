"""`shopfloor cards`: what is written, where, and its exit codes."""

import json
import re
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from shopfloor.cli.main import run
from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import shelf_code
from shopfloor.linefile import demo_text
from tests.helpers.lines import a_line
from tests.helpers.routes import with_loop
from tests.helpers.terminal import running
from tests.paper.pages import codes, pixels
from tests.paper.test_label_printer import Recorder
from tests.paper.zpl_reader import read_zpl

pytestmark = pytest.mark.usefixtures("qapp")

DONE, FAILED, USAGE = 0, 1, 2
TEMPLATES = """
[[templates]]
loop = "housing"
format = "a6"
code = "datamatrix"

[[templates]]
station = "pack"
format = "label-100x60"
"""


@pytest.fixture
def line_file(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(demo_text(), "utf-8")
    return path


def cards(capfd: pytest.CaptureFixture[str], line_file: Path, *args: str) -> tuple[int, str, str]:
    code = run(["cards", args[0], "--data", str(line_file.parent / "data"), "--line", str(line_file), *args[1:]])
    said = capfd.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(("paper", "pages"), [("a4-10", 2), ("a6", 19), ("label-100x60", 19)])
def test_a_format_is_chosen_by_its_name(
    paper: str, pages: int, line_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cards.pdf"
    assert cards(capfd, line_file, "print", "--out", str(out), "--format", paper) == (DONE, f"{out}: 19 cards\n", "")
    assert len(pixels(out, dpi=20)) == pages


def test_templates_give_a_file_for_each_format(
    line_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    line_file.write_text(demo_text() + TEMPLATES, "utf-8")
    out = tmp_path / "cards.pdf"
    code, said, _ = cards(capfd, line_file, "print", "--out", str(out))
    assert code == DONE
    assert said.splitlines() == [
        f"{tmp_path / 'cards-a4-10.pdf'}: 4 cards",
        f"{tmp_path / 'cards-a6.pdf'}: 8 cards",
        f"{tmp_path / 'cards-label-100x60.pdf'}: 7 cards",
    ]
    assert not out.exists()
    assert len([*codes(pixels(tmp_path / "cards-a6.pdf")[0], kind="DataMatrix")]) == 1
    assert cards(capfd, line_file, "print", "--out", str(out), "--loop", "housing")[1] == f"{out}: 8 cards\n"


def test_photos_come_from_beside_the_line_file(
    line_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    assert image.save(str(tmp_path / "housing.png"))
    text = demo_text().replace('description = "Housing"', 'description = "Housing"\nphoto = "housing.png"')
    line_file.write_text(text, "utf-8")
    out = tmp_path / "cards.pdf"
    assert cards(capfd, line_file, "print", "--out", str(out), "--format", "a6", "--loop", "housing")[0] == DONE
    assert ((pixels(out, dpi=50)[0] > 120) & (pixels(out, dpi=50)[0] < 136)).mean() > 0.05


def test_labels_are_written_as_zpl(line_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cards.zpl"
    answer = cards(capfd, line_file, "print", "--zpl", str(out), "--dpi", "300", "--code", "code128")
    assert answer == (DONE, f"{out}: 19 cards\n", "")
    labels = read_zpl(out.read_bytes())
    assert (len(labels), labels[0].width) == (19, 1181)
    assert all("BC" in label.codes()[0].commands for label in labels)


def test_labels_are_sent_to_a_printer(line_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Recorder() as printer:
        thread = threading.Thread(target=printer.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        answer = cards(capfd, line_file, "shelves", "--zpl", printer.target)
        assert printer.done.wait(20)
        printer.shutdown()
        thread.join()
    assert answer == (DONE, f"{printer.target}: 3 shelf labels\n", "")
    assert [label.codes()[0].data for label in read_zpl(printer.got)] == [
        f"QA,{shelf_code('demo', loop)}" for loop in ("housing", "shaft", "gearbox")
    ]


def test_a_printer_that_is_not_there_is_told_with_what_to_do(
    line_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, said, error = cards(capfd, line_file, "print", "--zpl", "tcp://127.0.0.1:1")
    assert (code, said) == (FAILED, "")
    assert "does not answer" in error
    assert "switched on" in error


def test_shelves_are_printed(line_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "shelves.pdf"
    assert cards(capfd, line_file, "shelves", "--out", str(out)) == (DONE, f"{out}: 3 shelf labels\n", "")
    assert len([*codes(pixels(out)[0])]) == 3
    answer = cards(capfd, line_file, "shelves", "--out", str(out), "--format", "label-100x60", "--loop", "shaft")
    assert answer == (DONE, f"{out}: 1 shelf labels\n", "")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("print",), USAGE, "either --out FILE.pdf or --zpl"),
        (("print", "--out", "a.pdf", "--zpl", "b.zpl"), USAGE, "either --out FILE.pdf or --zpl"),
        (("print", "--zpl", "b.zpl", "--format", "a6"), USAGE, "label-100x60 with --zpl, got a6"),
        (("print", "--out", "a.pdf", "--format", "a5"), USAGE, "a5"),
        (("print", "--zpl", "b.zpl", "--dpi", "600"), USAGE, "600"),
        (("print", "--out", "a.pdf", "--loop", "paint"), FAILED, "housing, shaft, gearbox, shipping.*paint"),
        (("print", "--out", "a.pdf", "--card", "shaft-99"), FAILED, "shaft-99"),
        (("shelves", "--out", "a.pdf", "--loop", "paint"), FAILED, "paint"),
        (("shelves", "--out", "a.pdf", "--loop", "shipping"), FAILED, "no store"),
        (("shelves", "--zpl", "no/where.zpl"), FAILED, "cannot be written"),
        (("shelves", "--zpl", "tcp://a/b"), FAILED, "tcp://host:9100"),
    ],
)
def test_what_cannot_be_printed_says_why(
    args: tuple[str, ...],
    code: int,
    words: str,
    line_file: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(line_file.parent)
    got, said, error = cards(capfd, line_file, *args)
    assert (got, said) == (code, "")
    assert re.search(words, error)
    assert sorted(path.name for path in line_file.parent.iterdir()) == ["line.toml"]


def test_data_matrix_without_its_library_names_what_to_install(
    line_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zxingcpp", None)
    out = tmp_path / "cards.pdf"
    code, _, error = cards(capfd, line_file, "print", "--out", str(out), "--code", "datamatrix")
    assert code == FAILED
    assert "pip install '.[cards]'" in error
    assert not out.exists()
    assert cards(capfd, line_file, "print", "--out", str(out))[0] == DONE, "QR codes need nothing"
    zpl = tmp_path / "cards.zpl"
    answer = cards(capfd, line_file, "print", "--zpl", str(zpl), "--code", "datamatrix")
    assert answer[0] == DONE, "a label printer draws its own"


def test_the_list_names_cards_that_have_to_be_printed_anew(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path, ManualClock(), a_line()) as terminal:
        terminal.do(c.ChangeLine(line=with_loop(a_line(), "shaft", quantity=12)))
        terminal.do(c.ReprintCard(station="press", card="shaft-02"))
    assert run(["cards", "list", "--data", str(tmp_path)]) == DONE
    words = {line.split()[0]: line for line in capfd.readouterr().out.splitlines()}
    marked = {card for card, line in words.items() if line.endswith(" print anew")}
    assert marked == {"shaft-01", "shaft-03"}
    assert run(["cards", "list", "--data", str(tmp_path), "--json"]) == DONE
    rows = json.loads(capfd.readouterr().out)
    assert {row["card"] for row in rows if row["stale_print"]} == marked
