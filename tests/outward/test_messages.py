"""What is told of a call follows from what it is now and what was told before."""

from msgspec.structs import replace

from shopfloor.core.line import Loop, Part
from shopfloor.core.line_andon import Role, Severity
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.state_andon import CallSource, Shelf
from shopfloor.outward.message import What
from shopfloor.outward.messages import Note, Told, follow, repeat, repeat_left_us
from tests.outward.calls import CALL, LINE, START, after, cleared, stopped


class Follower:
    """Follows one call through its states."""

    def __init__(self) -> None:
        self.shop = Shop(LINE)
        self.told: Told | None = None

    def see(self, call: Call, at_s: float = 0) -> list[tuple[What, tuple[Role, ...]]]:
        """What is told of a state."""
        return [(note.what, note.roles) for note in self.notes(call, at_s)]

    def notes(self, call: Call, at_s: float = 0) -> tuple[Note, ...]:
        """The same as notes."""
        self.shop.put([call])
        self.told, notes = follow(self.told, call, self.shop, after(at_s))
        return notes

    def shelve(self, *, ended: bool = False) -> None:
        """Put the reason on the shelf, or take it off."""
        self.shop.put([Shelf(station="press", reason="material", by="ana", since=START, for_s=600, ended=ended)])


def test_a_call_is_told_once_to_the_roles_of_its_reason() -> None:
    follower = Follower()
    assert follower.see(CALL) == [(What.RAISED, (Role.LEADER,))]
    assert follower.see(CALL, 1) == []
    assert follower.see(replace(CALL, acked_us=after(2).at_us, acked_by="ana"), 2) == []
    assert follower.see(replace(CALL, arrived_us=after(3).at_us), 3) == []


def test_an_escalation_tells_the_roles_of_its_step_and_no_others() -> None:
    follower = Follower()
    follower.see(CALL)
    assert follower.see(replace(CALL, level=1), 20) == [(What.ESCALATED, (Role.MAINTENANCE,))]
    assert follower.see(replace(CALL, level=1), 21) == []
    taken = replace(CALL, level=1, overdue=1, acked_us=after(30).at_us)
    assert follower.see(taken, 300) == [(What.ESCALATED, (Role.QUALITY,))]


def test_a_call_that_becomes_a_stop_is_told_to_everybody_it_has_reached() -> None:
    follower = Follower()
    follower.see(CALL)
    follower.see(replace(CALL, level=1), 20)
    (note,) = follower.notes(stopped(replace(CALL, level=1), 60), 60)
    assert (note.what, note.roles, note.told_too) == (What.STOPPED, (Role.LEADER, Role.MAINTENANCE), True)
    assert follower.see(stopped(replace(CALL, level=1), 60), 61) == []


def test_a_rise_in_severity_is_told_and_an_ease_is_not() -> None:
    follower = Follower()
    follower.see(CALL)
    worse = replace(CALL, severity=Severity.HIGH)
    assert follower.see(worse, 5) == [(What.ROSE, (Role.LEADER,))]
    assert follower.see(replace(worse, current=Severity.LOW), 6) == []


def test_the_end_is_told_once_to_whoever_was_told_also_when_its_cause_is_given_later() -> None:
    follower = Follower()
    follower.see(CALL)
    wants_cause = replace(CALL, cleared_us=after(9).at_us)
    (note,) = follower.notes(wants_cause, 9)
    assert (note.what, note.roles, note.told_too) == (What.OVER, (), True)
    assert follower.see(replace(wants_cause, closed_us=after(99).at_us, cause="jam"), 99) == []


def test_a_condition_that_goes_and_comes_again_is_told_each_time_with_an_id_of_its_own() -> None:
    follower = Follower()
    first = follower.notes(CALL)
    gone = replace(CALL, returned_us=after(5).at_us, current=Severity.NONE)
    over = follower.notes(gone, 5)
    again = follower.notes(CALL, 8)
    over_again = follower.notes(gone, 9)
    assert [note.what for note in (*over, *again, *over_again)] == [What.OVER, What.AGAIN, What.OVER]
    assert len({note.id for note in (*first, *over, *again, *over_again)}) == 4


def test_nothing_is_told_of_what_lies_on_the_shelf_and_the_rest_when_it_comes_off() -> None:
    follower = Follower()
    follower.shelve()
    assert follower.see(CALL) == []
    assert follower.see(replace(CALL, level=1), 20) == []
    follower.shelve(ended=True)
    assert follower.see(replace(CALL, level=1), 40) == [(What.RAISED, (Role.LEADER, Role.MAINTENANCE))]


def test_a_call_that_is_shelved_after_it_was_told_escalates_for_nobody_until_it_is_taken_off() -> None:
    follower = Follower()
    follower.see(CALL)
    follower.shelve()
    assert follower.see(replace(CALL, level=1), 20) == []
    assert follower.told is not None
    assert repeat_left_us(follower.told, follower.shop, after(999)) is None
    follower.shelve(ended=True)
    assert follower.see(replace(CALL, level=1), 40) == [(What.ESCALATED, (Role.MAINTENANCE,))]


def test_the_shelf_never_hides_a_stop() -> None:
    follower = Follower()
    follower.shelve()
    follower.see(CALL)
    assert follower.see(stopped(CALL, 60), 60) == [(What.RAISED, (Role.LEADER,))]


def test_a_call_nobody_was_told_of_ends_without_a_word() -> None:
    follower = Follower()
    follower.shelve()
    follower.see(CALL)
    assert follower.see(cleared(CALL, 9), 9) == []


def test_a_call_is_told_again_until_somebody_takes_it() -> None:
    follower = Follower()
    follower.see(CALL)
    told = follower.told
    assert told is not None
    assert repeat_left_us(told, follower.shop, after(10)) == 20_000_000
    assert repeat(told, follower.shop, after(29.9)) is None
    due = repeat(told, follower.shop, after(30))
    assert due is not None
    again, note = due
    assert (note.what, note.roles) == (What.REPEAT, (Role.LEADER,))
    assert repeat(again, follower.shop, after(59)) is None
    second = repeat(again, follower.shop, after(60))
    assert second is not None
    assert second[1].id != note.id
    taken, _ = follow(again, replace(CALL, acked_us=after(61).at_us), follower.shop, after(61))
    assert taken is not None
    assert repeat(taken, follower.shop, after(999)) is None


def test_after_a_long_sleep_a_call_is_repeated_once_and_not_for_every_time_that_was_missed() -> None:
    follower = Follower()
    follower.see(CALL)
    assert follower.told is not None
    due = repeat(follower.told, follower.shop, after(3600))
    assert due is not None
    assert repeat(due[0], follower.shop, after(3601)) is None


def test_the_same_state_has_the_same_id_so_that_a_kill_makes_no_second_message() -> None:
    first, second = Follower(), Follower()
    assert first.notes(CALL)[0].id == second.notes(CALL, 7)[0].id


def test_what_the_stop_of_another_station_explains_is_told_only_when_it_is_still_so_after_it() -> None:
    loop = Loop(id="gear", part="G", route=("press", "saw"))
    shop = Shop(replace(LINE, parts=(Part(id="G"),), loops=(loop,)))
    starved = replace(CALL, id="t.1-9", station="saw", reason="rule-starved", source=CallSource.RULE, deadline_s=0)
    stop = stopped(replace(CALL, id="t.1-8", reason="fault"), 0)
    shop.put([stop, starved])
    assert follow(None, starved, shop, after(1)) == (None, ())
    shop.put([cleared(stop, 5)])
    _, notes = follow(None, starved, shop, after(5))
    assert [note.what for note in notes] == [What.RAISED]
