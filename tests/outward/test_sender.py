"""A plant's own senders, and their passwords."""

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.core.health import Condition
from shopfloor.outward.sender import SendFault, make_sending
from shopfloor.outward.smtp import SmtpSending
from shopfloor.outward.webhook import WebhookSending
from shopfloor.secret_file import password_of, secrets_wrong
from tests.helpers.logfail import LogGuard
from tests.outward.calls import HOOK, MAIL, message
from tests.outward.stage import line_of, stage

OWN = """
class Own:
    sent = []
    def __init__(self, sender, password):
        self.key = (sender.id, password)
    def send(self, message):
        if message.reason == "fault":
            raise KeyError("a mistake in the plant's own program")
        Own.sent.append((*self.key, message.id))
    def close(self):
        pass
"""


def install(folder: Path, name: str, *, program: str = OWN, value: str = "own_sender:Own") -> None:
    """What pip leaves behind of a package that names a sender."""
    (folder / "own_sender.py").write_text(program)
    info = folder / "own_sender-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-sender\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[shopfloor.senders]\n{name} = {value}\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "own_sender", raising=False)
    return folder


def test_the_programs_own_senders_are_found_by_their_kind(tmp_path: Path) -> None:
    assert isinstance(make_sending(MAIL, tmp_path), SmtpSending)
    assert isinstance(make_sending(HOOK, tmp_path), WebhookSending)


@pytest.mark.parametrize("name", ["webhook", "http"])
def test_a_plants_own_sender_takes_the_place_of_the_kind_or_of_the_scheme(
    tmp_path: Path, packages: Path, name: str
) -> None:
    install(packages, name)
    (tmp_path / "secrets.toml").write_text('[hook]\npassword = "x"\n')
    own = make_sending(HOOK, tmp_path)
    own.send(message())
    assert type(own).__name__ == "Own"
    assert type(own).sent == [("hook", "x", "gear/c1.0.raised.0")]  # type: ignore[attr-defined]
    assert isinstance(make_sending(MAIL, tmp_path), SmtpSending)


def test_a_sender_that_cannot_be_loaded_says_which_and_is_tried_again(tmp_path: Path, packages: Path) -> None:
    install(packages, "webhook", program="import no_such_library\n")
    with pytest.raises(SendFault, match=r"own_sender:Own .*shopfloor.senders:webhook.*no_such_library") as caught:
        make_sending(HOOK, tmp_path)
    assert not caught.value.permanent


def test_a_mistake_in_a_plants_own_sender_is_shown_and_does_not_end_it(
    tmp_path: Path, packages: Path, expect_log: LogGuard
) -> None:
    install(packages, "webhook")
    expect_log("the sender hook failed by a fault of its program")
    with stage(tmp_path, line_of(HOOK)) as it:
        it.call("tool")
        it.wait("hook", Condition.UP, sent=1)
        it.call("fault")
        assert "KeyError" in it.wait("hook", Condition.LOST).detail


def test_a_password_is_found_under_the_senders_id(tmp_path: Path) -> None:
    assert password_of(tmp_path, "mail") == ""
    (tmp_path / "secrets.toml").write_text('[mail]\npassword = "p=1"\n[odd]\npassword = 3\n')
    assert (password_of(tmp_path, "mail"), password_of(tmp_path, "odd"), password_of(tmp_path, "x")) == ("p=1", "", "")


def test_what_is_wrong_with_the_file_of_passwords_is_said_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    assert secrets_wrong(tmp_path) == ("", "")
    path.write_text('[mail]\npassword = "p"\n')
    path.chmod(0o640)
    assert "can be read by others" in secrets_wrong(tmp_path)[0]
    assert "chmod 600" in secrets_wrong(tmp_path)[1]
    path.chmod(0o600)
    assert secrets_wrong(tmp_path) == ("", "")
    path.write_text("[mail\n")
    assert "no TOML file" in secrets_wrong(tmp_path)[0]
    assert password_of(tmp_path, "mail") == ""
    assert make_sending(replace(MAIL), tmp_path)
