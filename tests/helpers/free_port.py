"""A TCP port nobody listens at now."""

import socket


def free_port() -> int:
    """Its number; whoever comes first has it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
