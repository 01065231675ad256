"""`line compact`: what the line's server need not keep any more is dropped."""

from pathlib import Path

import click

from shopfloor.cli.output import DONE, FAILED, complain, data_option, json_option, say, say_json


@click.command()
@data_option
@click.option("--hosts", metavar="A,B,C", help="The nodes of a cluster; this computer's server if nothing is said.")
@json_option
def compact(folder: Path, hosts: str | None, *, as_json: bool) -> int:
    """Drop messages at the line's server that a snapshot of two terminals stands for."""
    from shopfloor.link.join_key import read_host
    from shopfloor.link.server.admin import Admin
    from shopfloor.link.server.compact import compact as drop
    from shopfloor.link.server.place import Place
    from shopfloor.link.server.supervise import local_host

    place = Place(folder)
    settings = place.read_settings()
    where = tuple(read_host(host.strip()) for host in hosts.split(",")) if hosts else (local_host(settings),)
    done = drop(Admin(place, where).visitor(), settings.line)
    if as_json:
        say_json(done)
    elif done.floor:
        say(f"{done.dropped} messages dropped that floor {done.floor} stands for; {done.messages} stay.")
    else:
        complain(
            f"Nothing was dropped; {done.messages} messages stay.\n"
            "  No two terminals have said the same state at a floor yet. One is set some times a day, of what is older "
            "than a day."
        )
    return DONE if done.floor else FAILED
