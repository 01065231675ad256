"""Measured figures, proposals, replays and effects as text for people and as documents for programs."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from shopfloor.exchange.instants import instant_text
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.effect import Effect
from shopfloor.flow.loop_cycle import LoopHistory
from shopfloor.flow.loop_figures import Measured, Part, Spread
from shopfloor.flow.proposal import CYCLES_GOOD, RESAMPLES, Proposal
from shopfloor.flow.replay import Outage, Replayed
from shopfloor.flow.units import number_text

_MS_US = 1_000
_S_US = 1_000_000
_SHOWN_MAX = 5  # stock-outs in a text; JSON has all of them
_PARTS = {
    Part.TRIGGER: "waiting to be begun",
    Part.REFILL: "in work and queues",
    Part.TRANSIT: "on the way",
    Part.ERROR: "on hold",
    Part.WAIT: "at the user (not lead time)",
}
_FLAWS = {
    "inferred": "with a step that nobody scanned",
    "implausible": "finished too soon to be true",
    "clock": "while the clock was set",
    "lost": "in which the card was lost",
}


def measured_text(found: Measured, calendar: WorkCalendar) -> str:
    """Demand, lead time with its parts, and what was kept out."""
    hours = Fraction(found.worked_us, 3600 * _S_US)
    lines = [
        (
            f"{found.loop}: {_when(found.from_us, calendar)} to {_when(found.to_us, calendar)}, "
            f"{_decimal(hours)} working hours"
        ),
        "",
        f"Demand: {_decimal(found.rate_per_h)} containers an hour ({found.withdrawals} withdrawals)",
    ]
    if found.outside:
        lines.append(f"  {found.outside} of them outside working time: does the calendar fit?")
    lines += _table(
        [("", "n", "mean", "sd", "p50", "p85", "p95")]
        + [
            (f"in a whole {name}", *_count_cells(counts))
            for name, counts in (("hour", found.per_hour), ("day", found.per_day))
            if counts is not None
        ]
    )
    lines += ["", "Working time of a turn"]
    rows = [("", "n", "mean", "sd", "p50", "p85", "p95"), ("lead time, empty to full", *_time_cells(found.lead))]
    rows += [(f"  {_PARTS[part]}", *_time_cells(times)) for part, times in found.parts.items()]
    if found.wait is not None:
        rows.append((_PARTS[Part.WAIT], *_time_cells(found.wait)))
    lines += _table(rows)
    out = [f"{count} {_FLAWS[flaw]}" for flaw, count in found.flaws.items()]
    out += [f"{found.open_cycles} not back yet"] if found.open_cycles else []
    out += [f"{found.undone} steps taken back"] if found.undone else []
    if out:
        lines += ["", f"Kept out: {', '.join(out)}."]
    return "\n".join(line.rstrip() for line in lines)


def measured_json(found: Measured) -> dict[str, Any]:
    """The same for programs; `turns` are the journal numbers of the withdrawals behind the figures."""
    return {
        "loop": found.loop,
        "from": instant_text(found.from_us),
        "to": instant_text(found.to_us),
        "worked_ms": found.worked_us // _MS_US,
        "withdrawals": found.withdrawals,
        "outside_working_time": found.outside,
        "rate_per_h": str(found.rate_per_h),
        "per_hour": _counts_json(found.per_hour),
        "per_day": _counts_json(found.per_day),
        "lead": _times_json(found.lead),
        "parts": {part.value: _times_json(times) for part, times in found.parts.items()},
        "states": {state.value: _times_json(times) for state, times in found.states.items()},
        "wait": _times_json(found.wait),
        "counts": {part.value: count for part, count in found.counts.items()},
        "turns": [turn.cycle.n for turn in found.turns],
        "kept_out": {flaw.value: count for flaw, count in found.flaws.items()},
        "open": found.open_cycles,
        "undone": found.undone,
    }


def proposal_text(found: Proposal, cards: int) -> str:
    """The number, how sure it is, what it was made of, and the plan."""
    measured = found.measured
    verdict = f"{found.cards} cards proposed; there are {cards}."
    if found.cards == cards:
        verdict = f"{cards} cards are right: the proposal is the same."
    lines = [
        f"{measured.loop}: {verdict}",
        (
            f"Before rounding {number_text(found.sizing.exact)}, for {_percent(found.service)} of cycles "
            f"without shortage. Toyota's formula with 10 % safety: {found.toyota.cards}."
        ),
        (
            f"Of {RESAMPLES} resamplings of the measured data {_percent(found.agree)} give {found.cards}; "
            f"nine in ten give {found.low} to {found.high}."
        ),
    ]
    if found.thin:
        lines.append(f"Thin data: {measured.lead.n} turns; the spread is known well from {CYCLES_GOOD} on.")
    bucket = "an hour" if found.bucket == "hour" else "a day"
    sd, lead_sd = found.demand.sd or Fraction(0), measured.lead.sd or Fraction(0)
    lines += ["", "Made of"]
    lines += _table([
        ("demand", f"{_decimal(measured.rate_per_h)} containers/h", f"{measured.withdrawals} withdrawals"),
        (f"its spread in {bucket}", f"sd {_decimal(sd)}", f"n {found.demand.n}"),
        ("lead time", _time(measured.lead.mean), f"n {measured.lead.n}"),
        ("its spread", f"sd {_time(lead_sd)}", ""),
    ])  # fmt: skip
    lines += ["", "Plan: the loop's own history with this number"]
    lines += _replay_rows([found.now, found.then])
    lines += ["", "Expected: the middle of 21 draws of its replenishment times, over the newest withdrawals"]
    lines += _replay_rows([found.expected_now, found.expected_then])
    return "\n".join(line.rstrip() for line in lines)


def proposal_json(found: Proposal, cards: int) -> dict[str, Any]:
    """The same for programs."""
    return {
        "loop": found.measured.loop,
        "cards": found.cards,
        "now": cards,
        "exact": str(found.sizing.exact),
        "formula": found.sizing.formula,
        "terms": {term.name: {"value": str(term.value), "unit": term.unit} for term in found.sizing.terms},
        "toyota": {"cards": found.toyota.cards, "exact": str(found.toyota.exact)},
        "service": str(found.service),
        "confidence": {"agree": str(found.agree), "low": found.low, "high": found.high, "resamples": RESAMPLES},
        "thin": found.thin,
        "bucket": found.bucket,
        "spread": _counts_json(found.demand),
        "evidence": measured_json(found.measured),
        "plan": [replay_json(found.now), replay_json(found.then)],
        "expected": [replay_json(found.expected_now), replay_json(found.expected_then)],
    }


def replay_text(history: LoopHistory, found: Sequence[Replayed], calendar: WorkCalendar) -> str:
    """Each number of cards beside the others, and when the store would have been empty."""
    lines = [
        (
            f"{history.loop.id}: {_when(history.from_us, calendar)} to {_when(history.to_us, calendar)}, "
            f"{history.loop.cards} cards now"
        ),
        "",
        *_replay_rows(found),
    ]
    for one in found:
        longest = sorted(one.outages, key=lambda outage: -outage.worked_us)[:_SHOWN_MAX]
        if longest:
            spans = "; ".join(_outage(outage, calendar) for outage in longest)
            lines.append(f"{one.cards} cards, longest without a full container: {spans}")
    if history.changes:
        lines.append("The number of cards changed in this window: each line is so many more or less than there were.")
    lines += [
        "",
        "Demand and replenishment times are the recorded ones. A withdrawal that came late because the store was empty",
        "is taken as it came, so that one card more never runs out: --seed 1, --seed 2 ... draw the times anew.",
        "A station that works on more cards at a time may need longer for each.",
    ]
    return "\n".join(line.rstrip() for line in lines)


def replay_json(found: Replayed) -> dict[str, Any]:
    """One number of cards for programs; times are working time."""
    return {
        "cards": found.cards,
        "worked_ms": found.worked_us // _MS_US,
        "withdrawals": found.withdrawals,
        "stockouts": len(found.outages),
        "stockout_ms": found.out_us // _MS_US,
        "late": found.late,
        "late_ms": found.late_us // _MS_US,
        "full_mean": str(found.full_mean),
        "outages": [
            {"from": instant_text(o.from_us), "to": instant_text(o.to_us), "worked_ms": o.worked_us // _MS_US}
            for o in found.outages
        ],
    }


def effect_text(found: Effect, loop: str, calendar: WorkCalendar) -> str:
    """Plan and outcome beside each other, and how far chance explains it."""
    change = found.change
    lines = [
        f"{loop}: {change.before} cards until {_when(change.at_us, calendar)}, {change.after} since",
        "",
        *_replay_rows([found.before, found.planned, found.after], ("before", "planned", "actual")),
        "",
        f"{found.cycles} of {found.wanted} turns since the change"
        + (": enough to judge." if found.judged else ": too few to judge yet."),
    ]
    if found.p is not None:
        lines.append(
            f"So uneven a split of stock-outs by chance: {_percent(found.p)} "
            "(exact two-sided test of two Poisson rates, given their sum)."
        )
    else:
        lines.append("No test of the stock-outs: there were none, or too many.")
    return "\n".join(line.rstrip() for line in lines)


def effect_json(found: Effect) -> dict[str, Any]:
    """The same for programs."""
    return {
        "at": instant_text(found.change.at_us),
        "n": found.change.n,
        "cards_before": found.change.before,
        "cards_after": found.change.after,
        "before": replay_json(found.before),
        "planned": replay_json(found.planned),
        "actual": replay_json(found.after),
        "cycles": found.cycles,
        "cycles_wanted": found.wanted,
        "judged": found.judged,
        "p": None if found.p is None else float(found.p),
        "test": "exact conditional Poisson, two-sided",
    }


def _replay_rows(found: Sequence[Replayed], names: Sequence[str] = ()) -> list[str]:
    rows = [("", "cards", "stock-outs", "store empty", "late withdrawals", "waited", "full on average")]
    for index, one in enumerate(found):
        share = Fraction(one.out_us, one.worked_us) if one.worked_us else Fraction(0)
        out = f"{_time(Fraction(one.out_us))} ({_percent(share)})"
        late = f"{one.late} of {one.withdrawals}"
        name = names[index] if names else ""
        cells = (str(one.cards), str(len(one.outages)), out, late, _time(Fraction(one.late_us)))
        rows.append((name, *cells, _decimal(one.full_mean)))
    return _table(rows)


def _outage(outage: Outage, calendar: WorkCalendar) -> str:
    return f"{_when(outage.from_us, calendar)} for {_time(Fraction(outage.worked_us))}"


def _when(at_us: int, calendar: WorkCalendar) -> str:
    return f"{calendar.local(at_us):%Y-%m-%d %H:%M}"


def _count_cells(found: Spread) -> tuple[str, ...]:
    sd = "-" if found.sd is None else _decimal(found.sd)
    return (str(found.n), _decimal(found.mean), sd, str(found.p50), str(found.p85), str(found.p95))


def _time_cells(found: Spread) -> tuple[str, ...]:
    sd = "-" if found.sd is None else _time(found.sd)
    times = (found.p50, found.p85, found.p95)
    return (str(found.n), _time(found.mean), sd, *(_time(Fraction(value)) for value in times))


def _counts_json(found: Spread | None) -> dict[str, Any] | None:
    if found is None:
        return None
    sd = None if found.sd is None else float(found.sd)
    return {
        "n": found.n, "mean": str(found.mean), "sd": sd, "least": found.least, "p50": found.p50, "p85": found.p85,
        "p95": found.p95, "most": found.most,
    }  # fmt: skip


def _times_json(found: Spread | None) -> dict[str, Any] | None:
    if found is None:
        return None
    values = {
        "mean": found.mean, "sd": found.sd, "least": found.least, "p50": found.p50, "p85": found.p85,
        "p95": found.p95, "most": found.most,
    }  # fmt: skip
    return {"n": found.n} | {
        f"{name}_ms": None if value is None else round(value / _MS_US) for name, value in values.items()
    }


def _time(us: Fraction) -> str:
    seconds = float(us) / _S_US
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.2f}"


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.3g} %"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    return ["  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in listed]
