"""The link's thread: begins, tells how it is, answers from any thread, and ends soon whatever it was doing."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import LinkState, LinkView, OwnJournal, Question, Ruling
from shopfloor.link.jetstream import Address, JetStreamLog
from shopfloor.link.thread import STOP_S_MAX, LinkThread
from shopfloor.trouble import StoreTrouble
from tests.helpers.free_port import free_port
from tests.helpers.line_bench import LINE
from tests.helpers.nats_process import NatsProcess
from tests.helpers.replica import Replica

WAIT_S_MAX = 20.0


class Ward:
    """What health was reported; waits for what is wanted."""

    def __init__(self) -> None:
        self.parts: list[Health] = []
        self._looked = 0
        self._changed = threading.Condition()

    def __call__(self, parts: Iterable[Health], /) -> None:
        with self._changed:
            self.parts += parts
            self._changed.notify_all()

    def wait(self, wanted: Condition) -> Health:
        """The first such part behind the one that was waited for last, however short it lasted."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._find(wanted), WAIT_S_MAX), f"not {wanted}: {self.parts}"
            return self.parts[self._looked - 1]

    def _find(self, wanted: Condition) -> bool:
        place = next((k for k in range(self._looked, len(self.parts)) if self.parts[k].condition is wanted), None)
        self._looked = place + 1 if place is not None else self._looked
        return place is not None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsProcess]:
    server = NatsProcess(tmp_path, LINE)
    server.start()
    server.create()
    yield server
    server.kill()


def _link(
    replica: Replica, ward: Ward, hosts: tuple[str, ...], journal: Callable[[], OwnJournal] | None = None
) -> LinkThread:
    return LinkThread(
        lambda: JetStreamLog(Address(line=LINE, terminal="t1", hosts=hosts)),
        line=LINE,
        journal=journal or (lambda: replica),
        deliver=replica,
        clock=SystemClock(),
        version="1",
        report=ward,
    )


def test_what_is_recorded_is_on_the_line_soon_after_it_was_announced(server: NatsProcess) -> None:
    replica, ward = Replica("t1~01"), Ward()
    link = _link(replica, ward, server.hosts)
    link.start()
    ward.wait(Condition.UP)
    replica.record(3)
    link.poke()
    _until(lambda: replica.acked_n() == 3)
    question = Question(thing="card.housing", epoch=0, origin="t1~01", what="IssueCards", at_us=1)
    decided = link.permit(question).result(WAIT_S_MAX)
    assert (decided.ruling, decided.epoch, decided.seq > 0) == (Ruling.WON, 1, True)
    assert link.tell("stop", b"press").result(WAIT_S_MAX)
    _until(lambda: (link.view() or LinkView(state=LinkState.LOST, since_us=0)).acked == 3)
    link.stop()
    assert not link.alive
    assert link.permit(question).result(0).ruling is Ruling.UNLINKED


def test_a_server_that_stands_still_is_told_as_lost_and_the_thread_ends_all_the_same(server: NatsProcess) -> None:
    ward = Ward()
    link = _link(Replica("t1~01"), ward, server.hosts)
    link.start()
    ward.wait(Condition.UP)
    server.freeze(on=True)
    part = ward.wait(Condition.LOST)
    assert "answer" in part.detail
    began_s = time.monotonic()
    link.stop()
    assert not link.alive
    assert time.monotonic() - began_s < STOP_S_MAX
    server.freeze(on=False)


def test_nobody_at_the_address_is_lost_and_ends_at_once() -> None:
    ward = Ward()
    link = _link(Replica("t1~01"), ward, (f"127.0.0.1:{free_port()}",))
    link.start()
    assert "Nobody answers" in ward.wait(Condition.LOST).detail
    link.stop()
    assert not link.alive


def test_a_journal_that_is_not_there_yet_is_waited_for(server: NatsProcess) -> None:
    replica, ward = Replica("t1~01"), Ward()
    missing = iter([True])

    def journal() -> OwnJournal:
        if next(missing, False):
            raise StoreTrouble("There is no journal.", remedy="Start the terminal.")
        return replica

    link = _link(replica, ward, server.hosts, journal)
    link.start()
    ward.wait(Condition.TROUBLE)
    ward.wait(Condition.UP)
    link.stop()
    assert not link.alive


def _until(true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S_MAX
    while not true():
        assert time.monotonic() < end_s
        threading.Event().wait(0.01)
