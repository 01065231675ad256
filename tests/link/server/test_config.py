"""The configuration as text, and as the real program takes it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.link.nkey import new_seed, public_of
from shopfloor.link.server.config import Admins, Node, render
from shopfloor.link.server.keys import TerminalKey
from shopfloor.link.server.process import check_config
from shopfloor.link.server.rights import KeyRole, rights_of
from shopfloor.link.server.supervise import write_config
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import ServerTrouble
from tests.helpers.line_served import need_nats, set_up_place

SUBJECTS = Subjects("demo")
NODE = Node(name="demo", listen="0.0.0.0", port=4222, monitor_port=8222, folder="/c", store="/s", log="/l", pid="/p")
ADMINS = Admins(public_of(new_seed()), public_of(new_seed()))


def a_key(name: str, role: KeyRole = KeyRole.STATION) -> TerminalKey:
    return TerminalKey(name=name, role=role, public=public_of(new_seed()), made_at_us=1)


def lines(text: str) -> list[str]:
    return [line.partition("#")[0].strip() for line in text.splitlines()]


def test_every_message_is_on_the_disk_before_it_is_acknowledged() -> None:
    assert "sync_interval: always" in lines(render(NODE, SUBJECTS, ADMINS, []))


def test_a_silent_terminal_is_let_go_soon() -> None:
    said = lines(render(NODE, SUBJECTS, ADMINS, []))
    assert {'ping_interval: "2s"', "ping_max: 2", 'write_deadline: "2s"'} <= set(said)


def test_the_handshake_comes_first_and_counters_stay_on_this_computer() -> None:
    said = lines(render(NODE, SUBJECTS, ADMINS, []))
    assert {"handshake_first: true", 'min_version: "1.3"', 'http: "127.0.0.1:8222"'} <= set(said)


@pytest.mark.parametrize("section", ["mqtt", "websocket", "leafnodes", "gateway", "no_auth_user", "cluster"])
def test_nothing_listens_that_nobody_asked_for(section: str) -> None:
    assert not any(line.startswith(section) for line in lines(render(NODE, SUBJECTS, ADMINS, [a_key("press")])))


def test_a_revoked_key_is_not_in_the_file() -> None:
    good, bad = a_key("press"), replace(a_key("wash"), revoked_at_us=9)
    text = render(NODE, SUBJECTS, ADMINS, [good, bad])
    assert good.public in text
    assert bad.public not in text


def test_a_path_with_quotes_and_spaces_stays_one_text() -> None:
    text = render(replace(NODE, store='/a "b" c'), SUBJECTS, ADMINS, [])
    assert r'store_dir: "/a \"b\" c"' in text


def test_a_terminal_writes_its_own_subjects_only() -> None:
    rights = rights_of(SUBJECTS, "press", KeyRole.ADMIN)
    own = {"ev", "snap", "hb", "stop", "stopack"}
    for subject in rights.publish:
        levels = subject.split(".")
        if levels[0] == "shopfloor" and levels[2] in own:
            assert levels[1:4:2] == ["demo", "press"]
    assert not any(word in subject for subject in rights.publish for word in ("PURGE", "CREATE", "DELETE", "UPDATE"))
    assert rights.listen == ("shopfloor.demo.>", "_INBOX.press.>")


def test_each_role_may_decide_what_the_one_below_may_and_more() -> None:
    decisions = [
        {subject for subject in rights_of(SUBJECTS, "press", role).publish if ".dec." in subject} for role in KeyRole
    ]
    assert decisions[0] == set()
    assert decisions[0] < decisions[1] < decisions[2] < decisions[3]
    assert "shopfloor.demo.dec.takeover.>" in decisions[2] - decisions[1]
    assert "shopfloor.demo.dec.line.>" in decisions[3] - decisions[2]


def test_a_board_writes_no_event() -> None:
    assert not any(".ev." in subject for subject in rights_of(SUBJECTS, "hall", KeyRole.BOARD).publish)


def test_the_real_server_takes_it(tmp_path: Path) -> None:
    binary = need_nats()
    place = set_up_place(tmp_path / "a folder")
    digest = write_config(place, binary)
    assert digest == check_config(binary, place.config)


def test_a_configuration_the_server_does_not_take_leaves_the_old_one(tmp_path: Path) -> None:
    binary = need_nats()
    place = set_up_place(tmp_path)
    write_config(place, binary)
    before = place.config.read_text()
    (place.tls / "server.pem").write_text("damaged")
    with pytest.raises(ServerTrouble, match="does not take its configuration"):
        write_config(place, binary)
    assert place.config.read_text() == before
