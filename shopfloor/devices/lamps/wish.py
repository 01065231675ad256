"""What a lamp should show: a pure function of the line's state, and never a list of things to switch."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.call_views import told_at
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.shop import Shop, covers
from shopfloor.core.state import Call
from shopfloor.core.views import lane_is_full

CALL_SOUND_S = 2.0  # long enough to be heard over a press, short enough that nobody disconnects the buzzer


class Light(StrEnum):
    """How one colour shines."""

    OFF = "off"
    ON = "on"
    FLASH = "flash"


class Buzz(StrEnum):
    """What the lamp's own buzzer sounds."""

    OFF = "off"
    CALL = "call"
    STOP = "stop"


class LampWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a stack light can show at once. Red: stop, yellow: call, green: running, blue: wants an action."""

    red: Light = Light.OFF
    yellow: Light = Light.OFF
    green: Light = Light.OFF
    blue: Light = Light.OFF
    white: Light = Light.OFF
    buzzer: Buzz = Buzz.OFF


COLOURS = ("red", "yellow", "green", "blue", "white")
BUZZER = "buzzer"
DARK = LampWish()
ALL_ON = LampWish(red=Light.ON, yellow=Light.ON, green=Light.ON, blue=Light.ON, white=Light.ON, buzzer=Buzz.CALL)


def lamp_wish(shop: Shop, stations: Collection[str], now: Now) -> LampWish:
    """What a lamp of these stations shows now; none of them stands for the whole line.

    Red and yellow flash until somebody has taken what they stand for. A stop that nobody has taken sounds all the
    time, a call for `CALL_SOUND_S` when it comes and again every `nag_s` of the line's policy.
    """
    stops = [call for call in shop.calls.values() if _stops(shop, call, stations)]
    calls = [call for call in _standing(shop, stations) if not call.stopped_us]
    still = bool(stops or calls or _restarting(shop, stations))
    return LampWish(
        red=_until_taken(stops),
        yellow=_until_taken(calls),
        green=Light.ON if not still and _runs(shop, stations) else Light.OFF,
        blue=Light.ON if any(_wants_cause(shop, call, stations) for call in shop.calls.values()) else Light.OFF,
        buzzer=_buzz(stops, calls, now, nag_s=shop.line.andon.nag_s),
    )


def light_of(wish: LampWish, colour: str) -> Light:
    """How one of `COLOURS` shines."""
    found = getattr(wish, colour)
    assert isinstance(found, Light)
    return found


def lights(**shining: Light | Buzz) -> LampWish:
    """A wish from colours and "buzzer" by name."""
    return replace(DARK, **shining)


def steady(wish: LampWish, *, buzzer: bool = True) -> LampWish:
    """The wish on a lamp that cannot flash and has one sound, or none."""
    shining = {colour: Light.OFF if light_of(wish, colour) is Light.OFF else Light.ON for colour in COLOURS}
    return lights(**shining, buzzer=one_sound(wish.buzzer) if buzzer else Buzz.OFF)


def only(wish: LampWish, parts: Iterable[str]) -> LampWish:
    """The wish on a lamp that has these colours (and "buzzer") alone."""
    kept = frozenset(parts)
    shining = {colour: light_of(wish, colour) for colour in COLOURS if colour in kept}
    return lights(**shining, buzzer=wish.buzzer if BUZZER in kept else Buzz.OFF)


def one_sound(buzz: Buzz) -> Buzz:
    """The sound of a buzzer that has only one."""
    return Buzz.OFF if buzz is Buzz.OFF else Buzz.CALL


def said(wish: LampWish) -> str:
    """What shines, for a technician: `red flash, yellow on`."""
    pairs = ((colour, light_of(wish, colour)) for colour in COLOURS)
    shining = [f"{colour} {light.value}" for colour, light in pairs if light is not Light.OFF]
    if wish.buzzer is not Buzz.OFF:
        shining.append(f"{BUZZER} {wish.buzzer.value}")
    return ", ".join(shining) or "dark"


def _stops(shop: Shop, call: Call, stations: Collection[str]) -> bool:
    if not call.stopped_us or call.cleared_us or call.rejected:
        return False
    return not stations or any(covers(shop, call, station) for station in stations)


def _standing(shop: Shop, stations: Collection[str]) -> list[Call]:
    return [call for place in stations or tuple(shop.stations) for call in told_at(shop, place)]


def _wants_cause(shop: Shop, call: Call, stations: Collection[str]) -> bool:
    waits = call.cleared_us and not call.closed_us and not call.rejected
    return bool(waits) and (not stations or call.station in stations) and shop.shelf_of(call) is None


def _restarting(shop: Shop, stations: Collection[str]) -> bool:
    return any(shop.restart_over(station) is not None for station in stations) if stations else bool(shop.restarts)


def _runs(shop: Shop, stations: Collection[str]) -> bool:
    return any(_works(shop, place) for place in stations or tuple(shop.stations))


def _works(shop: Shop, station: str) -> bool:
    working = shop.in_process(station)
    return bool(working) and not any(card.blocked_us and lane_is_full(shop, card) for card in working)


def _until_taken(calls: list[Call]) -> Light:
    if not calls:
        return Light.OFF
    return Light.ON if all(call.acked_us for call in calls) else Light.FLASH


def _buzz(stops: list[Call], calls: list[Call], now: Now, *, nag_s: float) -> Buzz:
    if any(not call.acked_us for call in stops):
        return Buzz.STOP
    if any(not call.acked_us and _sounds(call, now, nag_s=nag_s) for call in calls):
        return Buzz.CALL
    return Buzz.OFF


def _sounds(call: Call, now: Now, *, nag_s: float) -> bool:
    waited_us = max(0, elapsed_us(call.untaken or call.raised, now))
    if nag_s > 0:
        waited_us %= round(max(nag_s, 2 * CALL_SOUND_S) * US_PER_S)
    return waited_us < CALL_SOUND_S * US_PER_S
