"""Members with what nobody sees of them: rate, drop-out, basket, tastes, and how an offer would change them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from scoring.arrays import Floats, Ints
from scoring.simulator.shop import Shop

HISTORY_DAYS = 365
_NEWEST_DAYS = 90


class Kind(IntEnum):
    """What an offer does to a member (the four kinds of Radcliffe and Surry 1999)."""

    PERSUADABLE = 0
    SURE_THING = 1
    LOST_CAUSE = 2
    SLEEPING_DOG = 3


_REDEEMING = {Kind.PERSUADABLE: 0.8, Kind.SURE_THING: 0.9, Kind.LOST_CAUSE: 0.3, Kind.SLEEPING_DOG: 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The truth about members; a policy never sees it. Days count from the first day that is simulated.

    `effects` is what an offer of 15 % in the favourite category adds to the log of the purchase rate at strength 1.
    """

    rates: Floats
    leaving_days: Floats
    joining_days: Floats
    basket_scales: Floats
    tastes: Floats
    kinds: Ints
    effects: Floats
    redeeming: Floats

    @property
    def size(self) -> int:
        return self.rates.size


def populate(shop: Shop, *, members: int, seed: int) -> Population:
    """Draw members. Everyone joins with a purchase, between the first day and 90 days before the history ends."""
    chance = np.random.default_rng([seed, 0])
    rates = chance.gamma(shop.rate_shape, 1 / shop.rate_scale_days, members)
    leaving = chance.exponential(1, members) / chance.gamma(shop.leaving_shape, 1 / shop.leaving_scale_days, members)
    joining = chance.integers(0, HISTORY_DAYS - _NEWEST_DAYS, members).astype(np.float64)
    spread = chance.gamma(shop.spread_shape, 1 / shop.spread_scale, members)
    tastes = chance.dirichlet(np.full(shop.categories, shop.taste_concentration), members)
    kinds = _kinds(np.log(spread), tastes.max(axis=1), chance)
    size = chance.gamma(4.0, 0.25, members)
    sign = np.select([kinds == Kind.PERSUADABLE, kinds == Kind.SLEEPING_DOG], [1.0, -0.5], 0.0)
    return Population(
        rates=rates,
        leaving_days=joining + leaving,
        joining_days=joining,
        basket_scales=1 / spread,
        tastes=tastes,
        kinds=kinds,
        effects=sign * size,
        redeeming=np.array([_REDEEMING[kind] for kind in Kind])[kinds],
    )


def _kinds(log_spread: Floats, focus: Floats, chance: np.random.Generator) -> Ints:
    """Draw kinds that lean on what shows in purchases: small baskets persuade easily, one-sided tastes are sure."""
    small = (log_spread - log_spread.mean()) / log_spread.std()
    sided = (focus - focus.mean()) / focus.std()
    leaning = np.column_stack([-0.3 + 0.8 * small, 0.1 + 0.6 * sided, -0.2 - 0.3 * small, -1.5 - 0.4 * sided])
    odds = np.exp(leaning)
    steps = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    drawn = (chance.random((len(small), 1)) > steps[:, :-1]).sum(axis=1)
    return np.asarray(drawn, dtype=np.int64)
