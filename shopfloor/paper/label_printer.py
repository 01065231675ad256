"""Send a finished print to a label printer in the network: raw bytes to TCP port 9100."""

import socket
from urllib.parse import urlsplit

from shopfloor.trouble import Trouble

PORT = 9100
CONNECT_S_MAX = 5.0
WAIT_S_MAX = 30.0  # a printer takes nothing while its buffer is full; a label is printed within some seconds

_CHUNK_BYTES = 4096


def is_printer(target: str) -> bool:
    """Whether a target names a printer and not a file."""
    return target.lower().startswith("tcp://")


def send(data: bytes, target: str, *, wait_s_max: float = WAIT_S_MAX) -> None:
    """Send to `tcp://host:9100`. Raises Trouble if the printer is not there or takes nothing for `wait_s_max`."""
    host, port = _address(target)
    where = f"{host}:{port}"
    try:
        connection = socket.create_connection((host, port), timeout=CONNECT_S_MAX)
    except OSError as error:
        raise Trouble(
            f"The label printer {where} does not answer: {_reason(error)}.",
            remedy="Is it switched on and in the network? Try its address with ping.",
        ) from error
    sent = 0
    with connection:
        connection.settimeout(wait_s_max)
        try:
            while sent < len(data):
                sent += connection.send(data[sent : sent + _CHUNK_BYTES])
            connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise Trouble(
                f"The label printer {where} took {sent} of {len(data)} bytes: {_reason(error)}.",
                remedy="Look for paper, ribbon and an open head; then print again what is missing.",
            ) from error


def _address(target: str) -> tuple[str, int]:
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        host, port = None, PORT
    if not host or not is_printer(target) or parts.path not in {"", "/"}:
        raise Trouble(f"Expected a label printer as tcp://host:{PORT}, got {target}.", remedy="Write its address so.")
    return host, port


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "nothing happened in time"
    return error.strerror or str(error)
