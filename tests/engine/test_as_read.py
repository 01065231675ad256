"""What a terminal holds true of its own events is what all others read of them."""

from pathlib import Path

from shopfloor.clock import ManualClock
from shopfloor.core import commands_andon as a
from shopfloor.core.state_hash import state_hash
from tests.helpers.calls import andon_line
from tests.helpers.terminal import running


def test_whole_seconds_of_a_command_make_the_state_that_its_bytes_make(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line(), stations=("saw",)) as terminal:
        terminal.do(a.ShelveCall(station="saw", at="saw", reason="", for_s=900, why="being repaired"))
        before = state_hash(terminal.snapshot.entities)
    with running(tmp_path, clock) as again:
        assert state_hash(again.snapshot.entities) == before
