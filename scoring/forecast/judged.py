"""Members judged by what was learned: each partition by itself first, then the totals that need all of them."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from scoring.forecast.covariates import of_rfm
from scoring.forecast.learned import Learned, Rehearsed
from scoring.forecast.longer import carry
from scoring.forecast.pooled import level_that_meets
from scoring.forecast.slices import Slice, slice_at

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Members without the level that all share; `log_odds` is the champion's, `plain` the plain regression's chance.

    `if_active` is the visits of whoever comes. `chance` and `purchases` are BG/NBD's for the horizon asked for,
    `chance_here` for the one that was rehearsed, `basket` the money of a visit. One row for each member.
    """

    log_odds: Numbers
    plain: Numbers
    if_active: Numbers
    chance: Numbers
    chance_here: Numbers
    purchases: Numbers
    basket: Numbers

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame({each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Judged":
        return cls(**{each.name: frame[each.name].to_numpy() for each in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the horizon is expected to bring of each member: a chance, visits and money."""

    p_active: Numbers
    purchases: Numbers
    spend: Numbers


def judge(visits: pl.DataFrame, learned: Learned, as_of_day: int) -> tuple[Slice, Judged]:
    """Judge all members of some visits; gives what the champion looked at, too. No row depends on another."""
    now = slice_at(visits, as_of_day, learned.horizon_days, learned.models, labelled=False)
    told = learned.rehearsed
    if told is None:
        return now, _judged(now, now, log_odds=special.logit(now.chance), plain=now.chance, if_active=now.purchases)
    tried_days = told.when.horizon_days
    same = tried_days == learned.horizon_days
    here = now if same else slice_at(visits, as_of_day, tried_days, learned.models, labelled=False)
    step = told.steps.of(here)
    return here, _judged(
        now,
        here,
        log_odds=told.slope * told.trained.score(told.champion, here) + step,
        plain=special.expit(told.trained.rfm.score(of_rfm(here)) + told.level + step),
        if_active=told.counts.expected(here),
    )


def settle(judged: Judged, learned: Learned) -> Expected:
    """Set the level that all members share. Rank by the champion; how many come says the plain regression, which holds
    out of time. To the bit the same for members in the same order, however they were partitioned.
    """  # noqa: D205 - one thought
    told = learned.rehearsed
    if told is None:
        purchases = np.maximum(judged.purchases, judged.chance)
        return Expected(p_active=judged.chance, purchases=purchases, spend=purchases * judged.basket)
    log_odds = judged.log_odds + level_that_meets(judged.log_odds, float(judged.plain.sum()))
    p_active, purchases = special.expit(log_odds), special.expit(log_odds) * judged.if_active
    if told.when.horizon_days != learned.horizon_days:
        p_active, purchases = _carried(judged, log_odds, learned, told)
    return Expected(p_active=p_active, purchases=purchases, spend=purchases * judged.basket * told.basket_ratio)


def _carried(judged: Judged, log_odds: Numbers, learned: Learned, told: Rehearsed) -> tuple[Numbers, Numbers]:
    return carry(
        log_odds,
        chance_here=judged.chance_here,
        chance=judged.chance,
        purchases=judged.purchases,
        daily=told.daily_repeats * log_odds.size,
        here_days=told.when.horizon_days,
        horizon_days=learned.horizon_days,
    )


def _judged(now: Slice, here: Slice, *, log_odds: Numbers, plain: Numbers, if_active: Numbers) -> Judged:
    return Judged(
        log_odds=log_odds,
        plain=plain,
        if_active=if_active,
        chance=now.chance,
        chance_here=here.chance,
        purchases=now.purchases,
        basket=now.basket,
    )
