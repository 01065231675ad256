"""Cards that print themselves: a listener of the engine that only queues, and a thread for each printer."""

from collections.abc import Container, Iterator
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.cli.printer_thread import PrinterThread, PrintJob
from shopfloor.core import events as e
from shopfloor.core.events_loop import CardsIssued, PiecesWithdrawn
from shopfloor.core.line import Line, PrintOn
from shopfloor.core.owning import minded
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.state_line import Post
from shopfloor.core.update import Snapshot, Update


class AutoPrinter:
    """Prints what is done here from now on, at the own stations and those that were taken over.

    What happened before stays as it is; what another terminal did at the same stations was printed there.
    """

    def __init__(self, terminal: Terminal, *, language: str) -> None:
        self._terminal, self._language = terminal, language
        self._folder: Path = terminal.folder
        self._shop = Shop()  # of the terminals' stations alone
        self._threads: dict[str, PrinterThread] = {}
        self._end = terminal.engine.listen(self._put)

    def stop(self) -> None:
        """End; what waits for a printer that does not answer is not printed."""
        self._end()
        for thread in self._threads.values():
            thread.end()
        for thread in self._threads.values():
            thread.join()

    def _put(self, news: Snapshot | Update) -> None:
        """On the engine's thread: nothing here may wait."""
        if news.line is not None:
            self._renew(news.line)
        entities = news.entities if isinstance(news, Snapshot) else news.changed
        self._shop.put(entity for entity in entities if isinstance(entity, Post))
        if isinstance(news, Snapshot) or news.foreign or not self._threads:
            return
        changed = {entity.id: entity for entity in news.changed if isinstance(entity, Card)}
        line = self._shop.line
        loops = {loop.id: loop for loop in line.loops if loop.print_on is not None}
        stations = minded(self._shop, self._terminal.stations, self._terminal.name)
        for recorded in news.events:
            for card_id, when in _printed_by(recorded.event, stations):
                card = changed.get(card_id)
                loop = loops.get(card.loop) if card is not None else None
                if card is not None and loop is not None and loop.print_on is when:
                    self._threads[loop.printer].put(PrintJob(line=line, card=card))

    def _renew(self, line: Line) -> None:
        """The printers the line names now; what waits for one of them goes to where it is now."""
        self._shop.set_line(line)
        wanted = {loop.printer for loop in line.loops if loop.print_on is not None}
        printers = {printer.id: printer for printer in line.printers if printer.id in wanted}
        for name in [name for name in self._threads if name not in printers]:
            self._threads.pop(name).end()
        for name, printer in printers.items():
            if name in self._threads:
                self._threads[name].printer = printer
                continue
            self._threads[name] = PrinterThread(
                printer,
                self._folder,
                report=self._terminal.engine.report,
                clock=self._terminal.clock,
                language=self._language,
            )
            self._threads[name].start()


def _printed_by(event: e.Event | e.Unknown, stations: Container[str]) -> Iterator[tuple[str, PrintOn]]:
    """The cards that an event at these stations may print, and by what."""
    if not isinstance(event, e.SignalEvent) or event.station not in stations:
        return
    match event:
        case e.CardWithdrawn():
            yield event.card, PrintOn.WITHDRAWN
        case PiecesWithdrawn(left=0):
            yield event.card, PrintOn.WITHDRAWN
        case e.CardFinished() if event.into is not CardState.QUEUED:
            yield event.card, PrintOn.FINISHED
        case CardsIssued():
            for card in event.cards:
                yield card, PrintOn.ISSUED
        case _:
            return
