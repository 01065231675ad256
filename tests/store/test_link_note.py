"""The note about the link: read as it was written, and nothing where there is none."""

from pathlib import Path

from shopfloor.core.line import CallKind, Scope
from shopfloor.core.line_link import Discipline, LineClock, LinkState, LinkView, Presence, StopSeen
from shopfloor.core.moment import Now
from shopfloor.core.state_call import Call
from shopfloor.store.link_note import FILE, LinkNote, clock_beside, link_beside, read_link, write_link

CALL = Call(
    id="wash.1-3",
    station="wash",
    reason="",
    kind=CallKind.STOP,
    raised_kind=CallKind.STOP,
    scope=Scope.LINE,
    raised=Now(5, 6, "b"),
    by="",
    stopped_us=5,
)
VIEW = LinkView(
    state=LinkState.UP,
    since_us=4,
    origin="press.1",
    others=(
        Presence(
            terminal="wash",
            origin="wash.1",
            n=3,
            hash=b"\x00\xff",
            applied=8,
            offset_us=-20,
            uncertainty_us=90,
            version="1",
            heard_ns=77,
        ),
    ),
    stops=(StopSeen(call=CALL, since_ns=9, seen=("wash",), missing=("press",)),),
)

CLOCK = LineClock(Discipline(7, 8, "b", 9), Now(10, 11, "b"))


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_link(tmp_path, VIEW, 42, CLOCK)
    assert read_link(tmp_path) == LinkNote(42, VIEW, CLOCK)
    assert clock_beside(tmp_path) == CLOCK
    assert link_beside(tmp_path) == VIEW
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_where_there_is_none_or_half_of_one_nothing_is_said(tmp_path: Path) -> None:
    assert read_link(tmp_path) is None
    (tmp_path / FILE).write_bytes(b'{"at_us":4')
    assert link_beside(tmp_path) is None
    assert clock_beside(tmp_path) == LineClock()


def test_a_note_of_an_earlier_version_knows_nothing_of_the_clock(tmp_path: Path) -> None:
    write_link(tmp_path, VIEW, 42, LineClock())
    text = (tmp_path / FILE).read_text("utf-8")
    (tmp_path / FILE).write_text(text.replace(',"clock":{"discipline":null,"at":null}', ""), "utf-8")
    assert read_link(tmp_path) == LinkNote(42, VIEW)


def test_a_disk_that_takes_nothing_does_not_stop_the_link(tmp_path: Path) -> None:
    write_link(tmp_path / "gone", VIEW, 42, CLOCK)
    assert read_link(tmp_path / "gone") is None
