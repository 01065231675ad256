"""What was made is counted once for every kind of loop, and taken back once by an undo."""

import msgspec
import pytest

from shopfloor.core.commands import UndoStep
from shopfloor.core.evolve import apply
from shopfloor.core.line import LoopKind, Mark, Sequence
from shopfloor.core.shop import Shop
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import Made, digest_rows
from tests.helpers.desk import Desk
from tests.helpers.kinds import desk_of


def made(desk: Desk) -> list[int]:
    """What each event of the desk's journal added to what was made."""
    shop, calendar, found = Shop(), WorkCalendar(desk.shop.line), []
    for recorded in desk.journal:
        rows = digest_rows(shop, recorded, calendar)
        found += [msgspec.json.decode(row.body, type=Made).cards for row in rows if row.series == "made"]
        apply(shop, recorded)
    return found


@pytest.mark.parametrize("kind", [LoopKind.PRODUCTION, LoopKind.TWO_BIN, LoopKind.WITHDRAWAL])
def test_a_turn_makes_one_container(kind: LoopKind) -> None:
    desk = desk_of(kind)
    for station in ("assembly", "press", "press"):
        desk.scan("x", 1, station, after_s=60)

    assert made(desk) == [1]


def test_a_finish_by_one_scan_is_made_and_taken_back() -> None:
    desk = desk_of(sequence=Sequence(in_process=Mark.FORBIDDEN))
    desk.scan("x", 1, "assembly", after_s=60)
    desk.scan("x", 1, "press", after_s=60)
    desk.do(UndoStep(station="press"))

    assert made(desk) == [1, -1]


def test_a_receipt_that_proves_the_last_finish_is_made_and_taken_back() -> None:
    desk = desk_of(LoopKind.WITHDRAWAL)
    for station in ("assembly", "press", "assembly"):
        desk.scan("x", 1, station, after_s=60)
    assert made(desk) == [1]
    desk.do(UndoStep(station="assembly"))

    assert made(desk) == [1, -1]
