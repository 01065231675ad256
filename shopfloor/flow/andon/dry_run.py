"""Dry run of a changed line: the recorded calls under the rules in force and under others, side by side.

Both sides are made by the same replay, so that they differ by the rules alone. What people did is taken as recorded.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from shopfloor.core.line import Line, Person
from shopfloor.core.line_andon import Role, Severity
from shopfloor.core.text import Text
from shopfloor.flow.andon.alarm_counts import fleeting
from shopfloor.flow.andon.packed import Flag
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.replayed_call import Fate, Message, Replayed, Rules, What, replay_call
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.roster import people_of


class Side(Struct, frozen=True, kw_only=True):
    """What the calls come to under one line. `messages` by role, `why` by what they say (to two roles: two).

    `nuisance`: of the calls, those that were fleeting or rejected.
    """

    calls: int
    hints: int
    nothing: int
    stops: int
    stop_us: int
    nuisance: int
    messages: dict[Role, int]
    why: dict[What, int]
    severities: dict[Severity, int]

    @property
    def messages_sum(self) -> int:
        """All of them."""
        return sum(self.messages.values())


class Changed(Struct, frozen=True):
    """A call that the change of the line treats otherwise. `nuisance`: it was fleeting or rejected."""

    record: CallRecord
    old: Replayed
    new: Replayed
    nuisance: bool


class DryRun(Struct, frozen=True, kw_only=True):
    """Both sides, and the calls between them. `recorded_stops`: what really stopped, to judge the replay by.

    `became_stops`, `no_longer_stops`, `gone` and `nuisance_gone` name calls by their id.
    """

    calls: int
    recorded_stops: int
    old: Side
    new: Side
    changed: tuple[Changed, ...]
    became_stops: tuple[str, ...]
    no_longer_stops: tuple[str, ...]
    gone: tuple[str, ...]
    nuisance_gone: tuple[str, ...]
    unknown: tuple[Text, ...]


def dry_run(records: Sequence[CallRecord], old: Line, new: Line, until_us: int) -> DryRun:
    """The calls under both lines; open ones are taken to last until `until_us`."""
    base, rules = Rules(old), Rules(new)
    first = [record for record in records if not record.reopens]
    table = table_of(first)
    nuisances = (table.has(Flag.REJECTED) | fleeting(table)).tolist()
    pairs = []
    for record, nuisance in zip(first, nuisances, strict=True):
        was = replay_call(record, base, base, until_us)
        pairs.append(Changed(record, was, replay_call(record, rules, base, until_us), nuisance))
    changed = tuple(pair for pair in pairs if pair.old != pair.new)
    gone = [pair for pair in changed if _is_told(pair.old) and not _is_told(pair.new)]
    return DryRun(
        calls=len(pairs),
        recorded_stops=sum(1 for pair in pairs if pair.record.stopped_us),
        old=_side((pair.old, pair.nuisance) for pair in pairs),
        new=_side((pair.new, pair.nuisance) for pair in pairs),
        changed=changed,
        became_stops=_ids(p for p in changed if p.new.stopped_us and not p.old.stopped_us),
        no_longer_stops=_ids(p for p in changed if p.old.stopped_us and not p.new.stopped_us),
        gone=_ids(gone),
        nuisance_gone=_ids(pair for pair in gone if pair.nuisance),
        unknown=UNKNOWN,
    )


def called(line: Line, message: Message) -> tuple[Person, ...]:
    """Who is told by a message: whoever has its roles at that instant by the roster."""
    return people_of(line, message.roles, message.at_us)


UNKNOWN = (
    Text("How fast people would have reacted to other messages: calls are taken and cleared as they were recorded."),
    Text("What was never called: a rule that is new, stricter or quicker finds more than was recorded."),
    Text("What was shelved or explained by another stop is replayed as if people had been told of it."),
    Text("A call that stops after it was taken has to be taken again; that is taken to happen at once."),
    Text("How often an input comes before it counts is not replayed; how long it has to last is."),
)


def _side(replayed: Iterable[tuple[Replayed, bool]]) -> Side:
    fates: Counter[Fate] = Counter()
    messages: Counter[Role] = Counter()
    why: Counter[What] = Counter()
    severities: Counter[Severity] = Counter()
    stops = stop_us = nuisance = 0
    for one, is_nuisance in replayed:
        fates[one.fate] += 1
        if not _is_told(one):
            continue
        severities[one.severity] += 1
        nuisance += is_nuisance
        stops += bool(one.stopped_us)
        stop_us += one.stop_us
        for message in one.messages:
            messages.update(message.roles)
            why[message.what] += len(message.roles)
    return Side(
        calls=fates[Fate.CALL],
        hints=fates[Fate.HINT],
        nothing=fates[Fate.NOTHING],
        stops=stops,
        stop_us=stop_us,
        nuisance=nuisance,
        messages={role: messages[role] for role in Role if messages[role]},
        why={what: why[what] for what in What if why[what]},
        severities={severity: severities[severity] for severity in Severity if severities[severity]},
    )


def _is_told(one: Replayed) -> bool:
    return one.fate is Fate.CALL


def _ids(pairs: Iterable[Changed]) -> tuple[str, ...]:
    return tuple(pair.record.id for pair in pairs)
