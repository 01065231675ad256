"""Printing from a screen: by the command line in a process of its own, so that no frame waits."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess

from shopfloor.cli.card_pdf import pdf_of, print_command, sheet_command
from shopfloor.core.text import Text
from shopfloor.gui.bridge import Printed


class _PdfPrinter:
    """Writes PDFs into the data folder. Use from the GUI thread."""

    def __init__(self, folder: Path, owner: QObject, *, language: str) -> None:
        self._folder, self._owner, self._language = folder, owner, language

    def _print(self, name: str, command: Callable[[Path], list[str]], ready: Text, printed: Printed) -> None:
        try:
            out = pdf_of(self._folder, name)
        except OSError as error:
            printed(Text("Not printed."), _plain(f"{error.filename}: {error.strerror or error}"))
            return
        process = QProcess(self._owner)

        def done(code: int, status: QProcess.ExitStatus) -> None:
            said = bytes(process.readAllStandardOutput().data()).decode(errors="replace").strip()
            wrong = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
            process.deleteLater()
            if code == 0 and status is QProcess.ExitStatus.NormalExit:
                printed(ready, _plain(said))
            else:
                printed(Text("Not printed."), _plain(wrong))

        process.finished.connect(done)
        program, *arguments = command(out)
        process.start(program, arguments)


class CardPrinter(_PdfPrinter):
    """Prints the cards of a loop."""

    def __call__(self, loop: str, card: str, printed: Printed) -> None:
        """Begin; `card` "" prints all of the loop. `printed` gets a sentence and where the file is, or what to do."""

        def command(out: Path) -> list[str]:
            return print_command(self._folder, out, loop=loop, card=card, language=self._language)

        self._print(card or loop, command, Text("Ready for the printer, at 100 %:"), printed)


class SheetPrinter(_PdfPrinter):
    """Prints a problem on one sheet of A3."""

    def __call__(self, problem: str, printed: Printed) -> None:
        """Begin; `printed` gets a sentence and where the file is, or what to do."""

        def command(out: Path) -> list[str]:
            return sheet_command(self._folder, out, problem=problem, language=self._language)

        name = f"a3-{problem.replace('/', '-')}"
        self._print(name, command, Text("Ready for the printer, on A3:"), printed)


def _plain(words: str) -> Text:
    return Text("{it}", {"it": words})
