"""Exit codes and where the words go: 0 done, 1 refused or failed, 2 bad usage or bad file; errors on stderr."""

from pathlib import Path

import pytest

from shopfloor.store.folder import JOURNAL
from tests.flows.plant import Plant, code
from tests.flows.terminal import Ran, shopfloor

DONE, FAILED, USAGE = 0, 1, 2


def said_no(ran: Ran, expected: int, *words: str) -> None:
    assert (ran.code, ran.out) == (expected, ""), ran
    for word in words:
        assert word in ran.err, ran.err
    assert "Traceback" not in ran.err


@pytest.fixture
def journal(plant: Plant) -> Plant:
    """A plant whose terminal ran, did one step and ended."""
    terminal = plant.start().ready()
    plant.send("gun-3", code("housing", 1))
    assert terminal.outcome().kind == "card_withdrawn"
    assert terminal.stop() == DONE
    return plant


BAD_LINE = """
[line]
id = "Gear Box"
name = "Gearbox line"
timezone = "Europe/Atlantis"
[[stations]]
id = "press"
name = "Press"
wip_limit = 0
"""


def test_a_bad_line_file_is_2_with_every_mistake(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(BAD_LINE, "utf-8")
    for arguments in (
        ("line", "check", str(bad)),
        ("station", "press", "--line", str(bad), "--data", str(tmp_path / "data"), "--no-screen"),
        ("cards", "list", "--data", str(tmp_path / "data"), "--line", str(bad)),
    ):
        said_no(shopfloor(*arguments), USAGE, "line.id", "line.timezone", "stations[0].wip_limit")
    said_no(shopfloor("line", "check", str(tmp_path / "none.toml")), USAGE, "none.toml")
    assert not (tmp_path / "data").exists()


def test_wrong_usage_is_2(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    said_no(shopfloor("nonsense"), USAGE, "nonsense")
    said_no(shopfloor("station", "press"), USAGE, "--data")
    said_no(shopfloor("station", *data), USAGE, "ID")
    said_no(shopfloor("status", *data, "--nonsense"), USAGE, "--nonsense")
    said_no(shopfloor("demo", "--speed", "fast"), USAGE, "--speed")


def test_a_station_nobody_knows_is_2_with_those_of_the_line(plant: Plant) -> None:
    arguments = ("--line", str(plant.line_file), "--data", str(plant.data), "--no-screen")
    said_no(shopfloor("station", "paint", *arguments), USAGE, "paint", "press, deburr, assembly")


def test_a_scanner_that_can_be_no_port_is_2_before_anything_is_written(plant: Plant) -> None:
    arguments = ("--line", str(plant.line_file), "--data", str(plant.data), "--no-screen")
    said_no(shopfloor("station", "press", *arguments, "--scanner", "gun"), USAGE, "--scanner", "gun", "/dev/serial")
    assert not plant.data.exists()


def test_a_second_terminal_on_the_same_folder_is_1_and_the_first_works_on(plant: Plant) -> None:
    terminal = plant.start().ready()
    second = ("station", "press", "--line", str(plant.line_file), "--data", str(plant.data), "--no-screen")
    said_no(shopfloor(*second), FAILED, str(plant.data), f"process {terminal.pid}")
    plant.send("gun-3", code("housing", 1))
    assert terminal.outcome().kind == "card_withdrawn"
    assert terminal.stop() == DONE


def test_where_there_is_no_journal_every_reader_is_1(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "nothing"))
    for command in (
        ("status",),
        ("journal",),
        ("verify",),
        ("cards", "list"),
        ("backup", "--out", str(tmp_path / "b")),
    ):
        said_no(shopfloor(*command, *data), FAILED)
    assert list(tmp_path.iterdir()) == []


def test_line_new_and_check(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    made = shopfloor("line", "new", str(folder))
    assert (made.code, made.err) == (DONE, "")
    assert shopfloor("line", "check", str(folder / "line.toml")).code == DONE
    said_no(shopfloor("line", "new", str(folder)), FAILED, "is there already")


def test_a_backup_is_verified_and_never_overwrites_unasked(journal: Plant, tmp_path: Path) -> None:
    out = tmp_path / "copy" / JOURNAL
    out.parent.mkdir()
    assert journal.run("backup", "--out", str(out)).code == DONE
    said_no(journal.run("backup", "--out", str(out)), FAILED, str(out))
    assert journal.run("backup", "--out", str(out), "--overwrite").code == DONE
    for command in ("verify", "status"):
        assert shopfloor(command, "--data", str(out.parent)).code == DONE


@pytest.mark.parametrize(
    ("where", "words"), [(b'"device":"gun-3"', "chain"), (b'"card":"housing-01","rule":""', "Entity book assembly")]
)
def test_a_changed_byte_is_found_by_verify(journal: Plant, where: bytes, words: str) -> None:
    path = journal.data / JOURNAL
    assert not path.with_name(f"{JOURNAL}-wal").exists(), "a clean end leaves one file"
    assert journal.run("verify").code == DONE
    before = path.read_bytes()
    assert where in before
    path.write_bytes(before.replace(where, where.replace(b"3", b"4").replace(b"1", b"2")))
    said_no(journal.run("verify"), FAILED, words)
    found = journal.run("verify", "--json")
    assert (found.code, found.err) == (FAILED, "")
    assert '"ok":false' in found.out


def test_cards_and_commands_are_printed(journal: Plant, tmp_path: Path) -> None:
    cards, commands = tmp_path / "cards.pdf", tmp_path / "commands.pdf"
    line = ("--line", str(journal.line_file))
    assert journal.run("cards print", *line, "--out", str(cards)).code == DONE
    assert journal.run("cards commands", *line, "--out", str(commands)).code == DONE
    assert all(path.read_bytes().startswith(b"%PDF") for path in (cards, commands))
    said_no(journal.run("cards print", *line, "--out", str(cards), "--loop", "paint"), FAILED, "paint")
    said_no(journal.run("cards print", *line, "--out", str(tmp_path / "no" / "where.pdf")), FAILED, "where.pdf")
