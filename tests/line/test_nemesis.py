"""Real terminals on a real line server, people who scan, and faults by seed: afterwards nothing is lost or doubled."""

import json
import random
from pathlib import Path

import pytest

from shopfloor.core.codes import single_code
from tests.helpers.line_nemesis import SHORT, Kind, Nemesis, schedule
from tests.helpers.line_rig import Rig, judge
from tests.helpers.line_served import need_nats
from tests.helpers.scale import scaled, soaking
from tests.helpers.seed import chance

pytestmark = pytest.mark.timeout(scaled(180, 4 * 3600))

TERMINALS = scaled(4, 8)
SIGNALS = scaled(300, 20_000)
FAULTS = scaled(4, 30)  # in the soak again and again, until there were so many signals
ROUNDS_MAX = 40
STOP_S_MAX = 2.0
TRIES_MAX = 3  # a machine that does something else for a moment is no slow line
STEPS_AFTER = 40  # that people do once everything is healed


def _seed() -> int:
    return chance().randrange(10**6)


def test_whatever_befalls_a_line_every_believed_scan_is_everywhere_once(tmp_path: Path) -> None:
    need_nats()
    seed = _seed()
    kinds = tuple(Kind) if soaking() else SHORT
    rng = random.Random(seed)
    with Rig(tmp_path, terminals=TERMINALS, seed=seed, pause_s=scaled(40, 60) / 1000) as rig:
        rig.start()
        rig.open_shift()
        nemesis = Nemesis(rig)
        for _ in range(ROUNDS_MAX):
            nemesis.run(schedule(rng.randrange(10**6), FAULTS, tuple(rig.terminals), kinds=kinds))
            if len(rig.told) >= SIGNALS:
                break
        rig.until(lambda: len(rig.told) >= SIGNALS, within_s=60, what=f"there are no {SIGNALS} signals")
        rig.work_on(STEPS_AFTER)
        rig.close_shift()
        healed_s = rig.converge()
        figures = judge(rig)
        print(f"the same everywhere {healed_s:.1f} s after the last scan")
        print(json.dumps(figures | {"answers": rig.answers(), "deaths": sum(rig.deaths.values())}, indent=1))


def test_a_schedule_is_the_same_for_the_same_seed() -> None:
    names = ("s1", "s2", "s3")
    assert schedule(7, 40, names) == schedule(7, 40, names)
    assert schedule(7, 40, names) != schedule(8, 40, names)
    assert {fault.kind for fault in schedule(7, len(Kind), names)} == set(Kind)


def test_a_terminal_works_on_while_the_server_is_away_and_is_heard_when_it_is_back(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        rig.server.end()
        # What is on its way to an engine yet happened before the shift: later events of others cannot come.
        heads = {copy.origin: copy.known[copy.origin] for copy in rig.copies()}
        rig.open_shift()
        rig.until(lambda: len(rig.told) >= 40, within_s=60, what="people cannot work without the server")
        rig.close_shift()
        for copy in rig.copies():
            heard = {origin: n for origin, n in copy.known.items() if origin != copy.origin}
            assert all(n <= heads[origin] for origin, n in heard.items()), f"{copy.name} heard {heard}, before {heads}"
        assert sum(copy.known[copy.origin] for copy in rig.copies()) >= sum(heads.values()) + 40
        rig.server.start()
        rig.converge()
        judge(rig)


def test_a_stop_pressed_on_one_is_on_the_disk_of_all_within_two_seconds(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        rig.start()
        first, took_s = rig.terminals["s1"], [rig.stop_seen_s(within_s=STOP_S_MAX * 10)]
        while took_s[-1] > STOP_S_MAX and len(took_s) < TRIES_MAX:
            first.ask(single_code("clear"), rig.gone)
            took_s.append(rig.stop_seen_s(within_s=STOP_S_MAX * 10))
        assert took_s[-1] <= STOP_S_MAX, took_s
        rig.converge()
