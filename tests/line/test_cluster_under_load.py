"""Three servers for one line whose leader is killed again and again while people scan: nobody notices."""

import threading
from pathlib import Path

import pytest

from tests.helpers.line_cluster import RigCluster
from tests.helpers.line_rig import LINE_ID, RigOf, judge
from tests.helpers.line_served import need_nats
from tests.helpers.scale import scaled
from tests.helpers.seed import chance

pytestmark = pytest.mark.timeout(scaled(180, 3600))

KILLS = scaled(1, 20)
STEPS_BETWEEN = 20  # that people do while a node is gone, and again once it is back


def test_killed_leaders_of_a_cluster_lose_nothing_and_nobody_waits(tmp_path: Path) -> None:
    need_nats()
    rng = chance()
    cluster = RigCluster(tmp_path / "cluster", LINE_ID)
    with RigOf(tmp_path, cluster, terminals=3, seed=rng.randrange(10**6)) as rig:
        rig.start()
        rig.open_shift()
        for _ in range(KILLS):
            number = cluster.kill_leader()
            rig.work_on(STEPS_BETWEEN)
            threading.Event().wait(rng.uniform(0.0, 1.0))
            cluster.start_node(number)
            rig.work_on(STEPS_BETWEEN)
        rig.close_shift()
        healed_s = rig.converge()
        figures = judge(rig)
    print(f"{KILLS} leaders killed: {figures}; the same everywhere {healed_s:.1f} s after the last scan")
