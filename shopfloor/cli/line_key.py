"""`line key`: make, revoke and list the keys by which computers become terminals of a line."""

import io
from pathlib import Path

import click

from shopfloor.cli.line_place import bring_in_force, changing_keys, day, take_out_of_force
from shopfloor.cli.output import DONE, data_option, json_option, say, say_json
from shopfloor.trouble import Trouble

_PICTURES = frozenset({".png", ".svg", ".pdf"})
_ROLES = ("board", "station", "leader", "admin")


@click.group()
def key() -> None:
    """The keys of a line's terminals."""


@key.command()
@data_option
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    default="station",
    show_default=True,
    help="board: shows the line. station: works. leader: also takes over. admin: also changes the line file.",
)
@click.option("--qr", is_flag=True, help="Also as a QR code, here in the terminal.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A QR code too: FILE.png, .svg or .pdf.")
@json_option
def new(folder: Path, name: str, role: str, out: Path | None, *, qr: bool, as_json: bool) -> int:
    """Make the key of terminal NAME and print it once: it is kept nowhere, and whoever has it is that terminal."""
    from shopfloor.clock import SystemClock
    from shopfloor.link.join_key import JoinKey, write_key
    from shopfloor.link.server.certificates import Authority
    from shopfloor.link.server.keys import KeyRing
    from shopfloor.link.server.place import Place
    from shopfloor.link.server.rights import KeyRole

    place = Place(folder)
    settings = place.read_settings()
    if out is not None and out.suffix.lower() not in _PICTURES:
        raise Trouble(f"Expected FILE.png, .svg or .pdf, got {out.name}.", remedy="Nothing was changed.")
    with changing_keys(place):
        made, seed = KeyRing(place.keys).make(name, KeyRole(role), at_us=SystemClock().now().at_us)
        running = bring_in_force(place)
    authority = Authority(place.tls).der()
    joining = JoinKey(
        line=settings.line,
        terminal=made.name,
        hosts=settings.hosts,
        seed=seed,
        authority=authority,
        role=made.role.value,
    )
    text = write_key(joining)
    if as_json:
        _draw(text, out)
        say_json({"name": made.name, "role": made.role, "key": text, "urls": _urls(settings.hosts), "running": running})
        return DONE
    say(text)
    _draw(text, out)
    if qr:
        _in_terminal(text)
    click.echo(
        f"Key of terminal {made.name} ({made.role.value}), shown this once. On its computer:\n"
        f"  shopfloor line join {_urls(settings.hosts)[0]} KEY --data DIR",
        err=True,
    )
    return DONE


@key.command()
@data_option
@click.argument("name")
@json_option
def revoke(folder: Path, name: str, *, as_json: bool) -> int:
    """Take the key of terminal NAME out of force; a connection it has is ended."""
    from shopfloor.link.server.keys import KeyRing

    return take_out_of_force(
        folder, lambda place, at_us: KeyRing(place.keys).revoke(name, at_us=at_us).name, as_json=as_json
    )


@key.command("list")
@data_option
@json_option
def list_keys(folder: Path, *, as_json: bool) -> int:
    """Every key there ever was, oldest first."""
    from shopfloor.link.server.keys import KeyRing
    from shopfloor.link.server.place import Place

    place = Place(folder)
    place.read_settings()
    keys = KeyRing(place.keys).all()
    if as_json:
        say_json(keys)
        return DONE
    for each in keys:
        state = f"revoked {day(each.revoked_at_us)}" if each.revoked_at_us else "in force"
        say(f"{each.name:<24} {each.role.value:<8} made {day(each.made_at_us)}  {state}")
    if not keys:
        say("No terminal has a key yet: shopfloor line key new NAME --data DIR")
    return DONE


def _urls(hosts: tuple[str, ...]) -> list[str]:
    from shopfloor.link.join_key import url_of

    return [url_of(host) for host in hosts]


def _draw(text: str, out: Path | None) -> None:
    if out is None:
        return
    import segno

    from shopfloor.link.joined import write_private

    drawn = io.BytesIO()
    segno.make_qr(text, error="l").save(drawn, kind=out.suffix.lower().lstrip("."), scale=4)
    try:
        write_private(out, drawn.getvalue())  # a picture of a secret is one
    except OSError as error:
        raise Trouble(
            f"{out} cannot be written: {error.strerror}.", remedy="The key was made and is printed; draw it elsewhere."
        ) from error


def _in_terminal(text: str) -> None:
    import segno

    drawn = io.StringIO()
    segno.make_qr(text, error="l").terminal(drawn, compact=True)
    click.echo(drawn.getvalue())
