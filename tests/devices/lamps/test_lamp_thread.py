"""One lamp on its cable: what reaches it, what it says, and what happens when it is pulled out."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core.health import Condition
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.lamps.adafruit import AdafruitTwin
from shopfloor.devices.lamps.lamp_thread import CHECK_S, REPAIR_S, RESEND_S
from shopfloor.devices.lamps.patlite_usb import NeTwin
from shopfloor.devices.lamps.pns import PnsModel, PnsTwin
from shopfloor.devices.lamps.relays import LcusTwin
from shopfloor.devices.lamps.text import TextTwin
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import ALL_ON, COLOURS, DARK, Buzz, Light, lights, only
from shopfloor.devices.virtual import Fault
from tests.devices.lamps.rigs import Driven, PtyLamp, TcpLamp
from tests.helpers.recorder import WAIT_S_MAX

UP = (Condition.UP, Condition.VIRTUAL)
STOPPED = lights(red=Light.FLASH, buzzer=Buzz.STOP)
CALLED = lights(yellow=Light.FLASH)
RUNS = lights(green=Light.ON)
LCUS = Lamp(id="relays", kind=LampKind.LCUS, port="virtual", channels={"red": 1, "yellow": 2, "green": 3})
TEXT = Lamp(
    id="text", kind=LampKind.TEXT, port="virtual", texts={"red:on": "R", "red:off": "r", "red:flash": "F"}, buzzer=True
)
NEVER_S = (3600.0,)


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> Iterator[str]:
    """A lamp's name of this test alone, plugged in whatever the test did."""
    name = f"lamp-{request.node.name}"
    yield name
    VirtualLamp.get(name).fault(Fault.REPLUG)


def tower(port: str, *, buzzer: bool = True) -> Lamp:
    return Lamp(id="tower", kind=LampKind.ADAFRUIT, port=port, station="press", buzzer=buzzer)


def virtual(name: str, kind: LampKind = LampKind.PNS) -> Lamp:
    return Lamp(id=name, kind=kind, port=f"virtual://{name}", buzzer=True)


def test_the_bytes_at_the_far_end_of_a_serial_cable_are_the_makers(tmp_path: Path) -> None:
    rig = PtyLamp(tmp_path, AdafruitTwin)
    with Driven(tower(rig.port)) as driven:
        driven.thread.want(STOPPED)
        rig.far.wait_bytes(bytes.fromhex("41 22 24 18"))
        driven.thread.want(RUNS)
        rig.far.wait_bytes(bytes.fromhex("21 22 14 28"))
        part = driven.health.wait(driven.part, Condition.UP)
        assert part.kind == "lamp"
        assert part.station == "press"
    rig.far.wait_bytes(bytes.fromhex("21 22 24 28"))
    assert rig.far.twin.shown == DARK
    assert driven.health.last(driven.part).condition is Condition.STOPPED
    rig.unplug()


@pytest.mark.parametrize(
    ("lamp", "twin", "red"),
    [(LCUS, LcusTwin(LCUS.channels), Light.ON), (TEXT, TextTwin(TEXT.texts), Light.FLASH)],
    ids=["lcus", "text"],
)
def test_other_serial_kinds_shine_at_the_far_end(
    tmp_path: Path, lamp: Lamp, twin: LcusTwin | TextTwin, red: Light
) -> None:
    rig = PtyLamp(tmp_path, lambda: twin)
    with Driven(replace(lamp, port=rig.port)) as driven:
        driven.thread.want(lights(red=Light.FLASH))
        rig.far.wait_shown(lights(red=red))
    rig.far.wait_shown(DARK)
    rig.unplug()


@pytest.mark.parametrize("model", list(PnsModel))
def test_a_network_lamp_is_recognised_shines_and_is_read_back(model: PnsModel) -> None:
    rig = TcpLamp(lambda: PnsTwin(model))
    with Driven(replace(virtual("net"), port=rig.port)) as driven:
        driven.thread.want(lights(red=Light.FLASH, yellow=Light.ON, buzzer=Buzz.STOP))
        rig.far.wait_shown(
            lights(red=Light.FLASH, yellow=Light.ON, buzzer=Buzz.STOP if model.two_sounds else Buzz.CALL)
        )
        driven.health.wait(driven.part, Condition.UP)
        driven.thread.want(RUNS)
        rig.far.wait_shown(RUNS)
        wait_detail(driven, "green on")
        assert driven.thread.shown.ok is True
    rig.far.wait_shown(DARK)
    rig.unplug()


def test_the_bytes_at_the_far_end_of_a_network_cable_are_the_makers() -> None:
    rig = TcpLamp(lambda: PnsTwin(PnsModel.NHL))
    with Driven(replace(virtual("net"), port=rig.port)) as driven:
        driven.health.wait(driven.part, Condition.UP)
        rig.far.wait_bytes(bytes.fromhex("41 42 47 00 00 00  58 58 47 00 00 00"))
        driven.thread.want(STOPPED)
        rig.far.wait_bytes(bytes.fromhex("58 58 53 00 00 06 02 00 00 00 00 02  58 58 47 00 00 00"))
    rig.unplug()


def test_a_network_lamp_in_smart_mode_says_what_to_do() -> None:
    rig = TcpLamp(lambda: PnsTwin(smart=True))
    with Driven(replace(virtual("net"), port=rig.port)) as driven:
        driven.thread.want(STOPPED)
        part = driven.health.wait(driven.part, Condition.TROUBLE)
        assert "smart mode" in part.detail
        assert "rotary switch" in part.remedy
    rig.unplug()


@pytest.mark.parametrize("cable", ["pty", "tcp"])
def test_a_lamp_that_was_pulled_out_shows_the_latest_when_it_is_back(tmp_path: Path, cable: str) -> None:
    rig = PtyLamp(tmp_path, AdafruitTwin) if cable == "pty" else TcpLamp(PnsTwin)
    lamp = tower(rig.port) if cable == "pty" else replace(virtual("tower"), port=rig.port)
    clock = ManualClock()
    with Driven(lamp, clock=clock, retry_s=(0.0,)) as driven:
        driven.thread.want(RUNS)
        rig.far.wait_shown(RUNS)
        wait_detail(driven, "green on")
        rig.unplug()
        clock.advance(CHECK_S)
        driven.health.wait(driven.part, Condition.LOST)
        driven.thread.want(CALLED)
        driven.thread.want(STOPPED)
        rig.replug()
        rig.far.wait_shown(replace(STOPPED, buzzer=Buzz.CALL if cable == "pty" else Buzz.STOP))
        assert driven.health.wait(driven.part, Condition.UP).counts["reconnects"] >= 1
    rig.unplug()


def test_of_many_wishes_for_a_lamp_that_is_away_only_the_latest_is_ever_written(fresh: str) -> None:
    port = VirtualLamp.get(fresh)
    port.fault(Fault.UNPLUG)
    with Driven(virtual(fresh, LampKind.ADAFRUIT), retry_s=NEVER_S) as driven:
        driven.health.wait(driven.part, Condition.LOST)
        for wish in (STOPPED, CALLED, ALL_ON, RUNS):
            driven.thread.want(wish)
        port.fault(Fault.REPLUG)
        driven.thread.restart()
        assert port.wait_shown(RUNS, WAIT_S_MAX)
        assert b"".join(port.frames) == bytes.fromhex("21 22 14 28")


def test_a_lamp_that_forgot_is_told_again_after_ten_seconds_and_somebody_hears_of_it(
    fresh: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "shopfloor.devices")
    clock = ManualClock()
    port = VirtualLamp.get(fresh)
    with Driven(virtual(fresh), clock=clock) as driven:
        driven.thread.want(STOPPED)
        wait_detail(driven, "red flash")
        port.meddle(DARK)
        clock.advance(RESEND_S / 2)
        assert not port.wait_shown(STOPPED, 0.05)
        clock.advance(RESEND_S / 2)
        assert port.wait_shown(STOPPED, WAIT_S_MAX)
        driven.thread.want(RUNS)
        assert driven.health.wait(driven.part, mismatches=1).condition is Condition.VIRTUAL
    assert any("was found dark" in record.getMessage() for record in caplog.records)


class _Stuck(PnsTwin):
    """A lamp with a broken red light."""

    def feed(self, data: bytes) -> bytes:
        answer = super().feed(data)
        self.shown = replace(self.shown, red=Light.OFF)
        return answer


def test_a_lamp_that_does_not_show_what_it_was_told_is_in_trouble_until_it_does(fresh: str) -> None:
    clock = ManualClock()
    port = VirtualLamp.get(fresh)
    port.plug(_Stuck())
    with Driven(virtual(fresh), clock=clock) as driven:
        driven.thread.want(STOPPED)
        part = driven.health.wait(driven.part, Condition.TROUBLE)
        assert "shows buzzer stop, was told red flash, buzzer stop" in part.detail
        assert driven.thread.shown.ok is False
        port.plug(PnsTwin())
        clock.advance(REPAIR_S)
        driven.health.wait(driven.part, Condition.VIRTUAL)
        assert driven.thread.shown.ok is True


def test_a_lamp_that_cannot_be_read_back_says_so(fresh: str) -> None:
    for kind, answers in ((LampKind.LR6_USB, False), (LampKind.NE_USB, True)):
        name = f"{fresh}-{kind}"
        with Driven(virtual(name, kind)) as driven:
            driven.thread.want(RUNS)
            wait_detail(driven, "green on")
            assert driven.thread.shown.ok is None
            assert any(piece[1] == 0x80 for piece in VirtualLamp.get(name).frames) is answers


def test_a_lamp_whose_electronics_no_longer_answer_is_lost(fresh: str) -> None:
    class Dead(NeTwin):
        """Takes everything and says nothing."""

        def feed(self, data: bytes) -> bytes:
            super().feed(data)
            return b""

    VirtualLamp.get(fresh).plug(Dead())
    with Driven(virtual(fresh, LampKind.NE_USB)) as driven:
        driven.thread.want(RUNS)
        assert "expected 2 bytes within 1 s, got 0" in driven.health.wait(driven.part, Condition.LOST).detail


@pytest.mark.parametrize("kind", [kind for kind in LampKind if kind is not LampKind.MODBUS])
def test_every_kind_has_a_twin_that_shines(fresh: str, kind: LampKind) -> None:
    channels = {colour: number for number, colour in enumerate((*COLOURS, "buzzer"), 1)}
    texts = {f"{what}:{how}": f"{what}={how};" for what in channels for how in ("on", "off")}
    lamp = replace(virtual(fresh, kind), channels=channels, texts=texts)
    with Driven(lamp) as driven:
        driven.thread.want(lights(red=Light.ON, buzzer=Buzz.CALL))
        assert VirtualLamp.get(fresh).wait_shown(lights(red=Light.ON, buzzer=Buzz.CALL), WAIT_S_MAX)
        part = driven.health.wait(driven.part, Condition.VIRTUAL)
        assert "emulated" in part.detail
    assert VirtualLamp.get(fresh).shown == DARK
    assert only(DARK, COLOURS) == DARK


def test_a_buzzer_that_may_not_sound_is_silent(fresh: str) -> None:
    with Driven(replace(virtual(fresh), buzzer=False)) as driven:
        driven.thread.want(STOPPED)
        assert VirtualLamp.get(fresh).wait_shown(lights(red=Light.FLASH), WAIT_S_MAX)


@pytest.mark.parametrize(("fault", "condition"), [(Fault.BUSY, Condition.BUSY), (Fault.DENIED, Condition.DENIED)])
def test_a_lamp_that_is_refused_is_tried_until_it_is_given(fresh: str, fault: Fault, condition: Condition) -> None:
    port = VirtualLamp.get(fresh)
    port.fault(fault)
    with Driven(virtual(fresh)) as driven:
        driven.thread.want(RUNS)
        assert driven.health.wait(driven.part, condition).remedy
        port.fault(Fault.REPLUG)
        assert port.wait_shown(RUNS, WAIT_S_MAX)


def test_a_loss_is_logged_once_and_the_return_once(fresh: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "shopfloor.devices")
    port = VirtualLamp.get(fresh)
    port.fault(Fault.UNPLUG)
    with Driven(virtual(fresh), retry_s=(0.001,)) as driven:
        driven.thread.want(RUNS)
        driven.health.wait(driven.part, Condition.LOST)
        for _ in range(10):
            driven.thread.restart()
        port.fault(Fault.REPLUG)
        driven.health.wait(driven.part, *UP)
    words = [record.getMessage().split(":")[0] for record in caplog.records]
    assert words == [f"lamp {fresh} is lost", f"lamp {fresh} is up at emulated"]


def wait_detail(driven: Driven, words: str) -> None:
    """Wait until the lamp's own part of Health says this."""
    log = driven.health
    assert log.wait_for(lambda parts: bool(parts) and words in parts[-1].detail), log.all[-1]
