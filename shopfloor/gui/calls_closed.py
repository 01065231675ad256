"""A call that is over: as a row of the history, and in full with its times."""

from datetime import UTC, datetime, tzinfo

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.line_andon import CallKind
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_call import CallSource
from shopfloor.core.text import Text
from shopfloor.flow.andon.record import US_PER_MS, CallRecord
from shopfloor.gui.calls_actions import said
from shopfloor.gui.calls_faces import SEVERITY_WORDS, reason_text
from shopfloor.gui.clocks import clock, duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.loops_info import Fact
from shopfloor.gui.row_list import Row
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import PAD_MM, Size, Weight

SHAPE_MM = 7.0
TIMES_SHARE = 0.3
_SOURCES = {
    CallSource.PERSON: Text("somebody"),
    CallSource.RULE: Text("a rule of the program"),
    CallSource.CONTACT: Text("a contact"),
}


class ClosedRow(Struct, frozen=True, kw_only=True):
    """One closed call. `why` says how it ended: its cause, or why it was taken back."""

    key: str
    icon: Icon
    reason: Text
    station: str
    when: str
    open_ms: int
    stop_ms: int
    why: Text

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """Calm: it is over."""
        _paint(ink, rect, self, chosen=chosen)

    def other(self, before: Row, rect: QRectF) -> QRectF:
        """All of it."""
        del before
        return rect


def closed_row(shop: Shop, record: CallRecord, zone: tzinfo, now_us: int) -> ClosedRow:
    """A record as it is drawn."""
    stopped = bool(record.stopped_us)
    return ClosedRow(
        key=record.id,
        icon=Icon.CROSS if record.rejected else Icon.STOP if stopped else Icon.CALL,
        reason=reason_text(shop, record.reason),
        station=station_name(shop, record.station),
        when=day_and_time(record.raised_us, zone, now_us),
        open_ms=record.call_ms,
        stop_ms=record.stop_ms,
        why=_end(shop, record),
    )


def closed_facts(shop: Shop, record: CallRecord, zone: tzinfo) -> tuple[Fact, ...]:
    """Its times, measured from when it was raised, and how it ended."""
    facts = [Fact(Text("taken back") if record.rejected else Text("cause"), _end(shop, record), strong=True)]
    if record.note and record.cause:
        facts.append(Fact(Text("note"), said(record.note)))
    facts.append(Fact(Text("over after"), _span(record.call_ms * US_PER_MS), strong=True))
    if record.stopped_us:
        facts.append(Fact(Text("stood for"), _span(record.stop_ms * US_PER_MS), strong=True))
    if record.acked_us:
        taken_us = record.ack_ms * US_PER_MS if record.ack_ms >= 0 else record.acked_us - record.raised_us
        facts.append(Fact(Text("taken after"), _span(taken_us)))
    else:
        facts.append(Fact(Text("taken after"), Text("nobody took it")))
    if record.arrived_us:
        facts.append(Fact(Text("arrived after"), _span(record.arrived_us - record.raised_us)))
    if record.stopped_us:
        chosen = record.raised_kind is CallKind.STOP
        after = Text("at once") if chosen else _span(record.stopped_us - record.raised_us)
        facts.append(Fact(Text("stopped after"), after))
    if record.level or record.overdue:
        facts.append(Fact(Text("level of escalation"), data(str(max(record.level, record.overdue)))))
    facts += [
        Fact(Text("called at"), data(f"{_day(record.raised_us, zone)} {clock(record.raised_us, zone)}")),
        Fact(Text("called by"), _SOURCES[record.source]),
        Fact(Text("severity"), SEVERITY_WORDS[record.severity]),
    ]
    if record.reopens:
        facts.append(Fact(Text("It goes on with a call that was closed.")))
    return tuple(facts)


def cause_text(shop: Shop, cause: str) -> Text:
    """The name of a cause with its first level."""
    known = {one.id: one for one in shop.line.causes}
    found = known.get(cause)
    if found is None:
        return data(cause)
    parent = known.get(found.parent)
    return data(f"{parent.name}: {found.name}" if parent else found.name)


def day_and_time(at_us: int, zone: tzinfo, now_us: int) -> str:
    """Time of day, the day before it unless that is today."""
    time = clock(at_us, zone, seconds=False)
    day = _day(at_us, zone)
    return time if day == _day(now_us, zone) else f"{day} {time}"


def _end(shop: Shop, record: CallRecord) -> Text:
    if record.rejected:
        return said(record.rejected)
    if record.shares:
        return data(", ".join(f"{cause_text(shop, cause)} {share} %" for cause, share in record.shares.items()))
    if record.cause:
        return cause_text(shop, record.cause)
    return said(record.note) if record.note else Text("no cause said")


def _day(at_us: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at_us / US_PER_S, UTC).astimezone(zone).date().isoformat()


def _span(us: int) -> Text:
    return data(duration(us))


def _paint(ink: Ink, rect: QRectF, row: ClosedRow, *, chosen: bool) -> None:
    theme, look, ui = ink.theme, ink.look, ink.ui
    edge = look.ink if chosen else look.edge
    ink.field(rect, look.raised if chosen else look.panel, edge=edge, edge_mm=0.7 if chosen else 0.25)
    pad = theme.mm(PAD_MM)
    inner = rect.adjusted(pad, pad * 0.5, -pad, -pad * 0.5)
    side = min(float(theme.mm(SHAPE_MM)), inner.height() * 0.6)
    ink.icon(QRectF(inner.left(), inner.center().y() - side / 2, side, side), row.icon, look.soft)
    inner.adjust(side + pad, 0, 0, 0)
    half = inner.height() / 2
    wide = inner.width() * TIMES_SHARE
    times = inner.adjusted(inner.width() - wide, 0, 0, 0)
    ink.text(times.adjusted(0, 0, 0, -half), row.when, size=Size.NOTE, side=Side.RIGHT)
    stood = row.stop_ms > 0
    ms = row.stop_ms if stood else row.open_ms
    words = duration(ms * US_PER_MS)
    lower = times.adjusted(0, half, 0, 0)
    ink.text(lower, words, weight=Weight.SEMIBOLD, side=Side.RIGHT)
    if stood:
        mark = theme.type_px(Size.NOTE) * 0.7
        used = ink.width(words, Size.BODY, Weight.SEMIBOLD) + mark * 1.5
        ink.icon(QRectF(lower.right() - used, lower.center().y() - mark / 2, mark, mark), Icon.STOP, look.soft)
    words_rect = inner.adjusted(0, 0, -wide - pad, 0)
    upper = words_rect.adjusted(0, 0, 0, -half)
    used = ink.text(upper, ui.say(row.reason), weight=Weight.SEMIBOLD, may_cut=True)
    beside = upper.adjusted(used + theme.mm(2), 0, 0, 0)
    if ink.width(row.station) <= beside.width():
        ink.text(beside, row.station, colour=look.soft)
        name = ""
    else:
        name = f"{row.station} · "
    below = words_rect.adjusted(0, half, 0, 0)
    ink.text(below, name + ui.say(row.why), size=Size.NOTE, colour=look.soft, may_cut=True)
