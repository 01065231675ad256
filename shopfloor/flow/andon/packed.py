"""A call's figures in a fixed width, so that a hundred thousand calls are read as arrays.

The records of so many calls take longer to decode than a page may take to answer, and numbers of fixed width need no
decoding. Words are in a row by a hash of 64 bits. It is kept as hexadecimal digits beside the record, as the series
`call_times`, filed under the instant the call was raised.
"""

from enum import IntFlag
from functools import lru_cache
from hashlib import blake2b
from struct import Struct as Layout

from shopfloor.core.line_andon import CallKind, Scope
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.record import US_PER_MS, CallRecord, cause_word, ended_us, is_open

CALL_TIMES = "call_times"
NEVER = -1
_MS_PER_S = 1_000

# A clock that is slewed may run apart from the monotonic one by so much; more means that it was set.
SLEW_MS_MAX = 1_000
_WORDS_KEPT_MAX = 4096  # ids of a line's stations, reasons and causes and how they share, some lines long

SCOPES = (Scope.STATION, Scope.SEGMENT, Scope.LINE)
SOURCES = (CallSource.PERSON, CallSource.RULE, CallSource.CONTACT)

# A row's columns in the words of NumPy, which is loaded by whoever reads them. `_ms` since the call was raised, or how
# long; NEVER where there is none. `ended_us` is 0 while the call stands.
COLUMNS = (
    ("raised_us", "<i8"),
    ("ended_us", "<i8"),
    ("station", "<u8"),
    ("reason", "<u8"),
    ("cause", "<u8"),
    ("call_ms", "<i4"),
    ("ack_ms", "<i4"),
    ("arrive_ms", "<i4"),
    ("stopped_ms", "<i4"),
    ("stop_ms", "<i4"),
    ("deadline_ms", "<i4"),
    ("flags", "<u2"),
    ("scope", "u1"),
    ("source", "u1"),
    ("severity", "u1"),
)
_LAYOUT = Layout("<2q3Q6iH3B")
ROW_BYTES = _LAYOUT.size
MS_MAX = 2**31 - 1  # 24 days; what lasts longer counts as so long


class Flag(IntFlag):
    """What a call is. UNTAKEN: cleared by somebody who had not taken it; UNSURE: the clock was set, a time is missing.

    HELP is what it was raised as.
    """

    OPEN = 1
    REJECTED = 2
    HELP = 4
    REOPENS = 8
    UNTAKEN = 16
    UNSURE = 32


def packed(record: CallRecord) -> bytes:
    """The row of a record as JSON."""
    return f'"{packed_row(record).hex()}"'.encode()


@lru_cache(_WORDS_KEPT_MAX)
def word_hash(word: str) -> int:
    """What stands for a word in a row."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def packed_row(record: CallRecord) -> bytes:
    """The row of a record as bytes."""
    # Taken by clearing it: implied, and it says nothing of when somebody took it.
    by_clearing = bool(record.cleared_us) and record.acked_us == record.cleared_us
    implied = by_clearing and not 0 <= record.ack_ms < record.call_ms
    arrive_ms, arrive_sure = _since(record, record.arrived_us)
    ack_ms, ack_sure = (record.ack_ms, True) if record.ack_ms >= 0 else _since(record, record.acked_us)
    flags = Flag(0)
    for flag, is_so in (
        (Flag.OPEN, is_open(record)),
        (Flag.REJECTED, bool(record.rejected)),
        (Flag.HELP, record.raised_kind is CallKind.HELP),
        (Flag.REOPENS, bool(record.reopens)),
        (Flag.UNTAKEN, implied),
        (Flag.UNSURE, not (arrive_sure and (ack_sure or implied))),
    ):
        flags |= flag if is_so else Flag(0)
    stopped_ms = max(0, record.stopped_us - record.raised_us) // US_PER_MS if record.stopped_us else NEVER
    return _LAYOUT.pack(
        record.raised_us,
        ended_us(record),
        word_hash(record.station),
        word_hash(record.reason),
        word_hash(cause_word(record)),
        min(record.call_ms, MS_MAX),
        NEVER if implied else min(ack_ms, MS_MAX),
        min(arrive_ms, MS_MAX),
        min(stopped_ms, MS_MAX),
        min(record.stop_ms, MS_MAX) if record.stopped_us else NEVER,
        min(round(record.deadline_s * _MS_PER_S), MS_MAX),
        flags,
        SCOPES.index(record.scope),
        SOURCES.index(record.source),
        record.severity,
    )


def _since(record: CallRecord, at_us: int) -> tuple[int, bool]:
    """The time until an instant by the wall clock, and whether that can be: not before the call nor after its end."""
    if not at_us:
        return NEVER, True
    passed_ms = (at_us - record.raised_us) // US_PER_MS
    if 0 <= passed_ms <= record.call_ms + SLEW_MS_MAX:
        return passed_ms, True
    return NEVER, False
