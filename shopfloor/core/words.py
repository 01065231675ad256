"""Every sentence an operator reads about a signal: what happened, and what lifts a refusal. English is the source."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from shopfloor.core import words_andon, words_refused
from shopfloor.core.events import Recorded, SignalEvent
from shopfloor.core.evolve import evolve
from shopfloor.core.line import CallKind
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import card_name, loop_name, person_name, reason_name, station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Book, CardState, Verdict
from shopfloor.core.text import Text

Words = tuple[Text, Text]
NOTHING: Words = (Text(""), Text(""))
UNRECORDED = "unrecorded"  # a call that the disk did not take: it stands, and is written later
NOT_YET = Text("Not recorded yet. It counts, and is written when the disk takes it again.")
_INSTANT = "_us"  # arguments that end so are instants, and are read as local time


def verdict_words(shop: Shop, station: str, verdict: Verdict, zone: tzinfo = UTC) -> Words:
    """(sentence, remedy) for the last outcome at a station, with instants as local time of day."""
    args = {"station": station_name(shop, station)} | local(dict(verdict.args), zone)
    if verdict.card:
        args.setdefault("card", card_name(shop, verdict.card))
    if verdict.rule:
        return words_refused.words(Rule(verdict.rule), args)
    say = _ACCEPTED.get(verdict.kind)
    sentence, remedy = say(shop, args) if say else NOTHING
    return sentence, NOT_YET if verdict.args.get(UNRECORDED) else remedy


def recorded_words(shop: Shop, recorded: Recorded, zone: tzinfo = UTC) -> Words:
    """(sentence, remedy) for a journal entry that answers a signal, else empty; `shop` is the one before it."""
    if not isinstance(recorded.event, SignalEvent):
        return NOTHING
    books = [entity for entity in evolve(shop, recorded) if isinstance(entity, Book)]
    verdict = books[-1].verdict if books else None
    if verdict is None or (verdict.origin, verdict.n) != (recorded.origin, recorded.n):
        return NOTHING
    return verdict_words(shop, recorded.event.station, verdict, zone)


def refusal_words(refusal: Refusal, zone: tzinfo = UTC) -> Words:
    """(sentence, remedy) for a refusal that was not recorded."""
    return words_refused.words(refusal.rule, local(dict(refusal.args), zone))


def local(args: dict[str, str | int], zone: tzinfo) -> dict[str, str | int]:
    """The same values with instants (`…_us`) as local time of day under the name without the ending."""
    shown: dict[str, str | int] = {}
    for name, value in args.items():
        if name.endswith(_INSTANT) and isinstance(value, int):
            shown[name.removesuffix(_INSTANT)] = clock_text(value, zone) if value else ""
        else:
            shown[name] = value
    return shown


def clock_text(at_us: int, zone: tzinfo) -> str:
    """Local time of day, `14:32:05`."""
    return datetime.fromtimestamp(at_us // US_PER_S, zone).strftime("%H:%M:%S")


def span_text(seconds: int) -> str:
    """A span for the eye: `0:42`, `12:07`, `1:02:07`."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def _started(shop: Shop, args: dict[str, str | int]) -> Words:
    if "not_oldest" in str(args.get("over", "")):
        return Text("{card}: started at {station}, before an older one", args), Text("")
    if args.get("over"):
        return Text("{card}: started at {station}, over the limit", args), Text("Tell the team leader.")
    return Text("{card}: started at {station}", args), _missing(shop, args)


def _finished(shop: Shop, args: dict[str, str | int]) -> Words:
    remedy = Text("Very quick: left out of the figures.") if args.get("implausible") else _missing(shop, args)
    if args.get("into") == "queued":
        return Text("{card}: finished at {station}, now in the lane", args), remedy
    if args.get("into") == "empty":
        return Text("{card}: finished at {station}, the card is free again", args), remedy
    if args.get("into") == "in_transit":
        return Text("{card}: finished at {station}, now on its way", args), remedy
    return Text("{card}: finished at {station}, now in the store", args), remedy


def _withdrawn(shop: Shop, args: dict[str, str | int]) -> Words:
    if args.get("into") == "waiting":
        return Text("{card}: taken at {station}, the card waits for its lot", args), _missing(shop, args)
    return Text("{card}: taken at {station}, the card now asks for more", args), _missing(shop, args)


def _missing(shop: Shop, args: dict[str, str | int]) -> Text:
    stations = [station_name(shop, station) for station in str(args.get("inferred", "")).split(",") if station]
    if not stations:
        return Text("")
    return Text("Scans were missing and have been filled in: {stations}.", {"stations": ", ".join(stations)})


def _undone(_: Shop, args: dict[str, str | int]) -> Words:
    sentences = {
        "started": Text("{card}: start taken back", args),
        "finished": Text("{card}: finish taken back", args),
        "withdrawn": Text("{card}: withdrawal taken back", args),
        "received": Text("{card}: receipt taken back", args),
        "opened": Text("{card}: opening taken back", args),
        "pieces": Text("{card}: pieces put back", args),
        "acknowledged": Text("{card}: acknowledgement taken back", args),
    }
    return sentences.get(str(args.get("what")), Text("{card}: step taken back", args)), Text("")


def _repeated(_: Shop, args: dict[str, str | int]) -> Words:
    if args.get("asked"):
        if args.get("delivered"):
            return Text("{card}: nobody has acknowledged it. Delivered already?", args), Text(
                "Scan it again to receive it."
            )
        return Text("{card}: finish already, after {worked_s} s?", args), Text("Scan it again to finish.")
    sentences = {
        "started": Text("{card}: already read, started at {at}", args),
        "finished": Text("{card}: already read, finished at {at}", args),
        "withdrawn": Text("{card}: already read, taken at {at}", args),
        "received": Text("{card}: already read, received at {at}", args),
        "opened": Text("{card}: already read, opened at {at}", args),
        "pieces": Text("{card}: already read, pieces taken at {at}", args),
        "acknowledged": Text("{card}: already read, acknowledged at {at}", args),
    }
    return sentences.get(str(args.get("what")), Text("Already read", args)), Text("")


def _unread(_: Shop, args: dict[str, str | int]) -> Words:
    return Text("Not read", args), Text("Hold the scanner still and scan again.")


def _shelf(shop: Shop, args: dict[str, str | int]) -> Words:
    counts = {state: int(args.get(state.value, 0)) for state in CardState}
    loop = shop.loops.get(str(args.get("loop", "")))
    part = shop.parts.get(loop.part) if loop else None
    full = counts[CardState.FULL]
    numbers: dict[str, str | int] = {
        "loop": loop_name(shop, str(args.get("loop", ""))),
        "full": full,
        "total": sum(counts.values()),
        "quantity": full * (loop.quantity if loop else 1),
        "unit": part.unit if part else "",
        "in_use": counts[CardState.IN_USE],
        "empty": counts[CardState.EMPTY] + counts[CardState.WAITING],
        "coming": counts[CardState.IN_PROCESS] + counts[CardState.QUEUED] + counts[CardState.IN_TRANSIT],
        "away": counts[CardState.HELD] + counts[CardState.LOST],
    }
    return (
        Text("{loop}: {full} of {total} containers are full, {quantity} {unit}", numbers),
        Text("{in_use} in use, {empty} empty, {coming} on the way, {away} on hold or lost.", numbers),
    )


def _pieces(_: Shop, args: dict[str, str | int]) -> Words:
    if args.get("left"):
        return Text("{card}: {pieces} taken at {station}, {left} left", args), Text("")
    if args.get("into") == "waiting":
        return Text("{card}: the last {pieces} taken at {station}, the card waits for its lot", args), Text("")
    return Text("{card}: the last {pieces} taken at {station}, the card now asks for more", args), Text("")


def _opened(shop: Shop, args: dict[str, str | int]) -> Words:
    return Text("{card}: opened at {station}", args), _missing(shop, args)


def _received(shop: Shop, args: dict[str, str | int]) -> Words:
    return Text("{card}: received at {station}, now in the store", args), _missing(shop, args)


def _lot(shop: Shop, args: dict[str, str | int]) -> Words:
    return Text("{loop}: {count} cards are let go", _of_loop(shop, args)), Text("")


def _issued(shop: Shop, args: dict[str, str | int]) -> Words:
    return (
        Text("{loop}: {count} extra cards for one turn", _of_loop(shop, args)),
        Text("Print them and put them on their containers."),
    )


def _expressed(_: Shop, args: dict[str, str | int]) -> Words:
    if args.get("on"):
        return Text("{card}: express, it goes before others", args), Text("")
    return Text("{card}: no longer express", args), Text("")


def _contents(_: Shop, args: dict[str, str | int]) -> Words:
    shown = [str(args[name]) for name in ("quantity", "lot", "serials") if args.get(name)]
    return Text("{card}: noted: {contents}", args | {"contents": " · ".join(shown)}), Text("")


def _taught(_: Shop, args: dict[str, str | int]) -> Words:
    if not args.get("taught"):
        return Text("Code {text} is forgotten", args), Text("")
    return Text("Code {text} now stands for {taught}", args), Text("")


def _planned(shop: Shop, args: dict[str, str | int]) -> Words:
    args = _of_loop(shop, args)
    if args.get("cards") and args.get("quantity"):
        return Text("{loop}: {cards} cards of {quantity} from {day} on", args), Text("")
    if args.get("cards"):
        return Text("{loop}: {cards} cards from {day} on", args), Text("")
    return Text("{loop}: {quantity} a card from {day} on", args), Text("")


def _dropped(shop: Shop, args: dict[str, str | int]) -> Words:
    return Text("{loop}: the planned change is taken back", _of_loop(shop, args)), Text("")


def _stations_taken(shop: Shop, args: dict[str, str | int]) -> Words:
    names = ", ".join(station_name(shop, station) for station in str(args.get("stations", "")).split(","))
    named = args | {"stations": names}
    if args.get("left"):
        return Text("Taken over from {from}: {stations}", named), Text(
            "{from} may have used {left} places of the line that nobody here knows of.", named
        )
    return Text("Taken over from {from}: {stations}", named), Text("")


def _of_loop(shop: Shop, args: dict[str, str | int]) -> dict[str, str | int]:
    return args | {"loop": loop_name(shop, str(args.get("loop", "")))}


def _raised(shop: Shop, args: dict[str, str | int]) -> Words:
    args = args | {"call": reason_name(shop, str(args.get("reason", "")))}
    if args.get("call_kind") == CallKind.STOP:
        return (Text("Stopped: {call}", args) if args["call"] else Text("Stopped")), Text("")
    return Text("Help is called: {call}", args), Text("")


def _person(shop: Shop, args: dict[str, str | int], template: str) -> Words:
    return Text(template, args | {"person": person_name(shop, str(args.get("person", "")))}), Text("")


def _plain(template: str) -> Callable[[Shop, dict[str, str | int]], Words]:
    return lambda _, args: (Text(template, args), Text(""))


_ACCEPTED: dict[str, Callable[[Shop, dict[str, str | int]], Words]] = {
    "card_started": _started,
    "card_finished": _finished,
    "card_withdrawn": _withdrawn,
    "pieces_withdrawn": _pieces,
    "card_opened": _opened,
    "card_received": _received,
    "card_acknowledged": _plain("{card}: acknowledged"),
    "lot_released": _lot,
    "cards_issued": _issued,
    "card_reprinted": _plain("{card}: print {print} is the valid one now"),
    "card_expressed": _expressed,
    "contents_noted": _contents,
    "code_taught": _taught,
    "change_planned": _planned,
    "change_dropped": _dropped,
    "step_undone": _undone,
    "scan_repeated": _repeated,
    "scan_unread": _unread,
    "shelf_read": _shelf,
    "call_raised": _raised,
    "call_acknowledged": _plain("The call is taken"),
    "call_arrived": _plain("Help has arrived"),
    "call_stopped": _plain("The call is now a stop"),
    "call_cleared": _plain("The call is cleared"),
    "call_rejected": _plain("The call is taken back"),
    **words_andon.ACCEPTED,
    "stations_taken": _stations_taken,
    "card_held": _plain("{card}: on hold"),
    "card_released": _plain("{card}: released, back where it was"),
    "card_lost": _plain("{card}: marked as lost"),
    "card_found": _plain("{card}: found, back in circulation"),
    "override_granted": _plain("The next scan at {station} may pass a limit, once"),
    "signed_on": lambda shop, args: _person(shop, args, "{person} is signed on"),
    "signed_off": lambda shop, args: _person(shop, args, "{person} is signed off"),
}
