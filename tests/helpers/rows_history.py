"""A history made of rows at hand."""

from collections.abc import Iterable, Iterator, Sequence

from shopfloor.core.events import Recorded
from shopfloor.core.line import Line
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow


class RowsHistory:
    """Answers as a store does, of these rows."""

    def __init__(self, rows: Sequence[DigestRow], line: Line, entities: Iterable[Entity]) -> None:
        self._rows = sorted(rows, key=lambda row: (row.at_us, row.n))
        self._line = line
        self._entities = tuple(entities)

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """None: there are only figures."""
        del after, limit
        return iter(())

    def digest(
        self, series: str, key: str | None = None, *, since_us: int = 0, last: int | None = None
    ) -> list[DigestRow]:
        """Its rows, oldest first."""
        found = [r for r in self._rows if r.series == series and key in {None, r.key} and r.at_us >= since_us]
        return found if last is None else found[len(found) - min(last, len(found)) :]

    def bodies(self, series: str, key: str, *, since_us: int = 0, until_us: int | None = None) -> bytes:
        """Their bodies as one JSON array."""
        rows = [row for row in self.digest(series, key, since_us=since_us) if until_us is None or row.at_us < until_us]
        return b"[" + b",".join(row.body for row in rows) + b"]"

    def snapshot(self) -> tuple[Line | None, tuple[Entity, ...], int]:
        """The line and its entities."""
        return self._line, self._entities, len(self._rows)

    def alive_us(self) -> int:
        """Never."""
        return 0

    def data_version(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def close(self) -> None:
        """Nothing to end."""
