"""The figures of the alarm system's scoreboard: names, targets, and the rule that is printed beside each number."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from shopfloor.core.text import Text


class Rule(Struct, frozen=True, kw_only=True):
    """How a figure is made and what it may be. `at_least`: more is better, up to the target."""

    name: str
    label: Text
    rule: Text
    unit: str = ""
    acceptable: Fraction | None = None
    manageable: Fraction | None = None
    at_least: bool = False


_ALL = (
    Rule(
        name="per_day",
        label=Text("Calls a day"),
        rule=Text(
            "Calls ÷ days with work; a day that the range cuts counts by its working time. ISA-18.2: 144 acceptable,"
            " 288 manageable."
        ),
        acceptable=Fraction(144),
        manageable=Fraction(288),
    ),
    Rule(
        name="per_hour",
        label=Text("Calls an hour"),
        rule=Text("Calls ÷ hours of working time. ISA-18.2: 6 acceptable, 12 manageable."),
        acceptable=Fraction(6),
        manageable=Fraction(12),
    ),
    Rule(
        name="per_10_min",
        label=Text("Calls in 10 minutes, average"),
        rule=Text("Calls ÷ working time in 10 minutes. ISA-18.2: 1 acceptable, 2 manageable."),
        acceptable=Fraction(1),
        manageable=Fraction(2),
    ),
    Rule(
        name="most_in_10_min",
        label=Text("Calls in 10 minutes, most"),
        rule=Text("The most in any 10 minutes, wherever they begin. ISA-18.2: at most 10."),
        acceptable=Fraction(10),
    ),
    Rule(
        name="hours_over_30",
        label=Text("Hours with more than 30"),
        rule=Text(
            "Full hours (UTC) with more than 30 calls ÷ hours of working time; hours outside it with a call count as"
            " worked. ISA-18.2: at most 1 %."
        ),
        unit="%",
        acceptable=Fraction(1),
    ),
    Rule(
        name="periods_over_10",
        label=Text("10-minute periods with more than 10"),
        rule=Text(
            "Periods of 10 minutes (0:00, 0:10, … UTC) with more than 10 calls ÷ working time in 10 minutes; periods"
            " outside it with a call count as worked. ISA-18.2: at most 1 %."
        ),
        unit="%",
        acceptable=Fraction(1),
    ),
    Rule(
        name="floods",
        label=Text("Floods"),
        rule=Text(
            "A flood starts with the call that is the 11th within 10 minutes and ends when fewer than 5 are left in the"
            " last 10 minutes; the 10 minutes slide. There is no target for their number, only for their time."
        ),
    ),
    Rule(
        name="time_in_flood",
        label=Text("Time in flood"),
        rule=Text("Working time in floods ÷ working time. ISA-18.2: at most 1 %."),
        unit="%",
        acceptable=Fraction(1),
    ),
    Rule(
        name="top_ten",
        label=Text("Share of the ten most frequent"),
        rule=Text(
            "Calls of the ten most frequent reasons at a station ÷ calls. ISA-18.2: 1 % acceptable, 5 % manageable;"
            " judged only where 200 kinds of calls came: of fewer, ten are more even if all come equally often."
        ),
        unit="%",
        acceptable=Fraction(1),
        manageable=Fraction(5),
    ),
    Rule(
        name="chattering",
        label=Text("Chattering"),
        rule=Text("Reasons at a station that came 3 times within 1 minute, first to third. ISA-18.2: none."),
        acceptable=Fraction(0),
    ),
    Rule(
        name="fleeting",
        label=Text("Fleeting"),
        rule=Text(
            "Calls of a rule or a contact that were over within 1 minute. ISA-18.2: none. Calls by people are left out:"
            " help within a minute is no nuisance."
        ),
        acceptable=Fraction(0),
    ),
    Rule(
        name="stale",
        label=Text("Stale, on the worst day"),
        rule=Text("Calls that had stood for more than 24 hours, on the day with the most. ISA-18.2: fewer than 5."),
        acceptable=Fraction(4),
    ),
    Rule(
        name="low_share",
        label=Text("Severity low"),
        rule=Text("Calls of severity low or none ÷ calls. ISA-18.2: about 80 %, here judged as at least 80 %."),
        unit="%",
        acceptable=Fraction(80),
        at_least=True,
    ),
    Rule(
        name="medium_share",
        label=Text("Severity medium"),
        rule=Text("Calls of severity medium ÷ calls. ISA-18.2: about 15 %, here judged as at most 15 %."),
        unit="%",
        acceptable=Fraction(15),
    ),
    Rule(
        name="high_share",
        label=Text("Severity high"),
        rule=Text("Calls of severity high or critical ÷ calls. ISA-18.2: about 5 %, here judged as at most 5 %."),
        unit="%",
        acceptable=Fraction(5),
    ),
    Rule(
        name="suppressed",
        label=Text("Shelved or out of service now"),
        rule=Text("Reasons at a station that nobody is told of now. There is no target; each has an owner."),
    ),
    Rule(
        name="unauthorised",
        label=Text("Suppressed by nobody"),
        rule=Text("Of those, the ones without an owner. ISA-18.2: none."),
        acceptable=Fraction(0),
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _ALL})
