"""The words of a refusal: which rule, its numbers, and what lifts it."""

from collections.abc import Callable

from shopfloor.core import words_permit
from shopfloor.core.rules import Rule
from shopfloor.core.text import Text
from shopfloor.core.words_andon import IMPOSSIBLE as ANDON_IMPOSSIBLE

Args = dict[str, str | int]
Words = tuple[Text, Text]


def words(rule: Rule, args: Args) -> Words:
    """(sentence, remedy) of a refusal; `args` as the rule left them, instants already local."""
    return _BY_RULE[rule](args)


def _unknown_code(args: Args) -> Words:
    match args.get("why"):
        case "button":
            return Text("Button {code} has no meaning here", args), Text(
                "Add it to the map of the box in the line file."
            )
        case "check":
            return Text("Code {code} was misread", args), Text("Scan again, or type the text below the code.")
        case "foreign":
            return Text("Code {code} is of another line", args), Text("Give the card to your team leader.")
        case _:
            return Text("Code {code} is not known here", args), Text("Scan the code on a kanban card.")


def _unknown_card(args: Args) -> Words:
    return Text("{card} is no card of this line", args), Text("Give it to your team leader.")


def _old_print(args: Args) -> Words:
    return Text("{card}: this is an old print", args), Text(
        "Use the card with print {current}, throw this one away.", args
    )


def _retired(args: Args) -> Words:
    return Text("{card} is retired", args), Text("Take the card off the container.")


def _held(args: Args) -> Words:
    return Text("{card} is on hold: {reason}", args), Text("A team leader can release it.")


def _lost(args: Args) -> Words:
    return Text("{card} is marked as lost", args), Text("Tell your team leader that it is here.")


def _not_in_circulation(args: Args) -> Words:
    return Text("{card} is not in circulation", args), Text("Tell your team leader.")


def _wrong_station(args: Args) -> Words:
    return Text("{card} does not belong here", args), Text("Take it to {station}.", args)


def _stopped(args: Args) -> Words:
    if "restart_s" in args:
        return Text("{card}: not started. Restarting.", args), Text("Scan again in {restart_s} s.", args)
    if args.get("call"):
        return Text("{card}: not started. Stop: {call}, {at}, since {since}", args), Text(
            "Start again when it is cleared."
        )
    return Text("{card}: not started. Stop at {at} since {since}", args), Text("Start again when it is cleared.")


def _no_pull_signal(args: Args) -> Words:
    return (
        Text("{card}: not started. It is full, nobody has taken it.", args),
        Text("Nothing is made until {consumer} takes it.", args),
    )


def _lot_incomplete(args: Args) -> Words:
    if args.get("lot", 0) == 0:
        return Text("{card}: not started. It waits for the planner.", args), Text("The planner lets it go.")
    return (
        Text("{card}: not started. {empty} of {lot} cards of the lot are empty.", args),
        Text("Wait for the other cards of the lot, or ask the planner to let them go."),
    )


def _wip_limit(args: Args) -> Words:
    if args.get("what") == "release":
        return Text("{card}: not released. Its station is full.", args), Text("Finish a card there first.")
    return Text("{card}: not started. {wip} of {limit} in process.", args), Text("Finish {cards} first.", args)


def _line_limit(args: Args) -> Words:
    if args.get("what") == "release":
        return Text("{card}: not released. The line is full.", args), Text(
            "Finish a card at the end of the line first."
        )
    if "share" in args:
        return (
            Text("{card}: not started. This terminal's {share} places of the line are taken.", args),
            Text("More are asked for. Start when they come, or when a card is finished at the end of the line."),
        )
    return (
        Text("{card}: not started. {wip} of {limit} on the line.", args),
        Text("Start when a card is finished at the end of the line."),
    )


def _not_oldest(args: Args) -> Words:
    return Text("{card}: not started. It is not the oldest.", args), Text("Start {oldest} first.", args)


def _lane_full(args: Args) -> Words:
    if args.get("what") == "release":
        return Text("{card}: not released. Its lane is full.", args), Text("Start the oldest card of the lane first.")
    return (
        Text("{card}: not finished. The lane to {next} is full: {wip} of {limit}.", args),
        Text("Keep it here. Scan it again when {next} has started {oldest}.", args),
    )


def _already_done(args: Args) -> Words:
    what = str(args.get("what", ""))
    named = _ALREADY_NAMED.get(what)
    if named is not None:
        return named(args)
    sentence = _ALREADY.get((what, bool(args.get("at")), bool(args.get("by"))), "{card}: already done")
    return Text(sentence, args), Text("Next: {next}.", args) if args.get("next") else Text("")


def _already_called(args: Args) -> Words:
    return Text("Already called {ago} ago: {call}", _with_ago(args)), Text("Help is on the way.")


def _already_stopped(args: Args) -> Words:
    return Text("Already stopped {ago} ago", _with_ago(args)), Text("")


def _with_ago(args: Args) -> Args:
    seconds = int(args.get("ago_s", 0))
    return args | {"ago": f"{seconds // 60}:{seconds % 60:02d}"}


def _nothing_open(args: Args) -> Words:
    return Text("No open call at {station}", args), Text("")


def _no_right(args: Args) -> Words:
    match args.get("right"):
        case "undo":
            return Text("{card}: {by} did that step", args), Text("Only the same person can take it back.")
        case "override" if args.get("why") == "reason":
            return Text("A reason is missing"), Text("Say why the limit may be passed.")
        case _ if args.get("why") == "reason":
            return Text("A reason is missing"), Text("Say why, then it is done.")
        case _:
            return Text("Not allowed without a badge for it"), Text("Sign in with the badge of a team leader.")


def _nothing_to_undo(args: Args) -> Words:
    return Text("Nothing to take back at {station}", args), Text("")


def _undo_too_late(args: Args) -> Words:
    return Text("{card}: too late to take back, {limit_s} s are over", args), Text("A team leader can, with a reason.")


def _undo_moved_on(args: Args) -> Words:
    if args.get("limit"):
        return Text("{card}: cannot go back, its place is taken", args), Text("Ask your team leader.")
    return Text("{card}: cannot go back, it has moved on", args), Text("Scan the card where it is now.")


def _step_missing(args: Args) -> Words:
    return Text("{card}: its scan at {station} is missing", args), Text("Scan it at {station} first.", args)


def _not_enough(args: Args) -> Words:
    if int(args.get("wanted", 0)) < 1:
        return Text("{loop}: nothing taken", args), Text("Say how many pieces, 1 or more.")
    return Text("{loop}: {wanted} wanted, {have} are there", args), Text("Take at most {have}.", args)


def _not_possible(args: Args) -> Words:
    say = _IMPOSSIBLE.get(str(args.get("what", "")))
    return say(args) if say else (Text("Not possible here"), Text("Tell your team leader."))


_IMPOSSIBLE: dict[str, Callable[[Args], Words]] = (
    {
        "receive": lambda args: (
            Text("{card}: nothing to receive", args),
            Text("Only a container that was sent or ordered can be received."),
        ),
        "open": lambda args: (
            Text("{card}: cannot be opened", args),
            Text("Only a full container can be opened, where the loop allows it."),
        ),
        "start": lambda args: (
            Text("{card}: this loop has no start of its own", args),
            Text("Scan the card when the work is done."),
        ),
        "acknowledge": lambda args: (
            Text("{card}: nothing to acknowledge", args),
            Text("Only an empty card of a supplier that acknowledges can be."),
        ),
        "bulk": lambda args: (
            Text("{count} cards at once are not possible", args),
            Text("Choose 1 to {limit} cards.", args),
        ),
        "pieces": lambda args: (
            Text("{loop} is not taken by pieces", args),
            Text('Scan the card to empty its container, or write consume = "pieces" in the line file.'),
        ),
        "lot": lambda args: (Text("{loop}: none of these cards waits", args), Text("Choose cards that wait.")),
        "issue": lambda args: (
            Text("{loop}: these extra cards are not possible", args),
            Text("Choose 1 to {limit} cards of a loop of this line.", args),
        ),
        "prints": lambda args: (
            Text("{card}: it was printed {limit} times", args),
            Text("Retire it and put a new card in circulation."),
        ),
        "contents": lambda args: (
            Text("{card}: these contents cannot be noted", args),
            Text("The container must hold something; up to {limit} short serial numbers.", args),
        ),
        "teach_long": lambda args: (
            Text("This code cannot be taught"),
            Text("Teach a code of 1 to {limit} characters.", args),
        ),
        "teach_ours": lambda args: (
            Text("Code {code} has a meaning already", args),
            Text("Teach only codes that are not known here."),
        ),
        "change": lambda args: (
            Text("{loop}: no change to plan", args),
            Text("Say another number of cards or another quantity of a loop of this line."),
        ),
        "cards": lambda args: (
            Text("{loop}: this number of cards is not possible", args),
            Text("Choose {least} to {most} cards.", args),
        ),
        "quantity": lambda args: (
            Text("{loop}: this quantity is not possible", args),
            Text("Choose {least} to {most}.", args),
        ),
        "no_change": lambda args: (Text("{loop}: no change is planned", args), Text("Plan one, or leave it.")),
    }
    | ANDON_IMPOSSIBLE
    | words_permit.IMPOSSIBLE
)


def _taken_over(args: Args) -> Words:
    if args.get("taken"):
        return (
            Text("{station} was taken over by {terminal} at {since}", args),
            Text("Work at {terminal}. A team leader can take it back here.", args),
        )
    return (
        Text("{station} belongs to terminal {terminal}", args),
        Text("Work at {terminal}. A team leader can take it over here.", args),
    )


def _line_file(args: Args) -> Words:
    match args.get("what"):
        case "id":
            return (
                Text("The line file is of line {got}, this terminal runs {expected}", args),
                Text("Use another data folder for another line."),
            )
        case "kind":
            return (
                Text("The line file would leave {count} full cards in a loop that nobody empties: {cards}", args),
                Text("Withdraw them first, or give the loop another id. The last good line file stays in force."),
            )
        case "first":
            return (
                Text("{count} cards cannot begin as asked: {cards}", args),
                Text("Only a card that is new to circulation can be given its state, and full only if it is emptied."),
            )
        case _:
            return (
                Text("The line file would remove loops or stations with {count} cards in process: {cards}", args),
                Text("Finish these cards first, then load the file again. The last good line file stays in force."),
            )


_ALREADY: dict[tuple[str, bool, bool], str] = {
    ("withdrawn", True, True): "{card}: already taken at {at} at {station} by {by}",
    ("withdrawn", True, False): "{card}: already taken at {at} at {station}",
    ("withdrawn", False, False): "{card} is empty already",
    ("received", True, True): "{card}: already received at {at} at {station} by {by}",
    ("received", True, False): "{card}: already received at {at} at {station}",
    ("opened", True, True): "{card}: already opened at {at} at {station} by {by}",
    ("opened", True, False): "{card}: already opened at {at} at {station}",
    ("acknowledged", True, True): "{card}: already acknowledged at {at} by {by}",
    ("acknowledged", True, False): "{card}: already acknowledged at {at}",
    ("finished", True, True): "{card}: already finished at {at} at {station} by {by}",
    ("finished", True, False): "{card}: already finished at {at} at {station}",
    ("finished", False, False): "{card}: already finished at {station}",
}

_ALREADY_NAMED: dict[str, Callable[[Args], Words]] = {
    "call": _already_called,
    "stop": _already_stopped,
    "nothing": _nothing_open,
    "ack": lambda args: (Text("Already taken at {at} by {by}", args), Text("")),
    "arrive": lambda args: (Text("Help arrived already at {at}", args), Text("")),
    "sign_on": lambda args: (Text("{by} is signed on already", args), Text("")),
    "sign_off": lambda args: (Text("Nobody is signed on at {station}", args), Text("")),
    "state": lambda args: (Text("{card}: not possible now", args), Text("")),
}

_BY_RULE: dict[Rule, Callable[[Args], Words]] = {
    Rule.UNKNOWN_CODE: _unknown_code,
    Rule.UNKNOWN_CARD: _unknown_card,
    Rule.OLD_PRINT: _old_print,
    Rule.RETIRED: _retired,
    Rule.HELD: _held,
    Rule.LOST: _lost,
    Rule.NOT_IN_CIRCULATION: _not_in_circulation,
    Rule.WRONG_STATION: _wrong_station,
    Rule.STOPPED: _stopped,
    Rule.NO_PULL_SIGNAL: _no_pull_signal,
    Rule.LOT_INCOMPLETE: _lot_incomplete,
    Rule.WIP_LIMIT: _wip_limit,
    Rule.LINE_LIMIT: _line_limit,
    Rule.NOT_OLDEST: _not_oldest,
    Rule.LANE_FULL: _lane_full,
    Rule.ALREADY_DONE: _already_done,
    Rule.NO_RIGHT: _no_right,
    Rule.NOTHING_TO_UNDO: _nothing_to_undo,
    Rule.UNDO_TOO_LATE: _undo_too_late,
    Rule.UNDO_MOVED_ON: _undo_moved_on,
    Rule.STEP_MISSING: _step_missing,
    Rule.NOT_ENOUGH: _not_enough,
    Rule.NOT_POSSIBLE: _not_possible,
    Rule.TAKEN_OVER: _taken_over,
    Rule.UNLINKED: words_permit.unlinked,
    Rule.FASTER: words_permit.faster,
    Rule.NO_KEY: words_permit.no_key,
    Rule.LINE_FILE: _line_file,
}
