"""How many members a comparison needs, and what it could notice: said before the start."""

import math

from scipy import stats

ALPHA = 0.05
POWER = 0.8


def detectable_effect(
    *,
    deviation: float,
    treated_members: int,
    control_members: int,
    alpha: float = ALPHA,
    power: float = POWER,
    variance_removed: float = 0.0,
) -> float:
    """Give the smallest difference in means noticed with this power by a two-sided test at `alpha`.

    `deviation` is the metric's standard deviation per member, `variance_removed` what CUPED takes out (0 to 1).
    The normal approximation of Lachin (1981), "Introduction to Sample Size Determination and Power Analysis".
    """
    error = deviation * math.sqrt((1 - variance_removed) * (1 / treated_members + 1 / control_members))
    return _quantiles(alpha, power) * error


def members_needed(
    *,
    deviation: float,
    effect: float,
    treated_share: float = 0.5,
    alpha: float = ALPHA,
    power: float = POWER,
    variance_removed: float = 0.0,
) -> int:
    """Give how many members both arms together need for an effect to be noticed with this power."""
    spread = deviation**2 * (1 - variance_removed) * (1 / treated_share + 1 / (1 - treated_share))
    return math.ceil(spread * (_quantiles(alpha, power) / effect) ** 2)


def power_of(
    *, deviation: float, effect: float, treated_members: int, control_members: int, alpha: float = ALPHA
) -> float:
    """Give the chance that a two-sided test at `alpha` notices an effect, in either direction."""
    error = deviation * math.sqrt(1 / treated_members + 1 / control_members)
    if error == 0:
        return 1.0 if effect else alpha
    edge = float(stats.norm.ppf(1 - alpha / 2))
    return float(stats.norm.sf(edge - effect / error) + stats.norm.cdf(-edge - effect / error))


def _quantiles(alpha: float, power: float) -> float:
    return float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))
