"""One printer and what waits for it."""

import queue
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from shopfloor.cli.card_pdf import pdf_of, print_command
from shopfloor.cli.cards_shop import translation
from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import FOLDER, CardFormat, Line, Printer
from shopfloor.core.state import Card
from shopfloor.core.text import Translate, english
from shopfloor.paper.cards import card_pages
from shopfloor.paper.label_printer import send
from shopfloor.paper.zpl import zpl
from shopfloor.trouble import Trouble

WAITING_MAX = 200  # a shift's labels of a busy loop; past that somebody prints the loop anew, and the rest is counted
RETRY_S_MIN = 1.0
RETRY_S_MAX = 30.0  # whoever has put in paper does not wait longer for the next label
PDF_TRIES_MAX = 5  # what five processes could not write in a minute is no full disk: the next card gets its turn
PDF_S_MAX = 60.0  # a page takes a second on a slow machine; longer means that it hangs
END_S_MAX = 2.0  # a printer that takes nothing must not keep the terminal from ending


class PrintJob(Struct, frozen=True, kw_only=True):
    """A card as it was when it was to be printed, and its line."""

    line: Line
    card: Card


class PrinterThread:
    """Prints one job after the other, each once; tries again until a label printer answers.

    A label that broke off on its way is sent again whole: printers print nothing of one without its end.
    """

    def __init__(
        self,
        printer: Printer,
        folder: Path,
        *,
        report: Callable[[Iterable[Health]], None],
        clock: Clock,
        language: str,
    ) -> None:
        self.printer = printer  # may be replaced at any time
        self._folder, self._report, self._clock, self._language = folder, report, clock, language
        self._translate: Translate | None = None
        self._jobs: queue.Queue[PrintJob | None] = queue.Queue(WAITING_MAX)
        self._stop = threading.Event()
        self._printed = self._lost = self._overflow = 0
        self._health = Health(
            id=f"printer-{printer.id}", kind="printer", condition=Condition.NEW, since_us=clock.now().at_us
        )
        self._thread = threading.Thread(target=self._run, name=f"shopfloor-printer-{printer.id}", daemon=True)

    def start(self) -> None:
        """Begin to print."""
        self._thread.start()

    def put(self, job: PrintJob) -> None:
        """Queue a job; never waits. The oldest stay where there is no room, and what is left out is counted."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            self._overflow += 1

    def end(self) -> None:
        """Ask it to end; what waits is not printed."""
        self._stop.set()
        with suppress(queue.Full):  # where it is full, the thread is at a job and sees the stop
            self._jobs.put_nowait(None)

    def join(self) -> None:
        """Wait until it has ended, but not for ever."""
        self._thread.join(END_S_MAX)

    def _run(self) -> None:
        self._say(Condition.NEW)
        while (job := self._jobs.get()) is not None and not self._stop.is_set():
            self._do(job)
        self._say(Condition.STOPPED)

    def _do(self, job: PrintJob) -> None:
        tries, wait_s = 0, RETRY_S_MIN
        while not self._stop.is_set():
            try:
                self._print(job)
            except Trouble as trouble:
                tries += 1
                is_file = self.printer.target == FOLDER
                if is_file and tries >= PDF_TRIES_MAX:
                    self._lost += 1
                    self._say(Condition.TROUBLE, trouble, waiting=0)
                    return
                self._say(Condition.TROUBLE if is_file else Condition.LOST, trouble, waiting=1)
                self._clock.wait(self._stop, wait_s)
                wait_s = min(2 * wait_s, RETRY_S_MAX)
            else:
                self._printed += 1
                self._say(Condition.UP)
                return

    def _print(self, job: PrintJob) -> None:
        """Raises Trouble."""
        printer = self.printer
        if printer.target == FOLDER:
            self._write_pdf(job.card, printer)
            return
        pages = card_pages(
            job.line, [job.card], paper=CardFormat.LABEL, code=printer.code, translate=self._translation()
        )
        send(zpl(pages, dpi=printer.dpi), printer.target)

    def _write_pdf(self, card: Card, printer: Printer) -> None:
        """By a process of its own: Qt draws PDF files, and a terminal without a screen has none."""
        how = ("--format", printer.format.value, "--code", printer.code.value)
        remedy = "Is there room on the disk? Try it by hand with `shopfloor cards print`."
        try:
            out = pdf_of(self._folder, card.id)
            command = print_command(self._folder, out, loop=card.loop, card=card.id, language=self._language, more=how)
            done = subprocess.run(command, capture_output=True, timeout=PDF_S_MAX, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Trouble(f"{card.id} was not printed: {error}.", remedy=remedy) from error
        if done.returncode:
            wrong = done.stderr.decode(errors="replace").strip()
            raise Trouble(f"{card.id} was not printed: {wrong}", remedy=remedy)

    def _translation(self) -> Translate:
        if self._translate is None:  # a terminal without a screen, in English, needs nothing of the screens
            self._translate = english if self._language == "en" else translation(self._language)
        return self._translate

    def _say(self, condition: Condition, trouble: Trouble | None = None, *, waiting: int = 0) -> None:
        """`waiting` is the job in hand, if it is still to be printed."""
        before = self._health
        self._health = Health(
            id=before.id,
            kind=before.kind,
            condition=condition,
            since_us=before.since_us if condition is before.condition else self._clock.now().at_us,
            detail=self.printer.target if trouble is None else trouble.what,
            remedy="" if trouble is None else trouble.remedy,
            counts={
                "printed": self._printed,
                "waiting": self._jobs.qsize() + waiting,
                "not_printed": self._lost + self._overflow,
            },
        )
        self._report((self._health,))
