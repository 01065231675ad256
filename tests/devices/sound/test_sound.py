"""The loudspeaker: one sound at a time, nothing lost to a fault that mends itself, and silence is shown."""

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.devices.sound import SOUND, Sound, tune
from shopfloor.devices.sound.level import level_of
from shopfloor.devices.sound.players import find_player
from shopfloor.devices.sound.synth import silence
from shopfloor.devices.sound.tunes import SCANS, Tune
from tests.helpers.recorder import WAIT_S_MAX, HealthLog

RETRY_S = (0.01,)


class Speaker:
    """A player that a test can unplug, hold up, and listen to."""

    def __init__(self) -> None:
        self.played: queue.Queue[bytes] = queue.Queue()
        self.works = True
        self.free = threading.Event()
        self.free.set()
        self._busy = threading.Lock()

    def __call__(self, sound: bytes) -> bool:
        assert self._busy.acquire(blocking=False), "two sounds at a time"
        try:
            if sound != silence():
                self.played.put(sound)
                assert self.free.wait(WAIT_S_MAX)
            return self.works
        finally:
            self._busy.release()

    def heard(self) -> bytes:
        """The next sound."""
        return self.played.get(timeout=WAIT_S_MAX)


Make = Callable[..., Sound]


@pytest.fixture
def health() -> HealthLog:
    return HealthLog()


@pytest.fixture
def make(health: HealthLog) -> Iterator[Make]:
    """Sounds that end with the test."""
    made: list[Sound] = []

    def one(**options: object) -> Sound:
        sound = Sound(health, SystemClock(), retry_s=RETRY_S, **options)  # type: ignore[arg-type]
        made.append(sound)
        sound.start()
        return sound

    yield one
    for sound in made:
        sound.stop()


def test_sounds_are_played_in_order_one_at_a_time(make: Make, health: HealthLog) -> None:
    speaker = Speaker()
    sound = make(player=speaker)
    health.wait(SOUND, Condition.UP)
    speaker.free.clear()
    sound.play("call")
    assert speaker.heard() == tune("call")
    sound.play("cleared")
    sound.play("call_low")
    speaker.free.set()

    assert speaker.heard() == tune("cleared")
    assert speaker.heard() == tune("call_low")
    assert [part.condition for part in health.all] == [Condition.UP]


def test_what_andon_says_is_heard_before_a_scan_that_came_first(make: Make) -> None:
    speaker = Speaker()
    sound = make(player=speaker)
    speaker.free.clear()
    sound.play("call")
    speaker.heard()
    sound.play("accepted")
    sound.play("stop")
    speaker.free.set()

    assert speaker.heard() == tune("stop")


def test_a_flood_is_one_sound(make: Make, health: HealthLog) -> None:
    speaker = Speaker()
    sound = make(player=speaker, policy=AndonPolicy(summary_over=3))
    speaker.free.clear()
    sound.play("call")
    speaker.heard()
    for _ in range(200):
        sound.play("call")
    speaker.free.set()

    assert speaker.heard() == tune("summary")
    health.wait(SOUND, Condition.UP, summarised=200)
    assert speaker.played.empty()


def test_the_policy_says_how_loud(make: Make) -> None:
    speaker = Speaker()
    sound = make(player=speaker)
    sound.set_policy(AndonPolicy(ambient_db=80))
    sound.play("call")

    assert speaker.heard() == tune("call", level=level_of(80)) != tune("call")


def test_a_player_that_fails_is_shown_at_once_and_comes_back_by_itself(make: Make, health: HealthLog) -> None:
    speaker = Speaker()
    speaker.works = False
    make(player=speaker)
    lost = health.wait(SOUND, Condition.LOST)
    speaker.works = True

    assert "screen and lamp" in lost.detail
    assert lost.remedy
    assert health.wait(SOUND, Condition.UP).detail == ""


def test_a_call_that_failed_is_played_as_soon_as_the_player_works(make: Make, health: HealthLog) -> None:
    speaker = Speaker()
    sound = make(player=speaker)
    health.wait(SOUND, Condition.UP)
    speaker.works = False
    sound.play("stop")
    health.wait(SOUND, Condition.LOST)
    while not speaker.played.empty():
        speaker.heard()
    speaker.works = True

    assert speaker.heard() == tune("stop")
    health.wait(SOUND, Condition.UP)


def test_a_player_that_is_installed_later_is_found(make: Make, health: HealthLog) -> None:
    speaker = Speaker()
    found: list[Speaker] = []
    sound = make(find=lambda: found[0] if found else None)
    health.wait(SOUND, Condition.LOST)
    found.append(speaker)
    health.wait(SOUND, Condition.UP)
    sound.play("restart")

    assert speaker.heard() == tune("restart")


@pytest.mark.parametrize("works", [True, False])
def test_a_test_says_whether_it_was_played(make: Make, works: bool) -> None:
    speaker = Speaker()
    speaker.works = works
    told: queue.Queue[bool] = queue.Queue()
    make(player=speaker).test(told.put)

    assert told.get(timeout=WAIT_S_MAX) is works


def test_what_waits_at_the_end_is_answered_and_not_played(health: HealthLog) -> None:
    told: list[bool] = []
    sound = Sound(health, SystemClock(), player=Speaker())
    sound.test(told.append)
    sound.stop()

    assert told == [False]


def test_a_name_that_is_no_sound_is_a_fault_of_the_caller(make: Make) -> None:
    with pytest.raises(ValueError, match="fanfare"):
        make(player=Speaker()).play("fanfare")


@pytest.mark.skipif(sys.platform != "linux", reason="stands in for a Linux player")
def test_the_player_of_the_system_gets_the_file_and_its_exit_code_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, heard = tmp_path / "aplay", tmp_path / "heard.wav"
    program.write_text(f'#!/bin/sh\ncat > "{heard}"\ntest ! -e "{tmp_path}/unplugged"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path), "/usr/bin", "/bin")))
    monkeypatch.setattr("shopfloor.devices.sound.players._PLAYERS", (("aplay", "-q", "-"),))
    player = find_player()
    assert player is not None

    assert player(tune("stop"))
    assert heard.read_bytes() == tune("stop")
    (tmp_path / "unplugged").touch()
    assert not player(tune("stop"))


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="these bring their player")
def test_a_system_without_a_player_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_player() is None


def test_every_sound_of_andon_can_be_played(make: Make) -> None:
    speaker = Speaker()
    sound = make(player=speaker)
    for name in set(Tune) - SCANS:
        sound.play(name)
        assert speaker.heard() == tune(name)
