"""A terminal's process dies after it was cut off; another takes its stations over, people go on, and it comes back."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.shop import Shop
from shopfloor.core.state_line import Finding, FindingKind
from shopfloor.core.take_over import stakes_of
from shopfloor.core.update import Outcome, Snapshot
from shopfloor.link.joined import write_joined
from shopfloor.link.server.rights import KeyRole
from tests.helpers import line_verdict as verdict
from tests.helpers.line_cable import Way
from tests.helpers.line_rig import LINE_ID, Rig
from tests.helpers.line_served import need_nats
from tests.helpers.line_verdict import Copy, copy_of
from tests.helpers.terminal import Ear

WAIT_S_MAX = 60.0
LOOP = "loop1"  # made at s1 and s2, used at s3


class Office:
    """A leader's terminal without stations, in this process."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.terminal = Terminal(folder, [])
        self.terminal.open()
        self.terminal.start_link()
        self.folder = folder
        self._rig = rig

    def shop(self) -> Shop:
        """What is true there."""
        ear = Ear()
        end = self.terminal.engine.listen(ear)
        found = ear.next()
        end()
        assert isinstance(found, Snapshot)
        return Shop(found.line, found.entities)

    def do(self, command: c.Command) -> str:
        """Do a command; the rule that refused it, or the kind of event it came to."""
        answers: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        assert self.terminal.engine.submit(command, self.terminal.clock.now(), reply=answers.put)
        outcome = answers.get(timeout=WAIT_S_MAX)
        return outcome.refusal.rule.value if outcome.refusal else outcome.kind

    def step(self, station: str, number: int) -> str:
        """A card's next step at a station that was taken over."""
        return self.do(c.StepCard(station=station, card=f"{LOOP}-{number:02}"))

    def copies(self) -> list[Copy]:
        """Every disk, the own one too."""
        return [*self._rig.copies(), copy_of("office", self.folder)]

    def together(self) -> list[Copy]:
        """Wait until all disks hold the same."""
        found: list[Copy] = []

        def same() -> bool:
            found[:] = self.copies()
            return {copy.origin for copy in found} <= found[0].known.keys() and verdict.is_one(found)

        self._rig.until(same, within_s=WAIT_S_MAX, what="the terminals do not come to hold the same")
        return found


@contextmanager
def office_of(rig: Rig, folder: Path) -> Iterator[Office]:
    office = Office(rig, folder)
    try:
        yield office
    finally:
        office.terminal.stop()


def scan(rig: Rig, station: str, number: int) -> str:
    """Scan a card at a station's own terminal; the rule that refused it, or the kind of event it came to."""
    answer, _ = rig.terminals[station].ask(card_code(LINE_ID, LOOP, number, 1), threading.Event())
    assert answer is not None
    return answer.rule or answer.kind


def test_a_dead_terminals_stations_are_worked_on_by_another_until_it_comes_back(tmp_path: Path) -> None:
    need_nats()
    with Rig(tmp_path, terminals=3, seed=1) as rig:
        write_joined(tmp_path / "office", rig.server.key("office", rig.cable_of["s3"].host, KeyRole.LEADER))
        rig.start()
        with office_of(rig, tmp_path / "office") as office:
            assert {scan(rig, "s3", number) for number in range(1, 7)} == {"card_withdrawn"}
            rig.converge()
            # Whoever was first on the line has its places, and gives s1 half of them when it asks.
            rig.until(lambda: scan(rig, "s1", 1) == "card_started", within_s=WAIT_S_MAX, what="s1 gets no places")
            assert scan(rig, "s1", 2) == "card_started"
            office.together()

            rig.cables.set(rig.cable_of["s1"], Way.SILENT)
            assert scan(rig, "s1", 3) == "card_started", "it works on, and nobody hears of it"
            rig.terminals["s1"].kill()
            view = office.terminal.stops.view
            stakes = stakes_of(office.shop(), view, "s1", office.terminal.clock.now())
            assert (stakes.stations, stakes.cards) == (("s1",), (f"{LOOP}-01", f"{LOOP}-02"))
            assert stakes.free == {"s1": 1}
            assert stakes.left in {3, 7}, "of five or nine"
            assert office.step("s1", 1) == "taken_over"
            take = TakeOver(station=office.terminal.desk, stations=("s1",), reason="its computer is dead")
            assert office.do(take) == "stations_taken"

            assert [office.step("s1", number) for number in (1, 4, 5)] == [
                "card_finished",
                "card_started",
                "card_started",
            ]
            assert office.step("s1", 6) == "wip_limit", "three are in process, as far as anybody knows"
            there = [("s2", rig.terminals["s2"].data), ("office", office.folder)]
            rig.until(
                lambda: verdict.is_one([copy_of(name, folder) for name, folder in there]),
                within_s=WAIT_S_MAX,
                what="s2 does not hear of it",
            )
            assert scan(rig, "s2", 1) == "card_started", "the next station goes on with what was finished"

            rig.cables.set(rig.cable_of["s1"])
            rig.terminals["s1"].start()
            office.together()
            assert scan(rig, "s1", 3) == "taken_over"
            copies = office.together()
            (found,) = [e for e in copies[0].entities if isinstance(e, Finding)]
            assert (found.kind, found.count, found.places) == (FindingKind.STILL_WORKED, 1, ("s1", "s1", "office"))
            limits = verdict.limits_kept(copies[0].events)
            assert (limits.broken, limits.named) == ([], 0)
            assert limits.silent == 1, "the fourth card at s1 is accounted for by what the silent one did"
            assert verdict.gaps(copies) == verdict.unlike(copies) == verdict.folded_otherwise(copies) == []
            assert verdict.not_conserved(copies, rig.line) == []
