"""36 064 plausible loops: no answer differs from exact arithmetic, where floats do in 898."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import ceil, sqrt

from hypothesis import assume, given
from hypothesis import strategies as st

from shopfloor.flow.sizing.formulas import size
from shopfloor.flow.sizing.values import Inputs
from shopfloor.flow.units import Amount, Rate, Span, read_amount, read_rate, read_share, read_span
from tests.flow.sizing.asked import ask

# A day's demand, lead time in hundredths of a day, safety in percent, pieces in a container.
DEMANDS = (
    40, 48, 60, 75, 90, 100, 120, 144, 150, 180, 200, 240, 250, 300, 360, 400, 480, 500, 600, 750, 800, 1200, 2000,
)  # fmt: skip
LEAD_TIMES = (5, 8, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300)
SAFETIES = (0, 5, 10, 12, 15, 20, 25)
CONTAINERS = (4, 5, 6, 8, 9, 10, 11, 12, 15, 16, 20, 22, 24, 25, 30, 40)
COUNT = 36_064


def plausible() -> Iterator[tuple[int, int, int, int]]:
    return product(DEMANDS, LEAD_TIMES, SAFETIES, CONTAINERS)


def by_integers(demand: int, lead_time: int, safety: int, container: int) -> int:
    """The number of cards with everything counted in whole ten-thousandths."""
    return -(-demand * lead_time * (100 + safety) // (container * 10_000))


def by_floats(demand: int, lead_time: int, safety: int, container: int) -> int:
    """What a spreadsheet does."""
    return ceil(demand * (lead_time / 100) * (1 + safety / 100) / container)


def decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def test_no_answer_of_36064_differs_from_exact_arithmetic() -> None:
    rates = {value: read_rate(f"{value}/day", "demand") for value in DEMANDS}
    spans = {value: read_span(f"{decimal(value)}d", "lead_time") for value in LEAD_TIMES}
    shares = {value: read_share(f"{value}%", "safety") for value in SAFETIES}
    amounts = {value: read_amount(str(value), "container") for value in CONTAINERS}
    count = 0
    for demand, lead_time, safety, container in plausible():
        asked = Inputs(
            demand=rates[demand],
            lead_time=spans[lead_time],
            safety=shares[safety],
            container=amounts[container],
        )
        expected = max(1, by_integers(demand, lead_time, safety, container))
        assert size("toyota", asked).cards == expected, (demand, lead_time, safety, container)
        count += 1
    assert count == COUNT


def test_floats_ask_for_a_card_too_many_in_898_of_36064() -> None:
    wrong = [by_floats(*loop) - by_integers(*loop) for loop in plausible() if by_floats(*loop) != by_integers(*loop)]
    assert set(wrong) == {1}
    assert len(wrong) == 898


thousandths = st.integers(1, 10**6)


@given(thousandths, thousandths, st.integers(0, 1000), thousandths, st.integers(0, 5))
def test_sap_and_oracle_agree_with_integers(
    demand: int, lead_time: int, safety: int, container: int, constant: int
) -> None:
    given_texts = {
        "demand": f"{demand / 1000:.3f}/h",
        "lead_time": f"{lead_time / 1000:.3f}h",
        "container": f"{container / 1000:.3f}",
    }
    above, below = demand * lead_time, container * 1000
    factor = 1000 + safety
    sap = ask("sap", **given_texts, safety=f"{safety / 1000:.3f}", constant=str(constant))
    assert sap.cards == max(1, -(-above * factor // (below * 1000)) + constant)
    assert ask("oracle", **given_texts).cards == -(-above // below) + 1


@given(st.integers(1, 5000), st.integers(1, 400), st.integers(0, 600), st.integers(1, 300), st.integers(0, 3500))
def test_statistical_cards_are_the_smallest_that_hold_without_any_square_root(
    demand: int, tenths: int, sigma: int, container: int, z: int
) -> None:
    asked = {
        "demand": f"{demand}/day", "lead_time": f"{tenths // 10}.{tenths % 10}d", "sigma": f"{sigma}/day",
        "z": f"{z // 1000}.{z % 1000:03}", "container": str(container),
    }  # fmt: skip
    cards = ask("statistical", **asked).cards
    time, deviations = Fraction(tenths, 10), Fraction(z, 1000)

    def holds(count: int) -> bool:
        slack = count * container - demand * time
        return slack >= 0 and slack**2 >= deviations**2 * sigma**2 * time

    assert holds(cards)
    assert cards == 1 or not holds(cards - 1)


@given(st.integers(2, 10**6), st.integers(1, 10**6))
def test_a_card_that_hangs_on_the_square_root_is_decided_by_more_decimals(n: int, container: int) -> None:
    """Demand is set so that the need ends a hair beside whole containers, nearer than the ninth decimal."""
    root = Fraction(round(sqrt(n) * 10**12), 10**12)
    assume(root * root != n)
    base = container * (1 + int(root) // container) - root
    assume(base > 0)
    asked = Inputs(
        demand=Rate(Amount(base), Span(Fraction(1), read_span("1h", "t").unit)),
        lead_time=read_span("1h", "t"),
        sigma=Rate(Amount(Fraction(1)), Span(Fraction(1, n), read_span("1h", "t").unit)),
        z=Fraction(1),
        container=Amount(Fraction(container)),
    )
    whole = 1 + int(root) // container
    assert size("statistical", asked).cards == (whole if root * root > n else whole + 1)
