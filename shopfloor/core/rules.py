"""The rules that may refuse a signal: one name each, the numbers, and nothing else."""

from enum import StrEnum

from msgspec import Struct


class Rule(StrEnum):
    """Names as the journal, `--echo` and the screens show them."""

    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_CARD = "unknown_card"
    OLD_PRINT = "old_print"
    RETIRED = "retired"
    HELD = "held"
    LOST = "lost"
    NOT_IN_CIRCULATION = "not_in_circulation"
    WRONG_STATION = "wrong_station"
    STOPPED = "stopped"
    NO_PULL_SIGNAL = "no_pull_signal"
    LOT_INCOMPLETE = "lot_incomplete"
    WIP_LIMIT = "wip_limit"
    LINE_LIMIT = "line_limit"
    NOT_OLDEST = "not_oldest"
    LANE_FULL = "lane_full"
    ALREADY_DONE = "already_done"
    NO_RIGHT = "no_right"
    NOTHING_TO_UNDO = "nothing_to_undo"
    UNDO_TOO_LATE = "undo_too_late"
    UNDO_MOVED_ON = "undo_moved_on"
    STEP_MISSING = "step_missing"  # a scan that the loop's sequence wants and nobody made
    NOT_ENOUGH = "not_enough"  # fewer pieces than wanted
    NOT_POSSIBLE = "not_possible"  # a request that does not fit the loop or the card; `what` says which
    TAKEN_OVER = "taken_over"  # a step at a station that another terminal has
    UNLINKED = "unlinked"  # a decision for the whole line, wanted where the line is out of reach
    FASTER = "faster"  # another terminal was given the same decision
    NO_KEY = "no_key"  # the key of this terminal may not decide that
    LINE_FILE = "line_file"  # a changed line file that would break what is in circulation; never a scan's answer


class Refusal(Struct, frozen=True):
    """A rule said no. `args` are the numbers and names that `words` turns into what lifts it."""

    rule: Rule
    args: dict[str, str | int] = {}
    card: str = ""
