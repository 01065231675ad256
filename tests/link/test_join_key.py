"""The joining key as a text people copy, scan and mistype."""

import pytest
from msgspec.structs import replace

from shopfloor.link.join_key import KEY_CHARS_MAX, JoinKey, read_host, read_key, write_key
from shopfloor.link.nkey import seed_text
from shopfloor.link.trouble import LinkTrouble

KEY = JoinKey(
    line="housing-line",
    terminal="press",
    hosts=("10.0.0.5:4222", "line-server:4222"),
    seed=seed_text(bytes(range(32))),
    authority=bytes(range(236)),
)


def test_a_key_comes_back_as_it_was_written() -> None:
    assert read_key(write_key(KEY)) == KEY


@pytest.mark.parametrize(
    ("role", "watches", "may_take_over"),
    [("", False, True), ("board", True, False), ("station", False, False), ("leader", False, True)],
)
def test_a_key_says_what_its_terminal_may(role: str, watches: bool, may_take_over: bool) -> None:
    key = read_key(write_key(replace(KEY, role=role)))
    assert (key.role, key.watches, key.may_take_over) == (role, watches, may_take_over)


def test_spaces_line_ends_and_small_letters_do_not_matter() -> None:
    text = write_key(KEY).lower()
    assert read_key(f"  {text[:70]}\r\n {text[70:200]}\t{text[200:]}\n") == KEY


def test_a_key_fits_a_qr_code_a_hand_scanner_reads_and_one_message_of_it() -> None:
    text = write_key(replace(KEY, hosts=("10.0.0.5:4222",), authority=bytes(236)))
    assert text.isalnum()
    assert text == text.upper()
    assert len(text) <= 512


@pytest.mark.parametrize("place", [4, 60, 300, -1])
def test_one_wrong_character_is_found(place: int) -> None:
    text = list(write_key(KEY))
    text[place] = "A" if text[place] != "A" else "B"
    with pytest.raises(LinkTrouble, match="check characters"):
        read_key("".join(text))


def test_two_swapped_characters_are_found() -> None:
    text = write_key(KEY)
    place = next(at for at in range(10, 100) if text[at] != text[at + 1])
    with pytest.raises(LinkTrouble, match="check characters"):
        read_key(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


def test_half_a_key_is_told_as_one() -> None:
    with pytest.raises(LinkTrouble, match="Copy or scan it again"):
        read_key(write_key(KEY)[:200])


@pytest.mark.parametrize("text", ["", "housing-04", "tls://server:4222", "A" * KEY_CHARS_MAX * 3, "SF", "\0" * 9])
def test_what_is_no_key_is_refused_with_what_one_looks_like(text: str) -> None:
    with pytest.raises(LinkTrouble, match="begins with SFL1"):
        read_key(text)


def test_a_key_of_another_format_is_told_as_such() -> None:
    with pytest.raises(LinkTrouble, match="another program version"):
        read_key("SFL2" + write_key(KEY)[4:])


@pytest.mark.parametrize("wrong", [replace(KEY, line="Halle 1"), replace(KEY, terminal="a.b"), replace(KEY, hosts=())])
def test_a_key_whose_names_cannot_be_subjects_is_refused(wrong: JoinKey) -> None:
    with pytest.raises(LinkTrouble):
        read_key(write_key(wrong))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("server", "server:4222"),
        ("tls://server", "server:4222"),
        ("TLS://10.0.0.5:5000", "10.0.0.5:5000"),
        ("nats://server:4223", "server:4223"),
        ("[fe80::1]", "[fe80::1]:4222"),
        ("tls://[fe80::1]:77", "[fe80::1]:77"),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, host: str) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize(
    "text", ["", "http://server", "server:0", "server:70000", "server:x", "a b", "user@here", "a/b"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(LinkTrouble, match="Expected the address"):
        read_host(text)
