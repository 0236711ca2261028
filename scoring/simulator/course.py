"""A shop living day by day: purchases, offers, fatigue, and purchases that were only pulled forward."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats, Ints
from scoring.simulator.population import Population
from scoring.simulator.shop import Shop

OFFER_DAYS = 14
NEVER = -10_000
_YEAR_DAYS = 365.25
_WEEK_DAYS = 7
_FRIDAY = 5
_REFERENCE_DISCOUNT = 0.15
_ELASTICITY = 0.7
_FATIGUE = 0.15
_PULLED_FORWARD = 0.5
_PAID_BACK_A_DAY = 0.07
_LARGER_BASKET = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A shop, its members, how strong offers are in it, and the seed of every day's chance.

    Chance belongs to a member and a day and to nothing else: two policies meet the same (common random numbers).
    """

    shop: Shop
    population: Population
    strength: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What is sent on a day: a discount share for each member (0 sends nothing) and its category."""

    discounts: Floats
    categories: Ints


@dataclass(slots=True, kw_only=True)
class Course:
    """Where a world stands: what the shop could know, the live offers, and the debt of purchases pulled forward."""

    day: int
    last_day: Ints
    purchases: Floats
    spend: Floats
    by_category: Floats
    sends: Floats
    live_until: Ints
    live_discount: Floats
    live_category: Ints
    debt: Floats

    def copy(self) -> "Course":
        """Give a twin that lives on by itself."""
        return deepcopy(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTaken:
    """What one day brought, per member: purchases (0 or 1), gross spend, and the discount given."""

    bought: Floats
    gross: Floats
    discount: Floats


def begin(world: World) -> Course:
    """Give the first day, before anyone joined."""
    size, zeros = world.population.size, np.zeros(world.population.size)
    return Course(
        day=0,
        last_day=np.full(size, NEVER),
        purchases=zeros.copy(),
        spend=zeros.copy(),
        by_category=np.zeros((size, world.shop.categories)),
        sends=zeros.copy(),
        live_until=np.full(size, NEVER),
        live_discount=zeros.copy(),
        live_category=np.zeros(size, dtype=np.int64),
        debt=zeros.copy(),
    )


def live(world: World, course: Course, offers: Offers | None = None) -> DayTaken:
    """Live one day; `course` moves on to the next. Offers of the day are sent before the doors open."""
    people = world.population
    if offers is not None:
        _send(course, offers)
    drawn, amounts, redeemed, category_drawn = _chance(world, course.day)
    is_live = course.live_until > course.day
    effect = np.where(is_live, _effect(world, course), 0.0)
    usual = people.rates * _season(world.shop, course.day)
    owed = np.minimum(course.debt * _PAID_BACK_A_DAY, usual)
    rate = (usual - owed) * np.exp(effect)
    here = (people.joining_days < course.day) & (people.leaving_days > course.day)
    gained = np.maximum(np.exp(-usual) - np.exp(-rate), 0.0)  # at most one purchase a day: what the rate really adds
    course.debt += np.where(here, _PULLED_FORWARD * gained, 0.0)
    course.debt *= 1 - _PAID_BACK_A_DAY
    bought = (here & (drawn > np.exp(-rate))) | (people.joining_days == course.day)
    gross = bought * amounts * (1 + _LARGER_BASKET * np.maximum(effect, 0))
    uses = bought & is_live & (redeemed < people.redeeming)
    discount = np.where(uses, gross * course.live_discount, 0.0)
    course.live_until[uses] = NEVER  # an offer pays once
    course.by_category[bought, _category(people.tastes[bought], category_drawn[bought])] += 1
    course.last_day[bought] = course.day
    course.purchases += bought
    course.spend += gross
    course.day += 1
    return DayTaken(bought=bought.astype(np.float64), gross=gross, discount=discount)


def _send(course: Course, offers: Offers) -> None:
    sent = offers.discounts > 0
    course.live_until[sent] = course.day + OFFER_DAYS
    course.live_discount[sent] = offers.discounts[sent]
    course.live_category[sent] = offers.categories[sent]
    course.sends[sent] += 1


def _effect(world: World, course: Course) -> Floats:
    """Give what a live offer adds to the log of the rate: strength, discount, taste and fatigue multiply."""
    people = world.population
    taste = people.tastes[np.arange(people.size), course.live_category] / people.tastes.max(axis=1)
    size = (course.live_discount / _REFERENCE_DISCOUNT) ** _ELASTICITY
    fatigue = 1 / (1 + _FATIGUE * np.maximum(course.sends - 1, 0))
    effect: Floats = world.strength * people.effects * size * (0.5 + 0.5 * taste) * fatigue
    return effect


def _chance(world: World, day: int) -> tuple[Floats, Floats, Floats, Floats]:
    chance = np.random.default_rng([world.seed, 1, day])
    size = world.population.size
    drawn = chance.random(size)
    amounts = chance.standard_gamma(world.shop.basket_shape, size) * world.population.basket_scales
    return drawn, amounts, chance.random(size), chance.random(size)


def _season(shop: Shop, day: int) -> float:
    wave = 1 + shop.season * float(np.sin(2 * np.pi * day / _YEAR_DAYS))
    return wave * (shop.weekend if day % _WEEK_DAYS >= _FRIDAY else 1.0)


def _category(tastes: Floats, drawn: Floats) -> Ints:
    below = drawn[:, None] > np.cumsum(tastes, axis=1)[:, :-1]
    return np.asarray(below.sum(axis=1), dtype=np.int64)
