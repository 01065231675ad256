"""The switches of a loop: what a kind sets, what the file may state, and what does not fit together."""

from datetime import UTC, datetime

import pytest

from shopfloor.core.line import Consume, Loop, LoopKind, Mark, StartState
from shopfloor.linefile import LineFileError, parse
from shopfloor.linefile.describe import describe
from shopfloor.linefile.problems import Problem

HEAD = """
[line]
id = "gearbox"
name = "Gearbox line"
timezone = "Europe/Berlin"

[[stations]]
id = "press"
name = "Press"

[[stations]]
id = "deburr"
name = "Deburr"

[[stations]]
id = "steelworks"
name = "Steelworks"
outside = true

[[stations]]
id = "assembly"
name = "Assembly"

[[parts]]
id = "P1"

[[reasons]]
id = "late"
name = "Delivery late"

[[devices]]
id = "gun"
kind = "scanner"
port = "virtual"
station = "press"

[[loops]]
id = "loop"
part = "P1"
"""
PLAIN = 'route = ["press"]\nconsumer = "assembly"\ncards = 4\n'


def loop_of(text: str) -> Loop:
    """The loop of a line file that ends with this."""
    return parse(HEAD + text).loops[0]


def problems_of(text: str) -> list[Problem]:
    """What is wrong with a line file that ends with this."""
    with pytest.raises(LineFileError) as caught:
        parse(HEAD + text)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("text", "switches"),
    [
        ('kind = "production"\n' + PLAIN, {}),
        ('kind = "withdrawal"\n' + PLAIN, {"transit": True}),
        ('kind = "supplier"\n' + PLAIN, {"transit": True, "acknowledge": True}),
        ('kind = "signal"\nlot = 3\n' + PLAIN, {"lot": 3}),
        ('kind = "two-bin"\nroute = ["press"]\nconsumer = "assembly"\n', {"cards": 2}),
        ('kind = "conwip"\nroute = ["press", "deburr", "assembly"]\n', {"start": StartState.EMPTY}),
        ('kind = "polca"\nroute = ["press", "deburr"]\ncards = 4\n', {"start": StartState.EMPTY, "consumer": None}),
    ],
)
def test_a_kind_is_nothing_but_its_switches(text: str, switches: dict[str, object]) -> None:
    loop = loop_of(text)
    assert {name: getattr(loop, name) for name in switches} == switches
    plain = loop_of(PLAIN)
    others = {"transit", "acknowledge", "lot", "consume", "lives", "jokers", "sequence", "response_s"} - set(switches)
    assert {name: getattr(loop, name) for name in others} == {name: getattr(plain, name) for name in others}


def test_the_file_may_state_what_the_kind_would_set() -> None:
    loop = loop_of('kind = "supplier"\ntransit = false\nacknowledge = false\n' + PLAIN)
    assert not loop.transit
    assert not loop.acknowledge


def test_every_switch_is_read() -> None:
    loop = loop_of(
        'kind = "supplier"\nresponse_s = 14400\nresponse_reason = "late"\nlot = 2\nconsume = "pieces"\nlives = 50\n'
        'expires = "2026-06-30"\njokers = 1\nlabels = ["LOT (?P<lot>.+)"]\n'
        + PLAIN
        + '[loops.sequence]\nin_process = "forbidden"\nin_transit = "mandatory"\nin_use = "recommended"\n'
    )
    assert (loop.response_s, loop.response_reason, loop.lot, loop.consume) == (14_400, "late", 2, Consume.PIECES)
    assert (loop.lives, loop.expires, loop.jokers, loop.labels) == (50, "2026-06-30", 1, ("LOT (?P<lot>.+)",))
    assert loop.sequence.in_process is Mark.FORBIDDEN
    assert loop.sequence.in_transit is Mark.MANDATORY
    assert loop.sequence.in_use is Mark.RECOMMENDED
    end = datetime.fromtimestamp(loop.expires_us / 1e6, UTC)
    assert end == datetime(2026, 6, 30, 22, tzinfo=UTC), "the end of the day in Berlin"


def test_a_station_may_stand_for_a_supplier() -> None:
    line = parse(HEAD + 'kind = "supplier"\nroute = ["steelworks"]\nconsumer = "assembly"\n')
    assert [station.id for station in line.stations if station.outside] == ["steelworks"]


@pytest.mark.parametrize(
    ("text", "path", "problem", "remedy"),
    [
        ('kind = "triangle"\n' + PLAIN, "kind", "a switch of a loop", 'kind = "signal"'),
        ('kind = "one-time"\n' + PLAIN, "kind", "a switch of a loop", "lives = 1"),
        ('kind = "signal"\n' + PLAIN, "lot", "until a lot", "lot = 2"),
        ('kind = "signal"\nlot = 5\n' + PLAIN, "lot", "never complete with 4 cards", "at least as many"),
        ('kind = "polca"\nroute = ["press"]\n', "route", "joins two stations, got 1", "two stations"),
        ('kind = "polca"\nconsumer = "assembly"\nroute = ["press", "deburr"]\n', "consumer", "no consumer", "remove"),
        ('kind = "polca"\nlot = 2\nroute = ["press", "deburr"]\n', "lot", "means nothing", "remove"),
        ('kind = "conwip"\ntransit = true\nroute = ["press"]\n', "transit", "means nothing", "remove"),
        ('kind = "two-bin"\n' + PLAIN, "cards", "two bins are two cards, got 4", "remove cards"),
        ('kind = "withdrawal"\nroute = ["press"]\n', "consumer", "a withdrawal loop needs", "consumer"),
        ('route = ["press"]\nconsumer = "steelworks"\n', "consumer", "is outside", "this line"),
        (PLAIN + "jokers = 4\n", "jokers", "cannot be spare", "fewer"),
        (PLAIN + 'response_reason = "late"\n', "response_reason", "without a response time", "response_s"),
        (PLAIN + 'response_s = 5\nresponse_reason = "lat"\n', "response_reason", "not in [[reasons]]", "late"),
        (PLAIN + 'expires = "31.12.2026"\n', "expires", "YYYY-MM-DD", "2026-12-31"),
        (PLAIN + 'expires = "9999-12-31"\n', "expires", "YYYY-MM-DD", "2026-12-31"),
        (PLAIN + 'labels = ["LOT (.+)"]\n', "labels[0]", "names no group", "groups lot"),
        (PLAIN + 'labels = ["("]\n', "labels[0]", "no regular expression", "groups lot"),
        (PLAIN + 'labels = ["(?P<colour>.)"]\n', "labels[0]", "no group colour", "groups lot"),
        (PLAIN + 'transit = "yes"\n', "transit", "expected true or false", "without quotes"),
        (PLAIN + 'consume = "piece"\n', "consume", "expected container or pieces", "pieces"),
        (PLAIN + '[loops.sequence]\nin_transit = "optional"\n', "sequence.in_transit", "no transit", "transit = true"),
        (
            PLAIN + 'transit = true\n[loops.sequence]\nin_transit = "forbidden"\n',
            "sequence.in_transit", "asks for", "transit = false",
        ),
        (PLAIN + '[loops.sequence]\nin_proces = "optional"\n', "sequence.in_proces", "unknown key", "in_process"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_named_where_it_is(text: str, path: str, problem: str, remedy: str) -> None:
    found = [one for one in problems_of(text) if one.path == f"loops[0].{path}"]
    assert any(problem in one.problem and remedy in one.remedy for one in found), found


def test_what_says_no_more_than_the_default_does_no_harm() -> None:
    usual = 'transit = false\nacknowledge = false\nresponse_s = 0\nlot = 1\nconsume = "container"\njokers = 0\n'
    sequence = '[loops.sequence]\nin_process = "recommended"\nin_transit = "recommended"\nin_use = "optional"\n'
    for kind in ('kind = "conwip"\nroute = ["press"]\n', PLAIN):
        assert loop_of(kind + usual + sequence) == loop_of(kind)


def test_no_device_is_at_a_station_outside() -> None:
    text = HEAD.replace('station = "press"', 'station = "steelworks"') + PLAIN
    with pytest.raises(LineFileError) as caught:
        parse(text)
    assert [one.path for one in caught.value.problems] == ["devices[0].station"]


def test_what_is_said_of_a_loop_names_its_switches() -> None:
    text = describe(parse(HEAD + 'kind = "supplier"\nresponse_s = 60\nconsume = "pieces"\nlives = 1\n' + PLAIN))
    assert "→ transit → store → assembly" in text
    for fact in ("supplier", "acknowledged within 60 s", "taken by pieces", "1 cycle a card"):
        assert fact in text


def test_every_kind_can_be_written() -> None:
    assert {loop_of(f'kind = "{kind}"\n{_least(kind)}').kind for kind in LoopKind} == set(LoopKind)


def _least(kind: LoopKind) -> str:
    if kind in {LoopKind.CONWIP, LoopKind.POLCA}:
        return 'route = ["press", "deburr"]\n'
    lot = "lot = 0\n" if kind is LoopKind.SIGNAL else ""
    return lot + 'route = ["press"]\nconsumer = "assembly"\n'
