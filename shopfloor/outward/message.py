"""What is told outside: one message for one sender, and the document that machines read."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.line_andon import CallKind, Role, Severity

SCHEMA = "shopfloor.message/1"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class What(StrEnum):
    """Why somebody is told. `OVER`: it is OK again. `AGAIN`: what was over is there again."""

    RAISED = "raised"
    AGAIN = "again"
    STOPPED = "stopped"
    ROSE = "rose"
    ESCALATED = "escalated"
    REPEAT = "repeat"
    OVER = "over"
    TEST = "test"


class Addressee(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who is told."""

    person: str
    name: str
    email: str = ""


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to one sender. `id` is the same however often it is sent, so that a receiver can drop repeats.

    `stops_us`: when the call becomes a stop unless it is cleared, 0 never. `how` a call ended: cleared, returned,
    rejected. `guidance`: what to do first, while it is open. `standing`: what stands at the station after it: stop,
    call or ok. `text` begins with the `subject`.
    """

    id: str
    what: What
    at_us: int
    line: str
    line_name: str
    subject: str
    text: str
    call: str = ""
    station: str = ""
    station_name: str = ""
    reason: str = ""
    reason_name: str = ""
    kind: CallKind = CallKind.HELP
    severity: Severity = Severity.NONE
    raised_us: int = 0
    stops_us: int = 0
    how: str = ""
    guidance: str = ""
    standing: str = "ok"
    roles: tuple[Role, ...] = ()
    to: tuple[Addressee, ...] = ()


def document(message: Message) -> dict[str, object]:
    """The JSON object that webhooks post and MQTT publishes; instants are ISO 8601 in UTC, null where there is none."""
    left_s = max(0, round((message.stops_us - message.at_us) / 1_000_000))
    return {
        "schema": SCHEMA,
        "id": message.id,
        "what": message.what.value,
        "at": instant(message.at_us),
        "line": {"id": message.line, "name": message.line_name},
        "station": {"id": message.station, "name": message.station_name},
        "reason": {"id": message.reason, "name": message.reason_name},
        "call": message.call,
        "kind": message.kind.value,
        "severity": message.severity.name.lower(),
        "raised_at": instant(message.raised_us),
        "stops_at": instant(message.stops_us),
        "stop_in_s": left_s if message.stops_us else None,
        "how": message.how,
        "guidance": message.guidance,
        "standing": message.standing,
        "roles": [role.value for role in message.roles],
        "to": [{"person": one.person, "name": one.name, "email": one.email} for one in message.to],
        "subject": message.subject,
        "text": message.text,
    }


def instant(at_us: int) -> str | None:
    """An instant as `2026-01-05T08:00:00.000000Z`, None for 0."""
    if not at_us:
        return None
    return (_EPOCH + timedelta(microseconds=at_us)).isoformat(timespec="microseconds").replace("+00:00", "Z")
