"""Pareto/NBD: how often a member buys while alive, and how long a member lives, whether buying or not.

Schmittlein, Morrison and Colombo, "Counting Your Customers: Who Are They and What Will They Do Next?", Management
Science 33 (1987), as derived anew by Fader and Hardie, "A Note on Deriving the Pareto/NBD Model" (2005). While alive a
member buys as a Poisson process whose rate is gamma(r, alpha) between members; a lifetime is exponential, and its rate
is gamma(s, beta) between members. Unlike BG/NBD, a member who bought once may have left.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Numbers = npt.NDArray[np.float64]
Number = float | Numbers

_STARTS = ((0.6, 1.0, 0.6, 1.0), (1.0, 5.0, 0.3, 5.0))
_WIDEST_LOG = 9.0
_PRIOR_LOG_SD = 2.0
_LARGE, _NEAR = 60.0, 0.9
_NODES = np.linspace(-4.5, 4.5, 241)
_TOLD = {"maxiter": 300, "ftol": 1e-11, "gtol": 1e-7}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoNbd:
    """A fitted model. Time is in the unit of the fit; `alpha` and `beta` have that unit too."""

    r: float
    alpha: float
    s: float
    beta: float

    def p_alive(self, frequency: Numbers, recency: Numbers, age: Numbers) -> Numbers:
        """Give the chance that a member has not left yet (equation 11 of the note)."""
        stayed, left = _log_ways(self.r, self.alpha, self.s, self.beta, frequency, recency, age)
        alive: Numbers = special.expit(stayed - left)
        return alive

    def p_active(self, frequency: Numbers, recency: Numbers, age: Numbers, *, horizon: float) -> Numbers:
        """Give the chance of at least one purchase within the horizon.

        A member who is alive goes on as a Pareto/NBD whose gammas know the past (r + frequency, alpha + age; s,
        beta + age), and that one's likelihood of no purchase is known.
        """
        stayed, left = _log_ways(
            self.r + frequency, self.alpha + age, self.s, self.beta + age,
            np.zeros_like(age), np.zeros_like(age), np.full_like(age, horizon),
        )  # fmt: skip
        start = (self.r + frequency) * np.log(self.alpha + age) + self.s * np.log(self.beta + age)
        silence = np.exp(np.minimum(start + np.logaddexp(stayed, left), 0.0))
        chance: Numbers = self.p_alive(frequency, recency, age) * (1 - silence)
        return chance

    def expected_purchases(self, frequency: Numbers, recency: Numbers, age: Numbers, *, horizon: float) -> Numbers:
        """Give the expected purchases within the horizon (equation 41 of the article)."""
        shrink = np.log((self.beta + age) / (self.beta + age + horizon))
        # Where s is 1 the fraction is 0/0; expm1 keeps its limit, -log, to full precision beside it.
        grown = special.exprel((self.s - 1) * shrink) * -shrink
        rate = (self.r + frequency) * (self.beta + age) / (self.alpha + age)
        expected: Numbers = rate * grown * self.p_alive(frequency, recency, age)
        return expected

    def log_likelihood(self, frequency: Numbers, recency: Numbers, age: Numbers) -> float:
        """Give the log-likelihood of members' histories, all together."""
        return float(_log_likelihoods(self.r, self.alpha, self.s, self.beta, frequency, recency, age).sum())


def fit_pareto_nbd(
    frequency: Numbers, recency: Numbers, age: Numbers, *, weight: Numbers | None = None, prior: float = 0.0
) -> ParetoNbd:
    """Fit by maximum likelihood.

    `frequency` counts repeat purchases, `recency` is the time from the first purchase to the last, `age` from the first
    to the cutoff, all of one shape and unit. `weight` counts members of equal history. `prior` pulls the parameters
    towards a quiet shop with the strength of that many members: where there are few, the likelihood has no maximum.
    """
    scale = max(float(age.max(initial=0.0)) / 10, 1e-9)
    counts = np.ones_like(age) if weight is None else weight
    same, counts = _alike(np.stack([frequency, recency / scale, age / scale]), counts)
    bounds = [(-_WIDEST_LOG, _WIDEST_LOG)] * 4
    found = [
        optimize.minimize(
            _mean_loss, np.log(start), args=(same, counts, prior), method="L-BFGS-B", bounds=bounds, options=_TOLD
        )
        for start in _STARTS
    ]
    r, alpha, s, beta = np.exp(min(found, key=lambda each: float(each.fun)).x)
    return ParetoNbd(r=float(r), alpha=float(alpha) * scale, s=float(s), beta=float(beta) * scale)


def _alike(histories: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Put members of equal history together: most bought once, and differ by their age alone."""
    same, place = np.unique(histories, axis=1, return_inverse=True)
    return same, np.bincount(place.ravel(), weights=weight).astype(np.float64)


def _mean_loss(log_parameters: Numbers, histories: Numbers, weight: Numbers, prior: float) -> float:
    """Give the mean negative log-likelihood and, with a prior, its share of it."""
    r, alpha, s, beta = np.exp(log_parameters)
    frequency, recency, age = histories
    value = _log_likelihoods(r, alpha, s, beta, frequency, recency, age)
    off = (log_parameters - np.log(_STARTS[0])) / _PRIOR_LOG_SD
    whole = float(weight.sum())
    return -float(weight @ value) / whole + prior / whole * float(off @ off) / 2


def _log_likelihoods(  # noqa: PLR0917 - the model's parameters, then a member's history
    r: float, alpha: float, s: float, beta: float, frequency: Numbers, recency: Numbers, age: Numbers
) -> Numbers:
    stayed, left = _log_ways(r, alpha, s, beta, frequency, recency, age)
    start = special.gammaln(r + frequency) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    value: Numbers = start + np.logaddexp(stayed, left)
    return value


def _log_ways(  # noqa: PLR0917 - the model's parameters, then a member's history
    r: Number, alpha: Number, s: Number, beta: Number, frequency: Numbers, recency: Numbers, age: Numbers
) -> tuple[Numbers, Numbers]:
    """Give the logarithms of the two ways a history comes about, without their common factor: alive still, or left.

    Who left did so between the last purchase and the cutoff: an integral from `recency` to `age`, taken as the
    difference of its tails.
    """
    stayed = -(r + frequency) * np.log(alpha + age) - s * np.log(beta + age)
    from_last = _log_tail(r + frequency, alpha + recency, s, beta + recency)
    from_age = _log_tail(r + frequency, alpha + age, s, beta + age)
    # A member seen on the day of the cutoff had no time to leave: rounding may put the tails the wrong way round.
    within = np.maximum(-np.expm1(np.minimum(from_age - from_last, 0.0)), 1e-300)
    return stayed, from_last + np.log(within)


def _log_tail(buys: Number, rate: Number, s: Number, leaves: Number) -> Numbers:
    """Give the logarithm of s * the integral over y > 0 of (rate + y) ** -buys * (leaves + y) ** -(s + 1).

    It is a Gaussian hypergeometric function; by Euler's transformation one of its parameters becomes 1, and it stays
    modest whatever the member bought. Two forms, for its argument has to be below 1.
    """
    whole = buys + s
    slow = rate >= leaves
    longer, shorter = np.maximum(rate, leaves), np.minimum(rate, leaves)
    z = np.minimum((longer - shorter) / longer, 1 - 1e-15)
    series = _hypergeometric(np.where(slow, buys, s + 1), whole + 1, z)
    power = np.where(slow, 0.0, np.log(rate) - np.log(leaves))
    tail: Numbers = np.log(s / whole) - buys * np.log(rate) - s * np.log(leaves) + power + np.log(series)
    return tail


def _hypergeometric(b: Numbers, c: Number, z: Numbers) -> Numbers:
    """Give 2F1(1, b; c; z) for 0 <= z < 1 < c.

    Where scipy overflows on the way, or is noise (some ninety purchases, z near 1), Euler's integral is taken instead,
    by the rule of Takahasi and Mori, "Double Exponential Formulas for Numerical Integration" (1974), for it is steep at
    both ends.
    """
    b, c, z = np.broadcast_arrays(np.asarray(b, np.float64), c, z)
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.asarray(special.hyp2f1(1.0, b, c, z), dtype=np.float64)
    lost = np.flatnonzero(~np.isfinite(found) | ((c > _LARGE) & (z > _NEAR)))
    if lost.size:
        found = found.copy()
        found[lost] = _by_integral(b[lost], c[lost], z[lost])
    return found


def _by_integral(b: Numbers, c: Numbers, z: Numbers) -> Numbers:
    """Give (c - 1) times the integral of (1 - t) ** (c - 2) * (1 - z * t) ** -b over 0 < t < 1."""
    bent = np.pi * np.sinh(_NODES)
    log_t, log_rest = -np.logaddexp(0, -bent), -np.logaddexp(0, bent)
    log_weight = np.log(np.pi * np.cosh(_NODES) * (_NODES[1] - _NODES[0])) + log_t + log_rest
    # 1 - z * t is (1 - z) + z * (1 - t): nothing is lost where both are near 1.
    slope = np.log((1 - z)[:, None] + z[:, None] * np.exp(log_rest))
    whole = (c - 2)[:, None] * log_rest - b[:, None] * slope + log_weight
    told: Numbers = (c - 1) * np.exp(special.logsumexp(whole, axis=1))
    return told
