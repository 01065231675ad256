"""The words of what a watch saw: the numbers behind a call or a hint of the rules.

`args` are those of `engine/watches/sights.py`: `what` is the kind of watch; every other kind of call has no such words.
"""

from shopfloor.core.text import Text

Args = dict[str, str | int]

_MIN_S, _H_S = 60, 3600


def watch_words(args: Args) -> Text:
    """What the rule saw, "" for a call that no watch raised."""
    told = args | {"time": _clock(args.get("for_s")), "window": _clock(args.get("within_s"))}
    match args.get("what"):
        case "limit":
            return Text("{wip} of {limit} for {time}", told)
        case "starved":
            return Text("no card for {time}", told)
        case "blocked":
            return Text("no place for {time}", told)
        case "red_loop":
            return Text("{part}: {full} full for {time}", told)
        case "cycle":
            return _cycle(told)
        case "silent":
            return Text("{device} is silent", told)
        case "wrong_part":
            return Text("wrong parts: {count} in {window}", told)
        case _:
            return Text("")


def _cycle(args: Args) -> Text:
    """With the price of the rule: how often chance alone makes such a call."""
    often = "calls" in args
    if args.get("rule") == "under_way":
        if often:
            return Text(
                "slower than {percentile} of 100: {now_s} s, usually {usual_s} s ({calls} false calls a shift)", args
            )
        return Text(
            "slower than {percentile} of 100: {now_s} s, usually {usual_s} s (1 false call in {shifts} shifts)", args
        )
    if often:
        return Text(
            "{count} of the last {of} slower than {percent} of 100, usually {usual_s} s ({calls} false calls a shift)",
            args,
        )
    return Text(
        "{count} of the last {of} slower than {percent} of 100, usually {usual_s} s (1 false call in {shifts} shifts)",
        args,
    )


def _clock(seconds: str | int | None) -> str:
    """4:10, or 1:04:10 from an hour on."""
    whole = seconds if isinstance(seconds, int) else 0
    hours, rest = divmod(whole, _H_S)
    minutes, left = divmod(rest, _MIN_S)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
