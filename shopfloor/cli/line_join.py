"""`line join` and `line status`: become a terminal of a line, and see how its terminals are."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfloor import __version__
from shopfloor.cli.line_place import line_of_journal, terminal_of_journal
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, json_option, say, say_json

if TYPE_CHECKING:
    from shopfloor.core.line_link import LineClock
    from shopfloor.link.caller import Caller
    from shopfloor.link.join_key import JoinKey
    from shopfloor.link.server.line_status import LineStatus, TerminalStatus

STDIN = "-"


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[URL] KEY")
@data_option
@click.option("--offline", is_flag=True, help="Keep the key without trying it: the server is not there yet.")
def join(words: tuple[str, ...], folder: Path, *, offline: bool) -> int:
    """Make the data folder a terminal of the line KEY is for; - reads KEY from the keyboard or a scanner.

    URL goes before the address in the key, where this computer reaches the server by another one.
    """
    from msgspec.structs import replace

    from shopfloor.clock import SystemClock
    from shopfloor.core.line_link import LineClock, LinkState, LinkView
    from shopfloor.link.join_key import read_host, read_key
    from shopfloor.link.joined import write_joined
    from shopfloor.store.link_note import read_link, write_link

    if len(words) > 2:
        complain(f"Expected [URL] KEY, got {len(words)} words.")
        return USAGE
    text = sys.stdin.readline() if words[-1] == STDIN else words[-1]
    joining = read_key(text)
    if len(words) > 1:
        joining = replace(joining, hosts=(read_host(words[0]),))
    own = line_of_journal(folder)
    if own and own != joining.line:
        complain(
            f"Expected a key of line {own}, which this data folder belongs to, got one of line {joining.line}.\n"
            "  Take another data folder, or a key from the server of this line. Nothing was changed."
        )
        return FAILED
    whose = terminal_of_journal(folder)
    if whose and whose != joining.terminal:
        complain(
            f"Expected a key of terminal {whose}, whose events this data folder holds, got one of terminal "
            f"{joining.terminal}: the server would take nothing from here.\n"
            f"  Make one on the server (`shopfloor line key new {whose}`), or take another data folder. "
            "Nothing was changed."
        )
        return FAILED
    clock = LineClock() if offline else _try(joining)
    path = write_joined(folder, joining)
    note = read_link(folder)
    now_us = SystemClock().now().at_us
    before = note.link if note is not None else LinkView(state=LinkState.CONNECTING, since_us=now_us)
    write_link(folder, before, now_us, clock)  # with the cable out from its first start on, too, it knows the time
    say(f"Terminal {joining.terminal} of line {joining.line}. The key is in {path}.")
    return DONE


@click.command()
@data_option
@json_option
def status(folder: Path, *, as_json: bool) -> int:
    """How the terminals of the line are; DIR is of the server, or of a terminal that joined."""
    from shopfloor.clock import SystemClock
    from shopfloor.link.caller import visitor_of
    from shopfloor.link.joined import read_joined
    from shopfloor.link.server.admin import Admin
    from shopfloor.link.server.keys import KeyRing
    from shopfloor.link.server.line_status import ask_status
    from shopfloor.link.server.place import Place
    from shopfloor.link.server.supervise import local_host
    from shopfloor.trouble import Trouble

    place = Place(folder)
    if place.begun:
        settings = place.read_settings()
        line, known = settings.line, [each.name for each in KeyRing(place.keys).good()]
        visitor = Admin(place, (local_host(settings), *settings.hosts)).visitor()
    else:
        joined = read_joined(folder)
        if joined is None:
            raise Trouble(
                f"{folder} is neither of a line server nor of a terminal that joined a line.",
                remedy="shopfloor line serve --data DIR, or shopfloor line join URL KEY --data DIR.",
            )
        line, known, visitor = joined.line, [joined.terminal], visitor_of(joined)
    found = ask_status(visitor, line, known=known, clock=SystemClock())
    if as_json:
        say_json(found)
    else:
        _say(found)
    return DONE


def _try(joining: "JoinKey") -> "LineClock":
    """Say what is found there; what o'clock it is there."""
    from shopfloor.clock import SystemClock
    from shopfloor.core.line_link import LineClock
    from shopfloor.link.caller import visit, visitor_of
    from shopfloor.link.pulse import disciplined
    from shopfloor.link.server.admin import stream_info
    from shopfloor.link.stream_api import microseconds
    from shopfloor.link.subjects import Subjects

    stream, clock, heard = Subjects(joining.line).stream, SystemClock(), [LineClock()]

    async def ask(caller: "Caller") -> str:
        before = clock.now()
        info = await stream_info(caller, stream)
        now = clock.now()
        if info.ts:
            heard.append(LineClock().heard(disciplined(None, microseconds(info.ts), before, now), now))
        held = "no stream of it yet" if info.error else f"{info.state.messages} messages"
        return f"nats-server {caller.server_version} at {caller.host}, encrypted, key accepted, {held}"

    say(visit(visitor_of(joining), ask))
    return heard[-1]


def _say(found: "LineStatus") -> None:
    from shopfloor.core.floor_views import Standings, differing_words
    from shopfloor.core.words import span_text
    from shopfloor.link.versions import unlike_words

    stream = found.stream
    say(f"line {found.line} at {found.server}: {stream.messages} messages, {stream.bytes} bytes, last {stream.last}")
    for each in found.terminals:
        say(f"  {each.id:<24} {_words(each)}")
    if not found.terminals:
        say("  no terminal yet")
    floor = found.floor
    if floor.number:
        say(f"  floor {floor.number}, of {span_text(floor.age_s or 0)} ago, {len(floor.agree)} agree")
    for words in differing_words(Standings(floor=floor.number, agree=floor.agree, differ=floor.differ)):
        if words:
            say(f"  {words}")
    unlike = unlike_words(((each.id, each.version) for each in found.terminals if each.version), __version__)
    if unlike:
        say(f"  {unlike}")


def _words(each: "TerminalStatus") -> str:
    if each.version is None:
        seen = "never heard of" if each.last_seen_s is None else f"last event {each.last_seen_s:.0f} s ago"
        return f"{each.link}, {seen}"
    return (
        f"{each.link}, {each.behind} behind, clock {each.clock_offset_ms:+.1f} ms, event {each.head}, "
        f"program {each.version}"
    )
