"""A call that a second person checks before it is closed, and one whose causes share it."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.closing import Asked, asks_for
from shopfloor.core.commands_andon import GiveCause
from shopfloor.core.events import CallArrived, CallCleared, Event, ScanRefused, SignedOn
from shopfloor.core.events_andon import CallClosed, CallVerified
from shopfloor.core.evolve import fold
from shopfloor.core.line import Person, Role
from shopfloor.core.line_andon import Cause
from shopfloor.core.rules import Refusal
from shopfloor.core.state import Call
from shopfloor.core.words import verdict_words
from shopfloor.flow.andon.record import CALLS
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from tests.helpers.calls import MAX, REASONS, andon_line, only_call, touch
from tests.helpers.desk import Desk

ANA = Person(id="ana", name="Ana", badge="P-0007", role=Role.LEADER)
OLE = Person(id="ole", name="Ole", badge="P-0010")
CAUSES = (Cause(id="worn", name="Worn"), Cause(id="dirt", name="Dirt"), Cause(id="burr", name="Burr"))


def desk_of(*, verify: bool = True, cause: bool = False) -> Desk:
    """A desk whose tool calls want a second look, or a cause."""
    reasons = tuple(replace(r, verify=verify, cause=cause) if r.id == "tool" else r for r in REASONS)
    return Desk(replace(andon_line(people=(ANA, MAX, OLE)), reasons=reasons, causes=CAUSES))


def cleared(desk: Desk, *, badge: str = ANA.badge) -> Desk:
    """Somebody called, came by badge ("" nobody did) and cleared it."""
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    if badge:
        assert isinstance(scan(desk, badge), CallArrived)
    assert isinstance(touch(desk, c.ClearCall(station="saw"), after_s=60), CallCleared)
    return desk


def scan(desk: Desk, badge: str, station: str = "saw") -> Event:
    """A badge at a station."""
    return desk.read(badge, station, after_s=5)


def give(desk: Desk, cause: str = "", shares: dict[str, int] | None = None) -> Event | Refusal:
    """Say why the one call came."""
    return touch(desk, GiveCause(station="saw", call=only_call(desk).id, cause=cause, shares=shares or {}))


def refused_because(answer: Event | Refusal) -> object:
    """Why a request was not possible."""
    assert isinstance(answer, ScanRefused)
    return answer.args.get("what")


def test_a_cleared_call_waits_for_a_second_look_and_nothing_stands_meanwhile() -> None:
    desk = cleared(desk_of())
    call = only_call(desk)
    assert (bool(call.cleared_us), call.closed_us) == (True, 0)
    assert asks_for(desk.shop, call) == (Asked.VERIFY,)
    assert desk.shop.calls_at("saw") == []


def test_the_badge_of_a_second_person_at_its_station_closes_it() -> None:
    desk = cleared(desk_of())
    seen = scan(desk, MAX.badge)
    assert isinstance(seen, CallVerified)
    assert (seen.person, seen.by, seen.closes) == ("max", "max", True)
    assert desk.shop.calls == {}
    assert not desk.shop.book("saw").person, "to check is not to sign on"
    verdict = desk.shop.book("saw").verdict
    assert verdict is not None
    assert [str(words) for words in verdict_words(desk.shop, "saw", verdict)] == ["Checked by Max: it is over", ""]


def test_neither_who_came_nor_who_cleared_it_nor_an_operator_checks_it() -> None:
    desk = cleared(desk_of())
    for badge in (ANA.badge, OLE.badge):
        assert isinstance(scan(desk, badge), SignedOn)
    desk = desk_of()
    scan(desk, MAX.badge)  # signs on: nobody has called yet
    cleared(desk, badge=ANA.badge)
    assert only_call(desk).cleared_by == "max"
    assert isinstance(scan(desk, MAX.badge), ScanRefused), "he is signed on already"
    assert not only_call(desk).verified_by


def test_it_is_checked_where_it_was() -> None:
    desk = cleared(desk_of())
    assert isinstance(scan(desk, MAX.badge, "drill"), SignedOn)
    assert not only_call(desk).verified_by


def test_whoever_is_waited_for_comes_before_what_is_to_be_checked() -> None:
    desk = cleared(desk_of())
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    assert isinstance(scan(desk, MAX.badge), CallArrived)
    assert isinstance(scan(desk, MAX.badge), CallVerified)


def test_nobody_identified_cleared_it_so_any_of_the_roles_may_check_it() -> None:
    desk = cleared(desk_of(), badge="")
    assert isinstance(scan(desk, ANA.badge), CallVerified)
    assert desk.shop.calls == {}


def test_no_touch_closes_what_a_second_person_has_not_checked() -> None:
    desk = cleared(desk_of(cause=True))
    assert refused_because(give(desk, "worn")) == "verify_first"
    assert isinstance(seen := scan(desk, MAX.badge), CallVerified)
    assert not seen.closes
    assert only_call(desk).verified_by == "max"
    assert asks_for(desk.shop, only_call(desk)) == (Asked.CAUSE,)
    assert isinstance(give(desk, "worn"), CallClosed)


def test_a_line_file_that_asks_no_longer_lets_it_be_closed_by_touch() -> None:
    desk = cleared(desk_of())
    touch(desk, c.ChangeLine(line=replace(desk.shop.line, reasons=REASONS)))
    assert isinstance(give(desk), CallClosed)


def test_a_checked_call_leaves_its_record_and_the_journal_knows_all_of_it() -> None:
    desk = desk_of()
    cleared(desk)
    before = desk.shop.copy()
    scan(desk, MAX.badge)
    rows = digest_rows(before, desk.journal[-1], WorkCalendar(desk.shop.line))
    assert CALLS in {row.series for row in rows}
    assert not [e for e in fold(desk.journal) if isinstance(e, Call)]


def test_several_causes_share_a_call_and_the_largest_is_its_cause() -> None:
    desk = cleared(desk_of(verify=False, cause=True))
    closed = give(desk, shares={"dirt": 30, "worn": 70})
    assert isinstance(closed, CallClosed)
    assert (closed.cause, closed.shares) == ("worn", {"dirt": 30, "worn": 70})


def test_shares_are_of_known_causes_and_make_a_hundred() -> None:
    desk = cleared(desk_of(verify=False, cause=True))
    wrong: tuple[dict[str, int], ...] = (
        {"worn": 100},
        {"worn": 60, "dirt": 30},
        {"worn": 0, "dirt": 100},
        {"worn": 120, "dirt": -20},
    )
    for shares in wrong:
        assert refused_because(give(desk, shares=shares)) == "shares", shares
    strange = give(desk, shares={"worn": 50, "moon": 50})
    assert isinstance(strange, ScanRefused)
    assert strange.args["code"] == "moon"
    assert only_call(desk).cleared_us
