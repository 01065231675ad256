"""The door to the rules: a command in, events or a refusal out. Pure: the time comes in, nothing changes here."""

from typing import assert_never

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core import decide_admin, decide_aside, decide_call, decide_condition, decide_loop, decide_problem
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.decide_consumer import open_card, receive, refuse_card, withdraw_many, withdraw_pieces
from shopfloor.core.decide_plan import cancel_change, plan_change
from shopfloor.core.decide_signal import decide_signal, refused, source_of, wanted
from shopfloor.core.decide_step import acknowledge_card, decide_step, start_card
from shopfloor.core.decide_undo import decide_undo
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import ClockStepped, TerminalStarted, TerminalStopped
from shopfloor.core.events_andon import LampTested
from shopfloor.core.moment import Now
from shopfloor.core.owning import refuse_others
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.core.take_over import take_over

TOUCH = "touch"


def decide(shop: Shop, command: c.Command, now: Now) -> Decision:
    """What the command comes to. A refused signal or touch is an event (`scan_refused`); a refused line file is not."""
    match command:
        case c.ReadSignal():
            return decide_signal(shop, command, now)
        case c.ChangeLine():
            return decide_admin.change_line(shop, command.line, command.first)
        case c.StartTerminal():
            return (TerminalStarted(terminal=command.terminal, program=command.program, stations=command.stations),)
        case c.StopTerminal():
            return (TerminalStopped(terminal=command.terminal),)
        case c.NoteClockStep():
            return (ClockStepped(step_ms=command.step_ms, events=command.events),)
        case a.ReportCondition():
            return decide_condition.report(shop, command, now)
        case a.ReadContact():
            decision = decide_condition.read_contact(shop, command, now)
            source = source_of(shop, command.station, command.device, command.input)
            return (refused(source, decision),) if isinstance(decision, Refusal) else decision
        case c.RetireCard():
            return decide_admin.retire(shop, Source(station=command.station), command.card, command.reason)
        case _:
            source = source_of(shop, command.station, TOUCH)
            elsewhere = refuse_others(shop, command.station) if isinstance(command, _STEPS) else None
            decision = elsewhere or _touch(shop, command, source, now)
            if isinstance(decision, Refusal):
                return (refused(source, decision), *wanted(shop, decision))
            return decision


_OfCard = (
    c.StepCard
    | c.StartCard
    | c.OpenCard
    | c.ReceiveCard
    | c.AcknowledgeCard
    | c.ReprintCard
    | c.MarkExpress
    | c.NoteContents
)
_Andon = (
    a.NameCall
    | a.ShelveCall
    | a.UnshelveCall
    | a.TakeOutOfService
    | a.ReturnToService
    | a.GiveCause
    | a.ReopenCall
    | a.AnswerWhys
    | a.SetCountermeasure
    | a.FinishCountermeasure
    | a.OpenProblem
    | a.CloseProblem
    | a.RecordLampTest
    | a.SettleFinding
)
_Touch = (
    c.RaiseCall
    | c.AcknowledgeCall
    | c.ArriveCall
    | c.ClearCall
    | c.StopCall
    | c.RejectCall
    | c.UndoStep
    | c.SignOn
    | c.SignOff
    | c.GrantOverride
    | c.HoldCard
    | c.ReleaseCard
    | c.LoseCard
    | c.FindCard
    | c.WithdrawMany
    | c.WithdrawPieces
    | c.ReleaseLot
    | c.IssueCards
    | c.TeachCode
    | c.PlanChange
    | c.CancelChange
    | TakeOver
    | _OfCard
    | _Andon
)
# What is done at a station is done by its terminal; calling, stopping and looking after cards are everybody's.
_STEPS = (
    c.StepCard,
    c.StartCard,
    c.OpenCard,
    c.ReceiveCard,
    c.WithdrawMany,
    c.WithdrawPieces,
    c.UndoStep,
    c.GrantOverride,
)


def _touch(shop: Shop, command: _Touch, source: Source, now: Now) -> Decision:
    match command:
        case (
            c.StepCard()
            | c.StartCard()
            | c.OpenCard()
            | c.ReceiveCard()
            | c.AcknowledgeCard()
            | c.ReprintCard()
            | c.MarkExpress()
            | c.NoteContents()
        ):
            return _of_card(shop, command, source, now)
        case c.WithdrawMany():
            return withdraw_many(shop, source, command.cards)
        case c.WithdrawPieces():
            return withdraw_pieces(shop, source, command.loop, command.pieces)
        case c.ReleaseLot():
            return decide_loop.release_lot(shop, source, command.loop, command.cards)
        case c.IssueCards():
            return decide_loop.issue(shop, source, command.loop, command.count, command.reason, full=command.full)
        case c.TeachCode():
            return decide_loop.teach(shop, source, command.code, command.card)
        case c.PlanChange():
            return _plan(shop, command, source)
        case c.CancelChange():
            return cancel_change(shop, source, command.loop)
        case c.RaiseCall():
            return decide_call.raise_call(shop, source, command.reason, now, stop=not command.reason)
        case c.AcknowledgeCall():
            return decide_call.acknowledge(shop, source, command.call)
        case c.ArriveCall():
            return decide_call.arrive(shop, source, command.call)
        case c.ClearCall():
            return decide_call.clear(shop, source, command.call)
        case c.StopCall():
            return decide_call.stop_now(shop, source, command.call, now)
        case c.RejectCall():
            return decide_call.reject(shop, source, command.call, command.reason, now)
        case c.UndoStep():
            return decide_undo(shop, source, command.reason, now)
        case c.SignOn():
            return decide_admin.sign_on(shop, source, command.person)
        case c.SignOff():
            return decide_admin.sign_off(shop, source)
        case c.GrantOverride():
            return decide_admin.grant_override(shop, source, command.reason)
        case c.HoldCard():
            return decide_admin.hold(shop, source, command.card, command.reason)
        case c.ReleaseCard():
            return decide_admin.release(shop, source, command.card)
        case c.LoseCard():
            return decide_admin.lose(shop, source, command.card)
        case c.FindCard():
            return decide_admin.find(shop, source, command.card, full=command.full)
        case TakeOver():
            return take_over(shop, source, command)
        case _:
            return _andon(shop, command, source, now)


def _andon(shop: Shop, command: _Andon, source: Source, now: Now) -> Decision:
    match command:
        case a.NameCall():
            return decide_call.name_call(shop, source, command.reason, now)
        case a.ShelveCall():
            return decide_aside.shelve(shop, source, command)
        case a.UnshelveCall():
            return decide_aside.unshelve(shop, source, command.at, command.reason)
        case a.TakeOutOfService():
            return decide_aside.take_out(shop, source, command.at, command.reason, command.why)
        case a.ReturnToService():
            return decide_aside.put_back(shop, source, command.at, command.reason)
        case a.ReopenCall():
            return decide_aside.reopen(shop, source, command.call, command.at, command.reason, command.why)
        case a.GiveCause():
            return decide_problem.give_cause(shop, source, command)
        case a.OpenProblem():
            return decide_problem.open_problem(shop, source, command.at, command.reason)
        case a.AnswerWhys():
            return decide_problem.answer_whys(shop, source, command.problem, command.whys)
        case a.SetCountermeasure():
            return decide_problem.set_measure(shop, source, command)
        case a.FinishCountermeasure():
            return decide_problem.finish_measure(shop, source, command.problem, command.number)
        case a.CloseProblem():
            return decide_problem.close_problem(shop, source, command.problem)
        case a.SettleFinding():
            return decide_aside.settle(shop, source, command.finding)
        case a.RecordLampTest():
            tested = LampTested(station=command.station, lamp=command.lamp, ok=command.ok, detail=command.detail)
            return (source.sign(tested),)
        case _:
            assert_never(command)


def _of_card(shop: Shop, command: _OfCard, source: Source, now: Now) -> Decision:
    card = shop.cards.get(command.card)
    if card is None or card.loop not in shop.loops:
        return Refusal(Rule.UNKNOWN_CARD, {"card": command.card})
    refused = refuse_card(shop, card)
    # What is lost is printed anew, and found by that.
    if refused is not None and not (isinstance(command, c.ReprintCard) and card.state is not CardState.RETIRED):
        return refused
    match command:
        case c.StepCard():
            return decide_step(shop, card, source, now)
        case c.StartCard():
            return start_card(shop, card, source, now)
        case c.OpenCard():
            return open_card(shop, card, source)
        case c.ReceiveCard():
            return receive(shop, card, source)
        case c.AcknowledgeCard():
            return acknowledge_card(shop, card, source)
        case c.ReprintCard():
            return decide_loop.reprint(shop, source, card)
        case c.MarkExpress():
            return decide_loop.mark_express(shop, source, card, on=command.on)
        case c.NoteContents():
            return decide_loop.note_contents(
                shop, source, card, quantity=command.quantity, lot=command.lot, serials=command.serials
            )
        case _:
            assert_never(command)


def _plan(shop: Shop, command: c.PlanChange, source: Source) -> Decision:
    return plan_change(
        shop,
        source,
        command.loop,
        cards=command.cards,
        quantity=command.quantity,
        day=command.from_day,
        from_us=command.from_us,
    )
