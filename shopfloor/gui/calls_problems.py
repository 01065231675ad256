"""What recurs: worst first, with its Five Whys, its countermeasures, and whether they helped."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from shopfloor.core.commands_andon import (
    AnswerWhys,
    CloseProblem,
    FinishCountermeasure,
    OpenProblem,
    SetCountermeasure,
)
from shopfloor.core.decide_problem import WHYS_MAX
from shopfloor.core.evolve_problem import counting
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import station_name
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.core.text import Text
from shopfloor.flow.andon.effect import proposed_effort
from shopfloor.flow.andon.problem_facts import ProblemFacts
from shopfloor.gui.bridge import AskPast, PrintSheet
from shopfloor.gui.calls_actions import Offer
from shopfloor.gui.calls_faces import reason_text
from shopfloor.gui.calls_gather import gather_problems
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.calls_problem_rows import EFFORT_WORDS, Stage, problem_facts_words, problem_row, stage_of
from shopfloor.gui.icons import Icon
from shopfloor.gui.past import PastQuestion
from shopfloor.gui.sheet import Choice
from shopfloor.gui.side_by_side import ListAndDetail
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone
from shopfloor.gui.write_sheet import Way

AGAIN_S = 30  # lost minutes change slowly
WORK, WHYS, MEASURE, PLACED, SOLVED, PRINT = "work", "whys", "measure", "placed", "solved", "print"
NEW, WRITE = " new", " write"
DUE_DAYS = ((3, Text("IN 3 DAYS")), (7, Text("IN A WEEK")), (14, Text("IN 2 WEEKS")), (28, Text("IN 4 WEEKS")))
_EFFORT_NOTES = {
    Effort.SMALL: Text("a day of the team"),
    Effort.MEDIUM: Text("days, with help"),
    Effort.LARGE: Text("a project"),
}
_ORDER = (Stage.OVERDUE, Stage.WHYS, Stage.MEASURE, Stage.DOING, Stage.PLACED, Stage.WATCHED, Stage.SOLVED)


class ProblemsPart(ListAndDetail):
    """It asks the records what each problem cost when it is shown, and now and then."""

    def __init__(
        self, hub: CallsHub, past: AskPast, parent: QWidget | None = None, *, print_sheet: PrintSheet | None = None
    ) -> None:
        super().__init__(hub.ui, parent)
        self._hub, self._print = hub, print_sheet
        self._question = PastQuestion(past, self)
        self._facts: dict[str, ProblemFacts] = {}
        self._known: tuple[Problem, ...] = ()
        self._asked_us = 0
        self._chosen = ""
        self.list.chosen.connect(self.choose)
        self.detail.wanted.connect(self._on_wanted)
        self._question.changed.connect(self._show)

    def refresh(self) -> None:
        """Show what is known, and ask again if that is old or something has changed."""
        now = self._hub.now()
        known = tuple(self._hub.shop.problems.values())
        changed = len(known) != len(self._known) or any(a is not b for a, b in zip(known, self._known, strict=False))
        old = not 0 <= now.at_us - self._asked_us < AGAIN_S * US_PER_S
        if self._hub.model.ready and (old or changed):
            self._asked_us, self._known = now.at_us, known
            self._question.ask(lambda history: gather_problems(history, now), self._take)
        self._show()

    @Slot(object)
    def choose(self, problem: str) -> None:
        """Look at this one."""
        self._chosen = problem
        self._show()

    def problems(self) -> tuple[Problem, ...]:
        """Those that are worked on first, by what they want, then by what they cost; then what was called at all."""
        shop, now, today = self._hub.shop, self._hub.now(), self.local_day()
        found = [p for p in shop.problems.values() if p.open or p.closed_us or counting(shop, p, now)]

        def worst(problem: Problem) -> tuple[int, float, int, str]:
            facts = self._facts.get(problem.id)
            lost = float(facts.lost_window_min) if facts else 0.0
            return (
                _ORDER.index(stage_of(problem, today)),
                -lost,
                -len(counting(shop, problem, now)),
                problem.id,
            )

        return tuple(sorted(found, key=worst))

    def shown(self) -> Problem | None:
        """The problem that is looked at: the chosen one, else the first."""
        problems = self.problems()
        return next((p for p in problems if p.id == self._chosen), None) or next(iter(problems), None)

    def local_day(self) -> str:
        """The local day."""
        return self._day(0).isoformat()

    def ask_whys(self) -> None:
        """Ask for the Five Whys of what is shown."""
        problem = self.shown()
        if problem is not None and self._hub.acts:
            self._chosen = problem.id
            self._ask_why(problem, ())

    def _take(self, facts: dict[str, ProblemFacts]) -> None:
        self._facts = facts

    @Slot()
    def _show(self) -> None:
        shop, now, today = self._hub.shop, self._hub.now(), self.local_day()
        rows = [problem_row(shop, p, self._facts.get(p.id), now=now, today=today) for p in self.problems()]
        problem = self.shown()
        nothing = Text("Nothing recurs.") if self._hub.model.ready else Text("")
        self.list.show_rows(rows, nothing, marked=problem.id if problem else "")
        self.show_detail(on=problem is not None)
        if problem is not None:
            known = self._facts.get(problem.id)
            facts = problem_facts_words(shop, problem, known, now=now, today=today, prints=self._print is not None)
            offers = self._offers(problem) if self._hub.acts else ()
            self.detail.show_this(problem.id, self._name(problem), facts, offers)

    def _offers(self, problem: Problem) -> tuple[Offer, ...]:
        if not problem.open:
            return (Offer(WORK, Text("WORK ON IT"), Icon.ARROW),)
        stage = stage_of(problem, self.local_day())
        open_ones = [m for m in problem.countermeasures if not m.done_us]
        tones = {True: Tone.ACTION, False: Tone.PLAIN}
        found = [
            Offer(WHYS, Text("FIVE WHYS"), Icon.ASK, tones[stage is Stage.WHYS]),
            Offer(MEASURE, Text("TO DO"), Icon.MORE, tones[stage is Stage.MEASURE]),
        ]
        if open_ones:
            found.append(Offer(PLACED, Text("IN PLACE"), Icon.PLACE, tones[stage is Stage.OVERDUE]))
        if stage is Stage.PLACED:
            found.append(Offer(SOLVED, Text("SOLVED"), Icon.CHECK, Tone.ACTION))
        if self._print is not None:
            found.append(Offer(PRINT, Text("PRINT A3"), Icon.ARROW))
        return tuple(found)

    @Slot(object)
    def _on_wanted(self, what: str) -> None:
        problem = self.shown()
        if problem is None:
            return
        self._chosen = problem.id
        at = self._hub.at(problem.station)
        match what:
            case "work":
                self._hub.send(OpenProblem(station=at, at=problem.station, reason=problem.reason))
            case "whys":
                self._ask_why(problem, ())
            case "measure":
                self._ask_measure(problem)
            case "placed":
                self._ask_placed(problem)
            case "print" if self._print is not None:
                self._print(problem.id, self._hub.say)
            case "solved":
                self._hub.send(CloseProblem(station=at, problem=problem.id))
            case _:
                pass

    def _ask_why(self, problem: Problem, answers: tuple[str, ...]) -> None:
        """One after the other; the last one is the root cause."""
        number = len(answers) + 1
        args: dict[str, str | int] = {"n": number, "of": WHYS_MAX}
        question = Text("Why? ({n} of {of})", args)
        about = data(answers[-1]) if answers else self._name(problem)
        before = problem.whys[number - 1] if len(problem.whys) >= number else ""

        def last(answer: str) -> None:
            at = self._hub.at(problem.station)
            self._hub.send(AnswerWhys(station=at, problem=problem.id, whys=(*answers, answer)))

        def following(answer: str) -> None:
            self._ask_why(problem, (*answers, answer))

        root = Text("ROOT CAUSE")
        if number == WHYS_MAX:
            self._hub.writing.ask(question, last, detail=about, text=before, word=root)
        else:
            also = Way(root, last)
            self._hub.writing.ask(question, following, detail=about, text=before, word=Text("NEXT WHY"), also=also)

    def _ask_measure(self, problem: Problem) -> None:
        open_ones = {str(m.number): m for m in problem.countermeasures if not m.done_us}
        if not open_ones:
            self._ask_what(problem, None)
            return
        new = Choice(NEW, Text("A NEW ONE"), Icon.MORE, Tone.ACTION)
        choices = [Choice(key, data(m.what), note=data(m.owner)) for key, m in open_ones.items()]
        self._hub.sheet.ask(
            Text("Which one?"),
            [new, *choices],
            lambda key: self._ask_what(problem, open_ones.get(key)),
            detail=self._name(problem),
        )

    def _ask_what(self, problem: Problem, measure: Countermeasure | None) -> None:
        text = measure.what if measure else ""
        then = partial(self._ask_owner, problem, measure)
        self._hub.writing.ask(Text("What is done?"), then, detail=self._name(problem), text=text, word=Text("NEXT"))

    def _ask_owner(self, problem: Problem, measure: Countermeasure | None, what: str) -> None:
        then = partial(self._ask_day, problem, measure, what)
        write = partial(
            self._hub.writing.ask,
            Text("Who does it?"),
            then,
            detail=data(what),
            text=measure.owner if measure else "",
            word=Text("NEXT"),
        )
        people = self._hub.shop.line.people
        if not people:
            write()
            return
        choices = [Choice(person.name, data(person.name), Icon.PERSON) for person in people]
        self._hub.sheet.ask(
            Text("Who does it?"),
            [*choices, Choice(WRITE, Text("WRITE IT"), Icon.MORE)],
            lambda owner: write() if owner == WRITE else then(owner),
            detail=data(what),
        )

    def _ask_day(self, problem: Problem, measure: Countermeasure | None, what: str, owner: str) -> None:
        days = {self._day(n).isoformat(): word for n, word in DUE_DAYS}
        self._hub.sheet.ask(
            Text("By which day?"),
            [Choice(day, word, note=data(day)) for day, word in days.items()],
            partial(self._ask_effort, problem, measure, what, owner),
            detail=data(what),
        )

    def _ask_effort(self, problem: Problem, measure: Countermeasure | None, what: str, owner: str, day: str) -> None:
        facts = self._facts.get(problem.id)
        proposed = facts.effort if facts else proposed_effort(0)
        at = self._hub.at(problem.station)

        def then(effort: str) -> None:
            command = SetCountermeasure(
                station=at,
                problem=problem.id,
                what=what,
                owner=owner,
                due_day=day,
                effort=Effort(effort),
                number=measure.number if measure else 0,
            )
            self._hub.send(command)

        minutes = round(facts.lost_window_min) if facts else 0
        self._hub.sheet.ask(
            Text("How much may it cost?"),
            [
                Choice(one.value, EFFORT_WORDS[one], None, Tone.ACTION if one is proposed else Tone.PLAIN, note)
                for one, note in _EFFORT_NOTES.items()
            ],
            then,
            detail=Text("In proportion to {n} lost minutes: the blue one.", {"n": minutes}),
        )

    def _ask_placed(self, problem: Problem) -> None:
        choices = [
            Choice(str(m.number), data(m.what), Icon.PLACE, note=data(m.owner))
            for m in problem.countermeasures
            if not m.done_us
        ]
        at = self._hub.at(problem.station)
        self._hub.sheet.ask(
            Text("Which one is in place?"),
            choices,
            lambda key: self._hub.send(FinishCountermeasure(station=at, problem=problem.id, number=int(key))),
            detail=self._name(problem),
        )

    def _day(self, after: int) -> date:
        now = datetime.fromtimestamp(self._hub.now().at_us / US_PER_S, UTC).astimezone(self._hub.zone())
        return now.date() + timedelta(days=after)

    def _name(self, problem: Problem) -> Text:
        shop = self._hub.shop
        return data(f"{station_name(shop, problem.station)} · {self._ui.say(reason_text(shop, problem.reason))}")
