"""A command that needs the line's permission waits for it beside everything else, and is decided anew when it comes."""

import queue
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import CallCleared, LineChanged, ScanRefused
from shopfloor.core.events_line import Permitted
from shopfloor.core.line_link import GOOD_FOR_S, Decided, LinkState, LinkView, Question, Ruling
from shopfloor.core.line_refusals import ROLES, TAKE_BACK
from shopfloor.core.state import Call
from shopfloor.core.update import Outcome
from shopfloor.engine.asking import WAITING_MAX
from shopfloor.engine.parts import LINE_FILE
from shopfloor.link.server.rights import DECISIONS, KeyRole, rights_of
from shopfloor.link.subjects import Subjects, Thing
from tests.helpers.calls import andon_line
from tests.helpers.routes import with_station
from tests.helpers.terminal import Terminal, events, running

WAIT_S_MAX = 10.0
WON = Decided(Ruling.WON, 7, epoch=1)
LINE = andon_line()


class Door:
    """The way to the line, where a test answers each question when it likes."""

    def __init__(self) -> None:
        self.asked: queue.SimpleQueue[tuple[Question, Future[Decided]]] = queue.SimpleQueue()

    def __call__(self, question: Question, /) -> "Future[Decided]":
        answer: Future[Decided] = Future()
        self.asked.put((question, answer))
        return answer

    def next(self) -> "tuple[Question, Future[Decided]]":
        """The next question, and where its answer goes."""
        return self.asked.get(timeout=WAIT_S_MAX)


class Site:
    """A terminal whose line stands, by a stop of the whole line."""

    def __init__(self, terminal: Terminal, door: Door) -> None:
        self.terminal, self.door = terminal, door
        self.see(LinkState.UP)
        assert terminal.do(c.RaiseCall(station="saw", reason="fire")).kind == "call_raised"
        self.call = next(e.id for e in terminal.snapshot.entities if isinstance(e, Call))

    def see(self, state: LinkState) -> None:
        """The link is like this."""
        now = self.terminal.clock.now()
        self.terminal.engine.see_link(LinkView(state=state, since_us=now.at_us, origin="t1"))

    def clear(self, command_id: str = "") -> "queue.SimpleQueue[Outcome]":
        """Somebody clears the stop; where the answer comes."""
        answers: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        command = c.ClearCall(station="saw", call=self.call)
        clock = self.terminal.clock
        assert self.terminal.engine.submit(command, clock.now(), command_id=command_id, reply=answers.put)
        return answers


def told(answers: "queue.SimpleQueue[Outcome]") -> str:
    """The rule that refused, or the kind of event."""
    outcome = answers.get(timeout=WAIT_S_MAX)
    return outcome.refusal.rule.value if outcome.refusal else outcome.kind


@contextmanager
def site_of(folder: Path) -> Iterator[Site]:
    door = Door()
    with running(folder, ManualClock(), LINE, stations=("saw",), ask_line=door) as terminal:
        yield Site(terminal, door)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path) as site:
        yield site


def test_scans_go_on_while_the_line_is_asked_and_the_permission_is_recorded_first(site: Site, tmp_path: Path) -> None:
    answers = site.clear("c1")
    question, answer = site.door.next()
    assert (question.thing, question.epoch, question.what) == (f"restart.{site.call}", 0, "ClearCall")
    assert site.terminal.do(c.SignOff(station="saw")).refusal is not None, "others are answered meanwhile"
    assert answers.empty()
    answer.set_result(WON)
    assert told(answers) == "call_cleared"
    assert [type(e) for e in events(tmp_path)[-2:]] == [Permitted, CallCleared]
    assert told(site.clear("c1")) == "repeated_command"


def test_who_presses_again_meanwhile_is_answered_by_what_the_first_did(site: Site) -> None:
    first, second = site.clear("c1"), site.clear("c2")
    _, answer = site.door.next()
    answer.set_result(WON)
    assert (told(first), told(second)) == ("call_cleared", "already_done")
    assert site.door.asked.empty()


@pytest.mark.parametrize(
    ("decided", "rule"),
    [
        (Decided(Ruling.LOST, by="mill~9"), "faster"),
        (Decided(Ruling.BEHIND, by="mill~9"), "faster"),
        (Decided(Ruling.DENIED), "no_key"),
        (Decided(Ruling.UNLINKED), "unlinked"),
    ],
)
def test_a_no_is_recorded_and_says_why(site: Site, tmp_path: Path, decided: Decided, rule: str) -> None:
    answers = site.clear()
    site.door.next()[1].set_result(decided)
    outcome = answers.get(timeout=WAIT_S_MAX)
    refused = events(tmp_path)[-1]
    assert isinstance(refused, ScanRefused)
    assert refused.rule == rule
    assert outcome.remedy
    if decided.ruling is Ruling.LOST:
        assert str(outcome.words) == "Terminal mill was faster"


def test_a_permission_that_comes_too_late_is_none(site: Site, tmp_path: Path) -> None:
    answers = site.clear()
    _, answer = site.door.next()
    site.terminal.clock.advance(GOOD_FOR_S + 1)
    answer.set_result(WON)
    assert told(answers) == "unlinked"
    assert not any(isinstance(e, Permitted) for e in events(tmp_path))
    answers = site.clear()
    site.door.next()[1].set_result(Decided(Ruling.WON, 9, epoch=2))
    assert told(answers) == "call_cleared", "asked again it may be done"


def test_what_the_line_never_answers_is_answered_in_time(site: Site) -> None:
    answers = site.clear()
    _, answer = site.door.next()
    site.terminal.clock.advance(GOOD_FOR_S + 1)
    assert told(answers) == "unlinked"
    answer.set_result(WON)
    assert site.terminal.do(c.RaiseCall(station="saw", reason="fire")).refusal is not None, "the stop stands"


def test_without_the_link_nobody_is_asked(site: Site) -> None:
    site.see(LinkState.LOST)
    answers = site.clear()
    outcome = answers.get(timeout=WAIT_S_MAX)
    assert str(outcome.words).startswith("The line cannot be asked: link lost since ")
    assert site.door.asked.empty()


def test_no_more_wait_than_have_a_place(site: Site) -> None:
    waiting = [site.clear() for _ in range(WAITING_MAX)]
    assert told(site.clear()) == "unlinked"
    _, answer = site.door.next()
    answer.set_result(WON)
    assert [told(answers) for answers in waiting] == ["call_cleared", *["already_done"] * (WAITING_MAX - 1)]


def test_who_waits_when_the_terminal_ends_is_told_so_and_it_is_recorded(tmp_path: Path) -> None:
    with site_of(tmp_path) as site:
        answers = site.clear()
        _, answer = site.door.next()
    assert told(answers) == "unlinked"
    assert any(isinstance(e, ScanRefused) and e.rule == "unlinked" for e in events(tmp_path))
    answer.set_result(WON)


def test_a_terminal_alone_asks_nobody(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), LINE) as terminal:
        terminal.do(c.RaiseCall(station="saw", reason="fire"))
        assert terminal.do(c.ClearCall(station="saw")).kind == "call_cleared"
        assert terminal.do(c.ChangeLine(line=with_station(LINE, "saw", wip_limit=4))).kind == "line_changed"


def test_the_own_line_file_is_offered_once_the_line_is_read_and_again_if_nobody_answered(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), LINE):
        pass
    other, door = with_station(LINE, "saw", wip_limit=4), Door()
    with running(tmp_path, ManualClock(), other, ask_line=door) as terminal:
        assert terminal.engine.line == LINE
        assert terminal.snapshot.line == LINE
        view = LinkView(state=LinkState.UP, since_us=1, origin="t1", last_seq=4, applied=3)
        terminal.engine.see_link(view)
        assert terminal.snapshot.link == view
        assert door.asked.empty(), "there is more to read"
        for ruling in (Ruling.UNLINKED, Ruling.BEHIND, Ruling.DENIED):
            terminal.engine.see_link(LinkView(state=LinkState.UP, since_us=1, origin="t1", last_seq=4, applied=4))
            question, answer = door.next()
            assert (question.thing, question.what) == ("line", "ChangeLine")
            answer.set_result(Decided(ruling))
            terminal.on_engine(lambda: None)
        terminal.engine.see_link(LinkView(state=LinkState.UP, since_us=1, origin="t1", last_seq=4, applied=4))
        assert terminal.snapshot.line == LINE
        assert door.asked.empty(), "the key may not: nothing changes that by itself"
        part = terminal.engine.condition(LINE_FILE)
        assert part is not None
        assert "may not change it" in part.detail
    assert len([e for e in events(tmp_path) if isinstance(e, LineChanged)]) == 1


def test_the_roles_that_are_named_are_those_the_server_knows() -> None:
    order = [KeyRole.STATION, KeyRole.LEADER, KeyRole.ADMIN]
    for thing, role in ROLES.items():
        if thing == TAKE_BACK:  # of its own stations alone, whatever its role
            assert rights_of(Subjects("x"), "saw", KeyRole(role)).publish.count("shopfloor.x.dec.takeback.saw") == 1
            continue
        assert next(r.value for r in order if Thing(thing) in DECISIONS[r]) == role
