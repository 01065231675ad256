"""The echo of outcomes on stdout: in order, at once where that cannot block, and never in the way of the engine."""

import os
import select
import sys
import threading
from collections.abc import Callable

import msgspec
import pytest
from msgspec import Struct

from shopfloor.cli.echo import ECHO_MAX, Echo, LineOf
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome, Snapshot, Update

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks a pipe whether it has room, which Windows cannot")


class Told(Struct):
    """A line, as far as these tests look."""

    n: int
    words: str
    dropped: int = 0


Put = Callable[[Snapshot | Update], None]


def outcome(n: int, *, remedy: str = "") -> Update:
    return Update(outcome=Outcome(n=n, kind="card_started", station="press", words=Text("Done"), remedy=Text(remedy)))


class Bench:
    """An echo into a pipe of this process; `put` is what the engine calls."""

    def __init__(self, patch: pytest.MonkeyPatch, line_of: LineOf | None = None) -> None:
        self.reader, writer = os.pipe()
        self._out = os.fdopen(writer, "w")
        patch.setattr(sys, "stdout", self._out)
        self.echo = Echo(self._listen, line_of)
        self.put: Put

    def _listen(self, put: Put) -> Callable[[], None]:
        self.put = put
        return lambda: None

    def waits(self) -> bool:
        """Whether there is something to read now."""
        return bool(select.select([self.reader], [], [], 0)[0])

    def hang_up(self) -> None:
        """Close the near end."""
        self._out.close()

    def read(self) -> bytes:
        """What is there; waits for something."""
        return os.read(self.reader, 65536)

    def close(self) -> list[Told]:
        """End, and what was said and not read before."""
        read: list[bytes] = []
        reader = threading.Thread(target=lambda: read.extend(iter(self.read, b"")))
        reader.start()
        self.echo.close()
        self._out.close()
        reader.join()
        os.close(self.reader)
        return lines(b"".join(read))


def lines(data: bytes) -> list[Told]:
    return [msgspec.json.decode(line, type=Told) for line in data.splitlines()]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_an_outcome_is_told_before_the_next_command_is_taken(bench: Bench) -> None:
    for n in range(1, 20):
        bench.put(outcome(n))
        assert bench.waits(), "told by the time the engine goes on, whatever other threads do"
        (told,) = lines(bench.read())
        assert (told.n, told.words) == (n, "Done")
        assert not bench.waits()
    assert bench.close() == []


def test_a_reader_that_stalls_holds_up_nobody_and_learns_how_much_it_missed(bench: Bench) -> None:
    n = 0
    for n in range(1, 2 * ECHO_MAX):
        bench.put(outcome(n))
    seen = bench.read()
    while b"dropped" not in seen:  # it reads again: what comes next says what is missing before it
        n += 1
        bench.put(outcome(n))
        seen += bench.read()
    told = lines(seen[: seen.rindex(b"\n") + 1])
    last = 0
    for line in told:
        assert line.n == last + line.dropped + 1
        last = line.n
    rest = bench.close()
    assert sum(line.dropped for line in told + rest) >= 1


def test_a_verdict_and_its_remedy_are_two_sentences(bench: Bench) -> None:
    bench.put(outcome(1, remedy="Scan again."))
    (told,) = bench.close()
    assert told.words == "Done. Scan again."


def test_what_is_no_signal_is_not_told(bench: Bench) -> None:
    bench.put(Update())
    bench.put(Update(outcome=Outcome(n=3, kind="terminal_stopped")))
    assert bench.close() == []


def test_a_reader_that_has_gone_is_no_fault(bench: Bench) -> None:
    os.close(bench.reader)
    bench.put(outcome(1))
    bench.put(outcome(2))
    bench.echo.close()
    bench.hang_up()


def test_lines_of_another_form_are_written_the_same_way_and_left_out_where_there_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(monkeypatch, lambda update, _: b"words\n" if update.outcome else None)
    bench.put(Update())
    bench.put(outcome(1))
    assert bench.read() == b"words\n"
    bench.echo.close()
    bench.hang_up()
    os.close(bench.reader)
