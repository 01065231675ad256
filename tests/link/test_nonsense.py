"""What a key that may only show the line can tell everybody: it ends nobody's link."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from shopfloor.core.line_link import Known, LinkState
from shopfloor.link.claims import Ask, encode
from shopfloor.link.line_names import HEARTBEATS
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_desks import DeskTerminal, NoEars, agree, pass_s, until

HUGE = 2**64 - 1
WALL = "wall~01"
HASH = bytes(32)


def _beat(*claims: Known, number: int = 1) -> bytes:
    told = (WALL, number, HASH, number, number, number, "1", number, "", number, claims)
    return msgspec.msgpack.encode(told)


@pytest.mark.parametrize(
    "said",
    [
        lambda own, other: encode(Ask(WALL, own, other, HUGE)),
        lambda own, other: encode(Ask(WALL, own, other, -5)),
        lambda own, _: encode(Ask(WALL, own, "t1\0~", 0)),
        lambda own, _: _beat(Known(own, HUGE, HASH)),
        lambda own, _: _beat(Known(own, -(2**63), HASH), Known(own, 0, b"")),
        lambda _own, _other: _beat(Known("t2~before", HUGE, HASH)),
        lambda _own, _other: _beat(number=HUGE),
    ],
)
def test_numbers_that_no_disk_takes_are_not_looked_up(
    soft: SoftBench, tmp_path: Path, said: Callable[[str, str], bytes]
) -> None:
    async def body() -> None:
        terminals = [DeskTerminal(soft, tmp_path, name) for name in ("t1", "t2")]
        first, second = terminals
        for terminal in terminals:
            terminal.connect()
        first.scan(1, "saw")
        await until(lambda: agree(terminals), terminals)
        wall = soft.log("wall")
        await wall.open(NoEars())
        await wall.tell(HEARTBEATS, said(second.reader.origin(), first.reader.origin()))
        await pass_s(terminals, 8)
        first.scan(2, "saw")
        await until(lambda: agree(terminals), terminals)
        assert {terminal.views[-1].state for terminal in terminals} == {LinkState.UP}
        await wall.close()
        for terminal in terminals:
            await terminal.disconnect()
            terminal.close()

    soft.run(body())
