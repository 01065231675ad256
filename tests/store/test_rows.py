"""A row's place in the chain: every sealed column counts, and no two rows have the same bytes."""

import hashlib
from typing import Any

import pytest

from shopfloor.core.events import CardStarted, Recorded, Unknown
from shopfloor.core.moment import Moment
from shopfloor.store.rows import GENESIS, Names, link, origin_name, recorded

NAMES = Names({1: ("press-1", "0a1b"), 2: ("press-2", "0a1b")}, {1: "boot-1", 2: "boot-2"})
ROW: tuple[Any, ...] = (7, 1, 1_767_600_000_000_000, 0, 0, 42, 1, "card_lost", 1, "c-1", b'{"card":"a"}', GENESIS)


def test_the_hash_of_a_row_is_what_it_was_in_the_first_release() -> None:
    digest = link(GENESIS, ROW, NAMES)
    by_hand = hashlib.sha256()
    by_hand.update(bytes(32))
    for number in (7, 1_767_600_000_000_000, 0, 0, 42, 1):
        by_hand.update(number.to_bytes(8, "big"))
    for text in (b"press-1", b"0a1b", b"boot-1", b"card_lost", b"c-1", b'{"card":"a"}'):
        by_hand.update(len(text).to_bytes(4, "big") + text)
    assert digest == by_hand.digest()
    assert digest.hex() == "a0b91e379ac39038b1d1d0f1e5d87c191c363b1ec1e6e4003c11ed66c26944a3"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, 8), (1, 2), (2, 1), (3, 1), (4, 1), (5, 43), (6, 2), (7, "card_found"), (8, 2), (9, "c-2"), (9, None),
        (10, b'{"card":"b"}'),
    ],
)  # fmt: skip
def test_every_sealed_column_changes_the_hash(column: int, value: object) -> None:
    changed = (*ROW[:column], value, *ROW[column + 1 :])
    assert link(GENESIS, changed, NAMES) != link(GENESIS, ROW, NAMES)


def test_the_row_before_changes_the_hash() -> None:
    assert link(bytes(31) + b"\x01", ROW, NAMES) != link(GENESIS, ROW, NAMES)


def test_text_that_moves_from_one_column_to_the_next_changes_the_hash() -> None:
    moved = (*ROW[:7], "card_lostc", ROW[8], "-1", *ROW[10:])
    assert link(GENESIS, moved, NAMES) != link(GENESIS, ROW, NAMES)


def test_a_row_without_a_name_for_its_origin_or_boot_has_no_hash() -> None:
    with pytest.raises(KeyError):
        link(GENESIS, (*ROW[:1], 9, *ROW[2:]), NAMES)
    with pytest.raises(KeyError):
        link(GENESIS, (*ROW[:6], 9, *ROW[7:]), NAMES)


def test_a_row_of_a_newer_program_is_kept_as_it_came() -> None:
    event = recorded((*ROW[:7], "robot_danced", 3, None, b'{"steps":[1,2]}', GENESIS), NAMES)
    assert event == Recorded(
        origin=origin_name("press-1", "0a1b"),
        n=7,
        moment=Moment(1_767_600_000_000_000),
        mono_ns=42,
        boot="boot-1",
        event=Unknown(of_kind="robot_danced", of_version=3, body=b'{"steps":[1,2]}'),
    )


def test_a_row_becomes_the_event_it_was() -> None:
    body = b'{"station":"press","card":"housing-07","step":1}'
    event = recorded((*ROW[:7], "card_started", 1, "c-1", body, GENESIS), NAMES)
    assert event.event == CardStarted(station="press", card="housing-07", step=1)
    assert event.command_id == "c-1"
