"""A question for a permission, put to the line: at most one of those who ask under one number is told that it won."""

import hashlib
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.core.line_link import GOOD_FOR_S, Decided, Question, Ruling
from shopfloor.link.genuine import NOBODYS
from shopfloor.link.log import LineLog, NoReply, Stored, WrongLast
from shopfloor.link.trouble import Denied, LinkTrouble

_GOOD_FOR_US: Final = GOOD_FOR_S * 1_000_000


class Said(Struct, frozen=True, kw_only=True):
    """What a decision says of itself on the line: who was given it, under which number, when asked, what for."""

    origin: str
    epoch: int
    what: str = ""
    at_us: int = 0


async def permit(log: LineLog, question: Question, *, read_seq: int) -> Decided:
    """Ask for the next decision on a thing; `read_seq` is the message up to which this terminal has read the line.

    Whoever decided last may not have told yet what it did: it is waited for, for as long as its permission is good.
    """
    try:
        last = await log.last_decision(question.thing)
        epoch = question.epoch + 1
        if last is not None:
            said = _said(last)
            if said.epoch > question.epoch:
                if said.origin != question.origin:
                    if last.seq > read_seq:
                        return Decided(Ruling.BEHIND, by=said.origin)
                    if (await log.ident()).now_us - last.ts_us <= _GOOD_FOR_US:
                        return Decided(Ruling.LOST, by=said.origin)
                epoch = said.epoch + 1
    except LinkTrouble as trouble:
        return Decided(Ruling.DENIED if isinstance(trouble, Denied) else Ruling.UNLINKED)
    mine = Said(origin=question.origin, epoch=epoch, what=question.what, at_us=question.at_us)
    payload = msgspec.json.encode(mine)
    decided = await decide(log, question.thing, payload, expected_seq=last.seq if last else 0)
    if decided.ruling is Ruling.WON:
        return Decided(Ruling.WON, decided.seq, epoch)
    return decided


async def decide(log: LineLog, thing: str, payload: bytes, *, expected_seq: int) -> Decided:
    """Decide on a thing whose last decision is `expected_seq` (0: none); no two payloads on it may be the same.

    An answer that was lost is found again by the payload.
    """
    message_id = f"{thing}:{expected_seq}:{hashlib.sha256(payload).hexdigest()[:16]}"
    try:
        try:
            seq = await log.decide(thing, payload, expected_seq=expected_seq, message_id=message_id)
        except (WrongLast, NoReply):
            last = await log.last_decision(thing)
            if last is not None and last.payload == payload and last.seq > expected_seq:
                return Decided(Ruling.WON, last.seq)
            if last is not None and last.seq != expected_seq:
                return Decided(Ruling.LOST, by=_said(last).origin)
            return Decided(Ruling.UNLINKED)
    except Denied:
        return Decided(Ruling.DENIED)
    except LinkTrouble:
        return Decided(Ruling.UNLINKED)
    return Decided(Ruling.WON, seq)


def _said(decision: Stored) -> Said:
    """What a decision says; of another form than ours it is nobody's, and the oldest there is."""
    try:
        if decision.subject != NOBODYS:
            return msgspec.json.decode(decision.payload, type=Said)
    except msgspec.DecodeError:
        pass
    return Said(origin="", epoch=0)
