"""The words of what is decided for the whole line, and is not possible or not allowed."""

from collections.abc import Callable

from shopfloor.core.text import Text

Args = dict[str, str | int]
Words = tuple[Text, Text]

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
