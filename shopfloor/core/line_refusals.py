"""Why something is not decided for the whole line: nobody can ask, somebody was faster, the key may not."""

from shopfloor.core.line_link import GOOD_FOR_S
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop

LINE = "line"
CARD = "card"
RESTART = "restart"
TAKE_OVER = "takeover"
TAKE_BACK = "takeback"

# The role of a terminal's key that may; the server knows the same, and a test holds the two together.
ROLES = {LINE: "admin", TAKE_OVER: "leader", TAKE_BACK: "station", CARD: "station", RESTART: "station"}


def unlinked(shop: Shop, what: str) -> Refusal:
    """The line is out of reach, since when."""
    return Refusal(Rule.UNLINKED, {"what": what, "since_us": shop.unlinked_us})


def unanswered(what: str) -> Refusal:
    """The line did not answer in time."""
    return Refusal(Rule.UNLINKED, {"what": what, "since_us": 0, "limit_s": GOOD_FOR_S})


def faster(what: str, by: str) -> Refusal:
    """Another terminal decided on the same thing just before."""
    return Refusal(Rule.FASTER, {"what": what, "by": by})


def behind(what: str) -> Refusal:
    """The line decided something on it that this terminal has not read yet."""
    return Refusal(Rule.FASTER, {"what": what, "by": "", "behind": 1})


def no_key(what: str) -> Refusal:
    """The key of this terminal has not the right."""
    return Refusal(Rule.NO_KEY, {"what": what, "role": ROLES.get(what, "")})


def may_ask_again(refusal: Refusal) -> bool:
    """Whether the same question may be answered otherwise without anybody doing anything."""
    return refusal.rule is Rule.UNLINKED or (refusal.rule is Rule.FASTER and bool(refusal.args.get("behind")))
