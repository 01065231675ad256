"""The formulas of Toyota and of the textbooks."""

from fractions import Fraction
from itertools import count

from shopfloor.core.text import Text
from shopfloor.flow.sizing.normal import ceil, floor, root_up, z_of
from shopfloor.flow.sizing.values import Inputs, NoAnswerError, Sizing, Solves
from shopfloor.flow.sizing.work import CARDS, Work
from shopfloor.flow.units import Span, TimeUnit, brief

# Enough decimals of a square root for any plausible input; where a card hangs on it, more are taken.
ROOT_PLACES = 9


def toyota(work: Work) -> Sizing:
    """n = (D · L · (1 + α) + S) / C: Toyota, Stevenson, Krajewski k = d(w+p)(1+α)/c, Russell & Taylor (dL + S)/C."""
    return work.finish(work.plus("stock", work.with_safety(work.over_lead_time())))


def roser(work: Work) -> Sizing:
    """K = RT / (TT · NPK), takt TT = 1 / demand: Roser and Nold, doi 10.1007/978-3-030-30000-5_2."""
    demand, time = work.demand(), work.time("lead_time")
    takt = work.step(Text("takt: time for one piece"), f"1 ÷ {brief(demand)}", 1 / demand)
    work.assume("takt", takt, f"{work.unit}/{work.label}", Text("takt"))
    pieces = work.step(Text("pieces in the replenishment time"), f"{brief(time)} ÷ takt", time / takt)
    return work.finish(pieces)


def monden(work: Work) -> Sizing:
    """n = (D · (order interval + L) · (1 + α) + S) / C: Monden's constant-cycle withdrawal."""
    demand = work.demand()
    interval, time = work.time("interval"), work.time("lead_time")
    working = f"{brief(demand)} × ({brief(interval)} + {brief(time)})"
    need = work.step(Text("demand over order interval and lead time"), working, demand * (interval + time))
    return work.finish(work.plus("stock", work.with_safety(need)))


def supplier_cycle(work: Work) -> Sizing:
    """n = (D · a(1 + c)/b · (1 + α) + S) / q + constant: Toyota's supplier cycle a-b-c (days, deliveries, delay)."""
    cycle = work.inputs.cycle
    assert cycle is not None
    days = Fraction(cycle.days * (1 + cycle.delay), cycle.deliveries)
    work.step(
        Text("days that the cards have to cover"), f"{cycle.days} × (1 + {cycle.delay}) ÷ {cycle.deliveries}", days
    )
    time = work.inputs.time.convert(Span(days, TimeUnit.DAY), work.unit, "cycle")
    work.assume("cycle", time, work.unit, Text("time from delivery cycle"))
    demand = work.demand()
    need = work.step(Text("demand over that time"), f"{brief(demand)} × {brief(time)}", demand * time)
    need = work.plus("stock", work.with_safety(need))
    return work.finish(need, constant=work.number("constant", otherwise=0, unit=CARDS))


def statistical(work: Work) -> Sizing:
    """n = (D·L + z·√(L·σ² + D²·σ_L²) + S) / C: safety stock from the spread of demand and of lead time.

    σ is that of the demand in its own length of time t and grows with √(L/t); z by `z_of` or given. The square root is
    a fraction where there is one, else rounded up at the ninth decimal, or at a later one where a card hangs on it.
    """
    need = work.over_lead_time()
    z = _z(work)
    square = _variance(work)
    stock = work.amount("stock")
    base, grain = need + stock, _grain(work.inputs)
    for places in count(ROOT_PLACES, ROOT_PLACES):
        root = root_up(square, places)
        above, below = (base + z * root) / grain, (base + z * max(Fraction(0), root - Fraction(1, 10**places))) / grain
        if root * root == square or (ceil(above) == ceil(below) and floor(above) == floor(below)):
            break
    words = Text("standard deviation over the lead time")
    if root * root != square:
        words = Text("standard deviation over the lead time, decimal {places} rounded up", {"places": places})
    work.assume("spread", root, work.label, Text("standard deviation over the lead time"))
    work.step(words, f"√{brief(square)}", root)
    safety = work.step(Text("safety stock from the spread"), f"{brief(z)} × {brief(root)}", z * root)
    total = work.step(Text("plus that safety stock"), f"{brief(need)} + {brief(safety)}", need + safety)
    return work.finish(work.plus("stock", total))


def polca(work: Work) -> Sizing:
    """n = (LT(A) + MT + LT(B) + RT) · jobs/period · (1 + S): Suri's POLCA cards of a pair of stations."""
    if work.inputs.cards is not None:
        raise NoAnswerError(
            Text("no number of cards"), str(work.inputs.cards), Text("A POLCA card is one job; its number is solved.")
        )
    names = ("lead_time", "move_time", "next_lead_time", "return_time")
    times = [work.time(name) for name in names]
    loop = work.step(Text("time of a card round the pair"), " + ".join(map(brief, times)), sum(times, Fraction()))
    jobs = work.demand()
    need = work.step(Text("jobs in that time"), f"{brief(jobs)} × {brief(loop)}", jobs * loop)
    exact = work.with_safety(need)
    return work.result(exact, work.whole(exact), None)


def two_bin(work: Work) -> Sizing:
    """bin = D · L · (1 + SS) + S: two cards, and the quantity of a bin is what is solved."""
    if work.inputs.cards not in {None, 2}:
        raise NoAnswerError(
            Text("two cards"), str(work.inputs.cards), Text("Two bins have two cards; leave the number out.")
        )
    exact = work.plus("stock", work.with_safety(work.over_lead_time()))
    work.assume("cards", Fraction(2), CARDS, Text("number of cards"))
    rule = Text("Rounded up once, at the end, to whole units of the part: one bin lasts until the other is back.")
    if work.inputs.container is not None:
        container = work.amount("container")
        boxes = ceil(exact / container)
        work.step(Text("containers in a bin"), f"{brief(exact)} ÷ {brief(container)}", exact / container)
        rule = Text("Rounded up once, at the end, to whole containers: one bin lasts until the other is back.")
        return work.result(exact, 2, boxes * container, solves=Solves.QUANTITY, rounding=rule)
    return work.result(exact, 2, Fraction(ceil(exact)), solves=Solves.QUANTITY, rounding=rule)


def _z(work: Work) -> Fraction:
    if work.inputs.z is not None:
        return work.number("z", otherwise=0)
    service = work.number("service", otherwise=0)
    try:
        z = z_of(service)
    except ValueError as wrong:
        remedy = Text("Choose a service level in that range, or give z itself.")
        raise NoAnswerError(Text("a service level from 50% to 99.9999%"), _percent(service), remedy) from wrong
    words = "z of {service}, third decimal rounded up"
    return work.assume("z", z, "", Text(words, {"service": _percent(service)}))


def _percent(share: Fraction) -> str:
    return f"{brief(100 * share)}%"


def _variance(work: Work) -> Fraction:
    """Of the demand in the lead time. σ in t has the variance σ² · L/t over L."""
    sigma = work.inputs.sigma
    assert sigma is not None
    demand, time = work.demand(), work.time("lead_time")
    length = work.inputs.time.convert(sigma.per, work.unit, "sigma")
    words = Text("standard deviation of demand in {length} {unit}", {"length": brief(length), "unit": work.unit})
    work.assume("sigma", sigma.amount.value, work.label, words)
    square = sigma.amount.value**2 * time / length
    lengths = "" if length == time else f" × {brief(time)} ÷ {brief(length)}"
    working = f"{brief(sigma.amount.value)}²{lengths}"
    spread = work.time("sigma_lead_time")
    if spread:
        working += f" + {brief(demand)}² × {brief(spread)}²"
        square += demand**2 * spread**2
    return work.step(Text("variance of the demand over the lead time"), working, square)


def _grain(inputs: Inputs) -> Fraction:
    """What the need is divided by before it is rounded."""
    if inputs.cards is not None:
        return Fraction(max(1, inputs.cards))
    assert inputs.container is not None
    return inputs.container.value
