"""Our own small translation: English templates are the source, a catalogue maps them to another language."""

import re
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from shopfloor.core.text import Text, render
from shopfloor.gui.theme import ASSETS

ENGLISH = "en"
PSEUDO = "pseudo"
PSEUDO_GROWTH = 0.4  # a language that needs 40 % more room than English: longer than German, Finnish or Russian

_FIELD = re.compile(r"(\{\w+\})")
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTS = str.maketrans("aceilnorsuyzACEILNORSUYZ", "áçéíļñóŕšúýžÁÇÉÍĻÑÓŔŠÚÝŽ")


class Language(QObject):
    """The language in force on this terminal.

    Signals:
        changed: another language is in force; what is shown has to be said again.
    """

    changed = Signal()

    def __init__(self, name: str = ENGLISH, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = ENGLISH
        self._catalogue: dict[str, str] = {}
        self.choose(name)

    def choose(self, name: str) -> None:
        """Put a language in force; an unknown name is English."""
        catalogue = {} if name in {ENGLISH, PSEUDO} else load_catalogue(name)
        if name == self.name and catalogue == self._catalogue:
            return
        self.name = name if catalogue or name == PSEUDO else ENGLISH
        self._catalogue = catalogue
        self.changed.emit()

    def translate(self, template: str) -> str:
        """The template in this language, fields unfilled; a template the catalogue lacks stays English."""
        if self.name == PSEUDO:
            return pseudo(template)
        return self._catalogue.get(template, template)

    def tr(self, template: str, **args: str | int) -> str:  # type: ignore[override]
        """The sentence in this language."""
        return render(Text(template, args), self.translate)

    def say(self, text: Text) -> str:
        """A text of the core in this language."""
        return render(text, self.translate)


def languages() -> tuple[str, ...]:
    """English and every language with a catalogue."""
    return (ENGLISH, *sorted(path.stem for path in _folder().glob("*.json")))


def load_catalogue(name: str) -> dict[str, str]:
    """Template -> template of a language; empty if there is no such catalogue. Raises msgspec errors if damaged."""
    path = _folder() / f"{name}.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.is_file() else {}


def fields(template: str) -> list[str]:
    """The `{name}` fields of a template, sorted: a translation has to have the same."""
    return sorted(_FIELD.findall(template))


def has_words(template: str) -> bool:
    """Whether there is anything to translate: a template of fields and signs alone is data."""
    return _WORD.search(_FIELD.sub("", template)) is not None


def pseudo(template: str) -> str:
    """A template that is 40 % longer and accented, its fields untouched: finds what is clipped or not translated."""
    if not has_words(template):
        return template
    plain = _FIELD.sub("", template)
    stretch = _Stretch(round(len(plain) * PSEUDO_GROWTH), sum(map(len, _WORD.findall(plain))))
    parts = [part if _FIELD.fullmatch(part) else _WORD.sub(stretch, part) for part in _FIELD.split(template)]
    return f"[{''.join(parts)}]"


class _Stretch:
    """Spreads `more` letters over words of `letters` letters together, as evenly as they come."""

    def __init__(self, more: int, letters: int) -> None:
        self._rate = more / letters
        self._due = 0.0

    def __call__(self, found: re.Match[str]) -> str:
        word = found.group()
        self._due += len(word) * self._rate
        more = round(self._due)
        self._due -= more
        middle = (len(word) + 1) // 2
        return (word[:middle] + word[middle - 1] * more + word[middle:]).translate(_ACCENTS)


def _folder() -> Path:
    return ASSETS / "lang"
