"""One option per member under one budget: the Lagrangian's price for money, found by bisection."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Bools, Floats, Ints
from scoring.decisions.errors import ImpossibleCost, ImpossibleValue, NegativeBudget, UnevenOptions

_ROUNDS = 200
_CELLS_TO_FILL = 20_000_000
_MOST_FILLS = 500
_ROUNDING = 1e-12
_BLOCK = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The option of each member (0 is nothing), what they are worth and cost together, and how far from the best.

    `price` is what one more unit of budget would bring; `bound` is the dual's: no allocation is worth more.
    """

    options: Ints
    value: float
    cost: float
    price: float
    bound: float

    @property
    def gap(self) -> float:
        """Give the most that a perfect allocation could add, as a share of the bound."""
        return max(self.bound - self.value, 0.0) / self.bound if self.bound > 0 else 0.0


def allocate(values: Floats, costs: Floats, *, budget: float) -> Allocation:
    """Choose for each member one option, or none, of the greatest total value within a total cost.

    `values` and `costs` are members x options in any unit, costs and budget in the same one; minus infinity forbids an
    option. Of two options that are worth the same at the price, the cheaper is taken. Lagrangian relaxation (Sinha and
    Zoltners 1979, "The Multiple-Choice Knapsack Problem") with members leaving the search once both ends of the
    bracket agree on them; what is left of the budget is filled greedily. Raises UnevenOptions, ImpossibleCost,
    ImpossibleValue, NegativeBudget.
    """
    _check(values, costs, budget)
    value, cost = _by_option(values), _by_option(costs)
    within = budget if _whole(costs) else budget * (1 - _ROUNDING)  # whole numbers add up exactly
    generous = _best(value, cost, 0.0)
    if _sum(cost, generous) <= within:
        total = _sum(value, generous)
        return Allocation(options=generous, value=total, cost=_sum(cost, generous), price=0.0, bound=total)
    price, thrifty, generous = _search(value, cost, generous, within)
    bound = _dual(value, cost, price) + price * budget
    options = _fill(value, cost, _upgrade(value, cost, thrifty, generous, within), within)
    return Allocation(options=options, value=_sum(value, options), cost=_sum(cost, options), price=price, bound=bound)


def _dual(value: Floats, cost: Floats, price: float) -> float:
    """Give what all members' best options are worth at a price, less what they cost at it."""
    best = np.zeros(value.shape[1])  # nothing is worth nothing
    for worth, spent in zip(value[1:], cost[1:], strict=True):
        np.maximum(best, worth - price * spent, out=best)
    return float(best.sum())


def _by_option(table: Floats) -> Floats:
    """Turn members x options into options x members, nothing first: a row lies in one piece, which is twice as fast."""
    return np.vstack([np.zeros(len(table)), table.T])


def _search(value: Floats, cost: Floats, generous: Ints, budget: float) -> tuple[float, Ints, Ints]:
    """Narrow the price between one that overspends and one that does not; give the latter, and both choices."""
    low, high = 0.0, _highest_price(value, cost)
    thrifty = _best(value, cost, high)
    generous = generous.copy()
    open_members = np.flatnonzero(thrifty != generous)
    rows_value, rows_cost = value[:, open_members], cost[:, open_members]
    settled = _sum(cost, thrifty) - _sum(rows_cost, thrifty[open_members])
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if open_members.size == 0 or middle in {low, high}:
            break
        chosen = _best(rows_value, rows_cost, middle)
        if settled + _sum(rows_cost, chosen) > budget:
            low, generous[open_members] = middle, chosen
        else:
            high, thrifty[open_members] = middle, chosen
        still: Bools = thrifty[open_members] != generous[open_members]
        settled += _sum(rows_cost[:, ~still], thrifty[open_members[~still]])
        open_members, rows_value, rows_cost = open_members[still], rows_value[:, still], rows_cost[:, still]
    return high, thrifty, generous


def _highest_price(value: Floats, cost: Floats) -> float:
    """Give a price at which nobody gets anything that costs."""
    worth = (cost > 0) & np.isfinite(value)
    return float(np.max(value[worth] / cost[worth], initial=0.0)) * 2 + 1e-9


def _best(value: Floats, cost: Floats, price: float) -> Ints:
    """Give each member's option at a price; of equals the cheaper. In blocks that stay in the processor's cache."""
    best = np.zeros(value.shape[1], dtype=np.int64)
    for start in range(0, value.shape[1], _BLOCK):
        block = slice(start, start + _BLOCK)
        _best_of_block(value[:, block], cost[:, block], price, best[block])
    return best


def _best_of_block(value: Floats, cost: Floats, price: float, best: Ints) -> None:
    score, spent = value[0] - price * cost[0], cost[0].copy()
    for option in range(1, len(value)):
        offered = value[option] - price * cost[option]
        better = (offered > score) | ((offered == score) & (cost[option] < spent))
        np.copyto(best, option, where=better)
        np.copyto(score, offered, where=better)
        np.copyto(spent, cost[option], where=better)


def _upgrade(value: Floats, cost: Floats, thrifty: Ints, generous: Ints, budget: float) -> Ints:
    """Move members on whom the two ends still differ to the dearer option, the best worth first, while money lasts."""
    differ = np.flatnonzero(thrifty != generous)
    dearer = cost[generous[differ], differ] - cost[thrifty[differ], differ]
    gain = value[generous[differ], differ] - value[thrifty[differ], differ]
    order = np.argsort(-gain / np.maximum(dearer, 1e-300), kind="stable")
    left = budget - _sum(cost, thrifty)
    upgraded = order[np.cumsum(dearer[order]) <= left]
    options = thrifty.copy()
    options[differ[upgraded]] = generous[differ[upgraded]]
    return options


def _fill(value: Floats, cost: Floats, options: Ints, budget: float) -> Ints:
    """Spend what is left on the most valuable single change that fits, again and again; large problems stop early."""
    members = np.arange(value.shape[1])
    worth, spent = value[options, members], cost[options, members]
    for _ in range(min(_MOST_FILLS, _CELLS_TO_FILL // value.size)):
        left = budget - float(spent.sum())
        gain, option, member = max(_best_change(value[each] - worth, cost[each] - spent, left, each)
                                   for each in range(len(value)))  # fmt: skip
        if gain <= 0:
            break
        options[member] = option
        worth[member], spent[member] = value[option, member], cost[option, member]
    return options


def _best_change(gain: Floats, dearer: Floats, left: float, option: int) -> tuple[float, int, int]:
    """Give the most that one member's change to an option adds within what is left; the option and the member."""
    gain[dearer > left] = -np.inf
    member = int(np.argmax(gain))
    return float(gain[member]), option, member


def _whole(costs: Floats) -> bool:
    """Say whether all costs are whole numbers; a few usually tell."""
    return bool(np.array_equal(costs[:99], np.rint(costs[:99])) and np.array_equal(costs, np.rint(costs)))


def _sum(table: Floats, options: Ints) -> float:
    """Add up the chosen cells; numpy adds in pairs, so a million of them err by far less than _ROUNDING."""
    return float(table[options, np.arange(table.shape[1])].sum())


def _check(values: Floats, costs: Floats, budget: float) -> None:
    if values.shape != costs.shape or values.ndim != 2 or values.size == 0:  # noqa: PLR2004 - a table
        raise UnevenOptions(shapes=f"{values.shape} and {costs.shape}")
    if wrong := int(np.count_nonzero(~(costs >= 0) | np.isinf(costs))):
        raise ImpossibleCost(cells=wrong)
    if wrong := int(np.count_nonzero(np.isnan(values) | np.isposinf(values))):
        raise ImpossibleValue(cells=wrong)
    if not budget >= 0:
        raise NegativeBudget(budget=budget)
