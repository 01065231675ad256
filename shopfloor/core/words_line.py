"""Sentences about what a merge of the terminals' journals found."""

from datetime import tzinfo

from shopfloor.core.line_views import place_of
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import card_name, person_name, reason_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_line import Finding, FindingKind
from shopfloor.core.text import Text
from shopfloor.core.words import clock_text, span_text


def finding_words(shop: Shop, finding: Finding, zone: tzinfo) -> tuple[Text, Text]:
    """(What is not known, what settles it)."""
    match finding.kind:
        case FindingKind.TWO_PLACES:
            return _where(shop, finding, zone), Text("The next scan of it says.")
        case FindingKind.TWO_TERMINALS:
            station, first, second = (*finding.places, "", "", "")[:3]
            args: dict[str, str | int] = {"station": station_name(shop, station), "a": first, "b": second}
            return Text("{station} has two terminals: {a} and {b}", args), Text("Start only one of them with it.")
        case FindingKind.STILL_WORKED:
            station, first, second = (*finding.places, "", "", "")[:3]
            args = {"station": station_name(shop, station), "a": first, "b": second, "count": finding.count}
            return Text("{station}: {a} did {count} steps that {b} did not know of when it took over", args), Text(
                "Count the containers there."
            )
        case FindingKind.TWO_ANSWERS:
            return _who(shop, finding), Text("Agree on who goes.")
        case FindingKind.BEGUN_ANEW:
            terminal = (*finding.places, "")[0]
            args = {"terminal": terminal, "place": place_of(shop, terminal), "at": clock_text(finding.at_us, zone)}
            return Text("{place} ({terminal}) began anew at {at}: its disk was put back or copied", args), Text(
                "Does it run twice? Then end the copy and start the other one again."
            )
        case FindingKind.CLOCK_AHEAD:
            terminal = (*finding.places, "")[0]
            span = span_text(finding.apart_us // US_PER_S)
            args = {"place": place_of(shop, terminal), "terminal": terminal, "span": span, "count": finding.count}
            return Text("{place} ({terminal}): its clock was {span} ahead; {count} events were set right", args), Text(
                "Set its clock; is its battery flat?"
            )
        case FindingKind.TWO_LINES:
            first, second = (*finding.places, "", "")[:2]
            return Text("Two line files at once: that of {a} counts, not that of {b}", {"a": first, "b": second}), Text(
                "Change it once more, with what is missing."
            )
        case FindingKind.NOT_FULL:
            return Text("{card} was started, and another one may be full", {"card": _card(shop, finding)}), Text(
                "Count the full containers."
            )


def _where(shop: Shop, finding: Finding, zone: tzinfo) -> Text:
    first, second = (*finding.places, "", "")[:2]
    return Text(
        "Where is {card}? {a} {at} or {b} {later}",
        {
            "card": _card(shop, finding),
            "a": station_name(shop, first),
            "at": clock_text(finding.at_us - finding.apart_us, zone),
            "b": station_name(shop, second),
            "later": clock_text(finding.at_us, zone),
        },
    )


def _who(shop: Shop, finding: Finding) -> Text:
    call = shop.calls.get(finding.call)
    first, second = (*finding.places, "", "")[:2]
    args: dict[str, str | int] = {
        "station": station_name(shop, call.station) if call is not None else "",
        "call": reason_name(shop, call.reason) if call is not None and call.reason else "STOP",
        "a": person_name(shop, first),
        "b": person_name(shop, second),
    }
    return Text("{station}: {call} was taken by {a} and by {b}", args)


def _card(shop: Shop, finding: Finding) -> str:
    card = shop.cards.get(finding.card)
    return card_name(shop, card) if card is not None else finding.card
