"""What waits to be heard: order, floods, what comes too late."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.devices.sound.tunes import CALLS, SCANS, SCORE, Tune
from shopfloor.devices.sound.waiting import PAUSE_S, SCANS_WAITING_MAX, UNHEARD_S_MAX, SoundQueue, Waiting

S = 1_000_000_000


def put(queue: SoundQueue, *tunes: Tune, at_s: float = 0) -> None:
    for tune in tunes:
        queue.put(tune, round(at_s * S))


def take_all(queue: SoundQueue, at_s: float = 0) -> list[Tune]:
    found = []
    while (waiting := queue.take(round(at_s * S))) is not None:
        found.append(waiting.tune)
    return found


def test_andon_is_heard_before_a_scan_and_a_stop_before_everything() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.ACCEPTED, Tune.CALL_LOW, Tune.ESCALATED, Tune.CALL_HIGH, Tune.RESTART, Tune.STOP)

    assert take_all(queue) == [
        Tune.RESTART,
        Tune.STOP,
        Tune.CALL_LOW,  # among themselves in the order of time: a new order would confuse
        Tune.ESCALATED,
        Tune.CALL_HIGH,
        Tune.ACCEPTED,
    ]


def test_a_scan_that_waited_for_half_a_second_is_left_out_and_counted() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.ACCEPTED, at_s=0)
    put(queue, Tune.REFUSED, at_s=0.3)

    assert take_all(queue, at_s=0.6) == [Tune.REFUSED]
    assert queue.counts["late_scans"] == 1


def test_a_burst_of_scans_is_bounded() -> None:
    queue = SoundQueue(3)
    put(queue, *[Tune.ACCEPTED] * 50)

    assert len(take_all(queue)) == SCANS_WAITING_MAX
    assert queue.counts["late_scans"] == 50 - SCANS_WAITING_MAX


def test_as_many_calls_as_the_policy_allows_are_heard_one_by_one() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.CALL, Tune.CALL_LOW, Tune.CALL)

    assert take_all(queue, at_s=60) == [Tune.CALL, Tune.CALL_LOW, Tune.CALL]


def test_one_more_call_is_a_summary_and_what_comes_then_belongs_to_it() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.CALL, Tune.CALL_LOW, Tune.CALL, Tune.CALL_HIGH, Tune.CALL, Tune.CALL)

    assert take_all(queue) == [Tune.SUMMARY]
    assert queue.counts["summarised"] == 6


def test_the_first_stop_of_a_flood_is_said_before_the_summary() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.CALL, Tune.CALL, Tune.STOP, Tune.CALL, Tune.CALL, Tune.STOP, Tune.STOP)

    assert take_all(queue) == [Tune.STOP, Tune.SUMMARY]


def test_a_stop_that_comes_while_a_summary_waits_is_said_too() -> None:
    queue = SoundQueue(3)
    put(queue, *[Tune.CALL] * 9, Tune.STOP)

    assert take_all(queue) == [Tune.STOP, Tune.SUMMARY]


def test_two_hundred_calls_in_a_minute_leave_room_for_scans() -> None:
    """Sounds take their time; every scan asks as soon as an operator would make the next."""
    queue = SoundQueue(3)
    calls = [(n * 0.3, Tune.STOP if n % 10 == 0 else Tune.CALL) for n in range(200)]
    scans = [(n * 2.0, Tune.ACCEPTED) for n in range(30)]
    coming = sorted(calls + scans)
    at_s = 0.0
    heard: list[Tune] = []
    while coming or queue.wait_s(round(at_s * S)) is not None:
        while coming and coming[0][0] <= at_s:
            put(queue, coming[0][1], at_s=coming[0][0])
            coming.pop(0)
        waiting = queue.take(round(at_s * S))
        if waiting is not None:
            heard.append(waiting.tune)
        at_s += 0.05 if waiting is None else sum(length_s for _, length_s in SCORE[waiting.tune]) + 0.15

    assert heard.count(Tune.ACCEPTED) > len(scans) / 2
    assert 60 / PAUSE_S - 4 <= heard.count(Tune.SUMMARY) <= 60 / PAUSE_S + 1
    assert heard.count(Tune.STOP) >= heard.count(Tune.SUMMARY) - 1
    said = sum(heard.count(tune) for tune in CALLS - {Tune.SUMMARY})
    assert said + queue.counts["summarised"] == 200


def test_after_a_summary_calls_pause_but_the_first_stop_does_not() -> None:
    queue = SoundQueue(3)
    put(queue, *[Tune.CALL] * 4)
    assert take_all(queue) == [Tune.SUMMARY]
    put(queue, Tune.CALL, Tune.STOP, Tune.STOP, Tune.ACCEPTED, at_s=1)

    assert take_all(queue, at_s=1) == [Tune.STOP, Tune.ACCEPTED]
    assert queue.wait_s(1 * S) == pytest.approx(PAUSE_S - 1)
    assert take_all(queue, at_s=PAUSE_S) == [Tune.STOP, Tune.CALL]
    assert queue.wait_s(6 * S) is None


def test_what_is_no_call_is_said_once_when_it_waits_too_often() -> None:
    queue = SoundQueue(3)
    put(queue, *[Tune.CLEARED] * 40, *[Tune.ESCALATED] * 2)

    assert take_all(queue) == [Tune.CLEARED, Tune.ESCALATED, Tune.ESCALATED]


def test_the_chime_of_a_restart_never_pauses() -> None:
    queue = SoundQueue(3)
    put(queue, *[Tune.RESTART] * 9)
    assert take_all(queue) == [Tune.RESTART]
    put(queue, Tune.RESTART, at_s=1)

    assert take_all(queue, at_s=1) == [Tune.RESTART]


def test_what_could_not_be_played_waits_before_all_others_but_a_scan_does_not() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.CALL, Tune.ESCALATED)
    call = queue.take(0)
    assert call is not None
    queue.back(call)
    assert take_all(queue) == [Tune.CALL, Tune.ESCALATED]
    put(queue, Tune.ACCEPTED)
    scan = queue.take(0)
    assert scan is not None
    queue.back(scan)

    assert take_all(queue) == []


def test_what_nothing_could_play_for_long_is_counted_and_forgotten() -> None:
    queue = SoundQueue(3)
    put(queue, Tune.CALL, at_s=0)
    put(queue, Tune.STOP, at_s=1)
    queue.expire(round((UNHEARD_S_MAX + 0.5) * S))

    assert take_all(queue, at_s=UNHEARD_S_MAX + 0.5) == [Tune.STOP]
    assert queue.counts["unheard"] == 1


def test_a_test_is_always_answered() -> None:
    queue = SoundQueue(1)
    told: list[bool] = []
    for _ in range(3):
        queue.put(Tune.TEST, 0, done=told.append)
    waiting = queue.take(0)
    assert waiting is not None
    queue.back(waiting)
    queue.expire(round((UNHEARD_S_MAX + 1) * S))

    assert told == [False] * 3
    assert take_all(queue) == []


@given(st.lists(st.tuples(st.sampled_from(Tune), st.floats(0, 3)), max_size=80), st.integers(0, 5))
def test_no_andon_sound_is_lost_and_the_queue_stays_short(asked: list[tuple[Tune, float]], summary_over: int) -> None:
    queue = SoundQueue(summary_over)
    at_s = 0.0
    heard: list[Waiting] = []
    most = SCANS_WAITING_MAX + (len(Tune) - len(SCANS)) * (summary_over + 2)
    for tune, later_s in asked:
        at_s += later_s
        put(queue, tune, at_s=at_s)
        assert len(queue._waiting) <= most
        if len(heard) % 2 == 0 and (waiting := queue.take(round(at_s * S))) is not None:
            heard.append(waiting)
    while (wait_s := queue.wait_s(round(at_s * S))) is not None:
        at_s += wait_s
        waiting = queue.take(round(at_s * S))
        assert waiting is not None or wait_s == 0  # scans that are late by now
        heard += [waiting] if waiting is not None else []

    scans = sum(tune in SCANS for tune, _ in asked)
    single = [w for w in heard if not w.merged]
    assert sum(w.tune in SCANS for w in single) + queue.counts["late_scans"] == scans
    assert sum(w.tune not in SCANS for w in single) + queue.counts["summarised"] == len(asked) - scans
    assert not queue.counts["unheard"]
