"""`journal` on a line of terminals: everybody's events in the order of the line, and late ones when they come."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from shopfloor.cli.loop_past import past_of
from shopfloor.cli.main import run
from shopfloor.cli.read import _say_news
from shopfloor.core.shop import Shop
from shopfloor.core.state_hash import state_hash
from shopfloor.store.history import SqliteHistory
from tests.helpers.line_pair import Pair, exchange, pair
from tests.helpers.terminal import events


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path) as two:
        yield two


OWN, OTHERS = "08:00:04", ("08:00:02", "08:00:06")


def work(two: Pair) -> None:
    """Each does something, and neither hears of the other meanwhile."""
    two.terminals[1].scan("long", 1, "assembly")
    two.terminals[0].scan("long", 2, "assembly")
    two.terminals[1].scan("long", 1, "saw")


def test_the_journal_holds_every_terminals_events_in_the_order_of_the_line(
    two: Pair, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    exchange(two)
    work(two)
    exchange(two)
    assert run(["journal", "--data", str(two.folders[0]), "--json"]) == 0
    rows = [msgspec.json.decode(row) for row in capfdbinary.readouterr().out.splitlines()]
    assert len(rows) == len(events(two.folders[0])) + len(events(two.folders[1]))
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert [(row["origin"][:3], row["card"]) for row in rows[-3:]] == [
        ("two", "long-01"),
        ("one", "long-02"),
        ("two", "long-01"),
    ]


def test_whoever_follows_is_told_what_comes_late_and_has_the_terminals_state(
    two: Pair, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    exchange(two)
    with SqliteHistory(two.folders[0]) as history:
        known = history.heads()
        shop = Shop(history.whole().line or two.terminals[0].snapshot.line, history.whole().entities)
        work(two)
        known, shop = _say_news(history, known, shop, as_json=False)
        exchange(two)
        known, shop = _say_news(history, known, shop, as_json=False)
        told = capfdbinary.readouterr().out.decode().splitlines()
        assert [row.split()[2] for row in told] == [OWN, *OTHERS]
        assert known == history.heads()
    assert {state_hash(shop.entities())} == two.hashes()


def test_what_is_measured_and_exported_is_of_every_terminal(two: Pair, tmp_path: Path) -> None:
    exchange(two)
    work(two)
    exchange(two)
    out = tmp_path / "events.jsonl"
    assert (
        run(["export", "events", "--data", str(two.folders[0]), "--out", str(out), "--from", "2026-01-05T08:00"]) == 0
    )
    rows = [msgspec.json.decode(row) for row in out.read_bytes().splitlines()]
    assert [(row["origin"][:3], row["card"]) for row in rows][-3:] == [
        ("two", "long-01"),
        ("one", "long-02"),
        ("two", "long-01"),
    ]
    of_one, of_two = (past_of(folder).loop("long") for folder in two.folders)
    assert len(of_one.withdrawals) == 2
    assert {move.at_us for move in of_one.moves} == {move.at_us for move in of_two.moves}
    assert of_one.now == of_two.now


def test_the_status_beside_every_terminal_says_one_number(two: Pair, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    exchange(two)
    work(two)
    exchange(two)
    said = set()
    for folder in two.folders:
        assert run(["status", "--data", str(folder), "--json"]) == 0
        said.add(msgspec.json.decode(capfdbinary.readouterr().out)["state"])
    assert said == two.hashes()
