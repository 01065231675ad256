"""What a terminal's key may do at the server, by its role. The server enforces it; screens only explain it."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from shopfloor.link.subjects import Subjects, Thing, inbox_prefix


class KeyRole(StrEnum):
    """What a terminal is for. People's own roles are checked in the program besides."""

    BOARD = "board"  # shows the line, writes nothing
    STATION = "station"
    LEADER = "leader"  # may also take over a dead terminal's stations
    ADMIN = "admin"  # may also change the line file


_BOARD: Final[frozenset[Thing]] = frozenset()
_STATION: Final = frozenset({Thing.CREDIT, Thing.CARD, Thing.RESTART})
_LEADER: Final = _STATION | {Thing.TAKE_OVER}
DECISIONS: Final = {
    KeyRole.BOARD: _BOARD,
    KeyRole.STATION: _STATION,
    KeyRole.LEADER: _LEADER,
    KeyRole.ADMIN: _LEADER | {Thing.LINE},
}


class Rights(Struct, frozen=True):
    """The subjects a key may publish to, and those it may listen at; everything else is denied."""

    publish: tuple[str, ...]
    listen: tuple[str, ...]


def rights_of(subjects: Subjects, terminal: str, role: KeyRole) -> Rights:
    """The rights of one key."""
    stream = subjects.stream
    publish = [
        # Reading: what the stream is, one message of the leader's (for decisions), batches of any replica's.
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}.>",
        subjects.heartbeat(terminal),
        subjects.stop_seen(terminal),
        f"{subjects.stop_seen(terminal)}.>",
    ]
    if role is not KeyRole.BOARD:
        publish += [
            subjects.events(terminal),
            subjects.snapshots(terminal),
            subjects.stop(terminal),
            # A terminal may end its own incarnation, and have its own stations back; never another's.
            subjects.decision(Thing.INCARNATION, terminal),
            subjects.decision(Thing.INCARNATION, f"{terminal}.>"),
            subjects.decision(Thing.TAKE_BACK, terminal),
        ]
    for thing in Thing:
        if thing in DECISIONS[role]:
            publish += [subjects.decision(thing), subjects.decision(thing)[: -len(".>")]]
    return Rights(tuple(publish), (subjects.everything, f"{inbox_prefix(terminal)}.>"))
