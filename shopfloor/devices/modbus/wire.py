"""Modbus over TCP and over serial lines, through pymodbus, which is loaded when the first bus is opened."""

import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import serial

from shopfloor.core.health import Condition
from shopfloor.devices.address import ModbusAddress
from shopfloor.devices.modbus.link import UnitFault
from shopfloor.devices.serial_transport import PORT_ERRORS, open_fault
from shopfloor.devices.transport import PortFault

if TYPE_CHECKING:
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient
    from pymodbus.pdu import ModbusPDU

# pymodbus measures its waits with the wall clock: what a step of it may do to one is kept small by asking little.
TCP_TIMEOUT_S = 0.5  # a hundred times what a module on a switch needs
RTU_TIMEOUT_S = 0.3  # at 9600 baud question and answer take 20 ms, a slow module thinks for 100 more
RETRIES = 0  # the bus asks again, and meanwhile others
TCP_POLL_MS = 50
RTU_POLL_MS = 50  # from FAST_BAUD on
SLOW_RTU_POLL_MS = 100
FAST_BAUD = 19200

_ILLEGAL_FUNCTION = 1
_REFUSALS = {
    1: "does not know the function",
    2: "has not got the address",
    3: "does not take the value",
    4: "has a fault of its own",
    6: "is busy",
    10: "is not reachable through the gateway",
    11: "does not answer the gateway",
}
_UNREACHED = {10, 11}  # the gateway answers for it
_REMEDY = "Check the module's power and its cable; unit, baud or host and port in the line file."

_T = TypeVar("_T")

log = logging.getLogger(__name__)


class _Refused(UnitFault):
    """A module answered that it will not; `code` is the protocol's."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(what, remedy="Check unit and addresses in the line file.", silent=code in _UNREACHED)
        self.code = code


class _WireLink:
    """One pymodbus client; how it connects is a subclass's business."""

    emulated = False

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._client: ModbusTcpClient | ModbusSerialClient | None = None
        self._singly: set[int] = set()

    def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.close()  # type: ignore[no-untyped-call]
        except PORT_ERRORS as error:
            log.info("%s: closing said %s", self._shown, error)

    def read_inputs(self, unit: int, address: int, count: int) -> list[bool]:
        """Discrete inputs (function 2)."""
        client = self._opened()
        answer = self._ask(unit, 2, partial(client.read_discrete_inputs, address, count=count, device_id=unit))
        return self._checked(unit, [bool(bit) for bit in answer.bits], count)

    def read_registers(self, unit: int, address: int, count: int) -> list[int]:
        """Input registers (function 4)."""
        client = self._opened()
        answer = self._ask(unit, 4, partial(client.read_input_registers, address, count=count, device_id=unit))
        return self._checked(unit, list(answer.registers), count)

    def read_coils(self, unit: int, address: int, count: int) -> list[bool]:
        """Coils (function 1)."""
        client = self._opened()
        answer = self._ask(unit, 1, partial(client.read_coils, address, count=count, device_id=unit))
        return self._checked(unit, [bool(bit) for bit in answer.bits], count)

    def write_coils(self, unit: int, address: int, values: Sequence[bool]) -> None:
        """Switch coils, together where the module can."""
        client = self._opened()
        if len(values) > 1 and unit not in self._singly:
            try:
                self._ask(unit, 15, partial(client.write_coils, address, list(values), device_id=unit))
            except _Refused as refusal:
                if refusal.code != _ILLEGAL_FUNCTION:
                    raise
                self._singly.add(unit)
            else:
                return
        for coil, on in enumerate(values, address):
            self._ask(unit, 5, partial(client.write_coil, coil, on, device_id=unit))

    def describe(self) -> str:
        """The bus as a technician knows it."""
        return self._shown

    def _opened(self) -> "ModbusTcpClient | ModbusSerialClient":
        if self._client is None:
            raise PortFault(Condition.LOST, f"{self._shown} is not open.", remedy="")
        return self._client

    def _ask(self, unit: int, function: int, request: "Callable[[], ModbusPDU]") -> "ModbusPDU":
        from pymodbus.exceptions import ConnectionException, ModbusException

        # Both ways of failing are to be minded: an answer that is an error, and an exception.
        try:
            answer = request()
        except ConnectionException as error:
            raise PortFault(Condition.LOST, f"{self._shown} closed the connection.", remedy=_REMEDY) from error
        except ModbusException as error:
            raise self._silence(unit, "does not answer") from error
        except PORT_ERRORS as error:
            raise PortFault(Condition.LOST, f"{self._shown} went away: {error}.", remedy=_REMEDY) from error
        if answer.isError():
            code = int(getattr(answer, "exception_code", 0))
            raise _Refused(f"{self._shown} unit {unit} {_REFUSALS.get(code, 'refuses')} (code {code}).", code=code)
        if answer.function_code != function:
            # A serial answer that came too late stands where that of the next question is expected.
            raise self._silence(unit, f"answered function {answer.function_code} when asked for {function}")
        return answer

    def _checked(self, unit: int, values: list[_T], count: int) -> list[_T]:
        if len(values) < count:
            raise self._silence(unit, f"answered {len(values)} values when asked for {count}")
        return values[:count]

    def _silence(self, unit: int, what: str) -> UnitFault:
        return UnitFault(f"{self._shown} unit {unit} {what}.", remedy=_REMEDY, silent=True)


class TcpLink(_WireLink):
    """Modules, or a gateway to some, on the network."""

    poll_ms = TCP_POLL_MS

    def __init__(self, address: ModbusAddress) -> None:
        super().__init__(str(address))
        self._address = address

    def open(self) -> None:
        """Connect."""
        client_of = _pymodbus().ModbusTcpClient
        try:
            connected = socket.create_connection((self._address.host, self._address.port), timeout=TCP_TIMEOUT_S)
        except OSError as error:
            raise PortFault(Condition.LOST, f"{self._shown} does not answer: {error}.", remedy=_REMEDY) from error
        if connected.getsockname() == connected.getpeername():
            # A dialled local port without a listener can be given to the caller itself, which then answers itself.
            connected.close()
            raise PortFault(Condition.LOST, f"{self._shown} does not answer.", remedy=_REMEDY)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = client_of(self._address.host, port=self._address.port, timeout=TCP_TIMEOUT_S, retries=RETRIES)
        # Connected here and not by the client, which keeps to itself why it could not.
        client.socket = connected
        self._client = client


class SerialLink(_WireLink):
    """Modules on a serial line, eight bits, no parity, one stop bit."""

    def __init__(self, path: str, *, baud: int) -> None:
        super().__init__(f"modbus:{path}")
        self._path = path
        self._baud = baud
        self.poll_ms = RTU_POLL_MS if baud >= FAST_BAUD else SLOW_RTU_POLL_MS

    def open(self) -> None:
        """Take the port for this process alone."""
        client_of = _pymodbus().ModbusSerialClient
        try:
            port = serial.Serial(
                self._path, self._baud, timeout=RTU_TIMEOUT_S, write_timeout=RTU_TIMEOUT_S, exclusive=True
            )
        except PORT_ERRORS as error:
            raise open_fault(error, self._path) from error
        client = client_of(self._path, baudrate=self._baud, timeout=RTU_TIMEOUT_S, retries=RETRIES)
        client.socket = port  # as above
        self._client = client


def _pymodbus() -> ModuleType:
    try:
        from pymodbus import client
    except ImportError as error:
        raise PortFault(
            Condition.TROUBLE,
            f"Expected the library pymodbus, and it cannot be loaded: {error}.",
            remedy="Run: pip install shopfloor[modbus]",
        ) from error
    # It logs an error for each question without an answer, twenty a second; the bus says it once, and Health does.
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    return client
