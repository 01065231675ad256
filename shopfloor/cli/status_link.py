"""How a terminal's link stands, as a document and as text; the names are those of `line status --json`."""

from typing import Any, Final

from shopfloor.core.line_link import Presence
from shopfloor.core.line_views import is_heard
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.words import span_text
from shopfloor.exchange.instants import instant_text
from shopfloor.store.link_note import LinkNote

OLD_S: Final = 5  # the note is written each second
STOPPED: Final = "stopped"  # the terminal does not run, or its link has ended


def link_document(note: LinkNote | None, now: Now) -> dict[str, Any]:
    """`link` and `terminals`; None and none for a terminal alone."""
    if note is None:
        return {"link": None, "terminals": []}
    link = note.link
    return {
        "link": {
            "state": _state(note, now),
            "since": instant_text(link.since_us),
            "behind": link.behind,
            "owing": link.owing,
            "detail": link.detail,
            "remedy": link.remedy,
        },
        "terminals": [_terminal(other, note, now) for other in link.others],
    }


def link_rows(note: LinkNote | None, now: Now) -> list[str]:
    """The same for somebody who reads it."""
    if note is None:
        return []
    link = note.link
    since = span_text(max(0, now.at_us - link.since_us) // US_PER_S)
    rows = [f"  link {_state(note, now)} for {since}, {link.behind} behind, {link.owing} owing"]
    return rows + [f"    {o.terminal:<18} heard {span_text(round(_age_s(o, now)))} ago" for o in link.others]


def _terminal(other: Presence, note: LinkNote, now: Now) -> dict[str, Any]:
    heard = is_heard(other, now) and _state(note, now) == "up"
    return {
        "id": other.terminal,
        "link": "up" if heard else "silent",
        "last_seen_s": round(_age_s(other, now), 1),
        "behind": max(0, note.link.last_seq - other.applied),
        "clock_offset_ms": round(other.offset_us / 1000, 1),
        "version": other.version,
        "head": other.n,
    }


def _state(note: LinkNote, now: Now) -> str:
    return STOPPED if now.at_us - note.at_us > OLD_S * US_PER_S else note.link.state.value


def _age_s(other: Presence, now: Now) -> float:
    """Since it was heard; the monotonic clock is that of the same computer, since it was started."""
    return max(0, now.mono_ns - other.heard_ns) / (NS_PER_US * US_PER_S)
