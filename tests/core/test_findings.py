"""What a merge finds: a card at two places, a call answered twice, a station with two terminals."""

from datetime import UTC

import pytest
from msgspec.structs import replace

from shopfloor.core import commands_andon as a
from shopfloor.core.events import (
    CallAcknowledged,
    CallCleared,
    CardStarted,
    CardWithdrawn,
    Event,
    LineChanged,
    Recorded,
    TerminalStarted,
)
from shopfloor.core.events_line import FindingSettled
from shopfloor.core.evolve import apply
from shopfloor.core.moment import Moment
from shopfloor.core.rules import Refusal
from shopfloor.core.state import CardState
from shopfloor.core.state_line import FindingKind
from shopfloor.core.words import recorded_words
from shopfloor.core.words_line import finding_words
from tests.helpers.calls import andon_line
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import ANA, OLE


class Line:
    """A shop that hears several terminals."""

    def __init__(self) -> None:
        self.desk = Desk(andon_line(people=(ANA, OLE)))
        self.shop = self.desk.shop
        self.shop.origin = "t.1"
        self._n: dict[str, int] = {}
        self.at_us = self.desk.clock.now().at_us
        for terminal, station in (("one", "saw"), ("two", "assembly")):
            self.hear(terminal, TerminalStarted(terminal=terminal, stations=(station,)))

    def hear(self, terminal: str, event: Event, *, after_us: int = 1_000_000, unsure_us: int = 300_000) -> Recorded:
        """Let an event of a terminal happen a while later."""
        self.at_us += after_us
        self._n[terminal] = self._n.get(terminal, 0) + 1
        recorded = Recorded(
            origin=f"{terminal}~1",
            n=self._n[terminal],
            moment=Moment(self.at_us),
            mono_ns=0,
            boot=terminal,
            event=event,
            uncertainty_us=unsure_us,
        )
        apply(self.shop, recorded)
        return recorded

    def withdraw(self, **rest: int) -> None:
        """The assembly empties card 1."""
        self.hear("two", CardWithdrawn(station="assembly", card="long-01", device="gun", by="ana"), **rest)

    def start(self, **rest: int) -> None:
        """The saw starts card 1 as one that was empty."""
        self.hear("one", CardStarted(station="saw", card="long-01", step=1, device="gun", by="ana"), **rest)


@pytest.mark.parametrize(("apart_us", "found"), [(600_000, True), (600_001, False)])
def test_a_card_at_two_places_closer_than_the_clocks_can_tell_is_a_finding(apart_us: int, *, found: bool) -> None:
    line = Line()
    line.withdraw()
    line.start(after_us=5_000_000)
    line.withdraw(after_us=apart_us)
    findings = [(f.kind, f.places, f.apart_us) for f in line.shop.findings.values()]
    assert findings == ([(FindingKind.TWO_PLACES, ("saw", "assembly"), apart_us)] if found else [])
    assert line.shop.cards["long-01"].state is CardState.EMPTY


def test_steps_that_follow_from_each_other_are_none() -> None:
    line = Line()
    line.withdraw()
    line.start(after_us=1)
    assert line.shop.findings == {}


def test_the_next_scan_anywhere_settles_it() -> None:
    line = Line()
    line.withdraw()
    line.start()
    line.withdraw(after_us=10)
    assert line.shop.findings
    line.start(after_us=60_000_000)
    assert line.shop.findings == {}


def test_a_leader_settles_it_with_a_word() -> None:
    line = Line()
    line.withdraw()
    line.start()
    line.withdraw(after_us=10)
    settle = a.SettleFinding(station="saw", finding="card:long-01")
    assert rule_of(line.desk.do(settle)) == "no_right"
    line.shop.put([replace(line.shop.book("saw"), person=ANA.id)])
    event = line.desk.do(settle)
    assert isinstance(event, FindingSettled)
    assert str(recorded_words(line.shop, line.desk.journal[-1])[0]) == "It is cleared up"
    assert line.shop.findings == {}
    again = line.desk.do(settle)
    assert not isinstance(again, Refusal)
    assert rule_of(again) == "not_possible"


def test_whoever_answered_first_has_the_call_and_the_second_is_told() -> None:
    line = Line()
    line.desk.call("saw", "material")
    (call,) = line.shop.calls.values()
    line.hear("one", CallAcknowledged(station="saw", call=call.id, device="touch", by="ana"))
    line.hear("two", CallAcknowledged(station="saw", call=call.id, device="touch", by="ole"))
    assert line.shop.calls[call.id].acked_by == "ana"
    (found,) = line.shop.findings.values()
    assert (found.kind, found.places) == (FindingKind.TWO_ANSWERS, ("ana", "ole"))
    line.hear("one", CallCleared(station="saw", call=call.id, device="touch", by="ana"))
    assert line.shop.findings == {}, "there is nobody to go to any more"


def test_a_station_keeps_its_terminal_and_another_that_claims_it_is_found() -> None:
    line = Line()
    line.hear("three", TerminalStarted(terminal="three", stations=("saw",)))
    assert line.shop.posts["saw"].terminal == "one"
    (found,) = line.shop.findings.values()
    assert (found.kind, found.places) == (FindingKind.TWO_TERMINALS, ("saw", "one", "three"))


def test_two_line_files_under_one_number_are_found_until_one_that_knows_of_them_comes() -> None:
    line = Line()
    mine = line.shop.line
    theirs = replace(mine, wip_limit=5)
    line.hear("one", LineChanged(line=mine, epoch=3))
    line.hear("two", LineChanged(line=mine, epoch=3))
    assert line.shop.findings == {}, "they say the same"
    line.hear("two", LineChanged(line=theirs, epoch=2))
    assert line.shop.findings == {}, "it came late, and whoever asked for the newer one was asked after it"
    line.hear("two", LineChanged(line=theirs, epoch=3))
    (found,) = line.shop.findings.values()
    assert (found.kind, found.places) == (FindingKind.TWO_LINES, ("one", "two"))
    assert line.shop.line == mine
    words, remedy = finding_words(line.shop, found, UTC)
    assert str(words) == "Two line files at once: that of one counts, not that of two"
    assert str(remedy) == "Change it once more, with what is missing."
    line.hear("one", LineChanged(line=replace(mine, wip_limit=4), epoch=3))
    assert line.shop.findings, "the first goes on under its number, and has not seen it"
    line.hear("one", LineChanged(line=theirs, epoch=4))
    assert line.shop.findings == {}
