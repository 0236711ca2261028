"""Whole units on lines: what the dearest, the cheapest or the free ones among them are worth, in integers."""

from collections.abc import Iterable, Sequence

from offers.engine.basket import MICRO, BasketView

Units = dict[int, int]
"""How many whole units of which lines, by index."""


def dearest_first(basket: BasketView, prices: Sequence[int], indexes: Iterable[int]) -> list[int]:
    """Give the lines by what one unit costs now, the dearest first; lines without a whole unit are left out."""
    whole = [index for index in indexes if basket.micros[index] >= MICRO]
    return sorted(whole, key=lambda index: (-(prices[index] * MICRO**2 // basket.micros[index]), index))


def worth(basket: BasketView, prices: Sequence[int], units: Units) -> list[int]:
    """Give what the units are worth, by line; all the units of a line are worth its whole price."""
    values = [0] * len(prices)
    for index, count in units.items():
        values[index] = prices[index] * count * MICRO // basket.micros[index]
    return values


def take_units(basket: BasketView, order: Iterable[int], count: int, taken: Units) -> Units | None:
    """Take so many units in an order, leaving those already `taken`; None when there are not enough."""
    got: Units = {}
    for index in order:
        share = min(count, basket.whole_units(index) - taken.get(index, 0))
        if share > 0:
            got[index] = share
            count -= share
        if count == 0:
            return got
    return None


def free_of_handfuls(basket: BasketView, order: Sequence[int], *, take: int, pay: int, handfuls: int) -> Units:
    """Give the free units when the dearest units are taken by handfuls and the cheapest of each are free."""
    free: Units = {}
    start, stop = 0, handfuls * take
    for index in order:
        end = min(start + basket.whole_units(index), stop)
        if count := _free_before(end, take, pay) - _free_before(start, take, pay):
            free[index] = count
        start = end
    return free


def _free_before(position: int, take: int, pay: int) -> int:
    return position // take * (take - pay) + max(0, position % take - pay)
