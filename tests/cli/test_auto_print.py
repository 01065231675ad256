"""Cards that print themselves, at printers that are real TCP servers."""

import queue
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.app import Terminal
from shopfloor.cli.auto_print import AutoPrinter
from shopfloor.cli.card_pdf import FOLDER
from shopfloor.cli.printer_thread import RETRY_S_MAX, WAITING_MAX, PrinterThread, PrintJob
from shopfloor.clock import ManualClock, SystemClock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.events import CardWithdrawn, Event, Recorded, TerminalStarted
from shopfloor.core.events_line import StationsTaken
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Line, Printer, PrintOn
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.moment import Moment
from shopfloor.core.state import Card
from shopfloor.core.state_line import Post
from shopfloor.core.update import Outcome, Snapshot, Update
from shopfloor.linefile import demo_line
from shopfloor.paper.zpl import escaped
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from tests.helpers.terminal import WAIT_S_MAX, Ear

LOOP = "shaft"
LOOK_S = 0.05
LOOKS_MAX = round(WAIT_S_MAX / LOOK_S)


class LabelPrinter:
    """A label printer: each connection's bytes in the order they came. It can be away and come back."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.labels: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def target(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def switch_on(self) -> None:
        if self._server.fileno() < 0:
            self._server = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._take, args=(self._server,))
        self._thread.start()

    def switch_off(self) -> None:
        if self._thread is None:
            self._server.close()
            return
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self._thread.join()
        self._server.close()
        self._thread = None

    def label(self) -> str:
        """The next label."""
        return self.labels.get(timeout=WAIT_S_MAX).decode("ascii")

    def _take(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                data = b""
                while part := connection.recv(65536):
                    data += part
            self.labels.put(data)


@pytest.fixture
def zebra() -> Iterator[LabelPrinter]:
    printer = LabelPrinter()
    yield printer
    printer.switch_off()


def line_of(target: str, when: PrintOn = PrintOn.WITHDRAWN) -> Line:
    line = demo_line()
    loops = tuple(
        replace(loop, print_on=when, printer="zebra", lot=1) if loop.id == LOOP else loop for loop in line.loops
    )
    # Nobody has a badge: everybody may issue cards.
    return replace(line, loops=loops, people=(), printers=(Printer(id="zebra", target=target),))


class Bench:
    """A terminal for some stations whose cards print themselves."""

    def __init__(self, terminal: Terminal, clock: ManualClock) -> None:
        self.terminal, self._clock = terminal, clock
        self.ear = Ear()
        self._said: queue.SimpleQueue[Health] = queue.SimpleQueue()
        terminal.engine.listen(self.ear)
        terminal.engine.listen(self._keep)

    def do(self, command: c.Command) -> Outcome:
        answer: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._clock.advance(2)
        assert self.terminal.engine.submit(command, self._clock.now(), reply=answer.put)
        return answer.get(timeout=WAIT_S_MAX)

    def scan(self, number: int, station: str) -> Outcome:
        text = card_code(self.terminal.engine.line.id, LOOP, number, 1)
        outcome = self.do(c.ReadSignal(station=station, device="gun", text=text))
        assert outcome.refusal is None
        return outcome

    def hear(self, office: "Office", *events: Event) -> None:
        """Another terminal did this, and the line says so."""
        self._clock.advance(2)
        new = office.writes(events, self._clock.now().at_us)
        end = Cursor("stream", new[-1].seq, new[-1].ts_us)
        self.terminal.engine.deliver(new, end).result(WAIT_S_MAX)

    def health(self, wanted: Callable[[Health], bool]) -> Health:
        """The next word of the printer that is wanted; time passes meanwhile."""
        for _ in range(LOOKS_MAX):
            self._clock.advance(RETRY_S_MAX)
            try:
                part = self._said.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if wanted(part):
                return part
        raise AssertionError("the printer never said so")

    def _keep(self, heard: Snapshot | Update) -> None:
        for part in heard.health:
            if part.id == "printer-zebra":
                self._said.put(part)


class Office:
    """The journal of another terminal of the line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = SqliteJournal(folder, "office")
        self.origin = self._journal.open().origin
        self._n = 0

    def writes(self, events: Sequence[Event], at_us: int) -> list[LineEntry]:
        """Record events, one after the other; as the line has them."""
        done = [
            Recorded(origin=self.origin, n=n, moment=Moment(at_us, n), mono_ns=n, boot="b", event=event)
            for n, event in enumerate(events, self._n + 1)
        ]
        self._journal.append(done, (), (), ())
        reader = SqliteOwnJournal(self._folder)
        new = [replace(entry, seq=entry.recorded.n, ts_us=at_us) for entry in reader.events(self._n, len(done))]
        reader.close()
        self._n = new[-1].seq
        return new

    def close(self) -> None:
        self._journal.close()


@contextmanager
def bench(folder: Path, line: Line | None, *stations: str) -> Iterator[Bench]:
    clock = ManualClock()
    terminal = Terminal(folder, stations, line=line, clock=clock)
    terminal.open()
    printing = AutoPrinter(terminal, language="en")
    try:
        yield Bench(terminal, clock)
    finally:
        terminal.stop()
        printing.stop()


def is_of(number: int, label: str) -> bool:
    """Whether it is one label, with the code of this card."""
    return label.count("^XA") == 1 and escaped(card_code(demo_line().id, LOOP, number, 1)) in label


def consumer() -> str:
    found = next(loop.consumer for loop in demo_line().loops if loop.id == LOOP)
    assert found is not None
    return found


def route() -> tuple[str, ...]:
    return next(loop.route for loop in demo_line().loops if loop.id == LOOP)


def test_a_withdrawn_card_is_printed_once_and_others_are_not(tmp_path: Path, zebra: LabelPrinter) -> None:
    zebra.switch_on()
    with bench(tmp_path, line_of(zebra.target), consumer(), *route()) as at:
        at.scan(1, consumer())
        assert is_of(1, zebra.label())
        at.scan(1, route()[0])  # its start prints nothing
        at.scan(2, consumer())
        assert is_of(2, zebra.label())
        part = at.health(lambda part: part.counts["printed"] == 2)
    assert (part.condition, part.kind, part.detail) == (Condition.UP, "printer", zebra.target)
    assert zebra.labels.empty()


def test_only_the_terminal_of_the_station_prints(tmp_path: Path, zebra: LabelPrinter) -> None:
    zebra.switch_on()
    with bench(tmp_path, line_of(zebra.target, PrintOn.FINISHED), *route()) as at:
        at.scan(1, consumer())
        for station in route():
            at.scan(1, station)
            at.scan(1, station)
        assert is_of(1, zebra.label())
    with bench(tmp_path, None, consumer()) as at:
        at.scan(2, consumer())
        for station in route():
            at.scan(2, station)
            at.scan(2, station)
        assert at.do(c.ChangeLine(line=line_of(zebra.target))).refusal is None
        at.scan(3, consumer())
        assert is_of(3, zebra.label())  # one printed by mistake would have been before it
    assert zebra.labels.empty()


def test_cards_are_printed_by_the_terminal_that_works_at_the_station_now(tmp_path: Path, zebra: LabelPrinter) -> None:
    zebra.switch_on()
    withdrawn = [CardWithdrawn(station=consumer(), card=f"{LOOP}-0{number}") for number in (1, 2)]
    with bench(tmp_path / "own", line_of(zebra.target), *route()) as at, closing(Office(tmp_path / "office")) as office:
        heard = at.ear.next()
        assert isinstance(heard, Snapshot)
        own = next(e for e in heard.entities if isinstance(e, Post) and e.station == route()[0])

        def taken(epoch: int, *, by: str, of: str) -> StationsTaken:
            origins = {own.terminal: own.origin, "office": office.origin}
            return StationsTaken(
                station="desk:office",
                stations=(consumer(),),
                terminal=by,
                origin=origins[by],
                from_terminal=of,
                from_origin=origins[of],
                epoch=epoch,
            )

        at.hear(office, TerminalStarted(terminal="office", stations=(consumer(),), program="1"), withdrawn[0])
        at.hear(office, taken(1, by=own.terminal, of="office"), withdrawn[1])  # it goes on, for it has not heard of it
        at.scan(3, consumer())
        assert is_of(3, zebra.label())
        at.hear(office, taken(2, by="office", of=own.terminal))
        at.hear(office, taken(3, by=own.terminal, of="office"))
        at.scan(4, consumer())
        assert is_of(4, zebra.label()), "what the other terminal withdrew was printed there"
    assert zebra.labels.empty()


def test_issued_cards_are_printed_and_a_restart_prints_nothing_old(tmp_path: Path, zebra: LabelPrinter) -> None:
    zebra.switch_on()
    with bench(tmp_path, line_of(zebra.target, PrintOn.ISSUED), consumer()) as at:
        issue = c.IssueCards(station=consumer(), loop=LOOP, count=2, reason="peak")
        assert at.do(issue).refusal is None
        first, second = zebra.label(), zebra.label()
    with bench(tmp_path, None, consumer()) as at:
        part = at.health(lambda part: part.condition is Condition.NEW)
        assert part.counts["waiting"] == 0
        assert at.do(replace(issue, count=1)).refusal is None
        assert zebra.label() not in {first, second}  # old ones would have been before it
    assert first != second
    assert zebra.labels.empty()


def test_a_printer_that_is_away_holds_up_no_scan_and_prints_when_it_is_back(
    tmp_path: Path, zebra: LabelPrinter
) -> None:
    zebra.switch_off()
    with bench(tmp_path, line_of(zebra.target), consumer()) as at:
        for number in (1, 2, 3):
            at.scan(number, consumer())
        lost = at.health(lambda part: part.condition is Condition.LOST and part.counts["waiting"] == 3)
        zebra.switch_on()
        up = at.health(lambda part: part.counts["printed"] == 3)
        assert all(is_of(number, zebra.label()) for number in (1, 2, 3))
    assert "does not answer" in lost.detail
    assert "switched on" in lost.remedy
    assert (up.condition, up.counts["waiting"], up.counts["not_printed"]) == (Condition.UP, 0, 0)
    assert zebra.labels.empty()


def test_what_waits_goes_to_the_address_that_a_new_line_file_names(tmp_path: Path, zebra: LabelPrinter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nowhere = f"tcp://127.0.0.1:{gone.getsockname()[1]}"
    zebra.switch_on()
    with bench(tmp_path, line_of(nowhere), consumer()) as at:
        at.scan(1, consumer())
        at.health(lambda part: part.condition is Condition.LOST)
        assert at.do(c.ChangeLine(line=line_of(zebra.target))).refusal is None
        at.health(lambda part: part.condition is Condition.UP)
    assert "^XA" in zebra.label()


def test_the_oldest_wait_and_what_is_left_out_is_counted(tmp_path: Path, zebra: LabelPrinter) -> None:
    line, said = line_of(zebra.target), queue.SimpleQueue[Health]()
    card = _cards(tmp_path, line)[0]

    def report(parts: Iterable[Health]) -> None:
        for part in parts:
            said.put(part)

    printer = PrinterThread(
        line.printers[0],
        tmp_path,
        report=report,
        clock=SystemClock(),
        language="en",
    )
    for _ in range(WAITING_MAX + 3):
        printer.put(PrintJob(line=line, card=card))
    zebra.switch_on()
    printer.start()
    while (part := said.get(timeout=WAIT_S_MAX)).counts["printed"] < WAITING_MAX:
        pass
    printer.end()
    printer.join()
    assert (part.counts["not_printed"], part.counts["waiting"]) == (3, 0)
    assert said.get(timeout=WAIT_S_MAX).condition is Condition.STOPPED


def test_a_folder_gets_a_pdf_of_the_card(tmp_path: Path) -> None:
    with bench(tmp_path, line_of("folder"), consumer()) as at:
        at.scan(2, consumer())
        part = at.health(lambda part: part.counts["printed"] == 1)
    assert part.condition is Condition.UP
    assert (tmp_path / FOLDER / "shaft-02.pdf").read_bytes().startswith(b"%PDF")


def _cards(folder: Path, line: Line) -> list[Card]:
    with bench(folder, replace(line, loops=line.loops), consumer()) as at:
        heard = at.ear.next()
    assert isinstance(heard, Snapshot)
    return [entity for entity in heard.entities if isinstance(entity, Card) and entity.loop == LOOP]
