"""What every page is given: the theme and language in force, and the way to a sound."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from shopfloor.core.text import Text
from shopfloor.gui.lang import Language
from shopfloor.gui.theme import Theme

Cue = Callable[[str], None]  # "accepted", "refused", "call" or "stop"

CLIPPED_MAX = 200  # enough to see which texts; a wall of the same is no news


class Ui(QObject):
    """Theme, language and sound of one window. Painted widgets read it whenever they paint.

    Attributes:
        clipped: texts that did not fit where they were painted, with the widget's name; tests want it empty.
    Signals:
        changed: theme or language is another; everything is laid out and painted again.
    """

    changed = Signal()

    def __init__(self, theme: Theme | None = None, language: Language | None = None, *, cue: Cue | None = None) -> None:
        super().__init__()
        self.theme = theme or Theme()
        self.language = language or Language()
        self.cue: Cue = cue or _silent
        self.clipped: set[tuple[str, str]] = set()
        self.language.changed.connect(self.changed)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything by another theme."""
        self.theme = theme
        self.changed.emit()

    def tr(self, template: str, **args: str | int) -> str:  # type: ignore[override]
        """The sentence in the language in force."""
        return self.language.tr(template, **args)

    def say(self, text: Text) -> str:
        """A text of the core in the language in force."""
        return self.language.say(text)

    def report_clipped(self, where: str, words: str) -> None:
        """Remember a text that did not fit."""
        if len(self.clipped) < CLIPPED_MAX:
            self.clipped.add((where, words))


def _silent(_name: str) -> None:
    """No sound."""
