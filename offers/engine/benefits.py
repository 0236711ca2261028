"""Benefits that take money off: what an offer would take off each line at the prices of the moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from offers.engine.allocation import share_out
from offers.engine.basket import BasketView
from offers.engine.conditions import names_of
from offers.engine.eligibility import Failure
from offers.engine.units import Units, dearest_first, free_of_handfuls, take_units, worth
from offers.model.benefit import (
    AmountOff,
    Benefit,
    BundlePart,
    BundlePrice,
    FixedPrice,
    Gift,
    PayWithPoints,
    Percent,
    Step,
    TakeAndPay,
    Thresholds,
)
from offers.model.goods import EVERYTHING, Goods
from offers.model.programme import BASIS_POINTS


@dataclass(frozen=True, slots=True)
class Counter:
    """What a benefit is asked about: the basket, the prices now, the lines it may touch, and how often."""

    basket: BasketView
    prices: Sequence[int]
    allowed: Sequence[int]
    most_uses: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What each line would get, in minor units or points, and how many uses that is; `given` are units made free."""

    shares: list[int]
    uses: int = 1
    given: Units | None = None


Propose = Callable[[Counter], Proposal | Failure]


def goods_of(benefit: Benefit) -> Goods:
    """Give the goods a benefit may touch."""
    match benefit:
        case Gift(sku=sku):
            return Goods(skus=(sku,))
        case BundlePrice(parts=(BundlePart(goods=goods),)):
            return goods
        case BundlePrice() | PayWithPoints():
            return EVERYTHING
        case _:
            return benefit.goods


def money_off(benefit: Benefit) -> Propose:
    """Make a benefit of a discount lane ready to be asked."""
    match benefit:
        case Percent():
            propose: Propose = partial(_percent, benefit)
        case AmountOff():
            propose = partial(_amount, benefit)
        case FixedPrice():
            propose = partial(_fixed_price, benefit)
        case Gift():
            propose = partial(_gift, benefit)
        case TakeAndPay():
            propose = partial(_take_and_pay, benefit)
        case BundlePrice():
            propose = partial(_bundle, benefit)
        case Thresholds():
            propose = partial(_threshold, benefit)
        case _:
            raise TypeError(f"{benefit.kind} takes no money off")
    return propose


def step_reached(benefit: Thresholds, basket: BasketView) -> Step | Failure:
    """Give the highest step the goods' full price has reached, or how far the first one is."""
    amount = sum(basket.totals[index] for index in basket.select(benefit.goods))
    reached = [step for step in benefit.steps if step.at_least_minor <= amount]
    if reached:
        return max(reached, key=lambda step: step.at_least_minor)
    least = min(step.at_least_minor for step in benefit.steps)
    return Failure("amount", {**names_of(benefit.goods), "needed_minor": least, "amount_minor": amount})


def _percent(benefit: Percent, counter: Counter) -> Proposal:
    return Proposal(_percent_off(counter, benefit.bp))


def _amount(benefit: AmountOff, counter: Counter) -> Proposal:
    return Proposal(_amount_off(counter, benefit.amount_minor))


def _percent_off(counter: Counter, bp: int) -> list[int]:
    weights = _of_allowed(counter)
    return share_out(sum(weights) * bp // BASIS_POINTS, weights)


def _amount_off(counter: Counter, amount_minor: int) -> list[int]:
    weights = _of_allowed(counter)
    return share_out(min(amount_minor, sum(weights)), weights)


def _fixed_price(benefit: FixedPrice, counter: Counter) -> Proposal:
    shares = [0] * len(counter.prices)
    for index in counter.allowed:
        quantity = counter.basket.lines[index].quantity
        price = int((quantity * benefit.unit_price_minor).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        shares[index] = max(0, counter.prices[index] - price)
    return Proposal(shares)


def _gift(benefit: Gift, counter: Counter) -> Proposal | Failure:
    order = dearest_first(counter.basket, counter.prices, counter.allowed)[::-1]
    there = sum(counter.basket.whole_units(index) for index in order)
    uses = min(counter.most_uses, there // benefit.quantity)
    given = take_units(counter.basket, order, uses * benefit.quantity, {}) if uses else None
    if given is None:
        return Failure("gift", {"skus": benefit.sku, "needed": benefit.quantity, "units": there})
    return Proposal(worth(counter.basket, counter.prices, given), uses, given)


def _take_and_pay(benefit: TakeAndPay, counter: Counter) -> Proposal | Failure:
    order = dearest_first(counter.basket, counter.prices, counter.allowed)
    there = sum(counter.basket.whole_units(index) for index in order)
    uses = min(counter.most_uses, there // benefit.take)
    if not uses:
        return Failure("units", {**names_of(benefit.goods), "needed": benefit.take, "units": there})
    free = free_of_handfuls(counter.basket, order, take=benefit.take, pay=benefit.pay, handfuls=uses)
    return Proposal(worth(counter.basket, counter.prices, free), uses, free)


def _bundle(benefit: BundlePrice, counter: Counter) -> Proposal | Failure:
    units: Units | None = None
    uses = min(counter.most_uses, _sets_at_most(counter, benefit))
    while uses and (units := _sets(counter, benefit, uses)) is None:
        uses -= 1
    if units is None:
        return Failure("bundle", {"parts": len(benefit.parts)})
    values = worth(counter.basket, counter.prices, units)
    saving = max(0, sum(values) - uses * benefit.price_minor)
    # A set for nothing gives its units away: they earn no stamps, as no gift does.
    return Proposal(share_out(saving, values), uses, None if benefit.price_minor else units)


def _sets_at_most(counter: Counter, benefit: BundlePrice) -> int:
    return min(
        sum(counter.basket.whole_units(index) for index in _part_lines(counter, part)) // part.quantity
        for part in benefit.parts
    )


def _sets(counter: Counter, benefit: BundlePrice, uses: int) -> Units | None:
    """Take the dearest units of every part; None when the parts want more than there is.

    The part with the fewest lines to choose from goes first: a choice that holds another one does not starve it.
    """
    taken: Units = {}
    choices = [(_part_lines(counter, part), part.quantity) for part in benefit.parts]
    for lines, quantity in sorted(choices, key=lambda choice: len(choice[0])):
        got = take_units(counter.basket, lines, uses * quantity, taken)
        if got is None:
            return None
        for index, count in got.items():
            taken[index] = taken.get(index, 0) + count
    return taken


def _part_lines(counter: Counter, part: BundlePart) -> list[int]:
    allowed = set(counter.allowed).intersection(counter.basket.select(part.goods))
    return dearest_first(counter.basket, counter.prices, allowed)


def _threshold(benefit: Thresholds, counter: Counter) -> Proposal | Failure:
    step = step_reached(benefit, counter.basket)
    if isinstance(step, Failure):
        return step
    if step.bp is not None:
        return Proposal(_percent_off(counter, step.bp))
    return Proposal(_amount_off(counter, step.amount_minor or 0))


def _of_allowed(counter: Counter) -> list[int]:
    """Give the prices of the lines that may be touched, and nothing for the others."""
    weights = [0] * len(counter.prices)
    for index in counter.allowed:
        weights[index] = counter.prices[index]
    return weights
