"""The formulas of planning systems, as their documentation states them."""

from fractions import Fraction

from shopfloor.core.text import Text
from shopfloor.flow.sizing.buffers import cards_for
from shopfloor.flow.sizing.normal import ceil, floor
from shopfloor.flow.sizing.values import NoAnswerError, Rounding, Sizing
from shopfloor.flow.sizing.work import CARDS, Work
from shopfloor.flow.units import brief


def sap(work: Work) -> Sizing:
    """n = RT · AC / CONT · SF + C, and q = RT · AC / (K − C) · SF: SAP PP-KAB. SF = 1 + α, C = 1 unless given.

    C is 1 where a container is reported empty after its last part, 0 at its first. Proportions are rounded once;
    calendar buffer and capacity buffer are each rounded up by itself and added afterwards.
    """
    need = work.over_lead_time()
    factor = 1 + work.number("safety", otherwise=0)
    if factor != 1:
        working = f"{brief(need)} × {brief(factor)}"
        need = work.step(Text("times the safety factor"), working, need * factor)
    constant = _constant(work, 1)
    closed, capacity = work.time("closed"), work.number("capacity_buffer", otherwise=0, unit=CARDS)
    if closed or capacity:
        return _with_buffers(work, need, constant, closed=closed, capacity=capacity)
    return work.finish(need, constant=constant)


def oracle(work: Work) -> Sizing:
    """(C − 1) · S = D · L: Oracle EBS. Order modifiers are applied to a size that is solved, never to cards."""
    need = work.over_lead_time()
    found = work.finish(need, constant=work.assume("constant", Fraction(1), CARDS, Text("card in use")))
    if work.inputs.cards is None or (work.inputs.multiple is None and work.inputs.minimum is None):
        return found
    size = max(found.exact, work.amount("minimum"))
    multiple = work.amount("multiple", otherwise=Fraction(1))
    size = work.step(
        Text("smallest order and order multiple"), f"{brief(size)} ↑ {brief(multiple)}", up(size, multiple)
    )
    rule = Text("Rounded up once, at the end, to the order multiple, and not below the smallest order.")
    return work.result(found.exact, found.cards, size, solves=found.solves, rounding=rule)


def d365(work: Work) -> Sizing:
    """n = (D · L · (SF + 1) + SS) / Q + minimum: Dynamics 365 and AX 2012; minimum = 0 unless given.

    The documentation's brackets may also be read as dividing the safety stock alone; this is the reading that adds
    pieces to pieces.
    """
    need = work.plus("stock", work.with_safety(work.over_lead_time()))
    return work.finish(need, constant=_constant(work, 0))


def ifs_basic(work: Work) -> Sizing:
    """n = (D · L + SS + lot) / q, q = (D · L + SS + lot) / n: IFS, basic."""
    return work.finish(work.plus("lot", work.plus("stock", work.over_lead_time())))


def ifs_constant_cycle(work: Work) -> Sizing:
    """n = (SS + lot) / q if lot ≥ D · L + SS, else (D · L + SS) / q: IFS, constant cycle.

    The page prints "=" in the condition and says "larger than" beside it; "at least" gives the example's 38.
    """
    demand = work.over_lead_time()
    stock, lot = work.amount("stock"), work.amount("lot")
    need = work.step(
        Text("demand over the lead time and safety stock"),
        f"{brief(demand)} + {brief(stock)}",
        demand + stock,
    )
    if lot >= need:
        numbers: dict[str, str | int] = {"lot": brief(lot), "need": brief(need)}
        words = Text("the lot covers that ({lot} ≥ {need}): safety stock and lot", numbers)
        need = work.step(words, f"{brief(stock)} + {brief(lot)}", stock + lot)
    return work.finish(need)


def jde(work: Work) -> Sizing:
    """n = (D · (L + scan delay) + SS) / container, container = (…) / n: JD Edwards equations 2 and 4.

    Equation 1 is the same with the highest demand of a period in place of the mean.
    """
    delay = work.time("scan_delay")
    if not delay:
        return work.finish(work.plus("stock", work.over_lead_time()))
    demand, time = work.demand(), work.time("lead_time")
    working = f"{brief(demand)} × ({brief(time)} + {brief(delay)})"
    need = work.step(Text("demand over lead time and delay of the scan"), working, demand * (time + delay))
    return work.finish(work.plus("stock", need))


def infor(work: Work) -> Sizing:
    """N = D · T · (1 + B/100) / Q: Infor LN, with B in percent."""
    return work.finish(work.with_safety(work.over_lead_time()))


def qad(work: Work) -> Sizing:
    """(order point + order quantity) / q; order point = (D · L + SS) · variability: QAD Lean.

    Each is rounded to whole cards by itself; the order quantity is one card unless a lot is given, and the sum becomes
    a multiple where one is given.
    """
    if work.inputs.cards is not None:
        raise NoAnswerError(
            Text("a quantity of one card"),
            brief(Fraction(work.inputs.cards)) + " cards",
            Text("QAD rounds to whole cards within the formula, so it gives cards only: use --container."),
        )
    need = work.plus("stock", work.over_lead_time())
    factor = 1 + work.number("safety", otherwise=0)
    point = work.step(Text("order point, times the variability"), f"{brief(need)} × {brief(factor)}", need * factor)
    quantity = work.amount("container")
    order = work.amount("lot", otherwise=quantity)
    exact = (point + order) / quantity
    nearest, sign = (ceil, "↑") if work.inputs.rounding is Rounding.UP else (floor, "↓")
    points = work.step(
        Text("order point in whole cards"),
        f"{brief(point)} ÷ {brief(quantity)} {sign}",
        Fraction(nearest(point / quantity)),
    )
    orders = work.step(
        Text("order quantity in whole cards"),
        f"{brief(order)} ÷ {brief(quantity)} {sign}",
        Fraction(max(1, nearest(order / quantity))),
    )
    buffer = (points + orders) * quantity
    multiple = work.amount("multiple", otherwise=quantity)
    buffer = work.step(
        Text("buffer maximum"),
        f"({brief(points)} + {brief(orders)}) × {brief(quantity)}",
        up(buffer, multiple),
    )
    work.assume("order_point", points * quantity, work.label, Text("order point"))
    work.assume("order_quantity", orders * quantity, work.label, Text("order quantity"))
    work.assume("buffer_maximum", buffer, work.label, Text("buffer maximum"))
    rule = Text("Order point and order quantity are each rounded to whole cards, and then added.")
    return work.result(exact, ceil(buffer / quantity), quantity, rounding=rule)


def up(value: Fraction, multiple: Fraction) -> Fraction:
    """The next multiple that is not below."""
    return ceil(value / multiple) * multiple


def _with_buffers(work: Work, need: Fraction, constant: Fraction, *, closed: Fraction, capacity: Fraction) -> Sizing:
    """The cards of the proportions and those of each buffer, every one in whole cards before they are added."""
    if work.inputs.cards is not None:
        raise NoAnswerError(
            Text("a quantity of one card"),
            brief(Fraction(work.inputs.cards)) + " cards",
            Text("Buffers are rounded to whole cards by themselves, so there are cards only: use --container."),
        )
    found = work.finish(need, constant=constant)
    quantity, demand = work.amount("container"), work.demand()
    exact, cards, parts = found.exact, found.cards, [str(found.cards)]
    if closed:
        pieces = work.step(
            Text("demand while the supplier is closed"), f"{brief(demand)} × {brief(closed)}", demand * closed
        )
        calendar = work.assume("calendar_buffer", pieces / quantity, CARDS, Text("calendar buffer"))
        whole = cards_for(pieces, quantity)
        words = Text("calendar buffer in whole cards")
        work.step(words, f"{brief(pieces)} ÷ {brief(quantity)} ↑", work.assume("calendar_cards", whole, CARDS, words))
        exact, cards = exact + calendar, cards + int(whole)
        parts.append(brief(whole))
    if capacity:
        whole = Fraction(ceil(capacity))
        words = Text("capacity buffer in whole cards")
        work.step(words, f"{brief(capacity)} ↑", work.assume("capacity_cards", whole, CARDS, words))
        exact, cards = exact + capacity, cards + int(whole)
        parts.append(brief(whole))
    work.step(Text("cards and buffers"), " + ".join(parts), Fraction(cards))
    return work.result(exact, cards, quantity, rounding=_BUFFERED[work.inputs.rounding])


_BUFFERED = {
    Rounding.UP: Text("Rounded up to whole cards: the proportions once, in sum, and each buffer by itself."),
    Rounding.DOWN: Text("The proportions are rounded down once, in sum, at least one card; each buffer up by itself."),
}


def _constant(work: Work, otherwise: int) -> Fraction:
    if work.inputs.constant is not None:
        return work.number("constant", otherwise=otherwise, unit=CARDS)
    words = Text("cards added, {n} unless given otherwise", {"n": otherwise})
    return work.assume("constant", Fraction(otherwise), CARDS, words)
