"""`line take-over` and `line take-back`: a leader's decision about stations, asked of the terminal that runs here."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from shopfloor.app import history_of
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, json_option, say, say_json
from shopfloor.cli.word_box import Said, Wish, ask_terminal
from shopfloor.clock import Clock, SystemClock, zone_of
from shopfloor.core.line import Role
from shopfloor.core.line_link import LinkState, LinkView
from shopfloor.core.line_refusals import TAKE_BACK, TAKE_OVER, unlinked
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.names import station_name
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.take_over import Stakes, stakes_of, terminals_with_stations
from shopfloor.core.words import refusal_words
from shopfloor.core.words_take_over import stakes_facts
from shopfloor.trouble import Trouble

OLD_US = 5 * US_PER_S  # a terminal notes each second how its link is
_DECIDE = frozenset({Role.LEADER, Role.ADMIN})
_STATION = click.option("--station", "stations", multiple=True, metavar="ID", help="Only this one; may be repeated.")
_WHY = click.option("--why", default="", help="The reason; it is kept in the journal.")
_BY = click.option("--by", default="", metavar="ID", help="Who decides: a leader or admin of the line file.")
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


class Scene(Struct, frozen=True, kw_only=True):
    """What the terminal that runs in a data folder knows, and what it is called."""

    folder: Path
    shop: Shop
    view: LinkView
    own: str
    now: Now


@click.command("take-over")
@click.argument("terminal")
@data_option
@_STATION
@_WHY
@_BY
@_YES
@json_option
def take_over(
    terminal: str, folder: Path, stations: tuple[str, ...], why: str, by: str, *, yes: bool, as_json: bool
) -> int:
    """Take the stations of the silent TERMINAL over to the one that runs with DIR."""
    clock = SystemClock()
    scene = _scene(folder, clock, TAKE_OVER)
    stakes = stakes_of(scene.shop, scene.view, terminal, scene.now)
    wrong = _not_that(scene, stakes, stations) or _may_not(scene.shop, by) or _no_reason(why, yes=yes, as_json=as_json)
    if wrong:
        complain(wrong)
        return USAGE
    if not stakes.silent_us:
        complain(f"{terminal} is heard: people work there.\n  Only a terminal that is silent is taken over.")
        return FAILED
    return _decide(scene, [(stakes, stations or stakes.stations)], why, by, clock, yes=yes, as_json=as_json)


@click.command("take-back")
@data_option
@_STATION
@_WHY
@_BY
@_YES
@json_option
def take_back(folder: Path, stations: tuple[str, ...], why: str, by: str, *, yes: bool, as_json: bool) -> int:
    """Give the terminal that runs with DIR its own stations again, from whoever took them over."""
    clock = SystemClock()
    scene = _scene(folder, clock, TAKE_BACK)
    away = [post for post in scene.shop.posts.values() if post.home == scene.own and post.terminal != scene.own]
    if not away:
        complain(f"Nothing of terminal {scene.own} was taken over.")
        return FAILED
    unknown = sorted(set(stations) - {post.station for post in away})
    wrong = f"Expected stations that were taken over ({_listed(p.station for p in away)}), got {_listed(unknown)}."
    wrong = (wrong if unknown else "") or _may_not(scene.shop, by) or _no_reason(why, yes=yes, as_json=as_json)
    if wrong:
        complain(wrong)
        return USAGE
    moves = []
    for holder in dict.fromkeys(post.terminal for post in away):
        his = tuple(p.station for p in away if p.terminal == holder and (not stations or p.station in stations))
        if his:
            moves.append((stakes_of(scene.shop, scene.view, holder, scene.now), his))
    return _decide(scene, moves, why, by, clock, yes=yes, as_json=as_json, back=True)


def _scene(folder: Path, clock: Clock, what: str) -> Scene:
    """Raises Trouble where no terminal of a line runs there, or its link is lost."""
    from shopfloor.link.joined import read_joined
    from shopfloor.store.folder import holder_of
    from shopfloor.store.link_note import read_link

    joined = read_joined(folder)
    if joined is None:
        raise Trouble(f"{folder} has not joined a line.", remedy="shopfloor line join URL KEY --data DIR")
    if not holder_of(folder):
        raise Trouble(
            f"No terminal runs with {folder}: stations would be given to one that is not there.",
            remedy="Start it first: shopfloor station --data DIR",
        )
    with closing(history_of(folder)()) as history:
        line, entities, _ = history.snapshot()
    shop, note, now = Shop(line or EMPTY_LINE, entities), read_link(folder), clock.now()
    view = note.link if note is not None else LinkView(state=LinkState.CONNECTING, since_us=now.at_us)
    if view.state is LinkState.UP and note is not None and now.at_us - note.at_us > OLD_US:
        view = replace(view, state=LinkState.LOST, since_us=note.at_us)
    shop.origin = view.origin
    if view.state is not LinkState.UP:
        shop.unlinked_us = view.since_us
        words, remedy = refusal_words(unlinked(shop, what), zone_of(shop.line.timezone))
        raise Trouble(str(words), remedy=str(remedy))
    return Scene(folder=folder, shop=shop, view=view, own=view.terminal or joined.terminal, now=now)


def _not_that(scene: Scene, stakes: Stakes, stations: Sequence[str]) -> str:
    others = _listed(terminals_with_stations(scene.shop))
    if stakes.terminal == scene.own:
        return f"Expected another terminal ({others}), got this one.\n  Its own: shopfloor line take-back"
    if not stakes.stations:
        return f"Expected a terminal that has stations ({others}), got {stakes.terminal}."
    unknown = sorted(set(stations) - set(stakes.stations))
    if unknown:
        return f"Expected stations of {stakes.terminal} ({_listed(stakes.stations)}), got {_listed(unknown)}."
    return ""


def _may_not(shop: Shop, by: str) -> str:
    """Why this person may not decide it, "" if it may."""
    person = shop.people.get(by)
    if not shop.people or (person is not None and person.role in _DECIDE):
        return ""
    may = _listed(one.id for one in shop.people.values() if one.role in _DECIDE)
    got = "nobody" if not by else f"{by} ({person.role})" if person is not None else by
    return f"Expected a leader or admin of the line ({may}), got {got}.\n  Name who decides with --by."


def _no_reason(why: str, *, yes: bool, as_json: bool) -> str:
    """Why nobody can be asked for what is missing, "" if somebody can."""
    asks = sys.stdin.isatty() and not as_json
    if not why.strip() and (yes or not asks):
        return "Expected a reason.\n  Say why: --why TEXT"
    return "" if yes or asks else "Nobody is here to be asked.\n  Say --yes, after a look at `shopfloor line status`."


def _decide(
    scene: Scene,
    moves: Sequence[tuple[Stakes, Sequence[str]]],
    why: str,
    by: str,
    clock: Clock,
    *,
    yes: bool,
    as_json: bool,
    back: bool = False,
) -> int:
    """Say what it means, ask, and have it decided."""
    zone = zone_of(scene.shop.line.timezone)
    if not as_json:
        for stakes, stations in moves:
            say(f"{'From' if back else 'Take over from'} {stakes.terminal}:")
            for what, value in stakes_facts(scene.shop, stakes, stations, zone):
                say(f"  {what}: {value}")
    why = why.strip() or click.prompt("Why").strip()
    if not yes and not click.confirm("Take them back?" if back else "Take them over?"):
        complain("Nothing was changed.")
        return FAILED
    done: list[tuple[Sequence[str], str, Said]] = []
    for stakes, stations in moves:
        wish = Wish(stations=tuple(stations), reason=why, by=by, at=stations[0] if back else "")
        done.append((stations, stakes.terminal, ask_terminal(scene.folder, wish, clock)))
    if as_json:
        say_json([
            {"terminal": name, "stations": stations, "done": said.done, "event": said.n, "words": said.words}
            for stations, name, said in done
        ])  # fmt: skip
    for stations, name, said in done:
        if not said.done:
            complain(f"{said.words}\n  {said.remedy}")
        elif not as_json:
            say(f"{_listed(station_name(scene.shop, s) for s in stations)}: from {name} to {scene.own}.")
    return DONE if all(said.done for _, _, said in done) else FAILED


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
