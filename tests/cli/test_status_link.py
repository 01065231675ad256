"""`status` says how the link is, and when the other terminals were heard."""

from msgspec.structs import replace

from shopfloor import __version__
from shopfloor.cli.status_link import link_document, link_rows
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.moment import Now
from shopfloor.store.link_note import LinkNote

NOW = Now(1_767_622_322_000_000, 900_000_000_000, "b")
ALIVE_US = NOW.at_us - 800_000


def presence(name: str, *, ago_s: float) -> Presence:
    return Presence(
        terminal=name,
        origin=f"{name}.1",
        n=3,
        hash=b"",
        applied=90,
        offset_us=-2_500,
        uncertainty_us=90,
        version="1.2",
        heard_ns=NOW.mono_ns - round(ago_s * 1e9),
    )


VIEW = LinkView(
    state=LinkState.UP,
    since_us=NOW.at_us - 60_000_000,
    head=12,
    acked=9,
    last_seq=100,
    applied=96,
    others=(presence("wash", ago_s=0.5), presence("paint", ago_s=40)),
)


def test_a_terminal_alone_has_no_link() -> None:
    assert link_document(None, NOW, alive_us=0) == {"link": None, "terminals": []}
    assert link_rows(None, NOW, alive_us=0) == []


def test_the_link_and_the_terminals_are_said_in_numbers() -> None:
    found = link_document(LinkNote(NOW.at_us - 400_000, VIEW), NOW, alive_us=ALIVE_US)
    assert {name: found["link"][name] for name in ("state", "behind", "owing")} == {
        "state": "up",
        "behind": 4,
        "owing": 3,
    }
    assert found["link"]["since"] == "2026-01-05T14:11:02.000000Z"
    assert [(each["id"], each["link"], each["last_seen_s"]) for each in found["terminals"]] == [
        ("wash", "up", 0.5),
        ("paint", "silent", 40.0),
    ]
    assert (found["terminals"][0]["behind"], found["terminals"][0]["clock_offset_ms"]) == (10, -2.5)


def test_where_it_stands_is_said_and_who_has_another_state() -> None:
    others = (
        replace(presence("wash", ago_s=0.5), floor=3, floor_hash="aa"),
        replace(presence("pack", ago_s=0.5), floor=3, floor_hash="bb"),
    )
    view = replace(VIEW, origin="press~1", floor=3, floor_hash="aa", floor_us=NOW.at_us - 90_000_000_000, others=others)
    note = LinkNote(NOW.at_us - 400_000, view)
    assert link_document(note, NOW, alive_us=ALIVE_US)["link"]["floor"] == {
        "number": 3,
        "hash": "aa",
        "age_s": 90_000,
        "agree": ["press", "wash"],
        "differ": ["pack"],
    }
    rows = link_rows(note, NOW, alive_us=ALIVE_US)
    assert any("floor 3, of 25:00:00 ago, 2 agree" in row for row in rows)
    assert any("the state of pack is not that of the others" in row for row in rows)


def test_another_program_is_named() -> None:
    rows = link_rows(LinkNote(NOW.at_us, VIEW), NOW, alive_us=ALIVE_US)
    assert f"wash runs 1.2, paint runs 1.2, this one {__version__}: unknown entries are kept" in rows[1]
    same = replace(VIEW, others=tuple(replace(other, version=__version__) for other in VIEW.others))
    assert not any("runs" in row for row in link_rows(LinkNote(NOW.at_us, same), NOW, alive_us=ALIVE_US))


def test_over_a_lost_link_nobody_is_heard() -> None:
    lost = replace(VIEW, state=LinkState.LOST)
    found = link_document(LinkNote(NOW.at_us, lost), NOW, alive_us=ALIVE_US)
    assert {each["link"] for each in found["terminals"]} == {"silent"}


def test_a_terminal_that_does_not_run_says_so() -> None:
    note, alive_us = LinkNote(NOW.at_us - 6_000_000, VIEW), NOW.at_us - 6_000_000
    assert link_document(note, NOW, alive_us=alive_us)["link"]["state"] == "stopped"
    assert link_rows(note, NOW, alive_us=alive_us)[0].strip().startswith("link stopped for 1:00")


def test_a_link_that_says_nothing_more_is_lost() -> None:
    note = LinkNote(NOW.at_us - 6_000_000, VIEW)
    assert link_document(note, NOW, alive_us=ALIVE_US)["link"]["state"] == "lost"
