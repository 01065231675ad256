"""`line serve`, `line export-config` and `line create-stream`: the server of a line, and three of them."""

from pathlib import Path

import click

from shopfloor.cli.line_place import OWNER, guest_urls, line_of_journal
from shopfloor.cli.logs import start_logging, stop_logging
from shopfloor.cli.output import DONE, USAGE, complain, data_option, say
from shopfloor.cli.stopping import until_stopped

READY = "ready"


@click.command()
@data_option
@click.option("--line", "line_file", type=click.Path(dir_okay=False, path_type=Path), help="The line file, for its id.")
@click.option("--line-id", metavar="ID", help="The id of the line, where there is no line file.")
@click.option("--host", "hosts", multiple=True, metavar="NAME", help="How terminals reach this computer.")
@click.option("--listen", metavar="ADDRESS", help="Listen at this address alone.")
@click.option("--port", type=click.IntRange(1, 65535), help="4222 if nothing is said.")
@click.option("--monitor-port", type=click.IntRange(1, 65535), help="For this computer only; 8222.")
@click.option("--mqtt-port", type=click.IntRange(0, 65535), help="Also a broker for guests, over TLS; 0: not any more.")
@click.option(
    "--websocket-port", type=click.IntRange(0, 65535), help="Also for guests' browsers, over TLS; 0: no more."
)
def serve(
    folder: Path,
    line_file: Path | None,
    line_id: str | None,
    hosts: tuple[str, ...],
    listen: str | None,
    port: int | None,
    monitor_port: int | None,
    mqtt_port: int | None,
    websocket_port: int | None,
) -> int:
    """Run the server of a line, which its terminals share, until it is stopped."""
    from shopfloor.clock import SystemClock
    from shopfloor.link.server.place import Place
    from shopfloor.link.server.supervise import LineServer, set_up
    from shopfloor.store.folder import FolderLock, create_folder, refuse_network

    place = Place(folder)
    given = _line_id(line_file, line_id)
    if given and place.begun and place.read_settings().line != given:
        complain(
            f"Expected line {place.read_settings().line}, which this server holds, got {given}.\n"
            "  Name another folder: every line has a server folder of its own."
        )
        return USAGE
    create_folder(place.folder)
    refuse_network(place.folder)
    lock = FolderLock(place.folder, OWNER)
    lock.take()
    stopped = until_stopped()
    logs = start_logging(folder)
    try:
        server = LineServer(folder, clock=SystemClock())
        say(str(server.binary))
        wanted = place.settings_with(
            line=given or line_of_journal(folder),
            hosts=hosts,
            listen=listen,
            port=port,
            monitor_port=monitor_port,
            mqtt_port=mqtt_port,
            websocket_port=websocket_port,
        )
        set_up(place, wanted)
        settings = place.read_settings()
        server.start(say)
        say(f"line {settings.line} at {', '.join(f'tls://{host}' for host in settings.hosts)}")
        for url in guest_urls(settings):
            say(f"guests at {url}")
        say(READY)
        try:
            server.run(stopped)
        finally:
            server.stop()
    finally:
        stop_logging(logs)
        lock.drop()
    return DONE


@click.command("export-config")
@data_option
@click.option("--replicas", type=int, default=3, show_default=True, help="How many computers keep the line.")
@click.option("--hosts", required=True, metavar="A,B,C", help="Their names, as terminals and each other reach them.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write.")
@click.option("--line", "line_file", type=click.Path(dir_okay=False, path_type=Path), help="The line file, for its id.")
@click.option("--line-id", metavar="ID", help="The id of the line, where there is no line file.")
def export_config(
    folder: Path, replicas: int, hosts: str, out: Path, line_file: Path | None, line_id: str | None
) -> int:
    """Write what a cluster of servers needs that the plant's IT runs: configurations, certificates, a README."""
    from shopfloor.link.server.binary import find_binary
    from shopfloor.link.server.cluster import check_hosts, cluster_nodes, export
    from shopfloor.link.server.place import Place
    from shopfloor.link.server.supervise import set_up

    place = Place(folder)
    names = tuple(_split(hosts))
    check_hosts(names, replicas)
    given = _line_id(line_file, line_id)
    set_up(place, place.settings_with(line=given or line_of_journal(folder), hosts=names))
    nodes = cluster_nodes(place.read_settings(), names)
    for path in export(place, nodes, out, hosts=names, binary=find_binary()):
        say(str(path))
    say(f"Next: {out / 'README.txt'}")
    return DONE


@click.command("create-stream")
@data_option
@click.option("--replicas", type=int, default=3, show_default=True, help="How many computers keep the line.")
@click.option("--hosts", required=True, metavar="A,B,C", help="The nodes of the running cluster.")
def create_stream(folder: Path, replicas: int, hosts: str) -> int:
    """Check the servers of a running cluster, and create the line's stream there."""
    from shopfloor.link.join_key import read_host
    from shopfloor.link.server.admin import Admin
    from shopfloor.link.server.cluster import check_hosts
    from shopfloor.link.server.place import Place

    place = Place(folder)
    names = tuple(read_host(host) for host in _split(hosts))
    check_hosts(names, replicas)
    settings = place.read_settings()
    admin = Admin(place, names)
    for varz in admin.check_servers(expected=replicas):
        say(f"{varz.server_name}: nats-server {varz.version}, syncs always")
    say(admin.keep_stream(settings.subjects, replicas=replicas))
    return DONE


def _split(hosts: str) -> list[str]:
    return [host.strip() for host in hosts.split(",") if host.strip()]


def _line_id(line_file: Path | None, line_id: str | None) -> str:
    if line_file is None:
        return line_id or ""
    from shopfloor.linefile import read

    return read(line_file).id
