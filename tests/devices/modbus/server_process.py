"""Modbus modules in a process of their own: pymodbus' server over TCP or a serial port, told what to do by lines.

`input UNIT ADDRESS 0|1`, `words UNIT ADDRESS WORD...`, `coil UNIT ADDRESS 0|1`, `coils UNIT ADDRESS COUNT`,
`silent UNIT 0|1` and `functions` (those asked for so far) each answer with one line.
"""

import asyncio
import sys

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

UNITS = (1, 2, 3)
ONE_COIL_ONLY = 3  # this unit has no function 15
SIZE = 64

silent: set[int] = set()
functions: set[int] = set()


def device(unit: int) -> SimDevice:
    async def asked(
        function: int, start: int, address: int, count: int, registers: list[int], values: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        functions.add(function)
        return ExcCodes.ILLEGAL_FUNCTION if unit == ONE_COIL_ONLY and function == 15 else None

    bits = [SimData(0, values=[False] * SIZE, datatype=DataType.BITS)]
    words = [SimData(0, values=[0] * SIZE, datatype=DataType.UINT16)]
    return SimDevice(unit, (bits, list(bits), words, list(words)), action=asked)


async def do(server: ModbusTcpServer | ModbusSerialServer, words: list[str]) -> str:
    match words:
        case ["input", unit, address, level]:
            await server.async_setValues(int(unit), 2, int(address), [level == "1"])
        case ["words", unit, address, *values]:
            await server.async_setValues(int(unit), 4, int(address), [int(value) for value in values])
        case ["coil", unit, address, level]:
            await server.async_setValues(int(unit), 1, int(address), [level == "1"])
        case ["coils", unit, address, count]:
            bits = await server.async_getValues(int(unit), 1, int(address), int(count))
            return " ".join(str(int(bit)) for bit in bits)
        case ["silent", unit, "1"]:
            silent.add(int(unit))
        case ["silent", unit, "0"]:
            silent.discard(int(unit))
        case ["functions"]:
            return " ".join(str(number) for number in sorted(functions))
        case _:
            return f"unknown: {words}"
    return "done"


async def main(place: str) -> None:
    devices = [device(unit) for unit in UNITS]
    server: ModbusTcpServer | ModbusSerialServer
    if place.isdigit():
        unit_at = 6
        server = ModbusTcpServer(
            devices,
            address=("127.0.0.1", int(place)),
            trace_packet=lambda sending, data: b"" if sending and data[unit_at] in silent else data,
        )
    else:
        server = ModbusSerialServer(
            devices,
            port=place,
            baudrate=19200,
            trace_packet=lambda sending, data: b"" if sending and data[0] in silent else data,
        )
    await server.serve_forever(background=True)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(await do(server, line.split()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
