"""`loop level`: a levelled release, column by column of a heijunka box."""

from fractions import Fraction

import click

from shopfloor.cli.output import DONE, USAGE, complain, json_option, say, say_json
from shopfloor.linefile.clocktime import clock_time, minutes_or_none

_MINUTES = {"s": Fraction(1, 60), "min": Fraction(1), "h": Fraction(60)}
_DAY_MIN = 24 * 60


@click.command()
@click.argument("rows", metavar="PART=PITCH...", nargs=-1, required=True)
@click.option("--column", required=True, help="How long a column is: 20min.")
@click.option("--columns", default=6, show_default=True, help="How many columns.")
@click.option("--start", default="00:00", show_default=True, help="When the first column begins: 07:00.")
@json_option
def level(rows: tuple[str, ...], column: str, columns: int, start: str, *, as_json: bool) -> int:
    """Say which cards to release in which column: A=20min B=10min, or D:2,E:1=20min for parts that share a pitch."""
    from shopfloor.flow.heijunka import Row
    from shopfloor.flow.heijunka import level as level_of
    from shopfloor.flow.units import InputError

    begin = minutes_or_none(start)
    if begin is None:
        complain(f"--start: expected HH:MM, got {start}.")
        return USAGE
    try:
        length = _minutes(column, "--column")
        box = level_of([Row(_parts(row), _minutes(_pitch(row), row)) for row in rows], column=length, columns=columns)
    except InputError as wrong:
        complain(str(wrong))
        return USAGE
    except ValueError as wrong:
        complain(f"{wrong}.")
        return USAGE
    found = [(_clock(begin + n * length), list(cards)) for n, cards in enumerate(box)]
    if as_json:
        say_json([{"at": at, "cards": cards} for at, cards in found])
    else:
        say("\n".join(f"{at}  {' '.join(cards) or '-'}" for at, cards in found))
    return DONE


def _minutes(text: str, name: str) -> Fraction:
    from shopfloor.flow.units import read_span

    span = read_span(text, name)
    factor = _MINUTES.get(span.unit.value)
    if factor is None:
        raise ValueError(f"{name}: expected a time in s, min or h, got {text}")
    return span.value * factor


def _pitch(row: str) -> str:
    parts, equals, pitch = row.rpartition("=")
    if not parts or not equals:
        raise ValueError(f"expected PART=PITCH such as A=20min, got {row}")
    return pitch


def _parts(row: str) -> tuple[tuple[str, int], ...]:
    found = []
    for part in row.rpartition("=")[0].split(","):
        name, colon, share = part.partition(":")
        if not name or (colon and not (share.isascii() and share.isdigit())):
            raise ValueError(f"expected PART or PART:RATIO, got {part or row}")
        found.append((name, int(share) if colon else 1))
    return tuple(found)


def _clock(minutes: Fraction) -> str:
    whole, seconds = divmod(round(minutes * 60), 60)
    return clock_time(whole % _DAY_MIN) + (f":{seconds:02d}" if seconds else "")
