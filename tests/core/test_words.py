"""Every outcome has words: a sentence, filled in, and a remedy where something was refused."""

import random
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import Recorded, ScanRefused, SignalEvent
from shopfloor.core.line import CallKind, LaneOrder, LimitPolicy, Reason
from shopfloor.core.moment import Moment
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState, Verdict
from shopfloor.core.text import Text
from shopfloor.core.words import clock_text, recorded_words, refusal_words, span_text, verdict_words
from tests.helpers.andon_crew import andon_command
from tests.helpers.desk import Desk
from tests.helpers.plants import Crew, pass_time, random_line
from tests.helpers.routes import bring, long_line, with_loop, with_station
from tests.helpers.scale import scaled

NOT_REACHABLE = {Rule.NOT_IN_CIRCULATION}  # cards come into circulation with the line that names them


NOT_ALONE = {"finding_settled", "stations_taken"}  # a terminal alone disagrees with nobody
OF_SEVERAL = {
    Rule.UNLINKED,
    Rule.FASTER,
    Rule.NO_KEY,
    Rule.TAKEN_OVER,
}  # only terminals of one line


class TalkingDesk(Desk):
    """A desk that says every outcome aloud."""

    def __init__(self, seed: int) -> None:
        self.said: list[tuple[Recorded, str, str]] = []
        self.rng = random.Random(seed)
        super().__init__(random_line(self.rng))

    def say(self, recorded: Recorded, before: Shop) -> None:
        """Keep the words of an entry; `before` is the shop just before it."""
        sentence, remedy = recorded_words(before, recorded)
        self.said.append((recorded, str(sentence), str(remedy)))


def talk(seed: int, signals: int, *, only_calls: bool = False) -> TalkingDesk:
    """A random plant whose every outcome is put into words."""
    desk = TalkingDesk(seed)
    crew = Crew(desk.rng)
    for _ in range(signals):
        pass_time(desk, desk.rng)
        desk.tick()
        before = desk.shop.copy()
        head = len(desk.journal)
        calls = only_calls and desk.rng.random() < 0.7
        command = andon_command(desk.rng, desk.shop, desk.rng.choice("abc")) if calls else crew.command(desk.shop)
        outcome = desk.do(command)
        if isinstance(outcome, Refusal):
            sentence, remedy = refusal_words(outcome)
            assert filled(sentence)
            assert "{" not in str(remedy)
        for recorded in desk.journal[head:]:
            desk.say(recorded, before)
    return desk


def filled(text: Text) -> bool:
    """Whether there is a sentence and every field of it has a value."""
    return bool(str(text)) and "{" not in str(text)


@pytest.fixture(scope="module")
def said() -> list[tuple[Recorded, str, str]]:
    """What long random runs said."""
    runs = [talk(seed, 800) for seed in range(scaled(20, 60))]
    runs += [talk(seed, 800, only_calls=True) for seed in range(6)]
    return [line for run in runs for line in run.said]


def test_every_outcome_has_a_sentence_without_holes(said: list[tuple[Recorded, str, str]]) -> None:
    for recorded, sentence, remedy in said:
        if isinstance(recorded.event, SignalEvent) and recorded.event.device:
            assert sentence, recorded
            assert sentence[-1] != " ", recorded
        assert "{" not in sentence + remedy, (recorded, sentence, remedy)
        assert "  " not in sentence + remedy, (recorded, sentence, remedy)


def test_the_runs_met_every_rule_and_every_kind_that_answers_somebody(said: list[tuple[Recorded, str, str]]) -> None:
    rules = {Rule(r.event.rule) for r, _, _ in said if isinstance(r.event, ScanRefused)}
    assert rules == set(Rule) - NOT_REACHABLE - {Rule.LINE_FILE} - OF_SEVERAL
    kinds = {recorded.event.kind for recorded, sentence, _ in said if sentence}
    assert kinds == {cls.kind for cls in SignalEvent.__subclasses__()} - NOT_ALONE


def test_a_refusal_has_a_remedy_unless_there_is_nothing_to_do(said: list[tuple[Recorded, str, str]]) -> None:
    for recorded, _, remedy in said:
        if isinstance(recorded.event, ScanRefused):
            assert remedy or recorded.event.rule in {"already_done", "nothing_to_undo"}, recorded


def test_the_words_of_the_strip_are_those_of_the_journal() -> None:
    desk = talk(3, 300)
    for place in desk.shop.stations:
        verdict = desk.shop.book(place).verdict
        if verdict is not None:
            sentence, _ = verdict_words(desk.shop, place, verdict)
            assert str(sentence)


@pytest.mark.parametrize("rule", sorted(NOT_REACHABLE))
def test_rules_of_later_loops_have_words_too(rule: Rule) -> None:
    args: dict[str, str | int] = {"card": "A 1", "current": 2, "print": 1, "reason": "", "at_us": 0}
    sentence, remedy = refusal_words(Refusal(rule, args, "a-01"))
    assert filled(sentence)
    assert filled(remedy)


def test_every_rule_has_words() -> None:
    for rule in Rule:
        sentence, _ = refusal_words(Refusal(rule))
        assert sentence.template


def test_a_verdict_of_a_newer_program_is_silent() -> None:
    shop = Shop(long_line())
    assert verdict_words(shop, "saw", Verdict(n=1, kind="card_teleported", at_us=0)) == (Text(""), Text(""))


# Sentences that a plant reads every day, word by word.


def last_words(desk: Desk, place: str) -> tuple[str, str]:
    """What the strip of a station says now."""
    verdict = desk.shop.book(place).verdict
    assert verdict is not None
    sentence, remedy = verdict_words(desk.shop, place, verdict, ZoneInfo("Europe/Berlin"))
    return str(sentence), str(remedy)


def test_a_started_card_says_so_and_what_was_filled_in() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "empty")
    desk.scan("long", 1, "wash")
    assert last_words(desk, "wash") == (
        "A 1: started at Wash",
        "Scans were missing and have been filled in: Saw, Mill.",
    )


def test_a_full_station_says_what_to_finish() -> None:
    desk = Desk(with_station(long_line(), "saw", wip_limit=1))
    bring(desk, "short", "in_process 1")
    bring(desk, "long", "empty")
    desk.scan("long", 1, "saw")
    assert last_words(desk, "saw") == ("A 1: not started. 1 of 1 in process.", "Finish B 1 first.")


def test_a_full_lane_says_when_to_scan_again() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_limits=(1, None)))
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "in_process 1")
    desk.scan("long", 1, "saw")
    assert last_words(desk, "saw") == (
        "A 1: not finished. The lane to Mill is full: 1 of 1.",
        "Keep it here. Scan it again when Mill has started A 2.",
    )


def test_already_done_says_when_where_and_by_whom() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "queued 2")
    at = clock_text(desk.clock.now().at_us, ZoneInfo("Europe/Berlin"))
    desk.scan("long", 1, "saw")
    assert last_words(desk, "saw") == (f"A 1: already finished at {at} at Saw by gun", "Next: Mill.")


def test_a_second_press_says_how_long_ago() -> None:
    desk = Desk(replace(long_line(), reasons=(Reason(id="material", name="Material missing"),)))
    desk.call("saw", "material")
    desk.clock.advance(10)
    desk.call("saw", "material")
    assert last_words(desk, "saw") == ("Already called 0:12 ago: Material missing", "Help is on the way.")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("fault", "A 1: not started. Stop: Fault, Saw, since {at}"), ("", "A 1: not started. Stop at Saw since {at}")],
)
def test_a_stop_says_which_and_since_when(reason: str, sentence: str) -> None:
    desk = Desk(replace(long_line(), reasons=(Reason(id="fault", name="Fault", kind=CallKind.STOP),)))
    bring(desk, "long", "empty")
    desk.call("saw", reason)
    at = clock_text(desk.clock.now().at_us, ZoneInfo("Europe/Berlin"))
    desk.scan("long", 1, "saw")
    assert last_words(desk, "saw") == (sentence.replace("{at}", at), "Start again when it is cleared.")


def test_a_soft_limit_tells_the_leader() -> None:
    desk = Desk(with_station(long_line(), "saw", wip_limit=1, limit_policy=LimitPolicy.SOFT))
    bring(desk, "short", "in_process 1")
    bring(desk, "long", "in_process 1")
    assert last_words(desk, "saw") == ("A 1: started at Saw, over the limit", "Tell the team leader.")


def test_an_order_that_only_warns_says_so() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_order=LaneOrder.WARN))
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "queued 2", number=1)
    desk.scan("long", 1, "mill")
    assert last_words(desk, "mill")[0] == "A 1: started at Mill, before an older one"


def test_a_quick_finish_is_asked_about() -> None:
    desk = Desk(with_station(long_line(), "saw", cycle_min_s=20))
    bring(desk, "short", "in_process 1")
    desk.scan("short", 1, "saw", after_s=5)
    assert last_words(desk, "saw") == ("B 1: finish already, after 5 s?", "Scan it again to finish.")


def test_a_read_twice_says_what_was_done() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "in_process 1")
    at = clock_text(desk.clock.now().at_us, ZoneInfo("Europe/Berlin"))
    desk.scan("short", 1, "saw", after_s=0.3)
    assert last_words(desk, "saw")[0] == f"B 1: already read, started at {at}"


def test_a_refused_line_file_names_the_cards() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "in_process 1")
    loops = tuple(loop for loop in long_line().loops if loop.id != "short")
    refusal = desk.do(c.ChangeLine(line=replace(long_line(), loops=loops)))
    assert isinstance(refusal, Refusal)
    sentence, remedy = refusal_words(refusal)
    assert str(sentence) == "The line file would remove loops or stations with 1 cards in process: short-01 (Saw)"
    assert "last good line file" in str(remedy)


def test_a_card_of_a_part_with_several_loops_is_called_by_its_loop() -> None:
    desk = Desk(with_loop(long_line(), "short", part="A"))
    bring(desk, "short", "in_process 1")
    assert desk.card("short", 1).state is CardState.IN_PROCESS
    assert last_words(desk, "saw")[0] == "short 1: started at Saw"


def test_words_of_an_entry_need_only_the_shop_before_it() -> None:
    desk = Desk(long_line())
    before = desk.shop.copy()
    desk.scan("short", 1, "assembly")
    sentence, _ = recorded_words(before, desk.journal[-1])
    assert str(sentence) == "B 1: taken at Assembly, the card now asks for more"
    assert recorded_words(before, desk.journal[0]) == (Text(""), Text(""))
    assert desk.journal[-1].moment > Moment(0)


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0:00"), (42, "0:42"), (727, "12:07"), (3727, "1:02:07")])
def test_spans_are_read_at_a_glance(seconds: int, text: str) -> None:
    assert span_text(seconds) == text
