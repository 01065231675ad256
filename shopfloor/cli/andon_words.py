"""The scoreboard, OEE and effects as text for people and as documents for programs."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from shopfloor.core.names import reason_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.exchange.instants import instant_text
from shopfloor.flow.andon.effect import Effect
from shopfloor.flow.andon.few import ALPHA, FewCalls, Quiet, false_alarms
from shopfloor.flow.andon.isa import Judgement, Score, Scoreboard
from shopfloor.flow.andon.oee import Oee
from shopfloor.flow.calendar import WorkCalendar

_HOUR_US = 3_600_000_000
_JUDGED = {
    Judgement.ACCEPTABLE: "acceptable",
    Judgement.MANAGEABLE: "manageable",
    Judgement.OFF_TARGET: "OFF TARGET",
    Judgement.NOT_JUDGED: "",
}
_QUIET = {Quiet.TOO_FEW: "TOO FEW", Quiet.AS_EXPECTED: "as expected", Quiet.NOT_JUDGED: ""}


def scoreboard_text(shop: Shop, found: Scoreboard, few: Sequence[FewCalls], calendar: WorkCalendar) -> str:
    """Each figure with its verdict, and its rule below it."""
    span = " to ".join(f"{calendar.local(at_us):%Y-%m-%d %H:%M}" for at_us in (found.from_us, found.to_us))
    lines = [f"{found.calls} calls in {found.worked_us / _HOUR_US:.1f} h of work, {span}."]
    for score in found.scores:
        lines += _judged(str(score.label), _number(score), _JUDGED[score.verdict], str(score.rule))
    lines += _judged("EEMUA level", "" if found.level is None else found.level.value, "", str(found.level_rule))
    for flood in found.floods:
        start, end = (f"{calendar.local(at_us):%Y-%m-%d %H:%M}" for at_us in (flood.start_us, flood.end_us))
        lines.append(f"Flood: {start} to {end}, {flood.calls} calls, at most {flood.peak} in 10 minutes")
    for one in found.chattering:
        lines.append(f"Chattering: {_what(shop, one.station, one.reason)}, {one.calls} calls")
    for station, reason, count in found.top:
        lines.append(f"Frequent: {_what(shop, station, reason)}, {count} calls")
    for one_few in few:
        expected = "" if one_few.expected is None else f" of {float(one_few.expected):.1f} expected"
        number = f"{one_few.calls} calls{expected}"
        label = f"Calls by people at {station_name(shop, one_few.station)}"
        lines += _judged(label, number, _QUIET[one_few.verdict], str(one_few.rule))
    lines += [str(note) for note in found.notes]
    return "\n".join(lines)


def scoreboard_json(found: Scoreboard, few: Sequence[FewCalls]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "from": instant_text(found.from_us),
        "to": instant_text(found.to_us),
        "worked_h": found.worked_us / _HOUR_US,
        "calls": found.calls,
        "scores": [_score_json(score) for score in found.scores],
        "eemua_level": None if found.level is None else found.level.value,
        "eemua_rule": str(found.level_rule),
        "floods": [
            {
                "from": instant_text(flood.start_us),
                "to": instant_text(flood.end_us),
                "calls": flood.calls,
                "peak": flood.peak,
            }
            for flood in found.floods
        ],
        "chattering": [{"station": o.station, "reason": o.reason, "calls": o.calls} for o in found.chattering],
        "top": [{"station": station, "reason": reason, "calls": count} for station, reason, count in found.top],
        "too_few": {
            "false_alarm_level": float(ALPHA),
            "false_alarms_expected": float(false_alarms(few)),
            "stations": [
                {
                    "station": one.station,
                    "calls": one.calls,
                    "expected": _float(one.expected),
                    "basis": one.basis.value,
                    "chance": _float(one.chance),
                    "verdict": one.verdict.value,
                    "rule": str(one.rule),
                }
                for one in few
            ],
        },
        "notes": [str(note) for note in found.notes],
    }


def oee_text(found: Oee) -> str:
    """The shares with their terms."""
    planned, stopped = (f"{span_us / 60_000_000:.1f} min" for span_us in (found.planned_us, found.stop_us))
    whole = " = A × P × Q = good × ideal cycle ÷ planned"
    return "\n".join([
        f"Planned {planned}, stopped {stopped}, made {found.made} cards of {float(found.ideal_cycle_s):g} s.",
        f"Availability {_percent(found.availability)} = (planned − stopped) ÷ planned",
        f"Performance  {_percent(found.performance)} = ideal cycle × made ÷ (planned − stopped)",
        f"Quality      {'not measured' if found.rejects is None else _percent(found.quality) + ' = good ÷ made'}",
        f"A × P        {_percent(found.without_quality)}",
        f"OEE          {'not known' if found.rejects is None else _percent(found.effectiveness) + whole}",
        *map(str, found.notes),
    ])  # fmt: skip


def oee_json(found: Oee, from_us: int, to_us: int, station: str) -> dict[str, Any]:
    """The same for programs; shares of 1, null where nobody knows."""
    return {
        "from": instant_text(from_us),
        "to": instant_text(to_us),
        "station": station,
        "planned_s": found.planned_us / 1_000_000,
        "stopped_s": found.stop_us / 1_000_000,
        "made": found.made,
        "rejects": found.rejects,
        "ideal_cycle_s": float(found.ideal_cycle_s),
        "availability": _float(found.availability),
        "performance": _float(found.performance),
        "quality": _float(found.quality),
        "availability_performance": _float(found.without_quality),
        "oee": _float(found.effectiveness),
        "notes": [str(note) for note in found.notes],
    }


def effect_json(found: Effect) -> dict[str, Any]:
    """One countermeasure's effect for programs."""
    return {
        "number": found.number,
        "done_at": instant_text(found.done_us),
        "before": found.before,
        "before_h": found.before_us / _HOUR_US,
        "after": found.after,
        "after_h": found.after_us / _HOUR_US,
        "p": _float(found.p),
        "outcome": found.outcome.value,
        "wait_h": found.wait_us / _HOUR_US,
        "together": found.together,
    }


def _judged(label: str, number: str, verdict: str, rule: str) -> list[str]:
    return [f"{label}: {number}{'  ' + verdict if verdict else ''}", f"    {rule}"]


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "label": str(score.label),
        "number": _float(score.number),
        "unit": score.unit,
        "acceptable": _float(score.acceptable),
        "manageable": _float(score.manageable),
        "verdict": score.verdict.value,
        "rule": str(score.rule),
    }


def _number(score: Score) -> str:
    if score.number is None:
        return "–"
    whole = score.number.denominator == 1
    return (f"{score.number}" if whole else f"{float(score.number):.2f}") + (f" {score.unit}" if score.unit else "")


def _what(shop: Shop, station: str, reason: str) -> str:
    return f"{reason_name(shop, reason) or 'stop'} at {station_name(shop, station)}"


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _percent(value: Fraction | None) -> str:
    return "–" if value is None else f"{float(100 * value):6.2f} %"
