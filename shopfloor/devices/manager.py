"""All devices of a terminal: one port thread each, and words for those that cannot be."""

import logging
import os
from collections.abc import Callable, Sequence
from random import SystemRandom
from typing import Protocol

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.ports import Report, Submit
from shopfloor.devices.address import (
    Address,
    ModbusSerialAddress,
    MqttAddress,
    PathAddress,
    SocketAddress,
    UsbAddress,
    VirtualAddress,
    WedgeAddress,
    parse_address,
)
from shopfloor.devices.buttons import button_signal
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.modbus.inputs import ModbusInputs
from shopfloor.devices.modbus.virtual import VirtualModbus
from shopfloor.devices.mqtt import MqttDevice
from shopfloor.devices.port_thread import JOIN_S, PortThread
from shopfloor.devices.retry import RETRY_S
from shopfloor.devices.scanner import scan_signal
from shopfloor.devices.serial_transport import SerialTransport
from shopfloor.devices.socket_transport import SocketTransport
from shopfloor.devices.transport import Transport
from shopfloor.devices.usb import UsbFinder
from shopfloor.devices.virtual import VirtualTransport
from shopfloor.trouble import PortTrouble

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)


def _chance() -> float:
    return SystemRandom().uniform(-1, 1)


def _no_password(_device_id: str) -> str:
    return ""


class Runner(Protocol):
    """A device at work: a port thread, or a module on a bus."""

    @property
    def alive(self) -> bool:
        """Whether it runs; only a bug ends one that nobody stopped."""

    def start(self) -> None:
        """Begin; returns at once."""

    def restart(self) -> None:
        """Let go of the port and try it again at once; returns before that is done."""

    def ask_stop(self) -> None:
        """Ask it to end; returns at once."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if a driver takes longer than that."""


class DeviceManager:
    """Starts, restarts and ends the devices of a line file. Devices at `wedge` are the screen's business.

    `buses`: those of the terminal, shared with its lamps. `password_of` a device that has a user at its broker.
    """

    def __init__(
        self,
        devices: Sequence[Device],
        submit: Submit,
        *,
        report: Report,
        clock: Clock,
        jitter: Callable[[], float] = _chance,
        retry_s: Sequence[float] = RETRY_S,
        buses: Buses | None = None,
        password_of: Callable[[str], str] = _no_password,
    ) -> None:
        self._devices = {device.id: device for device in devices}
        self._submit = submit
        self._report = report
        self._clock = clock
        self._jitter = jitter
        self._retry_s = retry_s
        self._buses = buses or Buses(clock, jitter=jitter, retry_s=retry_s)
        self._password_of = password_of
        self._threads: dict[str, Runner] = {}

    def start(self) -> None:
        """Start a thread for each device; one that is malformed or doubled is reported and left out."""
        taken: dict[object, Device] = {}
        for device in sorted(self._devices.values(), key=lambda device: device.id not in self._threads):
            try:
                address = parse_address(device.port, name=device.id)
                if isinstance(address, WedgeAddress):
                    continue
                _claim(address, device, taken)
                if device.id not in self._threads:
                    self._start(device, address)
            except PortTrouble as trouble:
                log.info("%s is left out: %s", device.id, trouble)
                self._report([self._left_out(device, trouble)])

    def renew(self, devices: Sequence[Device]) -> None:
        """Go on with these devices; a port that stays as it is is not let go of, for a scan under way would be lost."""
        wanted = {device.id: device for device in devices}
        self._end([name for name, device in self._devices.items() if wanted.get(name) != device])
        self._devices = wanted
        self.start()

    def restart(self, device_id: str) -> bool:
        """Try a device again at once; False if there is no such device or its address was refused. Never blocks."""
        thread = self._threads.get(device_id)
        if thread is None:
            return False
        if thread.alive:
            thread.restart()
        else:
            thread.ask_stop()
            device = self._devices[device_id]
            self._start(device, parse_address(device.port, name=device.id))
        return True

    def stop(self) -> tuple[str, ...]:
        """End all threads, together within two seconds; the devices whose drivers did not let go."""
        return self._end(tuple(self._threads))

    def _end(self, names: Sequence[str]) -> tuple[str, ...]:
        threads = {name: self._threads.pop(name) for name in names if name in self._threads}
        for thread in threads.values():
            thread.ask_stop()
        end_ns = self._clock.now().mono_ns + round(JOIN_S * _NS_PER_S)
        hanging = []
        for device_id, thread in threads.items():
            if not thread.join(max(0.0, (end_ns - self._clock.now().mono_ns) / _NS_PER_S)):
                log.info("%s did not end within %.0f s", device_id, JOIN_S)
                hanging.append(device_id)
        return tuple(hanging)

    def _start(self, device: Device, address: Address) -> None:
        runner = self._runner(device, address)
        self._threads[device.id] = runner
        runner.start()

    def _runner(self, device: Device, address: Address) -> Runner:
        if device.kind is DeviceKind.MODBUS:
            return self._inputs(device, address)
        # The twin of a topic is a virtual port whose lines are the words.
        if device.kind is DeviceKind.MQTT and not isinstance(address, VirtualAddress):
            return self._topic(device, address)
        return self._port(device, address)

    def _topic(self, device: Device, address: Address) -> MqttDevice:
        if not isinstance(address, MqttAddress):
            raise _misfit(device)
        return MqttDevice(
            device,
            address,
            submit=self._submit,
            report=self._report,
            clock=self._clock,
            jitter=self._jitter,
            retry_s=self._retry_s,
            password=self._password_of(device.id) if device.user else "",
        )

    def _inputs(self, device: Device, address: Address) -> ModbusInputs:
        bus = self._buses.bus(device.port, name=device.id, baud=device.baud)
        if isinstance(address, VirtualAddress):
            VirtualModbus.get(address.name).wire(device.unit, device.inputs)
        return ModbusInputs(device, bus, submit=self._submit, report=self._report)

    def _port(self, device: Device, address: Address) -> PortThread:
        return PortThread(
            device,
            _transport(address, device, self._clock),
            to_signal=scan_signal if device.kind is DeviceKind.SCANNER else button_signal,
            submit=self._submit,
            report=self._report,
            clock=self._clock,
            jitter=self._jitter,
            retry_s=self._retry_s,
        )

    def _left_out(self, device: Device, trouble: PortTrouble) -> Health:
        return Health(
            id=device.id,
            kind=device.kind.value,
            condition=Condition.TROUBLE,
            since_us=self._clock.now().at_us,
            station=device.station,
            detail=trouble.what,
            remedy=trouble.remedy,
        )


def _claim(address: Address, device: Device, taken: dict[object, Device]) -> None:
    # By-id and ttyUSB0 may be one port: what the links point at now decides, the exclusive lock what they do later.
    key: object = address
    if isinstance(address, PathAddress | ModbusSerialAddress):
        key = os.path.realpath(address.path)
    first = taken.setdefault(key, device)
    if first.kind is device.kind is DeviceKind.MODBUS:
        return  # any number of modules on a bus, and of devices on the inputs of a module
    if first.id != device.id:
        raise PortTrouble(
            f"Expected a port of its own, got {device.port}, which {first.id} has already.",
            remedy=f"Give {device.id} or {first.id} another port in the line file.",
        )


def _transport(address: Address, device: Device, clock: Clock) -> Transport:
    match address:
        case PathAddress(path):
            return SerialTransport(lambda: path, shown=path, baud=device.baud)
        case UsbAddress():
            return SerialTransport(UsbFinder(address, clock).find, shown=f"USB {address}", baud=device.baud)
        case SocketAddress():
            return SocketTransport(address)
        case VirtualAddress(name):
            return VirtualTransport(name)
        case WedgeAddress():
            raise PortTrouble("Expected a port, got a scanner that types.", remedy="The screen reads it.")
        case _:
            raise _misfit(device)


def _misfit(device: Device) -> PortTrouble:
    return PortTrouble(
        f"Expected a port for {device.kind.value}, got {device.port}.",
        remedy="Give the device another port or another kind in the line file.",
    )
