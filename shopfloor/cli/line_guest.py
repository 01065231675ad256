"""`line guest`: who may speak MQTT or WebSocket with the line's server: gateways of buttons, dashboards, senders."""

from pathlib import Path

import click

from shopfloor.cli.line_place import bring_in_force, changing_keys, day, guest_urls, take_out_of_force
from shopfloor.cli.output import DONE, complain, data_option, json_option, say, say_json

_FILTER = "MQTT topic or filter; several are allowed."


@click.group()
def guest() -> None:
    """Gateways, dashboards and other programs at the line's server."""


@guest.command()
@data_option
@click.argument("name")
@click.option(
    "--writes", multiple=True, metavar="FILTER", help=f"What it may publish; NAME/# if nothing is said. {_FILTER}"
)
@click.option("--reads", multiple=True, metavar="FILTER", help=f"What it may subscribe to; NAME/#. {_FILTER}")
@click.option("--only-reads", is_flag=True, help="It may publish nothing, as a dashboard.")
@json_option
def new(
    folder: Path, name: str, writes: tuple[str, ...], reads: tuple[str, ...], *, only_reads: bool, as_json: bool
) -> int:
    """Make guest NAME and print its password once: a hash of it alone is kept."""
    from shopfloor.clock import SystemClock
    from shopfloor.link.server.guests import GuestBook
    from shopfloor.link.server.place import Place

    place = Place(folder)
    settings = place.read_settings()
    own = (f"{name}/#",)
    with changing_keys(place):
        made, password = GuestBook(place.guests).make(
            name,
            writes=() if only_reads else writes or own,
            reads=reads or own,
            at_us=SystemClock().now().at_us,
        )
        running = bring_in_force(place)
    urls = guest_urls(settings)
    authority = str(place.guests_authority)
    if as_json:
        say_json({"name": made.name, "password": password, "urls": urls, "authority": authority, "running": running})
        return DONE
    say(password)
    click.echo(f"Password of guest {made.name}, shown this once. Its certificate authority: {authority}", err=True)
    for url in urls:
        click.echo(f"  {url}", err=True)
    if not urls:
        complain("Nobody listens for guests yet.\n  shopfloor line serve --mqtt-port 8883, or --websocket-port 8443.")
    return DONE


@guest.command()
@data_option
@click.argument("name")
@json_option
def revoke(folder: Path, name: str, *, as_json: bool) -> int:
    """Take the password of guest NAME out of force; a connection it has is ended."""
    from shopfloor.link.server.guests import GuestBook

    return take_out_of_force(
        folder, lambda place, at_us: GuestBook(place.guests).revoke(name, at_us=at_us).name, as_json=as_json
    )


@guest.command("list")
@data_option
@json_option
def list_guests(folder: Path, *, as_json: bool) -> int:
    """Every guest there ever was, oldest first."""
    from shopfloor.link.server.guests import GuestBook
    from shopfloor.link.server.place import Place

    place = Place(folder)
    place.read_settings()
    guests = GuestBook(place.guests).all()
    if as_json:
        shown = ("name", "writes", "reads", "made_at_us", "revoked_at_us")
        say_json([{key: getattr(one, key) for key in shown} for one in guests])
        return DONE
    for one in guests:
        state = f"revoked {day(one.revoked_at_us)}" if one.revoked_at_us else "in force"
        topics = f"writes {', '.join(one.writes) or 'nothing'}; reads {', '.join(one.reads)}"
        say(f"{one.name:<24} made {day(one.made_at_us)}  {state}  {topics}")
    if not guests:
        say("There is no guest yet: shopfloor line guest new NAME --data DIR")
    return DONE
