"""A terminal that begins again goes on behind everything it knows, whoever's clock that is of."""

from pathlib import Path

import pytest

from shopfloor.core import commands as c
from shopfloor.core.evolve import fold
from shopfloor.core.line_link import Cursor
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_hash import state_hash
from shopfloor.linefile import read
from tests.helpers.line_past import Past, line_text, messages, two_at_work

AHEAD_US = 3_600 * US_PER_S


@pytest.mark.parametrize("is_folded", [True, False])
def test_after_a_power_cut_it_writes_behind_what_a_clock_that_is_ahead_wrote(tmp_path: Path, is_folded: bool) -> None:
    (tmp_path / "line.toml").write_text(line_text(("s1", "s2")), "utf-8")
    one, two = two_at_work(read(tmp_path / "line.toml"), tmp_path / "s1", tmp_path / "s2", 3)
    two.at_us += AHEAD_US
    two.work(300)
    sent = [entry for message in messages([two]) for entry in message]
    one.desk.deliver(sent, Cursor("past", 9, 9))
    if is_folded:
        one.fold()
    one.journal.close()  # without the entry of an ordered end, which would be behind everything

    again = Past(tmp_path / "s1", "s1", begin_us=one.at_us + US_PER_S)
    again.do(c.RaiseCall(station="s2", reason=""))
    again.fold()
    events, state = again.journal.since(None), state_hash(again.desk.shop.entities())
    for past in (again, two):
        past.journal.close()
    assert state == state_hash(fold(events))
    assert events[-1].origin == again.desk.shop.origin
