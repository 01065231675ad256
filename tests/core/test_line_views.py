"""What screens say of the line's terminals: whose a station is, how old it is what one sees, who knows of a stop."""

from datetime import UTC

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.line import CallKind, Reason, Scope
from shopfloor.core.line_link import LinkState, LinkView, Presence, StopSeen
from shopfloor.core.line_views import (
    Away,
    LinkLook,
    Seen,
    away,
    findings_at,
    is_on_line,
    link_face,
    other_post,
    see_link,
    seen_of,
    silent_s,
)
from shopfloor.core.moment import Now
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state_line import Finding, FindingKind, Post
from shopfloor.core.words import clock_text, refusal_words
from shopfloor.core.words_line import finding_words
from tests.helpers.desk import Desk, rule_of
from tests.helpers.routes import long_line

OWN, OTHER = "saw.1", "assembly.1"
NOW = Now(1_767_622_322_000_000, 500_000_000_000, "boot")


def presence(*, ago_s: float = 0.5) -> Presence:
    return Presence(
        terminal="assembly",
        origin=OTHER,
        n=4,
        hash=b"",
        applied=9,
        offset_us=0,
        uncertainty_us=100,
        version="1",
        heard_ns=NOW.mono_ns - round(ago_s * 1e9),
    )


def link(state: LinkState = LinkState.UP, *, others: tuple[Presence, ...] = (), ago_s: float = 12) -> LinkView:
    since_us = NOW.at_us - round(ago_s * 1e6)
    return LinkView(state=state, since_us=since_us, origin=OWN, terminal="saw", others=others)


def shop_of() -> Shop:
    shop = Shop(long_line())
    shop.put(
        [
            Post(station="saw", terminal="saw", origin=OWN, since_us=1),
            Post(station="assembly", terminal="assembly", origin=OTHER, since_us=NOW.at_us - 60_000_000),
        ]
    )
    return shop


@pytest.mark.parametrize(
    ("state", "look"),
    [
        (LinkState.UP, LinkLook.UP),
        (LinkState.LOST, LinkLook.LOST),
        (LinkState.DENIED, LinkLook.NO_RIGHT),
        (LinkState.FORKED, LinkLook.TROUBLE),
        (LinkState.TROUBLE, LinkLook.TROUBLE),
        (LinkState.CONNECTING, LinkLook.CONNECTING),
    ],
)
def test_every_state_of_the_link_has_a_face(state: LinkState, look: LinkLook) -> None:
    face = link_face(link(state), NOW)
    assert face.look is look
    assert face.for_us == (0 if state is LinkState.UP else 12_000_000)


def test_a_few_messages_behind_are_no_news() -> None:
    assert link_face(replace(link(), last_seq=150), NOW).look is LinkLook.UP
    assert link_face(replace(link(), last_seq=1204), NOW).behind == 1204


def test_a_station_of_ours_is_never_away() -> None:
    shop = shop_of()
    assert away(shop, link(LinkState.LOST), "saw", NOW) is None
    assert other_post(shop, link(), "saw") is None
    assert other_post(shop, None, "assembly") is None


def test_another_terminals_station_is_live_while_it_is_heard() -> None:
    shop = shop_of()
    assert away(shop, link(others=(presence(),)), "assembly", NOW) == Away("assembly", None)
    assert silent_s(shop, link(others=(presence(),)), NOW) == {}


def test_it_is_as_old_as_its_last_word() -> None:
    shop = shop_of()
    assert silent_s(shop, link(others=(presence(ago_s=3.5),)), NOW) == {"assembly": 3}
    # Nobody is heard over a link that is lost, however lately it was.
    assert silent_s(shop, link(LinkState.LOST, others=(presence(ago_s=1),)), NOW) == {"assembly": 1}
    assert silent_s(shop, link(), NOW) == {"assembly": 60}


def test_an_event_is_on_the_line_when_the_line_has_it() -> None:
    view = replace(link(), acked=7)
    assert [is_on_line(view, n) for n in (0, 7, 8)] == [False, True, False]
    assert not is_on_line(None, 7)


def stopped_desk() -> tuple[Desk, str]:
    fire = Reason(id="fire", name="Fire", kind=CallKind.STOP, scope=Scope.LINE)
    desk = Desk(replace(long_line(), reasons=(fire,)))
    desk.shop.origin = OWN
    desk.do(c.RaiseCall(station="saw", reason="fire"))
    return desk, next(iter(desk.shop.calls))


def test_who_has_not_seen_a_stop_is_said_after_a_second() -> None:
    desk, call_id = stopped_desk()
    shop = shop_of()
    call = replace(desk.shop.calls[call_id], id=f"{OWN}-7")
    seen = StopSeen(call=call, since_ns=NOW.mono_ns - 900_000_000, seen=("saw",), missing=("assembly",))
    assert seen_of(shop, replace(link(), stops=(seen,)), call.id, NOW) is None
    later = replace(seen, since_ns=NOW.mono_ns - 1_000_000_000)
    name = next(s.name for s in shop.line.stations if s.id == "assembly")
    assert seen_of(shop, replace(link(), stops=(later,)), call.id, NOW) == Seen(1, 2, (name,))


def test_a_stop_raised_without_a_link_says_at_once_that_nobody_else_knows() -> None:
    desk, call_id = stopped_desk()
    call = replace(desk.shop.calls[call_id], id=f"{OWN}-7")
    seen = StopSeen(call=call, since_ns=NOW.mono_ns, seen=("saw",), missing=("assembly",))
    view = replace(link(LinkState.LOST), stops=(seen,))
    assert seen_of(shop_of(), view, call.id, NOW) == Seen(1, 2, (), alone=True)
    known = replace(view, stops=(replace(seen, seen=("assembly", "saw"), missing=()),))
    assert seen_of(shop_of(), known, call.id, NOW) is None  # too early to count them, and not unknown


def test_a_stop_known_by_word_alone_stands() -> None:
    desk, call_id = stopped_desk()
    call = desk.shop.calls[call_id]
    shop = shop_of()
    see_link(shop, replace(link(), stops=(StopSeen(call=call, since_ns=0, ahead=True),)), NOW)
    assert shop.stop_over("saw") == call
    assert shop.linked is True
    see_link(shop, link(LinkState.LOST), NOW)
    assert shop.stop_over("saw") is None
    assert shop.linked is False


@pytest.mark.parametrize("linked", [None, True, False])
def test_the_line_restarts_by_a_terminal_that_has_the_link(linked: bool | None) -> None:
    desk, call_id = stopped_desk()
    desk.shop.linked = linked
    answer = desk.do(c.ClearCall(station="saw", call=call_id))
    assert (rule_of(answer) == Rule.UNLINKED) is (linked is False)


def test_the_refusal_says_what_to_do() -> None:
    sentence, remedy = refusal_words(Refusal(Rule.UNLINKED, {"what": "restart", "since_us": NOW.at_us}))
    assert str(sentence) == f"The line cannot be asked: link lost since {clock_text(NOW.at_us, UTC)}"
    assert "when the link is back" in str(remedy)


def test_a_finding_is_shown_at_both_stations() -> None:
    shop = shop_of()
    finding = Finding(
        id="card:long-01",
        kind=FindingKind.TWO_PLACES,
        card="long-01",
        places=("saw", "assembly"),
        at_us=NOW.at_us,
        apart_us=2_000_000,
    )
    shop.put([finding])
    assert findings_at(shop, "saw") == findings_at(shop, "assembly") == (finding,)
    assert findings_at(shop, "mill") == ()


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_has_words(kind: FindingKind) -> None:
    shop = shop_of()
    finding = Finding(id="x", kind=kind, card="long-01", call="x", places=("saw", "assembly", "wash"), at_us=NOW.at_us)
    for words in finding_words(shop, finding, UTC):
        assert str(words)
        assert "{" not in str(words)
