"""What stands beside an open call in full: who calls, since when, who is called, who comes, what will happen."""

from datetime import tzinfo

from shopfloor.core.call_views import Aside, CallView
from shopfloor.core.closing import Asked
from shopfloor.core.due_andon import next_escalation
from shopfloor.core.evolve_problem import counting
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.names import person_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import service_key
from shopfloor.core.state_call import Call, CallSource
from shopfloor.core.text import Text
from shopfloor.core.words_watch import watch_words
from shopfloor.gui.call_words import roles_said
from shopfloor.gui.calls_faces import SEVERITY_WORDS
from shopfloor.gui.clocks import clock
from shopfloor.gui.loops_info import Fact
from shopfloor.gui.station.words import data
from shopfloor.gui.ui import Ui

DAY_S = 24 * 3600


def call_facts(shop: Shop, view: CallView, ui: Ui, *, now: Now, zone: tzinfo) -> tuple[Fact, ...]:
    """An open call; nothing of it ticks."""
    call = shop.calls.get(view.id)
    if call is None:
        return ()
    reason = shop.reasons.get(view.reason)
    facts = [Fact(data(reason.guidance), strong=True)] if reason and reason.guidance else []
    facts += [Fact(Text("called at"), data(clock(call.raised.at_us, zone)))]
    facts.append(_caller(shop, call))
    saw = watch_words(view.args)
    if saw.template:
        facts.append(Fact(saw))
    facts.append(Fact(Text("severity"), SEVERITY_WORDS[view.severity]))
    facts += _stopping(view, call, zone)
    facts.append(Fact(Text("who is called"), data(roles_said(ui, view.roles)), strong=not view.acked_by))
    if view.level:
        facts.append(Fact(Text("level of escalation"), data(str(view.level)), strong=True))
    escalation = next_escalation(shop, call)
    if escalation is not None:
        since, after_us = escalation
        facts.append(Fact(Text("next level at"), data(clock(since.at_us + after_us, zone))))
    facts += _coming(shop, call, zone)
    facts += _over(shop, view, call, zone)
    facts += _often(shop, view, now)
    return tuple(facts)


def _caller(shop: Shop, call: Call) -> Fact:
    by = person_name(shop, call.by)
    match call.source:
        case CallSource.PERSON:
            return Fact(Text("called by"), data(by) if by else Text("a touch"))
        case CallSource.RULE:
            return Fact(Text("called by"), Text("a rule of the program"))
        case CallSource.CONTACT:
            return Fact(Text("called by"), Text("the contact {device}", {"device": call.device or by}))


def _stopping(view: CallView, call: Call, zone: tzinfo) -> list[Fact]:
    if call.stopped_us:
        what = Text("the line stands since") if view.line_wide else Text("stands since")
        what = Text("stopped at") if call.cleared_us else what
        return [Fact(what, data(clock(call.stopped_us, zone)), strong=True)]
    if view.left_us is None:
        return []
    at_us = call.raised.at_us + round(call.deadline_s * US_PER_S)
    what = Text("stops the line at") if view.line_wide else Text("stops at")
    return [Fact(what, data(clock(at_us, zone)), strong=True)]


def _coming(shop: Shop, call: Call, zone: tzinfo) -> list[Fact]:
    if not call.acked_us:
        return []
    facts = [Fact(Text("taken by"), _who_when(shop, call.acked_by, call.acked_us, zone))]
    if call.arrived_us:
        facts.append(
            Fact(Text("has arrived"), _who_when(shop, call.arrived_by or call.acked_by, call.arrived_us, zone))
        )
    return facts


def _over(shop: Shop, view: CallView, call: Call, zone: tzinfo) -> list[Fact]:
    facts = []
    if call.returned_us:
        facts.append(Fact(Text("gone by itself at"), data(clock(call.returned_us, zone))))
    if call.cleared_us:
        facts.append(Fact(Text("cleared at"), data(clock(call.cleared_us, zone)), strong=True))
    if Asked.VERIFY in view.asks:
        facts.append(Fact(Text("A second person checks it: somebody else scans a badge at the station.")))
    if call.verified_by:
        facts.append(Fact(Text("checked by"), data(person_name(shop, call.verified_by))))
    if call.reopens:
        facts.append(Fact(Text("It goes on with a call that was closed.")))
    return facts


def _often(shop: Shop, view: CallView, now: Now) -> list[Fact]:
    problem = shop.problems.get(service_key(view.station, view.reason))
    times = len(counting(shop, problem, now)) if problem else 0
    if times < 2:
        return []
    days = round(shop.line.andon.whys_window_s / DAY_S)
    facts = [Fact(Text("times in {days} days", {"days": days}), data(str(times)), strong=True)]
    if view.aside is Aside.ASKS and problem is not None and problem.open:
        facts.append(Fact(Text("It recurs: its Five Whys are wanted before it is closed.")))
    return facts


def _who_when(shop: Shop, by: str, at_us: int, zone: tzinfo) -> Text:
    who = person_name(shop, by)
    return data(f"{who}, {clock(at_us, zone)}" if who else clock(at_us, zone))
