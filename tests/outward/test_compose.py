"""What a message says, and whom it is for."""

import pytest
from msgspec.structs import replace

from shopfloor.clock import zone_of
from shopfloor.core.line import Line
from shopfloor.core.line_andon import Role, Sender
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.text import english
from shopfloor.outward.compose import compose
from shopfloor.outward.message import Addressee, Message, What, document
from shopfloor.outward.messages import Note, Told
from tests.outward.calls import CALL, HOOK, LINE, MAIL, START, after, cleared, stopped

ANA = Addressee(person="ana", name="Ana Berg", email="ana@plant.example")
CEM = Addressee(person="cem", name="Cem", email="cem@plant.example")


def composed(
    what: What = What.RAISED,
    call: Call = CALL,
    sender: Sender = MAIL,
    *,
    roles: tuple[Role, ...] = (Role.LEADER,),
    to: dict[str, tuple[Addressee, ...]] | None = None,
    at_s: float = 15,
    line: Line = LINE,
) -> Message | None:
    shop = Shop(line, [call])
    note = Note(id=f"{call.id}.0.{what.value}.0", what=what, roles=roles, told_too=to is not None)
    told = Told(call=call, at=START, to=to or {})
    zone = zone_of(line.timezone)
    return compose(note, told, sender, shop=shop, now=after(at_s), zone=zone, translate=english)


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


def test_a_call_says_where_why_since_when_how_bad_and_when_it_becomes_a_stop() -> None:
    assert text(composed()).splitlines() == [
        "Help wanted at Press 1: Material missing",
        "",
        "Line: Gearbox line",
        "Since: 09:00:00",
        "Severity: medium",
        "It becomes a stop at 09:01:00, in 45 s.",
    ]


def test_what_to_do_first_is_said_while_the_call_is_open() -> None:
    reasons = tuple(replace(one, guidance="Look into the rack.") for one in LINE.reasons)
    line = replace(LINE, reasons=reasons)
    raised = composed(line=line)
    assert text(raised).splitlines()[2:4] == ["To do: Look into the rack.", "Line: Gearbox line"]
    assert raised is not None
    assert document(raised)["guidance"] == "Look into the rack."
    over = composed(What.OVER, cleared(CALL, 30), line=line)
    assert "To do" not in text(over)


def test_a_stop_says_since_when_it_stands_and_no_countdown() -> None:
    said = text(composed(What.STOPPED, stopped(CALL, 60), at_s=61))
    assert said.startswith("The call has become a STOP at Press 1: Material missing\n")
    assert "Stopped since: 09:01:00" in said
    assert "becomes a stop" not in said


@pytest.mark.parametrize(
    ("what", "call", "subject"),
    [
        (What.RAISED, stopped(CALL, 0), "STOP at Press 1: Material missing"),
        (What.RAISED, stopped(replace(CALL, reason=""), 0), "STOP at Press 1"),
        (What.AGAIN, CALL, "It is there again at Press 1: Material missing"),
        (What.ROSE, CALL, "It got worse at Press 1: Material missing"),
        (What.ESCALATED, CALL, "Nobody has taken the call at Press 1: Material missing"),
        (What.ESCALATED, replace(CALL, acked_us=1), "Taken and not cleared at Press 1: Material missing"),
        (What.REPEAT, CALL, "Nobody has taken the call at Press 1: Material missing"),
        (What.OVER, cleared(CALL, 9), "It is OK again at Press 1: Material missing"),
        (What.OVER, replace(CALL, returned_us=1), "It is OK again by itself at Press 1: Material missing"),
        (What.OVER, replace(CALL, rejected="wrong button"), "The call was a mistake at Press 1: Material missing"),
    ],
)
def test_each_message_says_at_once_what_it_is(what: What, call: Call, subject: str) -> None:
    message = composed(what, call)
    assert message is not None
    assert message.subject == subject
    assert message.text.startswith(subject)


def test_a_call_that_was_a_mistake_says_why() -> None:
    assert "\nwrong button\n" in text(composed(What.OVER, replace(CALL, rejected="wrong button")))


def test_mail_goes_to_people_with_an_address_and_a_web_service_hears_of_everybody() -> None:
    assert composed(roles=(Role.QUALITY,)) is None
    hook = composed(sender=HOOK, roles=(Role.QUALITY,))
    assert hook is not None
    assert [one.person for one in hook.to] == ["qin"]


def test_a_sender_with_roles_tells_only_them() -> None:
    sender = replace(MAIL, roles=(Role.MAINTENANCE,))
    assert composed(sender=sender) is None
    both = composed(sender=sender, roles=(Role.LEADER, Role.MAINTENANCE))
    assert both is not None
    assert both.to == (CEM,)
    assert both.roles == (Role.MAINTENANCE,)


def test_the_end_goes_to_exactly_those_who_were_told_by_this_sender() -> None:
    over = composed(What.OVER, cleared(CALL, 9), roles=(), to={"mail": (CEM,)})
    assert over is not None
    assert over.to == (CEM,)
    assert composed(What.OVER, cleared(CALL, 9), sender=HOOK, roles=(), to={"mail": (CEM,)}) is None


def test_a_stop_goes_to_whoever_was_told_before_and_to_whoever_is_on_duty_now_each_once() -> None:
    told = Addressee(person="zoe", name="Zoe", email="zoe@plant.example")
    message = composed(What.STOPPED, stopped(CALL, 60), to={"mail": (told, ANA)})
    assert message is not None
    assert message.to == (told, ANA)


def test_the_document_for_machines_has_instants_in_utc_and_null_where_there_is_none() -> None:
    message = composed()
    assert message is not None
    found = document(message)
    assert found["schema"] == "shopfloor.message/1"
    assert found["id"] == "gear/t.1-7.0.raised.0"
    assert found["raised_at"] == "2026-01-05T08:00:00.000000Z"
    assert (found["stops_at"], found["stop_in_s"]) == ("2026-01-05T08:01:00.000000Z", 45)
    assert (found["kind"], found["severity"], found["standing"]) == ("help", "medium", "call")
    assert found["station"] == {"id": "press", "name": "Press 1"}
    assert found["to"] == [{"person": "ana", "name": "Ana Berg", "email": "ana@plant.example"}]
    stop = composed(What.STOPPED, stopped(CALL, 60))
    assert stop is not None
    assert (document(stop)["stops_at"], document(stop)["stop_in_s"], stop.standing) == (None, None, "stop")
