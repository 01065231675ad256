"""A message in words, for one sender and those it is to reach: pure."""

from collections.abc import Iterable
from datetime import tzinfo

from shopfloor.core.line_andon import Role, Sender, SenderKind, Severity
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import reason_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.text import Text, Translate, render
from shopfloor.core.words import clock_text
from shopfloor.flow.roster import people_of
from shopfloor.outward.message import Addressee, Message, What
from shopfloor.outward.messages import Note, Told, how_over, is_over, is_silent

SEVERITIES = {
    Severity.NONE: Text(""),
    Severity.LOW: Text("low"),
    Severity.MEDIUM: Text("medium"),
    Severity.HIGH: Text("high"),
    Severity.CRITICAL: Text("critical"),
}


def compose(
    note: Note, told: Told, sender: Sender, *, shop: Shop, now: Now, zone: tzinfo, translate: Translate
) -> Message | None:
    """The message of a note for a sender; None if it is nothing for that sender, or reaches nobody by mail."""
    to = _addressees(note, told, sender, shop, now.at_us)
    if to is None:
        return None
    call = told.call
    left_us = _left_us(call, now)
    subject, more = _words(note, call, shop, translate)
    details = _details(call, shop, zone, left_us, translate)
    return Message(
        id=f"{shop.line.id}/{note.id}",
        what=note.what,
        at_us=now.at_us,
        line=shop.line.id,
        line_name=shop.line.name,
        subject=subject,
        text="\n".join([subject, *more, "", *details]),
        call=call.id,
        station=call.station,
        station_name=station_name(shop, call.station),
        reason=call.reason,
        reason_name=translate(reason_name(shop, call.reason)),
        kind=call.kind,
        severity=call.severity,
        raised_us=call.raised.at_us,
        stops_us=now.at_us + left_us if left_us is not None else 0,
        how=how_over(call) if is_over(call) else "",
        guidance=_guidance(call, shop),
        standing=standing(shop, call.station),
        roles=_roles_for(sender, note.roles),
        to=to,
    )


def trial_message(sender: Sender, shop: Shop, now: Now, *, to: tuple[Addressee, ...], translate: Translate) -> Message:
    """A message that says that it is a test; `now` makes its id its own."""
    line = shop.line
    subject = render(Text("Test message of {line}", {"line": line.name}), translate)
    told = render(Text("Calls of this line are told this way. There is nothing to do."), translate)
    return Message(
        id=f"{line.id}/{sender.id}.test.{now.at_us}",
        what=What.TEST,
        at_us=now.at_us,
        line=line.id,
        line_name=line.name,
        subject=subject,
        text=f"{subject}\n{told}",
        to=to,
    )


def addressees(sender: Sender, shop: Shop, roles: Iterable[Role], at_us: int) -> tuple[Addressee, ...]:
    """Who is on duty in these roles, for a sender; of mail only those who have an address."""
    people = people_of(shop.line, roles, at_us)
    found = (Addressee(person=person.id, name=person.name, email=person.email) for person in people)
    return tuple(one for one in found if one.email or sender.kind is not SenderKind.SMTP)


def standing(shop: Shop, station: str) -> str:
    """What stands at a station: stop, call or ok."""
    calls = [call for call in shop.calls.values() if call.station == station and not is_over(call)]
    if any(call.stopped_us for call in calls):
        return "stop"
    return "call" if not all(is_silent(call, shop) for call in calls) else "ok"


def _addressees(note: Note, told: Told, sender: Sender, shop: Shop, at_us: int) -> tuple[Addressee, ...] | None:
    roles = _roles_for(sender, note.roles)
    before = told.to.get(sender.id) if note.told_too else None
    if not roles and before is None:
        return None
    found = (*(before or ()), *addressees(sender, shop, roles, at_us))
    to = tuple({(one.person, one.email): one for one in found}.values())
    if not to and sender.kind is SenderKind.SMTP:
        return None
    return to


def _roles_for(sender: Sender, roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(role for role in roles if role in sender.roles) if sender.roles else roles


def _left_us(call: Call, now: Now) -> int | None:
    if not call.deadline_s or call.stopped_us or is_over(call):
        return None
    return max(0, round(call.deadline_s * US_PER_S) - elapsed_us(call.raised, now))


def _guidance(call: Call, shop: Shop) -> str:
    reason = shop.reasons.get(call.reason)
    return reason.guidance if reason and not is_over(call) else ""


def _words(note: Note, call: Call, shop: Shop, translate: Translate) -> tuple[str, list[str]]:
    """(subject, further sentences)."""
    reason = translate(reason_name(shop, call.reason))
    at = f"{station_name(shop, call.station)}: {reason}" if reason else station_name(shop, call.station)
    args: dict[str, str | int] = {"at": " ".join(at.split())}
    subject = render(Text(_subject(note, call).template, args), translate)
    more = []
    if note.what is What.OVER and how_over(call) == "rejected" and call.rejected != "rejected":
        more.append(call.rejected)
    if note.what in {What.ESCALATED, What.REPEAT} and call.stopped_us:
        more.append(render(Text("It is a stop."), translate))
    return subject, more


def _subject(note: Note, call: Call) -> Text:
    match note.what:
        case What.RAISED:
            return Text("STOP at {at}") if call.stopped_us else Text("Help wanted at {at}")
        case What.AGAIN:
            return Text("It is there again at {at}")
        case What.STOPPED:
            return Text("The call has become a STOP at {at}")
        case What.ROSE:
            return Text("It got worse at {at}")
        case What.ESCALATED if call.acked_us:
            return Text("Taken and not cleared at {at}")
        case What.ESCALATED | What.REPEAT:
            return Text("Nobody has taken the call at {at}")
        case What.OVER if how_over(call) == "rejected":
            return Text("The call was a mistake at {at}")
        case What.OVER if how_over(call) == "returned":
            return Text("It is OK again by itself at {at}")
        case What.OVER:
            return Text("It is OK again at {at}")
        case What.TEST:
            return Text("Test message of {line}")


def _details(call: Call, shop: Shop, zone: tzinfo, left_us: int | None, translate: Translate) -> list[str]:
    def tr(template: str, **args: str | int) -> str:
        return render(Text(template, args), translate)

    lines = [
        tr("Line: {line}", line=shop.line.name),
        tr("Since: {time}", time=clock_text(call.raised.at_us, zone)),
        tr("Severity: {severity}", severity=translate(SEVERITIES[call.severity].template)),
    ]
    if guidance := _guidance(call, shop):
        lines.insert(0, tr("To do: {guidance}", guidance=guidance))
    if call.stopped_us:
        lines.append(tr("Stopped since: {time}", time=clock_text(call.stopped_us, zone)))
    if left_us is not None:
        at = clock_text(call.raised.at_us + round(call.deadline_s * US_PER_S), zone)
        lines.append(tr("It becomes a stop at {time}, in {left} s.", time=at, left=left_us // US_PER_S))
    return lines
