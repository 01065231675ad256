"""The hook that the engine's follower calls."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.devices.sound import AndonSpeaker
from tests.helpers.calls import andon_line
from tests.helpers.desk import Desk


def test_what_happens_is_played_and_comes_again() -> None:
    desk = Desk(andon_line(andon=AndonPolicy(nag_s=30)))
    played: list[str] = []
    speaker = AndonSpeaker(played.append, stations=("saw",))
    speaker.tick(desk.shop, desk.clock.now())
    before = len(desk.journal)
    desk.call("saw", "tool")
    desk.call("drill", "tool")
    speaker.follow(desk.journal[before:], desk.shop, desk.clock.now())

    assert played == ["call"]
    assert speaker.next_us(desk.shop, desk.clock.now()) == 30_000_000
    desk.clock.advance(30)
    speaker.tick(desk.shop, desk.clock.now())
    assert played == ["call", "call"]


def test_the_policy_is_handed_on_at_first_and_when_it_changes() -> None:
    desk = Desk(andon_line(andon=AndonPolicy(ambient_db=70)))
    told: list[AndonPolicy] = []
    speaker = AndonSpeaker(lambda _: None, set_policy=told.append)
    for _ in range(3):
        speaker.tick(desk.shop, desk.clock.now())
    desk.do(c.ChangeLine(line=replace(desk.shop.line, andon=AndonPolicy(ambient_db=80))))
    speaker.follow(desk.journal[-1:], desk.shop, desk.clock.now())

    assert [policy.ambient_db for policy in told] == [70, 80]
