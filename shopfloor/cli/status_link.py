"""How a terminal's link stands, as a document and as text; the names are those of `line status --json`."""

from typing import Any, Final

from shopfloor import __version__
from shopfloor.core.floor_views import differing_words, standings_of
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.line_views import is_heard
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.words import span_text
from shopfloor.exchange.instants import instant_text
from shopfloor.link.line_names import terminal_of
from shopfloor.link.versions import programs_of, unlike_words
from shopfloor.store.link_note import LinkNote

OLD_S: Final = 5  # a terminal leaves a sign of life each second, and a note on its link while that is up
STOPPED: Final = "stopped"  # the terminal does not run


def link_document(note: LinkNote | None, now: Now, *, alive_us: int) -> dict[str, Any]:
    """`link` and `terminals`; None and none for a terminal alone. `alive_us`: its last sign of life."""
    if note is None:
        return {"link": None, "terminals": []}
    link, state = note.link, _state(note, now, alive_us)
    return {
        "link": {
            "state": state,
            "since": instant_text(link.since_us),
            "behind": link.behind,
            "owing": link.owing,
            "detail": link.detail,
            "remedy": link.remedy,
            "floor": _floor(link, now),
        },
        "terminals": [_terminal(other, link, now, heard=state == LinkState.UP) for other in link.others],
    }


def link_rows(note: LinkNote | None, now: Now, *, alive_us: int) -> list[str]:
    """The same for somebody who reads it."""
    if note is None:
        return []
    link = note.link
    since = span_text(max(0, now.at_us - link.since_us) // US_PER_S)
    rows = [f"  link {_state(note, now, alive_us)} for {since}, {link.behind} behind, {link.owing} owing"]
    unlike = unlike_words(programs_of(link.others), __version__)
    rows += [f"    {unlike}"] if unlike else []
    if link.floor:
        age = span_text(max(0, now.at_us - link.floor_us) // US_PER_S)
        found = standings_of(link, terminal_of(link.origin), now)
        rows += [f"    floor {link.floor}, of {age} ago, {len(found.agree)} agree"]
        rows += [f"    {words}" for words in differing_words(found) if words]
    return rows + [f"    {o.terminal:<18} heard {span_text(round(_age_s(o, now)))} ago" for o in link.others]


def _terminal(other: Presence, link: LinkView, now: Now, *, heard: bool) -> dict[str, Any]:
    return {
        "id": other.terminal,
        "link": "up" if heard and is_heard(other, now) else "silent",
        "last_seen_s": round(_age_s(other, now), 1),
        "behind": max(0, link.last_seq - other.applied),
        "clock_offset_ms": round(other.offset_us / 1000, 1),
        "version": other.version,
        "head": other.n,
        "floor": other.floor,
        "floor_hash": other.floor_hash,
    }


def _floor(link: LinkView, now: Now) -> dict[str, Any]:
    """Where this terminal stands, how old what is under it is, and who of those that are heard agrees."""
    found = standings_of(link, terminal_of(link.origin), now)
    return {
        "number": link.floor,
        "hash": link.floor_hash,
        "age_s": max(0, now.at_us - link.floor_us) // US_PER_S if link.floor else None,
        "agree": list(found.agree),
        "differ": list(found.differ),
    }


def _state(note: LinkNote, now: Now, alive_us: int) -> str:
    if now.at_us - alive_us > OLD_S * US_PER_S:
        return STOPPED
    silent = note.link.state is LinkState.UP and now.at_us - note.at_us > OLD_S * US_PER_S
    return (LinkState.LOST if silent else note.link.state).value


def _age_s(other: Presence, now: Now) -> float:
    """Since it was heard; the monotonic clock is that of the same computer, since it was started."""
    return max(0, now.mono_ns - other.heard_ns) / (NS_PER_US * US_PER_S)
