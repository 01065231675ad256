"""Three servers for one line, run by the plant's IT: their configurations, certificates and what to do with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shopfloor.link.join_key import PORT, read_host
from shopfloor.link.joined import write_private
from shopfloor.link.server.admin import Admin
from shopfloor.link.server.binary import VERSION_MIN, Binary, version_words
from shopfloor.link.server.certificates import Authority, GuestAuthority
from shopfloor.link.server.check import REPLICAS
from shopfloor.link.server.config import Node, render
from shopfloor.link.server.guests import GuestBook
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.place import CLUSTER_PORT, MONITOR_PORT, Place, Settings
from shopfloor.link.server.process import check_config
from shopfloor.link.trouble import ServerTrouble

FOLDER_ON_NODE: Final = "/etc/shopfloor-line"
STATE_ON_NODE: Final = "/var/lib/shopfloor-line"


def node_folder(place: int) -> str:
    """What the folder of the first, second, third node is called."""
    return f"node-{place}"


def cluster_nodes(
    settings: Settings, hosts: Sequence[str], *, folder: str = FOLDER_ON_NODE, state: str = STATE_ON_NODE
) -> list[Node]:
    """The nodes; each one's other ports keep their usual distance to its own. `{}` in a path is the node's name."""
    addresses = [read_host(host) for host in hosts]
    ports = [int(address.rpartition(":")[2]) for address in addresses]
    names = [address.rpartition(":")[0] for address in addresses]
    routes = tuple(f"tls://{name}:{port + CLUSTER_PORT - PORT}" for name, port in zip(names, ports, strict=True))
    return [
        Node(
            name=f"{settings.subjects.stream}-{place}",
            listen=settings.listen,
            port=port,
            monitor_port=port + MONITOR_PORT - PORT,
            cluster_port=port + CLUSTER_PORT - PORT,
            routes=routes,
            folder=folder.format(node_folder(place)),
            store=f"{state.format(node_folder(place))}/jetstream",
            log=f"{state.format(node_folder(place))}/nats-server.log",
            pid=f"{state.format(node_folder(place))}/nats-server.pid",
            mqtt_port=settings.mqtt_port,
            websocket_port=settings.websocket_port,
        )
        for place, port in enumerate(ports, 1)
    ]


def check_hosts(hosts: Sequence[str], replicas: int) -> None:
    """Raise ServerTrouble if these cannot be a cluster of so many replicas."""
    if replicas not in REPLICAS[1:]:
        raise ServerTrouble(
            f"Expected {' or '.join(map(str, REPLICAS[1:]))} replicas, got {replicas}.",
            remedy="One server needs no cluster: shopfloor line serve. An even number bears no more failures.",
        )
    if len({read_host(host) for host in hosts}) != len(hosts) or len(hosts) != replicas:
        raise ServerTrouble(
            f"Expected {replicas} different computers, got {', '.join(hosts) or 'none'}.",
            remedy="--hosts a,b,c: small computers with different power supplies.",
        )


def export(
    place: Place, nodes: Sequence[Node], out: Path, *, hosts: Sequence[str], binary: Binary | None
) -> list[Path]:
    """Write a folder for each node and a README; with a binary each configuration is tried. Raises ServerTrouble."""
    settings = place.read_settings()
    keys, book = KeyRing(place.keys).all(), GuestBook(place.guests).all()
    authority, guests = Authority(place.tls), GuestAuthority(place.tls)
    written = []
    try:
        admins = Admin.make_keys(place)
        for number, (node, host) in enumerate(zip(nodes, hosts, strict=True), 1):
            folder = out / node_folder(number)
            folder.mkdir(parents=True, exist_ok=True)
            name = read_host(host).rpartition(":")[0]
            authority.issue(folder, [name])
            guests.issue(folder, [name])
            write_private(folder / "ca.pem", authority.certificate.read_bytes())
            config = folder / "nats.conf"
            config.write_text(render(node, settings.subjects, admins, keys, book), "utf-8")
            written.append(config)
        readme = out / "README.txt"
        readme.write_text(_readme(settings, nodes, hosts), "utf-8")
    except OSError as error:
        raise ServerTrouble(
            f"{out} cannot be written: {error}.", remedy="Name a folder this user may write."
        ) from error
    if binary is not None:
        _try(binary, nodes, written)
    return [*written, readme]


def _try(binary: Binary, nodes: Sequence[Node], written: Sequence[Path]) -> None:
    """The files name paths of the nodes, which are not here: what is tried has the paths of here."""
    for node, config in zip(nodes, written, strict=True):
        trial = config.with_name("trial.conf")
        trial.write_text(
            config.read_text("utf-8").replace(f'"{node.folder}/', f'"{config.parent.as_posix()}/'), "utf-8"
        )
        try:
            check_config(binary, trial)
        finally:
            trial.unlink()


def _readme(settings: Settings, nodes: Sequence[Node], hosts: Sequence[str]) -> str:
    lines = [
        f"The servers of line {settings.line}: {len(nodes)} computers, one folder each.",
        "",
        "The files server.key are secrets: hand them over like passwords, and delete this folder afterwards.",
        "",
        f"1. Install the official nats-server, {version_words(VERSION_MIN)} or newer, on each; compare its checksum",
        "   with the SHA256SUMS of the release. A distribution's own package may be too old.",
        "2. Make a user and its folders, as root:",
        "     adduser --system --group --no-create-home nats",
        f"     install -d -o nats -g nats -m 700 {FOLDER_ON_NODE} {STATE_ON_NODE}",
        f"3. Copy the content of its folder to {FOLDER_ON_NODE} of each:",
        *(f"     node-{number} -> {host}" for number, host in enumerate(hosts, 1)),
        f"     chown -R nats:nats {FOLDER_ON_NODE} && chmod 600 {FOLDER_ON_NODE}/*",
        "4. Open these ports between the computers, the first also to the terminals:",
        *(f"     {node.name}: {node.port} terminals, {node.cluster_port} cluster" for node in nodes),
        "5. Install shopfloor-line-node.service (in resources/systemd of shopfloor) and start it on all of them.",
        "6. Where these files were made, create the stream and have everything checked:",
        f"     shopfloor line create-stream --data DIR --replicas {len(nodes)} --hosts {','.join(hosts)}",
        "   Keys made from then on name all of these computers.",
        "",
        "When a key was made or revoked: export again, copy each new nats.conf to its node (the certificates there",
        "stay good), then on each: systemctl reload shopfloor-line-node.",
        "",
        "Different power supplies: computers that lose their power together are one computer. Each syncs every message",
        "before it is acknowledged; their disks must not have a volatile write cache that ignores it.",
    ]
    return "\n".join(lines) + "\n"
