"""A terminal whose clock was set ahead while it was off works before it hears the line, and takes nobody along."""

from pathlib import Path

from shopfloor.clock import zone_of
from shopfloor.core.evolve import fold
from shopfloor.core.line_link import UNHEARD_US, LinkState
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_line import FindingKind
from shopfloor.core.words_line import finding_words
from shopfloor.store.verify import verify
from tests.helpers.line_bench import Bench
from tests.helpers.line_desks import DeskTerminal, agree, pass_s, until

DAYS_20 = 20 * 86_400 * US_PER_S


def _wrong_at_start(terminal: DeskTerminal, off_us: int) -> None:
    """Its computer was off, and somebody set its clock meanwhile."""
    terminal.restart()
    terminal.off_us, terminal.desk.unsure_us = off_us, UNHEARD_US


def test_events_of_the_future_are_put_back_before_others_hear_of_them(bench: Bench, tmp_path: Path) -> None:
    async def body() -> None:
        both = [DeskTerminal(bench, tmp_path, name) for name in ("t1", "t2")]
        first, second = both
        for terminal in both:
            terminal.sets_none = True
            terminal.connect()
        for number in (1, 2, 3):
            second.scan(number, "assembly")
        first.scan(1, "saw")
        await until(lambda: agree(both), both)
        await first.disconnect()
        _wrong_at_start(first, DAYS_20)
        first.scan(1, "saw")
        first.scan(2, "saw")
        now_us = first._clock.now().at_us
        assert first.desk.last.us > now_us + DAYS_20 - US_PER_S
        second.scan(4, "assembly")
        first.connect()
        await until(lambda: agree(both), both)
        first.scan(2, "saw")
        second.scan(1, "assembly")
        await until(lambda: agree(both), both)
        await pass_s(both, 2)

        assert first.views[-1].state is LinkState.UP
        events = second.events()
        now_us = second._clock.now().at_us
        assert max(event.moment.us for event in events) <= now_us + US_PER_S
        assert max(event.uncertainty_us for event in events) < UNHEARD_US, "nobody has to doubt anything"
        (found,) = second.desk.shop.findings.values()
        assert (found.kind, found.places, found.count) == (FindingKind.CLOCK_AHEAD, ("t1",), 2)
        words, _ = finding_words(second.desk.shop, found, zone_of("UTC"))
        assert str(words) == "Saw (t1): its clock was 480:00:00 ahead; 2 events were set right"
        for terminal in both:
            await terminal.disconnect()
            terminal.close()
            assert verify(terminal.folder, fold) == []

    bench.run(body())


def test_a_clock_off_by_what_it_says_changes_nothing_that_was_recorded(bench: Bench, tmp_path: Path) -> None:
    async def body() -> None:
        both = [DeskTerminal(bench, tmp_path, name) for name in ("t1", "t2")]
        for terminal in both:
            terminal.sets_none = True
        first = both[0]
        _wrong_at_start(first, UNHEARD_US // 2)
        first.scan(1, "saw")
        recorded = [entry.hash for entry in first.reader.events(0, 100)]
        for terminal in both:
            terminal.connect()
        await until(lambda: agree(both), both)
        assert [entry.hash for entry in first.reader.events(0, len(recorded))] == recorded
        assert both[1].desk.shop.findings == {}
        for terminal in both:
            await terminal.disconnect()
            terminal.close()

    bench.run(body())
