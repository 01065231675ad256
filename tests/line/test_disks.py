"""Terminals whose disks are put back and copied while people work: each believed scan is there once, and it is told."""

from pathlib import Path

import pytest

from shopfloor.core.evolve import fold
from shopfloor.core.state_line import Finding, FindingKind
from shopfloor.store.verify import verify
from tests.helpers.line_nemesis import Fault, Kind, Nemesis
from tests.helpers.line_rig import Rig, judge
from tests.helpers.line_served import need_nats

SCANS_BETWEEN = 8
STEPS_AFTER = 10


@pytest.mark.timeout(180)
def test_a_disk_put_back_while_the_server_is_wiped_loses_and_doubles_no_believed_scan(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        rig.open_shift()
        rig.disks.keep("s1")
        rig.work_on(SCANS_BETWEEN)

        def wiped() -> None:
            rig.server.end()
            rig.server.wipe()
            rig.server.start()

        assert rig.disks.put_back("s1", wiped)
        rig.work_on(STEPS_AFTER)
        rig.close_shift()
        rig.converge()
        print(judge(rig))
        copies = rig.same_copies()
        assert len(copies[0].known) == 4, "one of three terminals has a second name"
        assert [verify(terminal.data, fold) for terminal in rig.terminals.values()] == [[], [], []]


@pytest.mark.timeout(180)
def test_a_disk_put_back_and_one_that_runs_twice_lose_and_double_no_believed_scan(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        rig.open_shift()
        nemesis = Nemesis(rig)
        for kind, name in ((Kind.DISK_COPY, "s1"), (Kind.DISK_RESTORE, "s1"), (Kind.DISK_CLONE, "s2")):
            rig.work_on(SCANS_BETWEEN)
            nemesis.run([Fault(kind, (name,), 0.0, 0.0, 1)])
        rig.work_on(STEPS_AFTER)
        rig.close_shift()
        rig.converge()
        print(judge(rig))
        copies = rig.same_copies()
        assert len(copies[0].known) == 5, "each of two terminals has a second name"
        found = {e.places for e in copies[0].entities if isinstance(e, Finding) and e.kind is FindingKind.BEGUN_ANEW}
        assert found == {("s1",), ("s2",)}
        assert [verify(terminal.data, fold) for terminal in rig.terminals.values()] == [[], [], []]
