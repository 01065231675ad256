"""The texts in bar codes: written, read back, and never mistaken for one another."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core import codes
from shopfloor.core.check_chars import ALPHABET, check_chars, is_valid
from shopfloor.core.codes import BadgeScan, CardScan, CommandScan, ShelfScan, UnknownScan, UnknownWhy, Verb
from shopfloor.core.line import CallKind, Line, Loop, Part, Person, Reason, Station

LINE = Line(
    id="gearbox",
    name="Gearbox line",
    stations=(Station(id="press", name="Press"), Station(id="assembly", name="Assembly")),
    parts=(Part(id="GB-100"), Part(id="GB-200")),
    loops=(
        Loop(id="housing", part="GB-100", route=("press",), consumer="assembly", cards=6),
        Loop(id="shaft", part="GB-200", route=("press",), consumer="assembly", cards=4),
    ),
    reasons=(
        Reason(id="material", name="Material missing", deadline_s=60),
        Reason(id="fault", name="Machine down", kind=CallKind.STOP),
    ),
    people=(Person(id="ana", name="Ana", badge="p-0007"), Person(id="bo", name="Bo", badge="Straße 1")),
)
KNOWN = codes.known_codes(LINE)
CARDS = st.tuples(st.sampled_from(["housing", "shaft"]), st.integers(1, 1295), st.integers(1, 35))
OWN = st.one_of(
    CARDS.map(lambda card: codes.card_code("gearbox", *card)),
    st.sampled_from(sorted(KNOWN.commands)),
    st.sampled_from(["housing", "shaft"]).map(lambda loop: codes.shelf_code("gearbox", loop)),
    st.just("ISO793W"),
)


def test_the_published_example_has_its_check_characters() -> None:
    assert check_chars("ISO79") == "3W"
    assert is_valid("ISO793W")
    assert not is_valid("ISO793V")
    assert not is_valid("3W")


@given(st.text(ALPHABET, min_size=1, max_size=30))
def test_check_characters_agree_with_the_standards_recursion(body: str) -> None:
    remainder = 0
    for char in body + check_chars(body):
        remainder = (remainder * 36 + (string.digits + string.ascii_uppercase).index(char)) % 1271
    assert remainder == 1


def test_check_characters_refuse_what_they_cannot_check() -> None:
    for body in ("", "abc", "A B", "1_0", "Ä1"):
        with pytest.raises(ValueError, match="expected 0-9 and A-Z"):
            check_chars(body)
        assert not is_valid(body + "3W")


@given(OWN, st.data())
def test_every_single_wrong_character_is_detected(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([char for char in ALPHABET if char != code[at]]))
    changed = code[:at] + wrong + code[at + 1 :]
    assert not is_valid(changed)
    assert isinstance(codes.parse(changed, KNOWN), UnknownScan)


@given(OWN, st.data())
def test_every_swap_of_neighbours_is_detected(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 2))
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if swapped != code:
        assert not is_valid(swapped)
        assert isinstance(codes.parse(swapped, KNOWN), UnknownScan)


@given(CARDS, st.sampled_from(["", " ", "\t", "\r\n"]))
def test_a_cards_code_reads_back_as_the_card(card: tuple[str, int, int], blank: str) -> None:
    loop, number, print_version = card
    code = codes.card_code("gearbox", loop, number, print_version)
    assert len(code) == 10
    assert code.startswith("K")
    assert set(code) <= set(ALPHABET)
    expected = CardScan(loop, number, print_version)
    assert codes.parse(code, KNOWN) == expected
    assert codes.parse(blank + code.lower() + blank, KNOWN) == expected


def test_the_written_form_of_a_code_never_changes() -> None:
    # Cards hang on boxes for years: a changed algorithm must fail here, not in the plant.
    assert codes.card_code("gearbox", "housing", 4, 1) == "KEG0M041H3"
    assert codes.call_code("gearbox", "material") == "XCLJV3PR"
    singles = {"stop": "XS2X", "undo": "XU1J", "ack": "XAFF", "clear": "XL7S", "arrive": "XR3M", "signoff": "XO5P"}
    assert {verb: codes.single_code(verb) for verb in singles} == singles


def test_a_card_outside_its_numbers_has_no_code() -> None:
    for number, version in ((0, 1), (1296, 1), (1, 0), (1, 36)):
        with pytest.raises(ValueError, match="expected a"):
            codes.card_code("gearbox", "housing", number, version)


def test_a_number_no_card_can_have_still_reads_as_a_card_to_be_judged_later() -> None:
    body = "K" + codes.loop_tag("gearbox", "housing") + "000"
    assert codes.parse(body + check_chars(body), KNOWN) == CardScan("housing", 0, 0)


def test_a_card_of_another_line_or_loop_is_foreign() -> None:
    for line, loop in (("axle", "housing"), ("gearbox", "gone")):
        scan = codes.parse(codes.card_code(line, loop, 1, 1), KNOWN)
        assert isinstance(scan, UnknownScan)
        assert scan.why is UnknownWhy.FOREIGN


def test_a_call_for_a_reason_of_another_line_is_foreign() -> None:
    scan = codes.parse(codes.call_code("axle", "material"), KNOWN)
    assert isinstance(scan, UnknownScan)
    assert scan.why is UnknownWhy.FOREIGN


def test_wrong_check_characters_are_named() -> None:
    code = codes.card_code("gearbox", "housing", 1, 1)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert codes.parse(wrong, KNOWN) == UnknownScan(wrong, UnknownWhy.CHECK)


def test_a_shelfs_code_reads_back_as_the_store_of_the_loop() -> None:
    code = codes.shelf_code("gearbox", "housing")
    assert code == "SEG0MMU"  # labels stay on shelves for years
    assert codes.parse(f" {code.lower()}\r", KNOWN) == ShelfScan("housing")


def test_a_shelf_of_another_line_or_loop_is_foreign_and_a_mistyped_one_is_named() -> None:
    for line, loop in (("axle", "housing"), ("gearbox", "gone")):
        code = codes.shelf_code(line, loop)
        assert codes.parse(code, KNOWN) == UnknownScan(code, UnknownWhy.FOREIGN)
    code = codes.shelf_code("gearbox", "housing")
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert codes.parse(wrong, KNOWN) == UnknownScan(wrong, UnknownWhy.CHECK)


def test_a_badge_that_begins_like_a_shelf_stays_a_badge() -> None:
    line = Line(id="gearbox", name="Gearbox line", people=(Person(id="ana", name="Ana", badge="S000123"),))
    assert not codes.looks_own("S000123")
    assert codes.parse("S000123", codes.known_codes(line)) == BadgeScan("ana")
    assert codes.parse("S000124", codes.known_codes(line)) == UnknownScan("S000124", UnknownWhy.FORM)


def test_commands_read_back_as_the_action_a_button_would_send() -> None:
    expected = {
        codes.call_code("gearbox", "material"): "call:material",
        codes.call_code("gearbox", "fault"): "call:fault",
        **{codes.single_code(verb): verb for verb in ("stop", "undo", "ack", "clear", "arrive", "signoff")},
    }
    assert dict(KNOWN.commands) == expected
    for code, action in expected.items():
        assert codes.parse(code.lower() + "\r", KNOWN) == CommandScan(action)
        codes.parse_action(action)


def test_badges_are_known_whatever_their_case() -> None:
    assert codes.parse(" P-0007\n", KNOWN) == BadgeScan("ana")
    assert codes.parse("p-0007", KNOWN) == BadgeScan("ana")
    assert codes.parse("STRAßE 1", KNOWN) == BadgeScan("bo")


def test_letters_that_only_look_alike_after_folding_are_no_code() -> None:
    code = codes.card_code("gearbox", "housing", 1, 1)
    assert isinstance(codes.parse("\u212a" + code[1:], KNOWN), UnknownScan)  # the Kelvin sign lowers to k
    assert codes.parse("xß", KNOWN) == UnknownScan("Xß", UnknownWhy.FORM)


@given(st.one_of(st.text(), st.text(string.printable), st.from_regex(r"[KX][0-9A-Z]{3,9}", fullmatch=True)))
def test_no_text_breaks_the_reader(text: str) -> None:
    scan = codes.parse(text, KNOWN)
    if isinstance(scan, UnknownScan):
        assert scan.text.isprintable()


def test_surrogates_and_kilobytes_do_not_break_the_reader() -> None:
    for text in ("\ud800", "K" * 10_000, "\x00" * 600):
        assert isinstance(codes.parse(text, KNOWN), UnknownScan)


def test_what_looks_like_one_of_our_codes() -> None:
    for text in ("KABCD01234", "kabcd01234", "XSAB", "XCABCD12", codes.shelf_code("gearbox", "shaft")):
        assert codes.looks_own(text)
    for text in ("", "K", "X", "KLAUS-1234", "P-0007", "XQAB", "XSABC", "KABCD0123"):
        assert not codes.looks_own(text)


def test_a_cards_name_has_at_least_two_digits() -> None:
    assert codes.card_id("housing", 4) == "housing-04"
    assert codes.card_id("housing", 1295) == "housing-1295"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call:material", (Verb.CALL, "material")),
        ("stop", (Verb.STOP, "")),
        ("stop:fault", (Verb.STOP, "fault")),
        ("ack", (Verb.ACK, "")),
        ("arrive", (Verb.ARRIVE, "")),
        ("clear", (Verb.CLEAR, "")),
        ("undo", (Verb.UNDO, "")),
        ("signoff", (Verb.SIGNOFF, "")),
    ],
)
def test_an_action_has_a_verb_and_maybe_an_argument(text: str, expected: tuple[Verb, str]) -> None:
    assert codes.parse_action(text) == expected


@pytest.mark.parametrize(
    "text", ["", "call", "call:", "stop:", "ack:x", "undo:", "Stop", "halt", "call material", ":x"]
)
def test_an_action_outside_the_grammar_says_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        codes.parse_action(text)


def test_foreign_text_is_shown_safely() -> None:
    assert codes.printable("Bolt M8 ü") == "Bolt M8 ü"
    assert codes.printable("a\x1db\u202ec\ud800\U000e0001") == "a\\x1db\\u202ec\\ud800\\U000e0001"


@given(st.text(max_size=200))
def test_shown_text_is_short_and_printable(text: str) -> None:
    shown = codes.printable(text)
    assert len(shown) <= 64
    assert shown.isprintable()
    shown.encode()
