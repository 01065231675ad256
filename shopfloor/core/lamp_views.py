"""The tests of lamps and sound as a screen shows them: when, what came of it, and whether it is time for another."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import Shop

SOUND = "sound"
SEEN, NOT_SEEN = "seen", "not seen"  # details of tests that somebody has looked at
OVERDUE_S = 36 * 3600  # a day, and half of the next: a test in the morning is late by the evening after
ASK_S = 600  # for so long somebody may still say what they saw


class LampResult(StrEnum):
    """What came of the newest test."""

    NEVER = "never"
    READ_BACK = "read back"
    SEEN = "seen"
    PLAYED = "played"
    UNSEEN = "unseen"
    FAILED = "failed"


class LampTestView(Struct, frozen=True, kw_only=True):
    """The newest test of a lamp or the sound. `overdue`: the line wants a test a day, and it was longer ago.

    `asks`: somebody who is there can say whether it was seen.
    """

    lamp: str
    result: LampResult
    at_us: int = 0
    overdue: bool = False
    asks: bool = False


def lamp_test_view(shop: Shop, lamp: str, now_us: int, *, since_us: int) -> LampTestView:
    """The test of a lamp that is known here since `since_us`."""
    test = shop.lamp_tests.get(lamp)
    last_us = test.at_us if test else since_us
    overdue = bool(shop.line.andon.test_at) and now_us - last_us > OVERDUE_S * US_PER_S
    if test is None:
        return LampTestView(lamp=lamp, result=LampResult.NEVER, overdue=overdue)
    if test.ok is None:
        asks = now_us - test.at_us <= ASK_S * US_PER_S
        return LampTestView(lamp=lamp, result=LampResult.UNSEEN, at_us=test.at_us, overdue=overdue, asks=asks)
    result = LampResult.FAILED
    if test.ok:
        result = (
            LampResult.PLAYED if lamp == SOUND else LampResult.SEEN if test.detail == SEEN else LampResult.READ_BACK
        )
    return LampTestView(lamp=lamp, result=result, at_us=test.at_us, overdue=overdue)
