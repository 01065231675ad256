"""A sentence before translation: an English template and its values."""

from collections.abc import Callable

from msgspec import Struct

Translate = Callable[[str], str]


class Text(Struct, frozen=True):
    """An English `template` with `{name}` fields and the values that fill them. Values are data, never markup."""

    template: str
    args: dict[str, str | int] = {}

    def __str__(self) -> str:
        return render(self, english)


def english(template: str) -> str:
    """The source language translates to itself."""
    return template


def render(text: Text, translate: Translate) -> str:
    """The sentence in the language of `translate`; a field that a translation invents stays visible in braces."""
    return translate(text.template).format_map(_Fields(text.args))


class _Fields(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
