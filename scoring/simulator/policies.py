"""Policies to compare: each sees what a shop can know and the log of past offers, never the truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scoring.arrays import Bools, Floats, Ints
from scoring.decisions.knapsack import allocate
from scoring.simulator.course import NEVER, Course, Offers
from scoring.uplift.choose import learn
from scoring.uplift.learners import t_logit
from scoring.uplift.trial import Trial

_LAPSED_DAYS = (30, 180)
_CAUTION = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a shop knows of its members on a day. `members` marks who has ever bought."""

    members: Bools
    days_since_last: Floats
    days_known: Floats
    purchases: Floats
    mean_basket: Floats
    favourite: Ints
    favourite_share: Floats
    sends: Floats

    @property
    def traits(self) -> Floats:
        """Give members x traits for a learner."""
        rate = self.purchases / np.maximum(self.days_known, 30)
        columns = (
            np.log1p(self.days_since_last),
            np.log(rate),
            np.log(self.mean_basket),
            self.favourite_share,
            self.sends,
        )
        return np.column_stack(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLog:
    """A logged trial: what was seen of each member, the level drawn (0: nothing), and purchases in the weeks after."""

    seen: Seen
    levels: tuple[float, ...]
    drawn: Ints
    purchases_after: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the merchant tells the policy: margin as a share of the basket, and the budget of one push."""

    margin_share: float
    budget: float


Policy = Callable[[Seen, TrialLog, Terms, int], Offers]
"""What is seen on the day, the log of the trial, the terms and a seed to the offers of the day."""


def see(course: Course, joined: Floats) -> Seen:
    """Give what the shop knows; `joined` is each member's first purchase, which the shop saw."""
    bought = course.purchases > 0
    counts = np.maximum(course.purchases, 1)
    return Seen(
        members=bought & (course.last_day > NEVER),
        days_since_last=np.where(bought, course.day - course.last_day, 0).astype(np.float64),
        days_known=np.where(bought, course.day - joined, 0.0),
        purchases=counts,
        mean_basket=np.where(bought, np.maximum(course.spend, 1e-6) / counts, 1.0),
        favourite=np.argmax(course.by_category, axis=1).astype(np.int64),
        favourite_share=course.by_category.max(axis=1) / counts,
        sends=course.sends.copy(),
    )


def nothing(seen: Seen, log: TrialLog, terms: Terms, seed: int) -> Offers:
    """Send nothing."""
    _ = log, terms, seed
    return _offers(seen, np.zeros(seen.members.size))


def everyone(discount: float) -> Policy:
    """Send everyone the same discount, whatever it costs."""
    return lambda seen, _log, _terms, _seed: _offers(seen, np.where(seen.members, discount, 0.0))


def at_random(discount: float, share: float) -> Policy:
    """Send a random share of members the same discount."""

    def choose(seen: Seen, log: TrialLog, terms: Terms, seed: int) -> Offers:
        _ = log, terms
        drawn = np.random.default_rng(seed).random(seen.members.size) < share
        return _offers(seen, np.where(seen.members & drawn, discount, 0.0))

    return choose


def lapsed(discount: float) -> Policy:
    """Send a discount to whoever has been silent for a month to half a year: the usual win-back."""

    def choose(seen: Seen, log: TrialLog, terms: Terms, seed: int) -> Offers:
        _ = log, terms, seed
        silent = (seen.days_since_last >= _LAPSED_DAYS[0]) & (seen.days_since_last <= _LAPSED_DAYS[1])
        return _offers(seen, np.where(seen.members & silent, discount, 0.0))

    return choose


def best_customers(discount: float, share: float) -> Policy:
    """Send a discount to the most frequent: what a model of response, not of uplift, comes to."""

    def choose(seen: Seen, log: TrialLog, terms: Terms, seed: int) -> Offers:
        _ = log, terms, seed
        rate = np.where(seen.members, seen.purchases / np.maximum(seen.days_known, 30), -1.0)
        first = np.argsort(-rate, kind="stable")[: round(rate.size * share)]
        discounts = np.zeros(rate.size)
        discounts[first] = discount
        return _offers(seen, np.where(seen.members, discounts, 0.0))

    return choose


def learned(seen: Seen, log: TrialLog, terms: Terms, seed: int) -> Offers:
    """Learn each level's uplift from the trial, take its lower bound, and spend the budget where it pays."""
    trial = Trial(
        traits=log.seen.traits[log.seen.members],
        arms=log.drawn[log.seen.members],
        outcomes=log.purchases_after[log.seen.members],
        arm_count=len(log.levels),
    )
    model = learn(trial, seed=seed, learners={"t_logit": t_logit})
    uplift = model.score(seen.traits)
    more = uplift.lower(_CAUTION)
    anyway = np.maximum(model.expectations[0](seen.traits)[:, 0], 0.0)
    levels = np.array(log.levels[1:])
    basket = seen.mean_basket[:, None]
    costs = levels * basket * np.maximum(anyway[:, None] + uplift.effects, 0.0)
    values = terms.margin_share * basket * more - costs
    values[~seen.members] = -np.inf
    options = allocate(values, costs, budget=terms.budget).options
    return _offers(seen, np.array(log.levels)[options])


def _offers(seen: Seen, discounts: Floats) -> Offers:
    return Offers(discounts=np.asarray(discounts, dtype=np.float64), categories=seen.favourite)


POLICIES: dict[str, Policy] = {
    "nothing": nothing,
    "everyone_5": everyone(0.05),
    "everyone_15": everyone(0.15),
    "random_15": at_random(0.15, 0.3),
    "lapsed_15": lapsed(0.15),
    "best_customers_15": best_customers(0.15, 0.3),
    "learned": learned,
}
