"""Webhooks, against a real web server."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.core.line_andon import Sender
from shopfloor.outward.message import document
from shopfloor.outward.sender import SendFault
from shopfloor.outward.webhook import WebhookSending
from tests.helpers.certificate import self_signed
from tests.helpers.free_port import free_port
from tests.helpers.hook_server import Hook, hook_server
from tests.outward.calls import HOOK, message


def sender(port: int, *, scheme: str = "http", user: str = "") -> Sender:
    return replace(HOOK, target=f"{scheme}://127.0.0.1:{port}/calls", user=user)


def fault_of(code: int, *, location: str = "") -> tuple[SendFault, Hook]:
    hook = Hook(code)
    hook.location = location
    with hook_server(hook) as port:
        sending = WebhookSending(sender(port), "")
        with pytest.raises(SendFault) as caught:
            sending.send(message())
        sending.close()
    return caught.value, hook


def test_the_document_arrives_with_its_id_as_a_key() -> None:
    hook = Hook(200)
    with hook_server(hook) as port:
        WebhookSending(sender(port), "").send(message())
    assert hook.bodies == [document(message())]
    assert hook.headers[0]["Idempotency-Key"] == "gear/c1.0.raised.0"
    assert hook.headers[0]["Content-Type"] == "application/json"
    assert "Authorization" not in hook.headers[0]


@pytest.mark.parametrize(("user", "expected"), [("line", "Basic bGluZTpzZWNyZXQ="), ("", "Bearer secret")])
def test_a_password_is_sent_as_the_service_expects_it(user: str, expected: str) -> None:
    hook = Hook()
    with hook_server(hook) as port:
        WebhookSending(sender(port, user=user), "secret").send(message())
    assert hook.headers[0]["Authorization"] == expected


@pytest.mark.parametrize(
    ("code", "permanent"), [(400, True), (422, True), (401, False), (404, False), (429, False), (503, False)]
)
def test_only_what_is_wrong_with_the_message_itself_is_given_up(code: int, permanent: bool) -> None:
    fault, _ = fault_of(code)
    assert str(code) in fault.what
    assert fault.permanent is permanent


def test_a_redirection_is_a_fault_and_not_a_message_that_arrives_empty() -> None:
    fault, hook = fault_of(302, location="/elsewhere")
    assert "302 Found to /elsewhere" in fault.what
    assert not fault.permanent
    assert hook.gets == 0


def test_a_server_that_is_down_is_tried_again() -> None:
    with pytest.raises(SendFault, match="cannot be reached") as caught:
        WebhookSending(sender(free_port()), "").send(message())
    assert not caught.value.permanent


def test_a_certificate_nobody_vouches_for_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, certificate = self_signed(tmp_path)
    hook = Hook()
    with hook_server(hook, tls=tls) as port:
        with pytest.raises(SendFault, match="CERTIFICATE_VERIFY_FAILED"):
            WebhookSending(sender(port, scheme="https"), "").send(message())
        assert hook.bodies == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        WebhookSending(sender(port, scheme="https"), "").send(message())
    assert len(hook.bodies) == 1


def test_another_scheme_is_refused_with_an_example() -> None:
    with pytest.raises(SendFault, match="https://host/path"):
        WebhookSending(replace(HOOK, target="file:///etc/passwd"), "")
