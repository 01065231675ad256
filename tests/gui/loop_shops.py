"""Lines in the states that the loops page has to show."""

import msgspec

from shopfloor.core.codes import card_id
from shopfloor.core.line import Line, Loop, LoopKind, Part, Station
from shopfloor.core.state import Card, CardState, Entity
from shopfloor.core.update import DigestRow
from shopfloor.flow.digest import Lead
from tests.gui.board_shops import MIN, START_US, Still, gearbox, made_rows

FULL, EMPTY, WAITING = CardState.FULL, CardState.EMPTY, CardState.WAITING
WORKING, QUEUED, COMING = CardState.IN_PROCESS, CardState.QUEUED, CardState.IN_TRANSIT
EVERY_MIN = 9  # minutes between two withdrawals of a measured loop
LONG = "Gehäuse-Oberteil mit vormontiertem Kegelrollenlager, links"


def turning(loop: str, *states: CardState, every_min: float = EVERY_MIN, steps: int = 1) -> list[Entity]:
    """Cards of a loop that has turned: emptied one after the other, those that move on their way since then."""
    found: list[Entity] = []
    for number, state in enumerate(states, 1):
        emptied_us = START_US - round((len(states) - number) * every_min * MIN) - 2 * MIN
        moves = state in {WORKING, QUEUED, COMING}
        done = state in {FULL, CardState.IN_USE, CardState.HELD, CardState.LOST}
        released_us = emptied_us + 4 * MIN if moves or done else 0
        released_us = min(released_us, START_US - MIN) if released_us else 0
        found.append(
            Card(
                id=card_id(loop, number),
                loop=loop,
                number=number,
                state=state,
                step=min(steps, 1 + number % steps) if state in {WORKING, QUEUED} else 0,
                since_us=released_us or emptied_us,
                queued_us=released_us if state is QUEUED else 0,
                cycle=3,
                emptied_us=emptied_us,
                released_us=released_us,
                note="Damaged" if state is CardState.HELD else "",
                done_station="wash" if done else "",
            )
        )
    return found


def measured(loop: str, *, every_min: float = EVERY_MIN, make_min: float = 20, count: int = 24) -> list[DigestRow]:
    """Containers made and lead times of the past, the newest now."""
    made = made_rows(count, key=loop, every_s=every_min * 60)
    leads = [
        DigestRow(
            "lead",
            loop,
            START_US - round((count - k) * every_min * MIN),
            9000 + k,
            msgspec.json.encode(Lead(card_id(loop, 1 + k % 4), round((make_min + k % 5 - 2) * 60_000))),
        )
        for k in range(count)
    ]
    return made + leads


def line_of(*loops: Loop, **changes: object) -> Line:
    """The gear line with these loops, their parts and no shifts, so that all time is working time."""
    parts = {loop.part: Part(id=loop.part, description=_DESCRIPTIONS.get(loop.id, "")) for loop in loops}
    return gearbox(loops=loops, parts=tuple(parts.values()), shifts=(), **changes)


_DESCRIPTIONS = {"housing": "Housing", "cover": "Cover", "shaft": "Shaft", "bolt": "Bolt M8 × 40", "seal": "Seal ring"}


def _loops() -> tuple[Loop, ...]:
    press = ("press", "deburr", "wash")
    return (
        Loop(id="housing", part="GB-100", route=press, consumer="assembly", quantity=20, cards=8),
        Loop(id="cover", part="GB-200", route=("press", "wash"), consumer="assembly", quantity=12, cards=6),
        Loop(id="shaft", part="GB-300", route=("wash",), consumer="deburr", quantity=8, cards=5),
        Loop(id="bolt", part="N-0815", route=("wash",), consumer="assembly", quantity=500, cards=2),
        Loop(id="orders", part="ORDER", kind=LoopKind.CONWIP, route=("press", "assembly"), cards=10),
    )


def normal() -> Still:
    """Nothing is wrong: two loops measured, one not yet, a CONWIP loop."""
    loops = _loops()
    return Still(
        line_of(*loops),
        [
            *turning("housing", FULL, FULL, FULL, FULL, FULL, QUEUED, WORKING, EMPTY, steps=3),
            *turning("cover", FULL, FULL, FULL, FULL, WORKING, EMPTY, every_min=14, steps=2),
            *turning("shaft", FULL, FULL, FULL, FULL, FULL, every_min=30),
            *[msgspec.structs.replace(card, cycle=0, emptied_us=0, released_us=0) for card in _cards("bolt", 2)],
            *turning("orders", EMPTY, EMPTY, EMPTY, WORKING, QUEUED, WORKING, EMPTY, EMPTY, WORKING, EMPTY, steps=2),
        ],
        measured("housing") + measured("cover", every_min=14) + measured("shaft", every_min=30, count=4),
    )


def _cards(loop: str, count: int) -> list[Card]:
    return [card for card in turning(loop, *[FULL] * count) if isinstance(card, Card)]


def urgent() -> Still:
    """One store empty, one empty before the next container comes, one low, one well."""
    loops = _loops()
    return Still(
        line_of(*loops),
        [
            *turning("housing", FULL, EMPTY, EMPTY, WORKING, WORKING, QUEUED, EMPTY, EMPTY, steps=3),
            *turning("cover", WORKING, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, every_min=14, steps=2),
            *turning("shaft", FULL, CardState.HELD, WORKING, CardState.LOST, FULL, every_min=60),
            *turning("bolt", FULL, EMPTY, every_min=200),
            *turning("orders", *[WORKING] * 10, steps=2),
        ],
        measured("housing") + measured("cover", every_min=14) + measured("shaft", every_min=60),
    )


def all_states() -> Still:
    """Every state a card can have, a blocked one, one over the planned number, one retired."""
    loop = Loop(
        id="housing", part="GB-100", route=("press", "wash"), consumer="assembly", quantity=20, cards=14, transit=True
    )
    states = (EMPTY, EMPTY, WAITING, WORKING, WORKING, QUEUED, COMING, FULL, FULL, FULL)
    rest = (CardState.IN_USE, CardState.HELD, CardState.LOST, CardState.NEW, FULL, CardState.RETIRED)
    entities = turning("housing", *states, *rest, steps=2)
    blocked = [
        msgspec.structs.replace(card, blocked_us=START_US - MIN, express=True)
        if isinstance(card, Card) and card.number == 4
        else card
        for card in entities
    ]
    return Still(line_of(loop), blocked, measured("housing"))


def long_names() -> Still:
    """Names nobody shortened."""
    stations = tuple(
        Station(id=key, name=name)
        for key, name in (
            ("press", "Exzenterpresse 4 Halle Nord"),
            ("wash", "Durchlaufwaschanlage"),
            ("assembly", "Getriebe-Endmontage Linie 2"),
        )
    )
    loops = tuple(
        Loop(
            id=f"oberteil-{n}",
            part=f"A-4711-0815-{n:04d}-REV-C",
            route=("press", "wash"),
            consumer="assembly",
            quantity=1200,
            cards=9,
        )
        for n in range(3)
    )
    line = line_of(*loops, stations=stations)
    parts = tuple(msgspec.structs.replace(part, description=LONG, unit="Stück") for part in line.parts)
    entities = [
        card
        for loop, full in zip(loops, (8, 4, 0), strict=True)
        for card in turning(loop.id, *[FULL] * full, *[WORKING] * (9 - full), steps=2)
    ]
    rows = [row for loop in loops for row in measured(loop.id)]
    return Still(msgspec.structs.replace(line, parts=parts), entities, rows)


def many(loops: int = 40, *, large: int = 200) -> Still:
    """Many loops, the first of them with very many cards."""
    found = tuple(
        Loop(
            id=f"loop{n:02d}",
            part=f"P-{1000 + 7 * n}",
            route=("press", "wash") if n % 3 else ("deburr",),
            consumer="assembly",
            quantity=10 + n,
            cards=large if not n else 4 + n % 21,
        )
        for n in range(loops)
    )
    entities: list[Entity] = []
    rows: list[DigestRow] = []
    for n, loop in enumerate(found):
        full = loop.cards * (n * 7 % 10) // 10 if n else loop.cards // 2
        moving = (loop.cards - full) // 2
        states = [FULL] * full + [WORKING] * moving + [EMPTY] * (loop.cards - full - moving)
        entities += turning(loop.id, *states, every_min=3 + n % 11, steps=len(loop.route))
        rows += measured(loop.id, every_min=3 + n % 11, make_min=15 + n, count=60)
    return Still(line_of(*found), entities, rows)


def first_run() -> Still:
    """A line without a loop."""
    return Still(Line(id="new", name="New line"), [])
