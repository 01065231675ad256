"""The configuration of `nats-server`: pure text from settings and keys; what departs from its defaults has a reason."""

import json
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from shopfloor.link.server.guests import Guest, subjects_of
from shopfloor.link.server.keys import TerminalKey
from shopfloor.link.server.rights import rights_of
from shopfloor.link.subjects import Subjects

MESSAGE_BYTES_MAX: Final = 1024 * 1024  # the server's own default, written down because senders count on it
CONNECTIONS_MAX: Final = 4096  # 50 terminals, boards and tools of many times that
LOG_BYTES_MAX: Final = 10 * 1024 * 1024
LOG_FILES_MAX: Final = 5
GUESTS_BYTES_MAX: Final = 256 * 1024 * 1024  # what they retain: a full disk would hold the terminals up, too
GUESTS_NAME: Final = "guests"  # of the certificate that guests see


class Node(Struct, frozen=True, kw_only=True):
    """One server: its name, where it listens, and its files as it sees them. `cluster_port` 0: it is alone.

    `mqtt_port` and `websocket_port` are for guests; 0: nobody listens there.
    """

    name: str
    listen: str
    port: int
    monitor_port: int
    folder: str
    store: str
    log: str
    pid: str
    cluster_port: int = 0
    routes: tuple[str, ...] = ()
    mqtt_port: int = 0
    websocket_port: int = 0

    @property
    def has_guests(self) -> bool:
        """Whether guests can come at all."""
        return bool(self.mqtt_port or self.websocket_port)


class Admins(Struct, frozen=True):
    """Public keys of the server's own folder: `line` keeps the stream, `system` asks servers how they are."""

    line: str
    system: str


def render(
    node: Node, subjects: Subjects, admins: Admins, keys: Iterable[TerminalKey], guests: Iterable[Guest] = ()
) -> str:
    """The whole file. Listeners for MQTT and WebSocket are off, as the server has them without their sections."""
    parts = [
        f"# The server of line {subjects.line}. Written by shopfloor; what you change here is overwritten.",
        f"server_name: {_text(node.name)}",
        f"listen: {_text(f'{node.listen}:{node.port}')}",
        f'http: "127.0.0.1:{node.monitor_port}"  # shows counters to this computer only',
        f"pid_file: {_text(node.pid)}",
        f"log_file: {_text(node.log)}",
        f"logfile_size_limit: {LOG_BYTES_MAX}",
        f"logfile_max_num: {LOG_FILES_MAX}",
        "",
        "# A terminal that fell silent is let go after some seconds, not after four minutes.",
        'ping_interval: "2s"',
        "ping_max: 2",
        'write_deadline: "2s"',
        f"max_payload: {MESSAGE_BYTES_MAX}",
        f"max_connections: {CONNECTIONS_MAX}",
        "",
        _tls(node.folder),
        "",
        _jetstream(node.store),
        *(["", _cluster(node, subjects)] if node.cluster_port else []),
        *(["", _listener("mqtt", node.mqtt_port, node)] if node.mqtt_port else []),
        *(["", _listener("websocket", node.websocket_port, node)] if node.websocket_port else []),
        "",
        _accounts(subjects, admins, keys, guests if node.has_guests else None),
    ]
    return "\n".join(parts) + "\n"


def _tls(folder: str) -> str:
    return "\n".join((
        "# The handshake comes before the first word: nobody in between can tell a terminal to do without.",
        "tls {",
        f"  cert_file: {_text(folder + '/server.pem')}",
        f"  key_file: {_text(folder + '/server.key')}",
        "  handshake_first: true",
        '  min_version: "1.3"',
        "  timeout: 5",
        "}",
    ))  # fmt: skip


def _jetstream(store: str) -> str:
    return "\n".join((
        "# Acknowledged means on the disk. The default syncs every two minutes and loses what was acknowledged since.",
        "jetstream {",
        f"  store_dir: {_text(store)}",
        "  sync_interval: always",
        "}",
    ))  # fmt: skip


def _cluster(node: Node, subjects: Subjects) -> str:
    return "\n".join((
        "cluster {",
        f"  name: {_text(subjects.stream)}",
        f"  listen: {_text(f'{node.listen}:{node.cluster_port}')}",
        "  tls {",
        f"    cert_file: {_text(node.folder + '/server.pem')}",
        f"    key_file: {_text(node.folder + '/server.key')}",
        f"    ca_file: {_text(node.folder + '/ca.pem')}",
        "    verify: true  # only servers with a certificate of this line's authority may join",
        '    min_version: "1.3"',
        "    timeout: 5",
        "  }",
        "  routes: [",
        *(f"    {_text(route)}" for route in node.routes),
        "  ]",
        "}",
    ))  # fmt: skip


def _listener(kind: str, port: int, node: Node) -> str:
    return "\n".join((
        f"{kind} {{",
        f"  listen: {_text(f'{node.listen}:{port}')}",
        "  tls {",
        f"    cert_file: {_text(f'{node.folder}/{GUESTS_NAME}.pem')}",
        f"    key_file: {_text(f'{node.folder}/{GUESTS_NAME}.key')}",
        '    min_version: "1.2"  # gateways and browsers are not the plant\'s to choose',
        "  }",
        "}",
    ))  # fmt: skip


def _accounts(subjects: Subjects, admins: Admins, keys: Iterable[TerminalKey], guests: Iterable[Guest] | None) -> str:
    users = [_user(key, subjects) for key in keys if key.good]
    return "\n".join((
        "# Nobody without a key: there is no user for whoever brings none.",
        "accounts {",
        f"  SYS {{ users: [ {{ nkey: {admins.system} }} ] }}",
        "  LINE {",
        "    jetstream: enabled",
        "    users: [",
        f"      {{ nkey: {admins.line} }}  # of the server's own folder: keeps the stream",
        *users,
        "    ]",
        "  }",
        *([] if guests is None else _guests(guests)),
        "}",
        "system_account: SYS",
    ))  # fmt: skip


def _guests(guests: Iterable[Guest]) -> list[str]:
    """An account of their own, in which nothing of the terminals can be named. What is retained is in its store."""
    return [
        "  GUESTS {",
        f"    jetstream {{ max_file: {GUESTS_BYTES_MAX}, max_mem: {GUESTS_BYTES_MAX} }}",
        "    users: [",
        *(_guest(guest) for guest in guests if guest.good),
        "    ]",
        "  }",
    ]


def _guest(guest: Guest) -> str:
    writes, reads = (
        [name for topic in topics for name in subjects_of(topic)] for topics in (guest.writes, guest.reads)
    )
    return "\n".join((
        f"      {{ user: {_text(guest.name)}, password: {_text(guest.password)}",
        "        permissions {",
        f"          publish {_allowed(writes)}",
        f"          subscribe {_allowed(reads)}",
        "        }",
        "      }",
    ))  # fmt: skip


def _allowed(subjects: list[str]) -> str:
    return f"{{ allow: {json.dumps(subjects)} }}" if subjects else '{ deny: [">"] }'  # nothing allowed is all allowed


def _user(key: TerminalKey, subjects: Subjects) -> str:
    rights = rights_of(subjects, key.name, key.role)
    return "\n".join((
        f"      {{ nkey: {key.public}  # {key.name}, {key.role.value}",
        "        permissions {",
        f"          publish {{ allow: {json.dumps(rights.publish)} }}",
        f"          subscribe {{ allow: {json.dumps(rights.listen)} }}",
        "        }",
        "      }",
    ))  # fmt: skip


def _text(value: str) -> str:
    """A quoted text; the server knows the same escapes as JSON."""
    return json.dumps(value, ensure_ascii=False)
