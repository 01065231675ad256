"""Who stands on the newest floor with which state, and the words where two states differ."""

from msgspec.structs import replace

from shopfloor.core.floor_views import Stand, differing_words, standings, standings_of
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.moment import Now

NOW = Now(1_767_600_000_000_000, 10**12, "boot")


def _heard(name: str, floor: int, state: str, *, ago_s: float = 0.5) -> Presence:
    return Presence(
        terminal=name, origin=f"{name}~1", n=1, hash=b"", applied=1, offset_us=0, uncertainty_us=0, version="1",
        heard_ns=NOW.mono_ns - round(ago_s * 1e9), floor=floor, floor_hash=state,
    )  # fmt: skip


def test_those_who_came_to_one_hash_at_the_newest_floor_agree() -> None:
    found = standings([Stand("a", 4, "x"), Stand("b", 4, "x"), Stand("c", 3, "w"), Stand("d", 0, "")])
    assert (found.floor, found.agree, found.differ) == (4, ("a", "b"), ())
    assert differing_words(found) == ("", "")


def test_the_one_with_another_state_is_named_at_an_older_floor_too() -> None:
    stands = [Stand("a", 4, "x"), Stand("b", 3, "w"), Stand("c", 3, "w"), Stand("d", 3, "y")]
    assert standings(stands).differ == ("d",)
    what, remedy = differing_words(standings(stands))
    assert "the state of d is not that of the others" in what
    assert "shopfloor verify" in remedy


def test_where_nobody_knows_who_is_right_all_differ() -> None:
    found = standings([Stand("a", 4, "x"), Stand("b", 4, "y")])
    assert (found.agree, found.differ) == ((), ("a", "b"))
    assert "a, b have come to states that differ" in differing_words(found)[0]


def test_a_terminal_counts_itself_and_those_it_hears() -> None:
    others = (_heard("b", 2, "x"), _heard("c", 2, "y", ago_s=60))
    link = LinkView(state=LinkState.UP, since_us=0, floor=2, floor_hash="x", others=others)
    found = standings_of(link, "a", NOW)
    assert (found.agree, found.differ) == (("a", "b"), ())
    assert standings_of(replace(link, floor=0, others=()), "a", NOW).floor == 0
