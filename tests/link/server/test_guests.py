"""Guests of the line's server: their topics in the server's spelling, their passwords, their place in its file."""

from pathlib import Path

import bcrypt
import pytest
from msgspec.structs import replace

from shopfloor.link.server.config import Admins, Node, render
from shopfloor.link.server.guests import GUESTS_MAX, Guest, GuestBook, subjects_of
from shopfloor.link.server.keys import write_list
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import LinkTrouble, ServerTrouble

NODE = Node(name="demo", listen="0.0.0.0", port=4222, monitor_port=8222, folder="/c", store="/s", log="/l", pid="/p")
ADMINS = Admins("A", "S")


def a_guest(name: str = "zigbee", *, writes: tuple[str, ...] = ("zigbee/#",), revoked_at_us: int = 0) -> Guest:
    return Guest(name=name, password="h", writes=writes, reads=("a/#",), made_at_us=1, revoked_at_us=revoked_at_us)


def text_of(node: Node, *guests: Guest) -> str:
    return render(node, Subjects("demo"), ADMINS, [], guests)


@pytest.mark.parametrize(
    ("topic", "subjects"),
    [
        ("zigbee2mqtt/box", ("zigbee2mqtt.box",)),
        ("zigbee2mqtt/#", ("zigbee2mqtt", "zigbee2mqtt.>")),
        ("plant/+/button", ("plant.*.button",)),
        ("box.1/state", ("box//1.state",)),
        ("#", (">",)),
    ],
)
def test_a_topic_is_written_as_the_server_names_it(topic: str, subjects: tuple[str, ...]) -> None:
    assert subjects_of(topic) == subjects


@pytest.mark.parametrize("topic", ["", "/a", "a/", "a//b", "a/#/b", "a/x#", "a/+x", "a b", "a/*", "a/>", "$SYS/#"])
def test_what_is_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(LinkTrouble, match="Expected an MQTT topic"):
        subjects_of(topic)


def test_a_password_is_told_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    book = GuestBook(tmp_path / "guests.json")
    made, password = book.make("zigbee", writes=("zigbee/#",), reads=(), at_us=5)
    assert book.all() == (made,)
    assert password not in (tmp_path / "guests.json").read_text()
    assert bcrypt.checkpw(password.encode(), made.password.encode())
    assert made.password.startswith("$2a$"), "the server takes nothing else for a hash"


def test_a_name_is_one_guest_until_it_is_revoked(tmp_path: Path) -> None:
    book = GuestBook(tmp_path / "guests.json")
    book.make("zigbee", writes=(), reads=("#",), at_us=5)
    with pytest.raises(LinkTrouble, match="has a password already"):
        book.make("zigbee", writes=(), reads=("#",), at_us=6)
    assert not book.revoke("zigbee", at_us=7).good
    with pytest.raises(LinkTrouble, match=r"in force \(none\)"):
        book.revoke("zigbee", at_us=8)
    book.make("zigbee", writes=(), reads=("#",), at_us=9)


@pytest.mark.parametrize("name", ["", "Big", "a b", "a/b", "x" * 41])
def test_a_name_nobody_can_type_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LinkTrouble, match="Expected the name of a guest"):
        GuestBook(tmp_path / "guests.json").make(name, writes=(), reads=(), at_us=5)


def test_there_is_an_end_to_guests_and_topics(tmp_path: Path) -> None:
    path = tmp_path / "guests.json"
    write_list(path, tuple(a_guest(f"g{number}") for number in range(GUESTS_MAX)))
    with pytest.raises(LinkTrouble, match="got more"):
        GuestBook(path).make("one-more", writes=(), reads=(), at_us=5)
    path.unlink()
    with pytest.raises(LinkTrouble, match="got more"):
        GuestBook(path).make("many", writes=tuple(f"t{number}" for number in range(33)), reads=(), at_us=5)


def test_a_damaged_list_says_so(tmp_path: Path) -> None:
    (tmp_path / "guests.json").write_text("[{")
    with pytest.raises(ServerTrouble, match="cannot be read"):
        GuestBook(tmp_path / "guests.json").all()


def test_nobody_is_a_guest_where_nobody_listens_for_guests() -> None:
    assert "GUESTS" not in text_of(NODE, a_guest())


def test_guests_are_in_an_account_of_their_own_with_their_topics_alone() -> None:
    text = text_of(replace(NODE, mqtt_port=8883), a_guest(), a_guest("gone", revoked_at_us=9))
    account = text.partition("GUESTS {")[2]
    assert 'user: "zigbee", password: "h"' in account
    assert 'publish { allow: ["zigbee", "zigbee.>"] }' in account
    assert 'subscribe { allow: ["a", "a.>"] }' in account
    assert "gone" not in text
    assert "import" not in text, "nothing of the terminals' comes over"


def test_a_guest_that_only_reads_may_write_nothing() -> None:
    assert 'publish { deny: [">"] }' in text_of(replace(NODE, mqtt_port=8883), a_guest(writes=()))


def test_each_way_in_is_opened_by_its_port_over_tls() -> None:
    text = text_of(replace(NODE, mqtt_port=8883, websocket_port=8443))
    for kind, port in (("mqtt", 8883), ("websocket", 8443)):
        section = text.partition(f"\n{kind} {{")[2].partition("\n}")[0]
        assert f'listen: "0.0.0.0:{port}"' in section
        assert 'cert_file: "/c/guests.pem"' in section
