"""What was accepted and is not on the disk yet: calls and stops, which must work while the disk takes nothing."""

from collections.abc import Sequence

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import CommandScan, Verb, parse, parse_action
from shopfloor.core.commands_andon import AndonCommand
from shopfloor.core.entities import is_gone, newest
from shopfloor.core.events import Event, Recorded, ScanRefused, ScanRepeated, TerminalStarted
from shopfloor.core.events_andon import AndonEvent
from shopfloor.core.events_line import Permitted
from shopfloor.core.shop import Shop
from shopfloor.core.state import Book, Entity
from shopfloor.core.update import DigestRow
from shopfloor.core.words import UNRECORDED

OWED_MAX = 1_000  # the calls of an hour of panic; past that a call is refused as everything else is


_TOUCHES = c.RaiseCall | c.AcknowledgeCall | c.ArriveCall | c.ClearCall | c.StopCall | c.RejectCall | AndonCommand
_VERBS = frozenset({Verb.CALL, Verb.STOP, Verb.ACK, Verb.ARRIVE, Verb.CLEAR})


class Debt:
    """Events in their order with everything they changed, kept in memory until the journal takes them."""

    def __init__(self) -> None:
        self._recorded: list[Recorded] = []
        self._changed: list[Entity] = []
        self._digest: list[DigestRow] = []

    def __len__(self) -> int:
        return len(self._recorded)

    def find(self, command_id: str) -> int | None:
        """The journal number that the event of a command will have."""
        return next((r.n for r in self._recorded if r.command_id == command_id), None)

    def with_new(
        self, recorded: Sequence[Recorded], changed: Sequence[Entity], digest: Sequence[DigestRow]
    ) -> tuple[list[Recorded], list[Entity], list[Entity], list[DigestRow]]:
        """(events, living entities, gone ones, figures) to be written together: what is owed, then what is new."""
        last = newest([*self._changed, *changed])
        living = [entity for entity in last if not is_gone(entity)]
        gone = [entity for entity in last if is_gone(entity)]
        return [*self._recorded, *recorded], living, gone, [*self._digest, *digest]

    def owe(self, recorded: Sequence[Recorded], changed: Sequence[Entity], digest: Sequence[DigestRow]) -> None:
        """Remember what the journal did not take."""
        self._recorded += recorded
        self._changed += changed
        self._digest += digest

    def settle(self) -> tuple[Book, ...]:
        """Everything is written: the books whose words said that it was not."""
        books = tuple(entity for entity in newest(self._changed) if isinstance(entity, Book))
        self._recorded, self._changed, self._digest = [], [], []
        return books


def may_be_owed(events: Sequence[Event]) -> list[Event]:
    """Those of the events that happen whether the disk takes them or not: without a start there would be no calls."""
    found: list[Event] = [event for event in events if isinstance(event, AndonEvent | TerminalStarted | Permitted)]
    return found if any(not isinstance(event, Permitted) for event in found) else []


def is_of_calls(shop: Shop, command: c.Command) -> bool:
    """Whether somebody calls, stops or helps by it: what must work while the disk takes nothing."""
    if not isinstance(command, c.ReadSignal):
        return isinstance(command, _TOUCHES)
    if command.signal is c.SignalKind.BUTTON:
        device = next((one for one in shop.line.devices if one.id == command.device), None)
        action = device.map.get(command.text.strip()) if device else None
    else:
        scan = parse(command.text, shop.known)
        action = scan.action if isinstance(scan, CommandScan) else None
    return action is not None and parse_action(action)[0] in _VERBS


def is_answer(shop: Shop, command: c.Command, events: Sequence[Event]) -> bool:
    """Whether the events only answer somebody who called or helps, and change nothing: that can be told at once."""
    return bool(events) and isinstance(events[0], ScanRefused | ScanRepeated) and is_of_calls(shop, command)


def flagged(draft: Shop, changed: Sequence[Entity]) -> list[Book]:
    """The books whose last words must say that they are not recorded yet, put into the draft."""
    books = [book for book in newest(changed) if isinstance(book, Book) and book.verdict is not None]
    told = [
        replace(book, verdict=replace(book.verdict, args=book.verdict.args | {UNRECORDED: 1}))
        for book in books
        if book.verdict is not None
    ]
    draft.put(told)
    return told
