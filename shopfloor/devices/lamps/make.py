"""The driver of a lamp by its kind and port."""

from collections.abc import Callable

from shopfloor.clock import Clock
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.address import Address, PathAddress, SocketAddress, UsbAddress, VirtualAddress, parse_address
from shopfloor.devices.lamps.adafruit import AdafruitCode
from shopfloor.devices.lamps.code import LampCode, LampTwin
from shopfloor.devices.lamps.driver import LampDriver, ListeningLamp
from shopfloor.devices.lamps.hid_transport import HidTransport
from shopfloor.devices.lamps.patlite_usb import Lr6Code, NeCode
from shopfloor.devices.lamps.pns import PnsLamp, PnsTwin
from shopfloor.devices.lamps.relays import LcusCode
from shopfloor.devices.lamps.text import TextCode
from shopfloor.devices.lamps.virtual import VirtualLampTransport
from shopfloor.devices.serial_transport import SerialTransport
from shopfloor.devices.socket_transport import SocketTransport
from shopfloor.devices.transport import Transport
from shopfloor.devices.usb import UsbFinder
from shopfloor.trouble import PortTrouble

_HID = {LampKind.LR6_USB: "191A:8003", LampKind.NE_USB: "191A:6001"}  # the port of one that stands there alone


def driver_of(lamp: Lamp, clock: Clock) -> LampDriver:
    """What drives the lamp; a Modbus lamp has none of its own. Raises PortTrouble with words."""
    address = parse_address(lamp.port or _HID.get(lamp.kind, ""), name=lamp.id)
    if lamp.kind is LampKind.PNS:
        return PnsLamp(_transport(lamp, address, clock, PnsTwin))
    code = _code(lamp)
    return ListeningLamp(code, _transport(lamp, address, clock, code.twin))


def _code(lamp: Lamp) -> LampCode:
    match lamp.kind:
        case LampKind.ADAFRUIT:
            return AdafruitCode()
        case LampKind.LR6_USB:
            return Lr6Code()
        case LampKind.NE_USB:
            return NeCode()
        case LampKind.LCUS if lamp.channels:
            return LcusCode(lamp.channels)
        case LampKind.TEXT if lamp.texts:
            return TextCode(lamp.texts)
        case _:
            what = "texts" if lamp.kind is LampKind.TEXT else "channels"
            raise PortTrouble(
                f"Expected {what} of the lamp {lamp.id} ({lamp.kind.value}), got none.",
                remedy=f"Say in the line file what each colour is: {what} = {{ ... }}.",
            )


def _transport(lamp: Lamp, address: Address, clock: Clock, twin: Callable[[], LampTwin]) -> Transport:
    hid = lamp.kind in _HID
    match address:
        case VirtualAddress(name):
            return VirtualLampTransport(name, twin)
        case UsbAddress() if hid:
            return HidTransport(address)
        case SocketAddress() if not hid:
            return SocketTransport(address)
        case PathAddress(path) if lamp.kind is not LampKind.PNS and not hid:
            return SerialTransport(lambda: path, shown=path, baud=lamp.baud)
        case UsbAddress() if lamp.kind is not LampKind.PNS:
            return SerialTransport(UsbFinder(address, clock).find, shown=f"USB {address}", baud=lamp.baud)
        case _:
            wanted = {LampKind.PNS: "socket://host:10000"}.get(lamp.kind, "VID:PID" if hid else "a port")
            raise PortTrouble(
                f"Expected {wanted} for the lamp {lamp.id} ({lamp.kind.value}), got {lamp.port!r}.",
                remedy="Mend the lamp's port in the line file.",
            )
