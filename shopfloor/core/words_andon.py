"""Sentences about calls beyond calling and clearing: conditions, shelves, causes, problems, lamp tests."""

from collections.abc import Callable

from shopfloor.core.names import person_name, reason_name
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text

Args = dict[str, str | int]
Words = tuple[Text, Text]


def _of_reason(template: str, remedy: str = "") -> Callable[[Shop, Args], Words]:
    def say(shop: Shop, args: Args) -> Words:
        named = args | {"call": reason_name(shop, str(args.get("reason", "")))}
        return Text(template, named), Text(remedy)

    return say


def _plain(template: str, remedy: str = "") -> Callable[[Shop, Args], Words]:
    return lambda _, args: (Text(template, args), Text(remedy))


def _contact(_: Shop, args: Args) -> Words:
    if args.get("active"):
        return Text("Input {input} calls", args), Text("")
    return Text("Input {input} calls no longer", args), Text("")


def _service(shop: Shop, args: Args) -> Words:
    if not args.get("reason"):
        return Text("{station}: no rule and no input calls until it is back in service", args), Text("")
    named = args | {"call": reason_name(shop, str(args["reason"]))}
    return Text("{call}: out of service, no rule and no input calls for it", named), Text("")


def _back(shop: Shop, args: Args) -> Words:
    if not args.get("reason"):
        return Text("{station}: back in service", args), Text("")
    named = args | {"call": reason_name(shop, str(args["reason"]))}
    return Text("{call}: back in service", named), Text("")


def _lamp(_: Shop, args: Args) -> Words:
    if args.get("ok") == "yes":
        return Text("{lamp}: test passed", args), Text("")
    if args.get("ok") == "no":
        return Text("{lamp}: test failed", args), Text("Look at its cable and at Health.")
    return Text("{lamp}: tested, nothing reads it back", args), Text("Did you see it? Look again if not.")


def _verified(shop: Shop, args: Args) -> Words:
    named = args | {"person": person_name(shop, str(args.get("person", "")))}
    remedy = "" if args.get("closes") else "Its cause is still wanted."
    return Text("Checked by {person}: it is over", named), Text(remedy)


ACCEPTED: dict[str, Callable[[Shop, Args], Words]] = {
    "call_named": _of_reason("Help is called: {call}"),
    "call_rose": _plain("The call got worse"),
    "call_varied": _plain("The call has changed"),
    "call_returned": _plain("It is over by itself"),
    "call_again": _plain("It is there again"),
    "call_closed": _plain("The call is closed"),
    "call_verified": _verified,
    "call_reopened": _of_reason("{call}: open again"),
    "call_shelved": _of_reason("{call}: on the shelf, nobody is told"),
    "call_unshelved": _of_reason("{call}: off the shelf"),
    "taken_out_of_service": _service,
    "returned_to_service": _back,
    "contact_changed": _contact,
    "problem_opened": _of_reason("{call}: a problem to be worked on"),
    "whys_answered": _plain("The Five Whys are answered"),
    "countermeasure_set": _plain("Countermeasure {number} is decided"),
    "countermeasure_finished": _plain("Countermeasure {number} is in place", "Its effect is measured from now on."),
    "problem_closed": _plain("The problem is solved", "If it recurs, it opens again."),
    "lamp_tested": _lamp,
    "finding_settled": _plain("It is cleared up"),
}

IMPOSSIBLE: dict[str, Callable[[Args], Words]] = {
    "still_so": lambda args: (
        (
            Text("{call}: its input still calls", args)
            if args.get("source") == "contact"
            else Text("{call}: it is still so", args)
        ),
        (
            Text("Reset the cord or button, or take it out of service.")
            if args.get("source") == "contact"
            else Text("It ends by itself. Take it, or put it on the shelf.")
        ),
    ),
    "shelve_stop": lambda args: (
        Text("{call}: a stop is never put on the shelf", args),
        Text("Clear it when its cause is gone."),
    ),
    "shelve_long": lambda args: (
        Text("Too long for the shelf"),
        Text("Choose at most {minutes} minutes.", args),
    ),
    "not_shelved": lambda args: (Text("{call}: it is not on the shelf", args), Text("Nothing to do.")),
    "out_already": lambda args: (
        Text("{station}: it is out of service already", args),
        Text("Put it back in service when it is repaired."),
    ),
    "in_service": lambda args: (Text("{station}: it is in service", args), Text("Nothing to do.")),
    "open_already": lambda args: (Text("{call}: it is open already", args), Text("Look at the open calls.")),
    "whys_first": lambda args: (
        Text("It comes again and again: the Five Whys are missing", args),
        Text("Answer them first, one to five, in words."),
    ),
    "verify_first": lambda args: (
        Text("A second person has not checked it yet", args),
        Text("Somebody else than who cleared it scans a badge at the station."),
    ),
    "shares": lambda args: (
        Text("The causes do not share it", args),
        Text("Name two or more of the list, in whole percents that make 100."),
    ),
    "cause_first": lambda args: (Text("The cause is missing", args), Text("Choose one, or write what it was.")),
    "problem_open": lambda args: (Text("It is being worked on already", args), Text("Look at the problems.")),
    "problem_closed": lambda args: (
        Text("This problem is solved", args),
        Text("It opens again when it recurs, or open it again."),
    ),
    "measure_words": lambda args: (
        Text("The countermeasure is not complete", args),
        Text("Say what is done, who does it, and by which day."),
    ),
    "measure_number": lambda args: (
        Text("This countermeasure cannot be changed", args),
        Text("Choose one that is not in place yet, or add another."),
    ),
    "settled_already": lambda args: (Text("It is cleared up already", args), Text("Nothing to do.")),
    "measures_first": lambda args: (
        Text("Its countermeasures are not in place yet", args),
        Text("Finish at least one, and all that were decided."),
    ),
}
