"""What somebody wants of the line of terminals itself."""

from msgspec import Struct


class TakeOver(Struct, frozen=True, kw_only=True):
    """Give stations of one other terminal to this one, with what it holds of the line's limit. By a leader.

    `station` is where it is asked, "" at a terminal without stations. `by`: who decides, where that is not whoever is
    signed in there.
    """

    station: str
    stations: tuple[str, ...]
    reason: str
    by: str = ""


LineCommand = TakeOver
