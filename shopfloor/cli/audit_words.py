"""Audits, suspects and walks as text for people and as documents for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from shopfloor.core.names import card_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.exchange.instants import instant_text
from shopfloor.flow.audit import Audit, Conservation, Why, place_of
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.suspects import Stop, Suspect

_MS_US = 1_000
_S_US = 1_000_000
_WHY = {
    Why.OTHER_LOOP: "belongs to another loop",
    Why.OTHER_PLACE: "belongs elsewhere",
    Why.OTHER_LINE: "a card of another line, or of a loop that is gone",
    Why.RETIRED: "retired: destroy it",
    Why.NOT_CIRCULATED: "was never put in circulation",
    Why.MISREAD: "its check characters are wrong: scan it again",
    Why.NO_CARD: "no card",
}


def audit_text(shop: Shop, found: Audit, what: str) -> str:
    """What was expected and seen, then everything somebody has to look after."""
    lines = [f"{what}: {len(found.seen)} of {len(found.expected)} cards seen."]
    if found.repeated:
        lines[0] += f" {found.repeated} scanned more than once."
    lines += _block("Missing", (_card_line(shop, card) for card in found.missing))
    lines += _block("Lost and found: mark them as found", (_card_line(shop, card) for card in found.found))
    lines += _block(
        "Old prints: put the newest in their place",
        (f"{card_name(shop, paper.card)}: print {paper.printed}, now {paper.current}" for paper in found.old),
    )
    lines += _block(
        "Does not belong here",
        (
            f"{one.code}  {card_name(shop, one.card) + ': ' if one.card else ''}{_WHY[one.why]}"
            f"{_belongs(shop, one.card) if one.why in {Why.OTHER_LOOP, Why.OTHER_PLACE} else ''}"
            for one in found.foreign
        ),
    )
    still = [card for card in found.lost if card not in found.found]
    lines += _block("Known to be lost", (card_name(shop, card) for card in still))
    if found.clean:
        lines.append("Everything is there.")
    elif found.missing:
        lines.append("Look for what is missing (shopfloor audit walk), then mark it as lost and print it anew.")
    return "\n".join(lines)


def audit_json(shop: Shop, found: Audit, count: Conservation | None) -> dict[str, Any]:
    """The same for programs."""
    document: dict[str, Any] = {
        "clean": found.clean,
        "expected": found.expected,
        "seen": found.seen,
        "missing": [
            {"card": card, "state": shop.cards[card].state.value, "place": place_of(shop, shop.cards[card])}
            for card in found.missing
        ],
        "lost": found.lost,
        "found": found.found,
        "foreign": [{"code": one.code, "why": one.why.value, "card": one.card} for one in found.foreign],
        "old_prints": [
            {"code": one.code, "card": one.card, "printed": one.printed, "current": one.current} for one in found.old
        ],
        "repeated": found.repeated,
    }
    return document if count is None else document | {"conservation": conservation_json(count)}


def conservation_text(count: Conservation) -> str:
    """The sum over states beside what was put in circulation."""
    states = " + ".join(f"{number} {state.replace('_', ' ')}" for state, number in count.by_state.items()) or "none"
    there = f"{count.circulated} put in circulation − {count.retired} retired"
    text = f"{count.loop}: {states} = {count.total} cards = {there}."
    if not count.holds:
        text = f"{count.loop}: {states} = {count.total} cards, but {there}: run `shopfloor verify`."
    return text if count.total == count.planned else f"{text} The line file says {count.planned}."


def conservation_json(count: Conservation) -> dict[str, Any]:
    """The same for programs."""
    return {
        "loop": count.loop,
        "by_state": count.by_state,
        "total": count.total,
        "circulated": count.circulated,
        "retired": count.retired,
        "planned": count.planned,
        "holds": count.holds,
    }


def suspects_text(shop: Shop, found: Sequence[Suspect], calendar: WorkCalendar) -> str:
    """The ranked list with what each rank is made of."""
    if not found:
        return "No cards."
    rows = [("lost?", "card", "state", "where", "since", "for", "stays that took as long")]
    rows += [
        (
            _percent(one),
            card_name(shop, one.card),
            one.state.value.replace("_", " "),
            station_name(shop, one.place),
            f"{calendar.local(one.since_us):%Y-%m-%d %H:%M}",
            _time(one.age_us),
            _stays(one),
        )
        for one in found
    ]
    return "\n".join(_table(rows))


def suspect_json(one: Suspect) -> dict[str, Any]:
    """One suspect for programs."""
    return {
        "card": one.card,
        "loop": one.loop,
        "state": one.state.value,
        "place": one.place,
        "since": instant_text(one.since_us),
        "age_ms": one.age_us // _MS_US,
        "longer": one.longer,
        "n": one.n,
        "thin": one.thin,
        "probability": round(float(one.probability), 6),
    }


def suspect_row(one: Suspect) -> tuple[str | int, ...]:
    """One suspect as a row of CSV."""
    place = (one.place, one.card, one.loop, one.state.value, instant_text(one.since_us))
    return (*place, one.age_us // _MS_US, one.n, one.longer, f"{float(one.probability):.6f}")


def walk_text(shop: Shop, stops: Sequence[Stop], calendar: WorkCalendar) -> str:
    """Place by place, with boxes to tick."""
    if not stops:
        return "No cards."
    lines: list[str] = []
    for stop in stops:
        lines += [*([""] if lines else []), station_name(shop, stop.station) or "Nobody knows where"]
        lines += _table(
            (
                "[ ]",
                card_name(shop, one.card),
                one.state.value.replace("_", " "),
                f"since {calendar.local(one.since_us):%Y-%m-%d %H:%M}",
                _percent(one),
            )
            for one in stop.suspects
        )
    return "\n".join(lines)


def _card_line(shop: Shop, card: str) -> str:
    state = shop.cards[card].state.value.replace("_", " ")
    return f"{card_name(shop, card)}: {state}{_belongs(shop, card)}"


def _belongs(shop: Shop, card: str) -> str:
    place = station_name(shop, place_of(shop, shop.cards[card])) if card in shop.cards else ""
    return f", {place}" if place else ""


def _block(title: str, rows: Iterable[str]) -> list[str]:
    listed = [f"  {row}" for row in rows]
    return [f"{title}:", *listed] if listed else []


def _stays(one: Suspect) -> str:
    return f"{one.longer} of {one.n}" + (" (thin data)" if one.thin else "")


def _percent(one: Suspect) -> str:
    share = float(100 * one.probability)
    return f"{share:.0f} %" if share >= 1 else "< 1 %"


def _time(us: int) -> str:
    minutes = us / _S_US / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    return [
        ("  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in listed
    ]
