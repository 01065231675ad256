"""kill -9 while people, contacts and rules call, shelve, repair, clear and learn: nothing that was said is lost."""

import subprocess
import sys
import threading
from pathlib import Path

from shopfloor.core.call_views import all_call_views
from shopfloor.core.codec import entity_id
from shopfloor.core.evolve import fold
from shopfloor.core.moment import Now
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.state_andon import Contact, OutOfService, Problem, Shelf
from shopfloor.core.state_call import Call
from shopfloor.flow.andon.record import CALLS
from shopfloor.store.history import SqliteHistory
from shopfloor.store.verify import verify
from tests.flows.terminal import ROOT, WAIT_S_MAX
from tests.helpers.scale import scaled
from tests.helpers.seed import chance

KILLS = scaled(5, 60)
WORK_S_MIN, WORK_S_MAX = 0.1, 0.8
NOT_IN_THE_JOURNAL = {"nothing", "refused"}


def shift(folder: Path, seed: int, after_s: float) -> list[tuple[int, str]]:
    """One process until it is killed so long after its first entry; what it said, whole lines only."""
    command = [sys.executable, "-m", "tests.flows.crew_app", str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        killer = threading.Timer(after_s, process.kill)
        killer.start()
        said += process.stdout.readlines()
        killer.join(WAIT_S_MAX)
        assert process.wait(WAIT_S_MAX) == -9, "it was to be killed and nothing else"
    whole = [line.split() for line in said if line.endswith("\n")]
    return [(int(number), kind) for number, kind in whole if kind not in NOT_IN_THE_JOURNAL]


def test_what_was_said_of_calls_is_so_after_any_kill(tmp_path: Path) -> None:
    rng = chance()
    told: list[tuple[int, str]] = []
    for _ in range(KILLS):
        told += shift(tmp_path, rng.randrange(10**6), rng.uniform(WORK_S_MIN, WORK_S_MAX))
        assert verify(tmp_path, fold) == []
        with SqliteHistory(tmp_path) as history:
            events = list(history.events())
            line, entities, _ = history.snapshot()
            figures = history.digest(CALLS, "")
        assert {(type(e), entity_id(e)): e for e in fold(events)} == {(type(e), entity_id(e)): e for e in entities}
        shop = Shop(line or EMPTY_LINE, entities)
        last = events[-1]
        all_call_views(shop, Now(last.moment.us, last.mono_ns, last.boot))
        standing = [(call.station, call.reason) for call in shop.calls.values() if not call.cleared_us]
        assert len(standing) == len(set(standing))
        began = sum(r.event.kind in {"call_raised", "call_reopened"} for r in events)
        assert began == len(figures) + len(shop.calls), "each call is over once, or open"
    kinds = {recorded.n: recorded.event.kind for recorded in events}
    assert [(number, kind) for number, kind in told if kinds.get(number) != kind] == []
    met = {type(entity) for entity in entities}
    print(f"{KILLS} kills, {len(told)} entries said, {began} calls, {sorted(t.__name__ for t in met)}")
    assert met & {Call, Contact, Shelf, OutOfService, Problem}
