"""What waits for a sender survives everything but its own limits, and what is lost is counted."""

from pathlib import Path

import pytest

from shopfloor.outward.message import Addressee, Message, What
from shopfloor.outward.spool import AGE_S_MAX, OVER_S_MAX, Spool
from tests.outward.calls import START, after, message

ANA = message().to


def first_of(spool: Spool, at_s: float = 0) -> Message:
    """What is sent next."""
    spool.release()
    found = spool.first(after(at_s))
    assert found is not None
    return found[1]


def ids(spool: Spool, at_s: float = 0) -> list[str]:
    """What is sent now, in order."""
    spool.release()
    found = []
    while (first := spool.first(after(at_s))) is not None:
        found.append(f"{first[1].what.value} {first[1].call}")
        spool.done(first[0], reached=first[1].to)
    return found


def test_what_waits_comes_in_order_also_after_a_restart(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for what in (What.RAISED, What.ESCALATED, What.STOPPED):
        spool.put(message(what), START)
    spool.put(message(call="c2"), START)
    assert ids(Spool(tmp_path)) == ["raised c1", "escalated c1", "stopped c1", "raised c2"]
    assert len(Spool(tmp_path)) == 0


def test_what_was_begun_and_not_done_is_there_after_a_kill(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(), START)
    assert first_of(Spool(tmp_path)).id == first_of(spool).id


def test_a_message_that_is_there_already_is_not_put_twice(tmp_path: Path) -> None:
    Spool(tmp_path).put(message(), START)
    spool = Spool(tmp_path)
    spool.put(message(), after(5))
    assert len(spool) == 1


def test_a_number_is_not_given_twice_while_an_older_message_waits(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(call="c1"), START)
    spool.put(message(call="c2"), START)
    spool.drop(1)
    spool = Spool(tmp_path)
    spool.put(message(call="c3"), START)
    assert ids(spool) == ["raised c2", "raised c3"]


def test_a_newer_repetition_takes_the_place_of_the_one_that_waits(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(), START)
    for number in range(1, 4):
        spool.put(message(What.REPEAT, number=number), after(30 * number))
    assert ids(spool) == ["raised c1", "repeat c1"]


def test_a_full_spool_gives_up_repetitions_first_then_what_is_over_and_counts_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path, waiting_max=4)
    spool.put(message(call="c0"), START)
    spool.put(message(What.REPEAT, call="c1"), START)
    spool.put(message(What.RAISED, call="c2"), START)
    spool.put(message(What.OVER, call="c2"), START)
    spool.put(message(What.RAISED, call="c3"), START)  # instead of the repetition
    assert spool.counts["lost"] == 1
    spool.put(message(What.STOPPED, call="c4"), START)  # instead of the call that came and went
    assert spool.counts["lost"] == 3
    spool.put(message(What.ESCALATED, call="c0"), START)
    spool.put(message(What.REPEAT, call="c5"), START)  # is itself what goes
    spool.put(message(What.STOPPED, call="c6"), START)  # instead of what escalated
    assert spool.counts["lost"] == 5
    spool.put(message(What.STOPPED, call="c7"), START)  # instead of the oldest call
    assert spool.counts["lost"] == 6
    assert ids(Spool(tmp_path)) == ["raised c3", "stopped c4", "stopped c6", "stopped c7"]


def test_what_is_being_sent_just_now_is_not_given_up_and_what_informs_is_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, waiting_max=2)
    spool.put(message(call="c1"), START)
    spool.release()
    sent = spool.first(START)
    assert sent is not None
    spool.put(message(What.OVER, call="c1"), START)
    spool.put(message(call="c2"), START)
    spool.done(sent[0], reached=sent[1].to)
    assert spool.counts["lost"] == 1
    assert ids(spool) == ["raised c2"]  # its end was given up, for one that is called counts more


def test_what_is_older_than_a_day_is_dropped_and_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(call="old"), START)
    spool.put(message(call="new"), after(10))
    assert ids(spool, AGE_S_MAX + 1) == ["raised new"]
    assert spool.counts["too_old"] == 1


def test_a_call_that_was_long_over_before_it_got_through_is_told_to_nobody(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(What.RAISED), START)
    spool.put(message(What.OVER), after(5))
    assert ids(spool, 5 + OVER_S_MAX + 1) == []
    assert spool.counts["overtaken"] == 2
    assert list(tmp_path.glob("0*.json")) == []


def test_a_call_that_was_over_a_moment_ago_is_told_with_its_end(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(What.RAISED), START)
    spool.put(message(What.OVER), after(5))
    assert ids(spool, 5 + OVER_S_MAX - 1) == ["raised c1", "over c1"]


def test_the_end_reaches_only_those_whom_a_message_reached_also_over_a_restart(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    both = message(to=("ana", "cem"))
    spool.put(both, START)
    spool.done(1, reached=both.to[:1])
    spool = Spool(tmp_path)
    spool.put(message(What.OVER, to=("ana", "cem")), after(5))
    assert first_of(spool, 6).to == both.to[:1]
    assert ids(spool, 6) == ["over c1"]
    assert "c1" not in (tmp_path / "reached.json").read_text()


def test_the_end_of_what_the_sender_refused_is_not_told(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(), START)
    spool.drop(1)
    spool.put(message(What.OVER), after(5))
    assert ids(spool, 6) == []
    assert (spool.counts["refused"], spool.counts["overtaken"]) == (1, 1)


def test_those_a_message_missed_are_left_for_the_next_try(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    both = message(to=("ana", "cem"))
    spool.put(both, START)
    spool.done(1, reached=both.to[:1], left=both.to[1:])
    assert first_of(Spool(tmp_path)).to == both.to[1:]


def test_what_the_disk_does_not_take_waits_in_memory_and_says_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    (tmp_path / "spool").rmdir()
    spool.put(message(), START)
    assert spool.counts["unsaved"] == 1
    assert ids(spool) == ["raised c1"]


def test_a_file_of_another_program_is_left_out_and_counted(tmp_path: Path) -> None:
    Spool(tmp_path).put(message(), START)
    (tmp_path / "000000000002.json").write_text("{half")
    spool = Spool(tmp_path)
    assert spool.counts["lost"] == 1
    assert ids(spool) == ["raised c1"]


def test_nobody_in_particular_is_reached_too(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(to=()), START)
    spool.done(1, reached=())
    spool.put(message(What.OVER, to=()), after(5))
    assert ids(spool, 6) == ["over c1"]


@pytest.mark.parametrize("what", [What.RAISED, What.STOPPED, What.ESCALATED])
def test_a_message_waits_for_its_call(tmp_path: Path, what: What) -> None:
    spool = Spool(tmp_path)
    spool.put(message(what), START)
    assert spool.waits_for("c1")
    assert not spool.waits_for("c2")
    spool.done(1, reached=(Addressee(person="ana", name="Ana"),))
    assert not spool.waits_for("c1")


def test_nothing_is_given_out_before_it_is_released(tmp_path: Path) -> None:
    Spool(tmp_path).put(message(), START)
    spool = Spool(tmp_path)
    assert spool.first(START) is None
    spool.release()
    spool.put(message(call="c2"), START)
    found = spool.first(START)
    assert found is not None
    assert found[1].call == "c1"
    spool.done(found[0], reached=found[1].to)
    assert spool.first(START) is None


def test_what_a_kill_left_of_a_call_that_nobody_knows_is_dropped_unless_its_end_waits_too(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(message(call="unknown"), START)
    spool.put(message(call="ended"), START)
    spool.put(message(What.OVER, call="ended"), START)
    spool.put(message(call="open"), START)
    spool = Spool(tmp_path)
    spool.forget({"open"})
    assert ids(spool) == ["raised ended", "over ended", "raised open"]
