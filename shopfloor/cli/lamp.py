"""`lamp list` and `lamp test`: the lamps of the line in force, lit one after another and read back."""

import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct

from shopfloor.cli.cards_shop import line_option, shop_of
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, json_option, say, say_json
from shopfloor.clock import Clock, SystemClock, zone_of
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Lamp
from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import Shop
from shopfloor.devices.lamps.keeper import for_lamp
from shopfloor.devices.lamps.rack import LampRack
from shopfloor.devices.lamps.wish import BUZZER, DARK, Buzz, LampWish, Light, lights, said
from shopfloor.devices.modbus.buses import Buses
from shopfloor.store.folder import holder_of

REACH_S_MAX = 6.0  # a USB lamp is looked for every five seconds
LOOK_S = 0.02

_STEPS: dict[str, LampWish] = {
    **{colour: lights(**{colour: Light.ON}) for colour in ("red", "yellow", "green", "blue")},
    BUZZER: lights(buzzer=Buzz.CALL),
}
_BAD = frozenset({Condition.LOST, Condition.BUSY, Condition.DENIED, Condition.TROUBLE})
_WORDS = {True: "shown, as the lamp itself says", None: "told; this kind says nothing back", False: "NOT shown"}
_IN_USE = "A terminal that runs drives it: use the test on its Health page, or end that terminal first."


class Step(Struct, frozen=True, kw_only=True):
    """One colour or the buzzer: `ok` None was told and not read back, False did not shine. `has`: the lamp has it."""

    what: str
    has: bool
    ok: bool | None
    detail: str = ""


class Tested(Struct, frozen=True, kw_only=True):
    """What came of one lamp."""

    lamp: str
    kind: str
    port: str
    ok: bool
    steps: tuple[Step, ...]
    trouble: str = ""
    remedy: str = ""


@click.group()
def lamp() -> None:
    """The lamps of a line: list them, test them."""


@lamp.command("list")
@data_option
@line_option
@json_option
def list_lamps(folder: Path, line_file: Path | None, *, as_json: bool) -> int:
    """Every lamp of the line, with its last test."""
    shop = shop_of(folder, line_file)
    if as_json:
        say_json([_document(shop, each) for each in shop.line.lamps])
    else:
        for each in shop.line.lamps:
            say(
                f"{each.id:<16} {each.kind.value:<10} {each.port or '-':<32} {each.station or 'line':<12} "
                f"{_last_test(shop, each)}"
            )
        if not shop.line.lamps:
            say("The line has no lamps: add [[lamps]] to its file.")
    return DONE


@lamp.command()
@data_option
@line_option
@click.option("--lamp", "name", help="This lamp alone.")
@click.option("--seconds", type=click.FloatRange(min=0), default=1.0, show_default=True, help="How long each shines.")
@json_option
def test(folder: Path, line_file: Path | None, name: str | None, seconds: float, *, as_json: bool) -> int:
    """Light each lamp red, yellow, green and blue, sound its buzzer, and say what it said back."""
    lamps = shop_of(folder, line_file).line.lamps
    chosen = [each for each in lamps if name in {None, each.id}]
    if not chosen:
        known = ", ".join(each.id for each in lamps) or "none"
        complain(f"Expected a lamp of the line ({known}), got {name or 'none'}.")
        return USAGE
    if holder := holder_of(folder):
        complain(f"{holder}\n  {_IN_USE}")
        return FAILED
    clock = SystemClock()
    results = []
    for each in chosen:
        results.append(_test(each, clock, seconds))
        if not as_json:
            _say_result(results[-1])
    if as_json:
        say_json(results)
    return DONE if all(result.ok for result in results) else FAILED


class _Heard:
    """A Report that keeps the newest condition."""

    def __init__(self) -> None:
        self.last: Health | None = None

    def __call__(self, parts: Iterable[Health]) -> None:
        for part in parts:
            self.last = part

    @property
    def trouble(self) -> Health | None:
        """What is wrong now."""
        last = self.last
        return last if last is not None and last.condition in _BAD else None


def _test(each: Lamp, clock: Clock, seconds: float) -> Tested:
    heard = _Heard()
    rack = LampRack(report=heard, clock=clock, coils=Buses(clock).coils)
    rack.renew([each])
    steps = []
    trouble = None
    try:
        for what, wish in _STEPS.items():
            if what == BUZZER and not each.buzzer:
                continue
            steps.append(_step(rack, each, what, wish, heard=heard, clock=clock))
            trouble = trouble or heard.trouble
            if steps[-1].ok is False:
                break
            if steps[-1].has:
                clock.wait(threading.Event(), seconds)
    finally:
        rack.stop()
    in_use = trouble is not None and trouble.condition is Condition.BUSY
    return Tested(
        lamp=each.id,
        kind=each.kind.value,
        port=each.port,
        ok=not any(step.ok is False for step in steps),
        steps=tuple(steps),
        trouble=trouble.detail if trouble else "",
        remedy=_IN_USE if in_use else trouble.remedy if trouble else "",
    )


def _step(rack: LampRack, each: Lamp, what: str, wish: LampWish, *, heard: _Heard, clock: Clock) -> Step:
    rack.want({each.id: wish})
    fitting = for_lamp(each, wish)
    end_ns = clock.now().mono_ns + round(REACH_S_MAX * 1e9)
    while clock.now().mono_ns < end_ns:
        shown = rack.shown(each.id)
        if shown.wish == fitting and shown.ok is not False:
            return Step(what=what, has=shown.detail != said(DARK), ok=shown.ok, detail=shown.detail)
        if heard.trouble is not None:
            return Step(what=what, has=True, ok=False, detail=heard.trouble.detail)
        clock.wait(threading.Event(), LOOK_S)
    return Step(what=what, has=True, ok=False, detail=f"nothing came of it within {REACH_S_MAX:.0f} s")


def _say_result(result: Tested) -> None:
    say(f"{result.lamp} ({result.kind}, {result.port or 'the only one'})")
    for step in result.steps:
        say(f"  {step.what:<7} {_WORDS[step.ok] if step.has else 'the lamp has none'}")
    if result.trouble:
        complain(f"{result.trouble}\n  {result.remedy}".rstrip())


def _document(shop: Shop, each: Lamp) -> dict[str, object]:
    tested = shop.lamp_tests.get(each.id)
    return {
        "id": each.id,
        "kind": each.kind.value,
        "port": each.port,
        "station": each.station,
        "buzzer": each.buzzer,
        "test": tested,
    }


def _last_test(shop: Shop, each: Lamp) -> str:
    tested = shop.lamp_tests.get(each.id)
    if tested is None:
        return "never tested"
    at = datetime.fromtimestamp(tested.at_us / US_PER_S, zone_of(shop.line.timezone))
    return f"tested {at:%Y-%m-%d %H:%M}: {_WORDS[tested.ok]}"
