"""Mail, against a server that speaks SMTP over a socket."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.core.line_andon import Sender
from shopfloor.outward.message import Message
from shopfloor.outward.sender import SendFault
from shopfloor.outward.smtp import SmtpSending
from tests.helpers.certificate import self_signed
from tests.helpers.free_port import free_port
from tests.helpers.smtp_server import Post, mail_server
from tests.outward.calls import MAIL, message

BOTH = message(to=("ana", "cem"))


def sender(port: int, *, user: str = "", scheme: str = "smtp") -> Sender:
    return replace(MAIL, target=f"{scheme}://127.0.0.1:{port}", user=user)


def fault_of(post: Post, sent: Message = BOTH) -> SendFault:
    with mail_server(post) as port, pytest.raises(SendFault) as caught:
        SmtpSending(sender(port), "").send(sent)
    return caught.value


def test_everybody_gets_the_mail_with_its_words() -> None:
    post = Post()
    odd = replace(BOTH, subject="Hilfe an Säge:\r\nBcc: evil@x", line_name='Linie "1"')
    with mail_server(post) as port:
        SmtpSending(sender(port), "").send(odd)
    (received,) = post.received
    assert received.to == ("ana@plant.example", "cem@plant.example")
    assert received.mail["Subject"] == "Hilfe an Säge: Bcc: evil@x"
    assert received.mail["Bcc"] is None
    assert received.mail["To"] == "Ana <ana@plant.example>, Cem <cem@plant.example>"
    assert received.mail["From"] == '"Linie \\"1\\"" <line@plant.example>'
    assert received.mail["Date"] == "Mon, 05 Jan 2026 08:00:00 -0000"
    assert received.mail["X-Shopfloor-Id"] == "gear/c1.0.raised.0"
    assert "raised c1\r\nmore" in str(received.mail.get_payload(decode=False))


def test_the_same_message_sent_again_has_the_same_message_id() -> None:
    post = Post()
    with mail_server(post) as port:
        sending = SmtpSending(sender(port), "")
        for sent in (BOTH, BOTH, message(call="c2")):
            sending.send(sent)
    first, again, other = (received.mail["Message-ID"] for received in post.received)
    assert first == again != other


def test_a_server_that_is_down_is_tried_again() -> None:
    with pytest.raises(SendFault, match="cannot be reached") as caught:
        SmtpSending(sender(free_port()), "").send(BOTH)
    assert not caught.value.permanent


def test_a_server_that_hangs_up_before_it_confirms_is_tried_again() -> None:
    assert not fault_of(Post(data_answer="")).permanent


@pytest.mark.parametrize(("answer", "permanent"), [("451 later", False), ("552 too big", True)])
def test_a_mail_refused_for_good_is_not_sent_for_ever(answer: str, permanent: bool) -> None:
    fault = fault_of(Post(data_answer=answer))
    assert answer in fault.what
    assert fault.permanent is permanent


def test_an_unfriendly_goodbye_does_not_have_a_mail_sent_again() -> None:
    post = Post(quit_answer="421 go away")
    with mail_server(post) as port:
        SmtpSending(sender(port), "").send(BOTH)
    assert len(post.received) == 1


def test_who_is_refused_for_now_is_left_and_the_others_have_their_mail() -> None:
    post = Post(refuse={"cem@plant.example": "450 greylisted"})
    fault = fault_of(post)
    assert post.received[0].to == ("ana@plant.example",)
    assert ([one.person for one in fault.left], fault.refused, fault.permanent) == (["cem"], (), False)


def test_who_is_refused_for_good_is_named() -> None:
    fault = fault_of(Post(refuse={"cem@plant.example": "550 nobody here"}))
    assert ([one.person for one in fault.refused], fault.left, fault.permanent) == (["cem"], (), True)
    assert "cem@plant.example: 550 nobody here" in fault.what


def test_when_all_are_refused_for_now_all_are_left() -> None:
    everybody = {"ana@plant.example": "450 later", "cem@plant.example": "450 later"}
    fault = fault_of(Post(refuse=everybody))
    assert ([one.person for one in fault.left], fault.permanent) == (["ana", "cem"], False)


def test_a_server_that_offers_encryption_gets_it_also_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    post = Post(tls=self_signed(tmp_path)[0])
    with mail_server(post) as port:
        SmtpSending(sender(port), "").send(BOTH)
    assert post.received[0].encrypted


def test_a_password_is_not_given_to_a_server_whose_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    post = Post(tls=self_signed(tmp_path)[0], login=("line", "secret"))
    with mail_server(post) as port, pytest.raises(SendFault, match="certificate"):
        SmtpSending(sender(port, user="line"), "secret").send(BOTH)
    assert post.received == []


def test_a_password_goes_over_a_connection_that_is_vouched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    post = Post(tls=tls, login=("line", "secret"))
    with mail_server(post) as port:
        SmtpSending(sender(port, user="line"), "secret").send(BOTH)
        with pytest.raises(SendFault, match="refused the password: 535 wrong password") as caught:
            SmtpSending(sender(port, user="line"), "guess").send(BOTH)
    assert (post.received[0].encrypted, post.received[0].user) == (True, "line")
    assert not caught.value.permanent


def test_nobody_with_an_address_is_said_and_not_tried_again() -> None:
    nobody = replace(BOTH, to=tuple(replace(one, email="") for one in BOTH.to))
    assert fault_of(Post(), nobody).permanent


def test_a_target_without_a_host_is_refused_with_an_example() -> None:
    with pytest.raises(SendFault, match="smtp://host:25"):
        SmtpSending(replace(MAIL, target="smtp:"), "")
