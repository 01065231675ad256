"""Every kind of event ever released is read for ever: its bytes are kept beside the tests."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopfloor.core.codec import decode_event, encode_event, event_kinds
from shopfloor.core.events import Event, Unknown
from tests.helpers.event_examples import EXAMPLES, GOLDEN, golden_path, write_missing

OLDER = GOLDEN.parent / "older"
CASES = [pytest.param(event, id=event.kind) for event in EXAMPLES]


def test_every_kind_has_an_example_and_a_golden_file() -> None:
    assert sorted((event.kind, event.version) for event in EXAMPLES) == list(event_kinds())
    assert sorted(GOLDEN.iterdir()) == sorted(golden_path(*kind) for kind in event_kinds())
    assert write_missing() == []


@pytest.mark.parametrize("event", CASES)
def test_the_bytes_of_a_released_event_mean_what_they_meant(event: Event) -> None:
    golden = golden_path(event.kind, event.version).read_bytes().rstrip(b"\n")
    assert decode_event(event.kind, event.version, golden) == event
    assert encode_event(event) == (event.kind, event.version, golden)


@pytest.mark.parametrize("event", CASES)
def test_the_example_fills_every_field(event: Event) -> None:
    """A field that is left out here could lose its meaning and no golden file would tell."""
    assert _defaults_in(event) == []


@pytest.mark.parametrize("event", CASES)
def test_an_older_row_without_the_newer_fields_is_still_read(event: Event) -> None:
    required = {f.name for f in msgspec.structs.fields(type(event)) if f.required}
    least = {name: msgspec.to_builtins(getattr(event, name)) for name in required}
    old = decode_event(event.kind, event.version, msgspec.json.encode(least))
    assert all(getattr(old, name) == getattr(event, name) for name in required)


def test_a_kind_or_version_of_a_newer_program_is_kept_as_it_came() -> None:
    for kind, version in (("robot_danced", 1), ("card_lost", 99)):
        event = decode_event(kind, version, b'{"steps": [1, 2]}')
        assert event == Unknown(of_kind=kind, of_version=version, body=b'{"steps": [1, 2]}')
        assert encode_event(event) == (kind, version, b'{"steps": [1, 2]}')


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"station": 7, "card": "x"}', b'{"station": "press"}'])
def test_a_damaged_body_of_a_known_kind_is_an_error(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_event("card_lost", 1, body)


def _defaults_in(value: msgspec.Struct) -> list[str]:
    """The fields that have their default: of a struct, of structs in it, and of the first in each row of them."""
    found = []
    for field in msgspec.structs.fields(type(value)):
        held: Any = getattr(value, field.name)
        first = held[0] if isinstance(held, tuple) and held else held
        if isinstance(first, msgspec.Struct):
            found += _defaults_in(first)
        is_default = field.default is not msgspec.NODEFAULT and held == field.default
        is_made = field.default_factory is not msgspec.NODEFAULT and held == field.default_factory()
        if is_default or is_made:
            found.append(f"{type(value).__name__}.{field.name}")
    return found


@pytest.mark.parametrize("path", sorted(OLDER.iterdir()), ids=lambda path: path.stem)
def test_bytes_from_before_a_field_was_added_say_what_they_said(path: Path) -> None:
    # `line_changed-1.json`, and `line_changed-1-a.json` where a kind grew more than once.
    kind, version = path.stem.split("-")[:2]
    body = path.read_bytes()
    assert _differences(decode_event(kind, int(version), body), msgspec.json.decode(body)) == []


def _differences(value: Any, said: Any) -> list[str]:
    """Where a decoded value is not what its JSON says; fields that JSON does not have may have any value."""
    if isinstance(value, msgspec.Struct):
        return [found for name, inner in said.items() for found in _differences(getattr(value, name), inner)]
    if isinstance(value, tuple):
        return [found for one, inner in zip(value, said, strict=True) for found in _differences(one, inner)]
    return [] if value == said else [f"{value!r} is not {said!r}"]
