"""Watches: what a rule can judge, and what it may do."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from shopfloor.core.codes import printable
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table

# Keys that only some kinds have; the others every kind has.
_ONLY: Mapping[str, frozenset[str]] = MappingProxyType({
    "percentile": frozenset({"cycle"}),
    "red": frozenset({"red_loop"}),
    "times": frozenset({"cycle", "wrong_part"}),
})  # fmt: skip
_KINDS = frozenset({"limit", "starved", "blocked", "red_loop", "cycle", "silent", "wrong_part"})


def check_watches(file: Table, *, stations: list[str], loops: list[str], reasons: list[str]) -> Iterator[Problem]:
    """Every problem of the watches."""
    first: dict[tuple[str, str, str], Table] = {}
    for watch in file.tables("watches"):
        kind, station, loop = (watch.text(key) or "" for key in ("kind", "station", "loop"))
        for key, word, known, table in (
            ("station", station, stations, "stations"),
            ("loop", loop, loops, "loops"),
            ("reason", watch.text("reason"), reasons, "reasons"),
        ):
            if word:
                yield from reference(watch.path(key), word, known=known, what=key, table=table)
        if kind not in _KINDS:
            continue
        if (other := first.setdefault((kind, station, loop), watch)) is not watch:
            yield Problem(
                watch.path("kind"), f"{kind} is already watched there by {other.path()}", "keep one of the two"
            )
        for key, kinds in _ONLY.items():
            if watch.has(key) and kind not in kinds:
                yield Problem(watch.path(key), f"means nothing for kind {kind}", "remove it")
        yield from _never(watch, kind, file)
        yield from _effect(watch, file)


def _never(watch: Table, kind: str, file: Table) -> Iterator[Problem]:
    station, loop = _named(file, "stations", watch.text("station")), _named(file, "loops", watch.text("loop"))
    if kind == "limit" and station is not None and not station.has("wip_limit"):
        yield Problem(
            watch.path("station"),
            f"station '{printable(station.text('id') or '')}' has no limit that could be reached",
            "add wip_limit to the station, or name another one",
        )
    cards = loop.number("cards") if loop is not None else None
    red = watch.number("red")
    if kind == "red_loop" and cards is not None and red is not None and red >= cards:
        yield Problem(
            watch.path("red"),
            f"a loop of {cards:g} cards never has more than {red:g} full ones: it would call for ever",
            "make red fewer than the cards of the loop",
        )


def _effect(watch: Table, file: Table) -> Iterator[Problem]:
    reason = _named(file, "reasons", watch.text("reason"))
    if reason is not None and reason.text("kind") == "stop" and watch.text("effect", "help") in {"advise", "help"}:
        yield Problem(
            watch.path("reason"),
            f"'{printable(reason.text('id') or '')}' is a stop, and this watch does not stop",
            'write effect = "stop", or name a reason of kind help',
        )


def _named(file: Table, name: str, word: str | None) -> Table | None:
    return next((table for table in file.tables(name) if word and table.text("id") == word), None)
