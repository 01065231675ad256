"""Printing the cards of a loop from a screen: by the command line in a process of its own, so that no frame waits."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess

from shopfloor.core.text import Text
from shopfloor.gui.bridge import Printed

FOLDER = "print"  # in the data folder; a print of the same loop replaces the one before


class CardPrinter:
    """Writes PDFs into the data folder. Use from the GUI thread."""

    def __init__(self, folder: Path, owner: QObject, *, language: str) -> None:
        self._folder, self._owner, self._language = folder, owner, language

    def __call__(self, loop: str, card: str, printed: Printed) -> None:
        """Begin; `card` "" prints all of the loop. `printed` gets a sentence and where the file is, or what to do."""
        out = (self._folder / FOLDER / f"{card or loop}.pdf").absolute()
        try:
            out.parent.mkdir(exist_ok=True)
        except OSError as error:
            printed(Text("Not printed."), _plain(f"{out.parent}: {error.strerror or error}"))
            return
        process = QProcess(self._owner)

        def done(code: int, status: QProcess.ExitStatus) -> None:
            said = bytes(process.readAllStandardOutput().data()).decode(errors="replace").strip()
            wrong = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
            process.deleteLater()
            if code == 0 and status is QProcess.ExitStatus.NormalExit:
                printed(Text("Ready for the printer, at 100 %:"), _plain(said))
            else:
                printed(Text("Not printed."), _plain(wrong))

        process.finished.connect(done)
        asked = [
            "cards",
            "print",
            "--data",
            str(self._folder),
            *(("--card", card) if card else ("--loop", loop)),
            "--out",
            str(out),
        ]
        process.start(sys.executable, ["-m", "shopfloor", *asked, "--language", self._language])


def _plain(words: str) -> Text:
    return Text("{it}", {"it": words})
