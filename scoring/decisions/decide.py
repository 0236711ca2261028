"""Next best offers: some members drawn at random to learn from, the rest by the knapsack, each with a reason."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.arrays import Bools, Floats, Ints
from scoring.decisions.bounds import Bounds, refuse_wide
from scoring.decisions.errors import ExplorationTooCostly
from scoring.decisions.knapsack import Allocation, allocate
from scoring.decisions.margins import Worth
from scoring.measurement.assignment import places


class Reason(StrEnum):
    """Why a member got what it got; `reasons.py` has the words."""

    PAYS = "pays"
    RULE = "rule"
    DRAWN = "drawn"
    WOULD_BUY_ANYWAY = "would_buy_anyway"
    NOT_PROVEN = "not_proven"
    BUDGET = "budget"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to decide: the levels as shares of the price, the budget, the fences, and the share drawn to learn from.

    The salt names the push: another salt draws other members.
    """

    discounts: tuple[float, ...]
    budget_minor: float
    bounds: Bounds
    explore_share: float
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """One option per member (0 is nothing), the chance it was given with, and why. For the log of exposures.

    `chances` has a column for every option, nothing first; `propensities` are those of the options taken.
    """

    options: Ints
    propensities: Floats
    chances: Floats
    explored: Bools
    reasons: tuple[Reason, ...]
    allocation: Allocation
    cost_minor: float


def decide(member_ids: list[str], worth: Worth, wishes: Wishes) -> Decisions:
    """Choose an offer, or none, for each member; deterministic in the ids and the salt, whatever their order.

    Drawn members get any option with the same chance, and their cost is taken from the budget before the rest is
    planned, so that the whole stays within it. What they would have got otherwise is taken at the knapsack's price, for
    the propensities. Raises SpreadTooWide, ExplorationTooCostly, and what `allocate` raises.
    """
    refuse_wide(np.array(wishes.discounts), wishes.bounds)
    members, count = len(member_ids), len(wishes.discounts) + 1
    explored = places(member_ids, salt=f"{wishes.salt}:who") < wishes.explore_share
    drawn = (places(member_ids, salt=f"{wishes.salt}:what") * count).astype(np.int64)
    cost = np.column_stack([np.zeros(members), worth.cost_minor])
    value = np.column_stack([np.zeros(members), worth.margin_minor])
    learning = float(cost[np.flatnonzero(explored), drawn[explored]].sum())
    if learning > wishes.budget_minor:
        raise ExplorationTooCostly(cost=learning, budget=wishes.budget_minor)
    planned = np.where(explored[:, None], -np.inf, worth.margin_minor)
    allocation = allocate(planned, worth.cost_minor, budget=wishes.budget_minor - learning)
    greedy = np.where(explored, np.argmax(value - allocation.price * cost, axis=1), allocation.options)
    options = np.where(explored, drawn, greedy)
    chances = np.full((members, count), wishes.explore_share / count)
    chances[np.arange(members), greedy] += 1 - wishes.explore_share
    return Decisions(
        options=options,
        propensities=chances[np.arange(members), options],
        chances=chances,
        explored=explored,
        reasons=_reasons(options, explored, worth),
        allocation=allocation,
        cost_minor=allocation.cost + learning,
    )


def _reasons(options: Ints, explored: Bools, worth: Worth) -> tuple[Reason, ...]:
    pays = worth.margin_minor.max(axis=1) > 0
    earns_before_cost = (worth.margin_minor + worth.cost_minor).max(axis=1) > 0
    kinds = np.select(
        [explored, options > 0, pays, earns_before_cost],
        [Reason.DRAWN, Reason.PAYS, Reason.BUDGET, Reason.WOULD_BUY_ANYWAY],
        Reason.NOT_PROVEN,
    )
    return tuple(Reason(str(kind)) for kind in kinds)
