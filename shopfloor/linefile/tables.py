"""A lenient look at a parsed file: what is well formed can be checked even where something else is wrong."""

from collections.abc import Iterator, Mapping

from shopfloor.linefile.places import path_of

Step = str | int


class Table:
    """One TOML table and where it stands. Values of another type read as absent: the models have reported them."""

    def __init__(self, steps: tuple[Step, ...], data: Mapping[str, object]) -> None:
        self._steps = steps
        self._data = data

    def path(self, *steps: Step) -> str:
        """The path of something in this table."""
        return path_of((*self._steps, *steps))

    def has(self, key: str) -> bool:
        """Whether the key is there, of whatever type."""
        return key in self._data

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as written."""
        return tuple(self._data)

    def text(self, key: str, default: str | None = None) -> str | None:
        """A text, `default` if there is none."""
        value = self._data.get(key)
        return value if isinstance(value, str) else default

    def number(self, key: str) -> float | None:
        """A number, None if there is none."""
        value = self._data.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def whole(self, key: str) -> int | None:
        """A whole number, None if there is none."""
        value = self._data.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def is_true(self, key: str) -> bool:
        """Whether the key says true."""
        return self._data.get(key) is True

    def is_nothing(self, key: str) -> bool:
        """Whether the key is not there, or holds an empty list, an empty text or 0."""
        value = self._data.get(key)
        return value is None or (value in ("", 0, []) and value is not False)

    def is_table(self, key: str) -> bool:
        """Whether the key holds a table."""
        return isinstance(self._data.get(key), dict)

    def items(self, key: str) -> list[object] | None:
        """A list, None if there is none."""
        value = self._data.get(key)
        return value if isinstance(value, list) else None

    def texts(self, key: str) -> Iterator[tuple[int, str]]:
        """The texts of a list, with their places."""
        for index, value in enumerate(self.items(key) or ()):
            if isinstance(value, str):
                yield index, value

    def table(self, key: str) -> "Table":
        """A table inside; an empty one if there is none."""
        value = self._data.get(key)
        return Table((*self._steps, key), value if isinstance(value, dict) else {})

    def tables(self, key: str) -> list["Table"]:
        """A list of tables; empty if there is none."""
        return [
            Table((*self._steps, key, index), value)
            for index, value in enumerate(self.items(key) or ())
            if isinstance(value, dict)
        ]
