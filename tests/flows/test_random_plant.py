"""Three scanners and operators who do anything: limits hold at every event, and the journal is the whole truth."""

import random
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from shopfloor.core.codec import encode_entity
from shopfloor.core.codes import call_code, single_code
from shopfloor.core.events import Recorded, SignalEvent
from shopfloor.core.evolve import apply, fold
from shopfloor.core.shop import Shop, lane_limit
from shopfloor.core.state import Entity
from shopfloor.store.history import SqliteHistory
from tests.flows.conftest import BOXES, GUNS
from tests.flows.frames import FOREIGN, LOOPS, NO_READS
from tests.flows.plant import LINE, LINE_ID, Plant, code
from tests.flows.terminal import Echoed
from tests.helpers.scale import scaled
from tests.helpers.seed import chance

SIGNALS = scaled(600, 5000)
IN_HAND_MAX = 3
AHEAD_MAX = 24  # scans that nobody has answered yet: with more, one scanner would have its whole day at once
HANDFUL_MAX = 8  # scans of one scanner before the next has its turn
BUTTONS = ("B1", "B2", "B3", "B3", "B3", "B3", "B7")
HANDS = ("gun-1",) * 5 + ("gun-2",) * 5 + ("gun-3",) * 2 + ("box-1",)  # who takes less leaves more to be made
COMMANDS = (
    *(single_code(verb) for verb in ("undo", "undo", "undo", "stop", "ack", "arrive", *["clear"] * 8)),
    call_code(LINE_ID, "material"),
    call_code(LINE_ID, "fire"),
)


class Operator:
    """Scans anything: a card in hand once more, any card, now and then a command or what nobody knows."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._in_hand = deque[str](maxlen=IN_HAND_MAX)

    def scan(self) -> str:
        """The text of the next scan."""
        chance = self._rng.random()
        if chance < 0.06:
            return self._rng.choice(COMMANDS)
        if chance < 0.10:
            return self._rng.choice(FOREIGN + NO_READS)
        if chance < 0.50 and self._in_hand:
            return self._rng.choice(self._in_hand)
        loop, cards = self._rng.choice(LOOPS)
        self._in_hand.append(code(loop, self._rng.randint(1, cards)))
        return self._in_hand[-1]


def assert_holds(shop: Shop, recorded: Recorded) -> None:
    """No hard limit is exceeded and no card is missing after this event."""
    line = shop.line
    assert line.wip_limit is None or len(shop.released) <= line.wip_limit, recorded
    for station in line.stations:
        assert station.wip_limit is None or len(shop.in_process(station.id)) <= station.wip_limit, recorded
    for loop in line.loops:
        for step in range(2, len(loop.route) + 1):
            limit = lane_limit(loop, step)
            assert limit is None or len(shop.lane(loop.id, step)) <= limit, recorded
        assert len(shop.of_loop(loop.id)) == loop.cards, recorded


def by_id(entities: Iterable[Entity]) -> dict[tuple[str, str], Entity]:
    return {encode_entity(entity)[:2]: entity for entity in entities}


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Limits so tight that everybody runs into them."""
    text = LINE.replace("wip_limit = 3", "wip_limit = 1").replace("wip_limit = 5", "wip_limit = 3")
    with Plant(tmp_path, guns=GUNS, boxes=BOXES, text=text, head="repeat_window_s = 0") as made:
        yield made


def test_random_operators_never_pass_a_limit_and_every_signal_is_in_the_journal(plant: Plant) -> None:
    rng = chance()
    terminal = plant.start().ready()
    told: list[Echoed] = []
    operators = {device: Operator(rng) for device in GUNS}
    sent: dict[str, list[str]] = {device: [] for device in plant.cables}
    while sum(map(len, sent.values())) < SIGNALS:
        device = rng.choice(HANDS)
        handful = rng.randint(1, HANDFUL_MAX)
        texts = [rng.choice(BUTTONS)] if device == "box-1" else [operators[device].scan() for _ in range(handful)]
        plant.send(device, *texts)
        sent[device] += texts
        told += terminal.outcomes(sum(map(len, sent.values())) - len(told) - rng.randrange(AHEAD_MAX))
    count = sum(map(len, sent.values()))
    told += terminal.outcomes(count - len(told))
    assert terminal.stop() == 0
    assert terminal.rest() == []

    held = 0
    shop, kinds, read = Shop(), set[str](), {device: list[str]() for device in sent}
    events = plant.journal()
    for recorded in events:
        apply(shop, recorded)
        if len(shop.cards) == sum(loop.cards for loop in shop.line.loops):  # all of them were put in circulation
            assert_holds(shop, recorded)
            held += 1
        kinds.add(recorded.event.kind)
        if isinstance(recorded.event, SignalEvent) and recorded.event.device:
            read[recorded.event.device].append(recorded.event.code)
    assert held > count, "no card was ever missing"
    assert read == sent, "each signal is one entry, in the order of its device"
    with SqliteHistory(plant.data) as history:
        _, stored, _ = history.snapshot()
    assert by_id(fold(events)) == by_id(stored)
    assert plant.problems() == []
    rules = sorted({outcome.rule for outcome in told} - {""})
    assert {"card_withdrawn", "card_started", "card_finished", "call_raised", "call_cleared"} <= kinds
    assert {"wip_limit", "line_limit", "stopped"} <= set(rules), "limits that nobody ran into were not tested"
    print(f"{count} signals, {len(events)} events, {len(rules)} rules refused: {', '.join(rules)}")
