"""Calls as columns: figures of a hundred thousand of them are made by whole arrays."""

from binascii import unhexlify
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shopfloor.core.line import Line
from shopfloor.core.moment import Now
from shopfloor.core.ports import History
from shopfloor.core.rule_reasons import RULE_REASONS
from shopfloor.core.state_call import Call
from shopfloor.flow.andon.packed import CALL_TIMES, COLUMNS, ROW_BYTES, Flag, packed_row, word_hash
from shopfloor.flow.andon.record import CALLS, CallRecord, cause_word, decode_calls, record_of

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.void]

ROW = np.dtype([*COLUMNS])
assert ROW.itemsize == ROW_BYTES, "the two descriptions of a row agree"
_CELL = 2 * ROW_BYTES + len('"",')
_WORD_COLUMNS = ("station", "reason", "cause")
_FIRST_BITS = 16  # of a hash: few words of a line share them
_Words = Mapping[int, str]


class Coded(NamedTuple):
    """A column of words: all words of the table, and for each call the place of its own among them."""

    words: tuple[str, ...]
    codes: Ints

    def is_(self, word: str) -> Flags:
        """Which calls have the word."""
        found: Flags = self.codes == (self.words.index(word) if word in self.words else -1)
        return found

    def sums(self, weights: Ints | None = None) -> dict[str, int]:
        """The weights of each word's calls added up, exact up to 2^53, or their number; words of no call left out."""
        count = len(self.words)
        numbers = np.bincount(self.codes, minlength=count)
        sums = numbers if weights is None else np.bincount(self.codes, weights=weights, minlength=count)
        return {word: round(float(sums[place])) for place, word in enumerate(self.words) if numbers[place]}


class CallTable:
    """Columns as `packed.COLUMNS` names them; a part of a table copies only the columns that are asked for."""

    def __init__(self, columns: Mapping[str, Ints], words: tuple[str, ...], index: Ints | None = None) -> None:
        self._columns = columns
        self._words = words
        self._index = index
        self._made: dict[str, Ints] = {}

    def __len__(self) -> int:
        return len(self._columns["raised_us"] if self._index is None else self._index)

    def where(self, wanted: Flags) -> "CallTable":
        """The calls that are wanted, in the same order."""
        return self.take(np.flatnonzero(wanted))

    def take(self, places: Ints) -> "CallTable":
        """The calls at these places, in their order."""
        return CallTable(self._columns, self._words, places if self._index is None else self._index[places])

    def column(self, name: str) -> Ints:
        """A column of numbers."""
        if self._index is None:
            return self._columns[name]
        if name not in self._made:
            self._made[name] = self._columns[name][self._index]
        return self._made[name]

    def word(self, name: str) -> Coded:
        """The stations, reasons or causes."""
        return Coded(self._words, self.column(name))

    def has(self, flag: Flag) -> Flags:
        """Which calls have the flag, or one of several."""
        found: Flags = (self.column("flags") & int(flag)) != 0
        return found


def open_records(calls: Iterable[Call], now: Now) -> list[CallRecord]:
    """Open calls as records with their times so far."""
    return [record_of(call, now) for call in calls]


def table_of(records: Iterable[CallRecord], living: Sequence[CallRecord] = ()) -> CallTable:
    """The table of records that are at hand and of open calls, each call once."""
    found = list(records)
    return _table(_with_living(_rows_of(found), living), {word_hash(""): "", **_words_of(found), **_words_of(living)})


def read_table(history: History, line: Line, from_us: int, to_us: int, living: Sequence[CallRecord] = ()) -> CallTable:
    """The calls that are over and were raised in [from, to), and open ones; one that just ended counts as ended.

    Raises ValueError if the digest is damaged.
    """
    rows = unpacked(history.bodies(CALL_TIMES, "", since_us=from_us, until_us=to_us))
    rows = _with_living(rows, living)
    words = _words_of_line(line) | _words_of(living)
    try:
        return _table(rows, words)
    except _StrangeWords as strange:
        for at_us in strange.raised_us:
            # It has left the line file: the record of one of its calls has the word.
            words |= _words_of(decode_calls(history.bodies(CALLS, "", since_us=at_us, until_us=at_us + 1)))
        return _table(rows, words)


def unpacked(bodies: bytes) -> Rows:
    """The rows of a JSON array of them. Raises ValueError if it is damaged."""
    if bodies == b"[]":
        return np.zeros(0, ROW)
    count, rest = divmod(len(bodies) - 1, _CELL)
    if rest:
        raise ValueError(f"expected whole rows of {_CELL} characters, got {len(bodies)} in all")
    cells = np.frombuffer(bodies, np.uint8)[1:].reshape(count, _CELL)
    return np.frombuffer(unhexlify(cells[:, 1:-2].tobytes()), ROW)


class _StrangeWords(LookupError):
    """Hashes of words nobody knows; for each the instant at which a call that has it was raised."""

    def __init__(self, raised_us: Iterable[int]) -> None:
        super().__init__(f"expected words that are known, got others in calls of {sorted(raised_us)}")
        self.raised_us = sorted(raised_us)


def _table(rows: Rows, words: _Words) -> CallTable:
    hashes = np.array(sorted(words), np.uint64)
    columns = {name: rows[name].astype(np.int64) for name, _ in COLUMNS if name not in _WORD_COLUMNS}
    strange: set[int] = set()
    for name in _WORD_COLUMNS:
        column = np.ascontiguousarray(rows[name])
        columns[name] = _places(hashes, column)
        unknown = np.flatnonzero(hashes[columns[name]] != column)
        _, first = np.unique(column[unknown], return_index=True)
        strange.update(rows["raised_us"][unknown[first]].tolist())
    if strange:
        raise _StrangeWords(strange)
    return CallTable(columns, tuple(words[one] for one in hashes.tolist()))


def _places(hashes: npt.NDArray[np.uint64], column: npt.NDArray[np.uint64]) -> Ints:
    """Where each is among the sorted hashes, or somewhere if it is not: by its first bits, else by a search."""
    by_first = np.zeros(1 << _FIRST_BITS, np.int64)
    shift = np.uint64(64 - _FIRST_BITS)
    by_first[hashes >> shift] = np.arange(len(hashes))
    places: Ints = by_first[column >> shift]
    missed = np.flatnonzero(hashes[places] != column)
    places[missed] = np.minimum(np.searchsorted(hashes, column[missed]), len(hashes) - 1)
    return places


def _with_living(rows: Rows, living: Sequence[CallRecord]) -> Rows:
    if not living:
        return rows
    new = []
    for row in _rows_of(living):
        same = rows[rows["raised_us"] == row["raised_us"]]
        if not np.any((same["station"] == row["station"]) & (same["reason"] == row["reason"])):
            new.append(row)
    return np.concatenate((rows, np.array(new, ROW)))


def _rows_of(records: Iterable[CallRecord]) -> Rows:
    return np.frombuffer(b"".join(map(packed_row, records)), ROW)


def _words_of(records: Iterable[CallRecord]) -> dict[int, str]:
    return {word_hash(word): word for r in records for word in (r.station, r.reason, cause_word(r))}


def _words_of_line(line: Line) -> dict[int, str]:
    names = [one.id for table in (line.stations, line.reasons, line.causes) for one in table]
    return {word_hash(name): name for name in ("", *names, *RULE_REASONS)}
