"""The words of what is decided for the whole line, and is not possible or not allowed."""

from collections.abc import Callable

from shopfloor.core.line_refusals import CARD, LINE, RESTART, TAKE_BACK, TAKE_OVER
from shopfloor.core.text import Text

Args = dict[str, str | int]
Words = tuple[Text, Text]


def unlinked(args: Args) -> Words:
    """The line cannot be asked."""
    remedy = _UNLINKED[str(args.get("what", RESTART))]
    if args.get("limit_s"):
        return Text("The line did not answer within {limit_s} s", args), remedy
    if args.get("since"):
        return Text("The line cannot be asked: link lost since {since}", args), remedy
    return Text("The line cannot be asked: no link to it yet"), remedy


def faster(args: Args) -> Words:
    """Another terminal decided first."""
    if args.get("behind") or not args.get("by"):
        return Text("The line has decided something on it just now"), Text("Try again in a moment.")
    return Text("Terminal {by} was faster", args), _FASTER[str(args.get("what", RESTART))]


def no_key(args: Args) -> Words:
    """The key of this terminal is too small."""
    if args.get("what") == LINE:
        return (
            Text("The line file here is not the line's, and this terminal's key may not change it"),
            Text("Change it at a terminal with an admin's key, or start this one without a line file."),
        )
    return (
        Text("The key of this terminal may not decide that"),
        Text("Do it at another terminal, or join again with a key of the role {role}.", args),
    )


_UNLINKED = {
    RESTART: Text("Clear it when the link is back, or at another terminal."),
    LINE: Text("The line file in force stays. Try again when the link is back."),
    CARD: Text("No card was changed. Try again when the link is back."),
    TAKE_OVER: Text("Nothing was taken over. Try again when the link is back."),
    TAKE_BACK: Text("Nothing was taken back. Try again when the link is back."),
}
_FASTER = {
    RESTART: Text("The line restarts by what was done there."),
    LINE: Text("Look at what it changed, then try again."),
    CARD: Text("Look at the cards again, then try again."),
    TAKE_OVER: Text("Look whose the stations are now."),
    TAKE_BACK: Text("Look whose the stations are now."),
}
IMPOSSIBLE: dict[str, Callable[[Args], Words]] = {
    "take_over_alone": lambda _: (
        Text("This terminal belongs to no line of several"),
        Text("Join it to one: shopfloor line join."),
    ),
    "take_over_none": lambda _: (
        Text("Nothing to take over"),
        Text("Choose stations of another terminal of this line."),
    ),
    "take_over_several": lambda _: (
        Text("These stations are of several terminals"),
        Text("Take them over from one terminal after the other."),
    ),
}
