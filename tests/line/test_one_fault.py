"""One fault each, on a line of real processes: what the terminal that is hit says, and what it does."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.core.codes import card_code
from shopfloor.core.events import CardWithdrawn
from shopfloor.core.evolve import fold
from shopfloor.core.health import Condition, Health
from shopfloor.core.state_line import Finding, FindingKind
from shopfloor.engine.engine import Engine
from shopfloor.store.verify import verify
from tests.helpers.line_cable import Way
from tests.helpers.line_rig import LINE_ID, Rig
from tests.helpers.line_served import need_nats
from tests.helpers.line_verdict import copy_of

LOST_S_MAX = 4.0  # a cable that says nothing, with TLS, until the screen says so
WAIT_S_MAX = 30.0
TRIES_MAX = 3  # a machine that does something else for a moment is no slow watch
HOURS_US = 3_600_000_000


class Within:
    """A terminal in this process, on the folder of one of the rig's."""

    def __init__(self, rig: Rig, station: str) -> None:
        self.terminal = Terminal(rig.terminals[station].data, [station])
        self.terminal.open()
        self.terminal.start_link()

    def __enter__(self) -> Terminal:
        return self.terminal

    def __exit__(self, *_: object) -> None:
        self.terminal.stop()


def link_of(engine: Engine) -> Health | None:
    return engine.condition("link")


def until(true: Callable[[], bool], within_s: float = WAIT_S_MAX) -> float:
    """Wait until it is true; how long it took."""
    begun_s, pause = time.monotonic(), threading.Event()
    while not true():
        assert time.monotonic() < begun_s + within_s, "it does not come about"
        pause.wait(0.02)
    return time.monotonic() - begun_s


def is_up(engine: Engine) -> bool:
    part = link_of(engine)
    return part is not None and part.condition is Condition.UP


def test_a_silent_cable_is_told_as_a_lost_link_within_four_seconds_with_tls(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        rig.terminals["s1"].stop()
        with Within(rig, "s1") as terminal:
            for _ in range(TRIES_MAX):
                until(lambda: is_up(terminal.engine))
                rig.cables.set(rig.cable_of["s1"], Way.SILENT)
                lost_s = until(lambda: not is_up(terminal.engine))
                rig.cables.set(rig.cable_of["s1"])
                back_s = until(lambda: is_up(terminal.engine))
                print(f"a silent cable was told after {lost_s:.2f} s, a healed one after {back_s:.2f} s")
                if lost_s <= LOST_S_MAX:
                    break
    assert lost_s <= LOST_S_MAX


def test_a_disk_put_back_to_an_old_copy_goes_on_under_a_new_name_and_loses_nothing(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        old = rig.terminals["s1"]
        old.kill()
        old.keep_copy()
        old.start()
        loop = next(loop for loop in rig.line.loops if loop.consumer == "s1")
        codes = [card_code(LINE_ID, loop.id, number, 1) for number in (1, 2, 3)]
        for code in codes[:2]:
            answer, _ = old.ask(code, rig.gone)
            assert answer is not None
            assert answer.kind == "card_withdrawn"
        rig.converge()
        before = copy_of("s1", old.data)
        old.kill()
        old.restore_copy()
        rig.cables.set(rig.cable_of["s1"], Way.SILENT)
        old.start()
        answer, _ = old.ask(codes[2], rig.gone)
        assert answer is not None
        assert answer.kind == "card_withdrawn", "it works on before it hears of the line"
        rig.cables.set(rig.cable_of["s1"])
        rig.until(
            lambda: copy_of("s1", old.data).origin != before.origin, within_s=WAIT_S_MAX, what="it has its old name"
        )
        rig.converge()
        after = copy_of("s2", rig.terminals["s2"].data)
        forgotten = [r for r in before.events if r not in after.events]
        assert forgotten == [], "the others keep what the disk forgot"
        withdrawn = [r.event.code for r in after.events if isinstance(r.event, CardWithdrawn)]
        assert sorted(withdrawn) == sorted(codes)
        found = [e for e in after.entities if isinstance(e, Finding)]
        assert [(one.kind, one.places) for one in found] == [(FindingKind.BEGUN_ANEW, ("s1",))]
        assert [verify(terminal.data, fold) for terminal in rig.terminals.values()] == [[], [], []]


def test_a_clock_set_before_the_link_is_up_moves_no_event_by_hours(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        first = rig.terminals["s1"]
        first.kill()
        rig.cables.set(rig.cable_of["s1"], Way.SILENT)
        first.start()
        first.set_clock(7200.0)
        loop = next(loop for loop in rig.line.loops if loop.consumer == "s1")
        first.ask(card_code(LINE_ID, loop.id, 1, 1), rig.gone)
        first.set_clock(0.0)
        rig.cables.set(rig.cable_of["s1"])
        rig.converge()
        moments_us = [recorded.moment.us for recorded in copy_of("s2", rig.terminals["s2"].data).events]
        assert max(moments_us) - min(moments_us) < HOURS_US
