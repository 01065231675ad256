"""Switches of a loop that do not fit each other or its kind."""

from collections.abc import Iterator

from shopfloor.core.codes import printable
from shopfloor.core.line import LoopKind
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table

_KINDS = frozenset(LoopKind)
_FREE = frozenset({"conwip", "polca"})
_TRAVELS = frozenset({"withdrawal", "supplier"})
BINS = 2
POLCA_STATIONS = 2


def check_switches(
    loop: Table, *, stations: list[str], route: set[str], reasons: list[str], outside: set[str]
) -> Iterator[Problem]:
    """Every problem of a loop's switches; `route` are the stations that supply it."""
    kind = loop.text("kind", "production") or ""
    if kind in _FREE:
        yield from _without_consumer(loop, kind)
    else:
        yield from _consumer(loop, kind, stations=stations, route=route, outside=outside)
        yield from _transit(loop, kind)
        yield from _cards(loop, kind)
    yield from _jokers(loop, kind)
    if kind == "polca" and (items := loop.items("route")) is not None and len(items) != POLCA_STATIONS:
        yield Problem(
            loop.path("route"),
            f"a polca loop joins two stations, got {len(items)}",
            "name the two stations, and give the next pair a loop of its own",
        )
    if reason := loop.text("response_reason"):
        yield from reference(loop.path("response_reason"), reason, known=reasons, what="reason", table="reasons")
        if not loop.number("response_s"):
            yield Problem(
                loop.path("response_reason"),
                "nothing is late without a response time",
                "add response_s = the seconds a supplier has to answer, or remove response_reason",
            )


def _without_consumer(loop: Table, kind: str) -> Iterator[Problem]:
    if loop.has("consumer"):
        yield Problem(
            loop.path("consumer"),
            f"a {kind} loop has no consumer: its last finish frees the card",
            "remove consumer, or use production",
        )
    if loop.text("start") == "full":
        yield Problem(
            loop.path("start"), f"the cards of a {kind} loop start empty", 'remove start, or write start = "empty"'
        )
    sequence = loop.table("sequence")
    # What says no more than the default does no harm: tables that were exported name every key.
    meant = {
        "transit": loop.is_true("transit"),
        "acknowledge": loop.is_true("acknowledge"),
        "response_s": bool(loop.number("response_s")),
        "response_reason": bool(loop.text("response_reason")),
        "lot": loop.number("lot") not in {None, 1},
        "consume": loop.text("consume") == "pieces",
        "print_on": loop.text("print_on") == "withdrawn",
    }
    wrong = [loop.path(key) for key, is_meant in meant.items() if is_meant]
    wrong += [
        sequence.path(key)
        for key, usual in (("in_transit", "recommended"), ("in_use", "optional"))
        if sequence.text(key, usual) != usual
    ]
    for path in wrong:
        yield Problem(path, f"means nothing in a {kind} loop, which has no store and no consumer", "remove it")


def _consumer(loop: Table, kind: str, *, stations: list[str], route: set[str], outside: set[str]) -> Iterator[Problem]:
    consumer, path = loop.text("consumer"), loop.path("consumer")
    if consumer is None:
        if kind in _KINDS and not loop.has("consumer"):
            yield Problem(
                path,
                f"a {kind} loop needs the station that empties its containers",
                'add consumer = "...", or kind = "conwip" for a loop without one',
            )
        return
    yield from reference(path, consumer, known=stations, what="station", table="stations")
    if consumer in route:
        yield Problem(
            path,
            f"station '{printable(consumer)}' supplies this loop, so it cannot be its consumer too",
            "name the station that empties the containers, or take it out of route",
        )
    if consumer in outside:
        yield Problem(
            path,
            f"station '{printable(consumer)}' is outside: nobody there would say that a container is empty",
            "name the station of this line that sends the containers out",
        )


def _transit(loop: Table, kind: str) -> Iterator[Problem]:
    travels = loop.is_true("transit") if loop.has("transit") else kind in _TRAVELS
    sequence = loop.table("sequence")
    mark = sequence.text("in_transit")
    if not travels and mark not in {None, "recommended"}:
        yield Problem(
            sequence.path("in_transit"),
            "this loop has no transit",
            "add transit = true to the loop, or remove in_transit",
        )
    elif mark == "forbidden":
        yield Problem(
            sequence.path("in_transit"),
            "forbids what transit = true asks for",
            "write transit = false in the loop and remove in_transit",
        )


def _cards(loop: Table, kind: str) -> Iterator[Problem]:
    lot, cards = loop.number("lot"), loop.number("cards")
    if kind == "two-bin" and cards is not None and cards != BINS:
        yield Problem(loop.path("cards"), f"two bins are two cards, got {cards:g}", "remove cards, or use production")
    if kind == "signal" and (not loop.has("lot") or lot == 1):
        yield Problem(
            loop.path("lot"),
            "a signal loop waits until a lot of cards is empty",
            "add lot = 2 or more, or 0 if a planner lets the cards go",
        )
    have = BINS if kind == "two-bin" else cards if cards is not None else 1
    if lot is not None and lot > have:
        yield Problem(
            loop.path("lot"),
            f"a lot of {lot:g} is never complete with {have:g} {'card' if have == 1 else 'cards'}",
            "make cards at least as many as lot",
        )


def _jokers(loop: Table, kind: str) -> Iterator[Problem]:
    jokers, cards = loop.number("jokers"), loop.number("cards")
    have = BINS if kind == "two-bin" else cards if cards is not None else 1
    if jokers is not None and jokers >= have:
        yield Problem(
            loop.path("jokers"),
            f"{jokers:g} of {have:g} cards cannot be spare: none would be left to count on",
            "make jokers fewer than cards",
        )
