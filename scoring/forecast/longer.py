"""A horizon longer than any window the history could rehearse: the purchase model looks on, persistence holds it up."""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from scoring.forecast.calendar import Calendar
from scoring.forecast.pooled import level_that_meets

Numbers = npt.NDArray[np.float64]

_FURTHEST = 2.0


def repeats_a_day(visits: pl.DataFrame, when: Calendar) -> float:
    """Give the repeat visits a day of the latest window, the one that ends with the as-of day."""
    first = pl.col("day").min().over("member")
    recent = visits.lazy().filter(pl.col("day") > first).filter(pl.col("day") > when.latest)
    return float(recent.select(pl.len()).collect().item()) / when.horizon_days


def carry(
    log_odds: Numbers,
    *,
    chance_here: Numbers,
    chance: Numbers,
    purchases: Numbers,
    daily: float,
    here_days: int,
    horizon_days: int,
) -> tuple[Numbers, Numbers]:
    """Carry log-odds of the rehearsed horizon to the longer one; give its chances and expected visits.

    `chance_here` is BG/NBD's of the rehearsed horizon, `chance` and `purchases` of the longer one.

    Between members, the champion's difference to BG/NBD at the rehearsed horizon is kept. In total, BG/NBD only sees
    members leave, and persistence (`daily` repeat visits for ever) sees nobody leave: the truth is sought in the
    middle, as is done with forecasts of opposite faults (Bates and Granger, "The Combination of Forecasts", 1969).
    """
    told = max(float(purchases.sum()), 1e-9)
    ratio = float(np.clip(np.sqrt(max(daily * horizon_days, 1e-9) / told), 1 / _FURTHEST, _FURTHEST))
    total = float(-np.expm1(ratio * np.log1p(-chance)).sum())
    # The same middle for each member: the hazard of the horizon grows as BG/NBD says, and as the days do.
    growth = np.log1p(-chance) / np.log1p(-chance_here) * (horizon_days / here_days)
    hazard = np.logaddexp(0, log_odds) * np.sqrt(growth)
    shifted = np.log(np.expm1(np.clip(hazard, 1e-9, 30)))
    p_active: Numbers = special.expit(shifted + level_that_meets(shifted, total))
    excess = p_active * np.maximum(purchases / chance - 1, 0)
    beyond = max(ratio * told - total, 0.0)
    return p_active, p_active + excess * (beyond / max(float(excess.sum()), 1e-9))
