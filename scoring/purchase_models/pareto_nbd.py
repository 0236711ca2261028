"""Pareto/NBD: how often a member buys while alive, and how long a member lives, whether buying or not.

Schmittlein, Morrison and Colombo, "Counting Your Customers: Who Are They and What Will They Do Next?", Management
Science 33 (1987), as derived anew by Fader and Hardie, "A Note on Deriving the Pareto/NBD Model" (2005). While alive a
member buys as a Poisson process whose rate is gamma(r, alpha) between members; a lifetime is exponential, and its rate
is gamma(s, beta) between members. Unlike BG/NBD, a member who bought once may have left.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Numbers = npt.NDArray[np.float64]
Number = float | Numbers

_STARTS = ((0.6, 1.0, 0.6, 1.0), (1.0, 5.0, 0.3, 5.0))
_WIDEST_LOG = 9.0
_PRIOR_LOG_SD = 2.0
_GONE = 40.0
"""A density that has fallen by e to this power adds nothing any more."""
_AT_ONCE = 8_192
"""Members whose integrals are taken at a time, so that every step stays in the processor's cache."""
_NOTHING = 1e-300
_PLACES, _WEIGHTS = (each / 2 for each in np.polynomial.legendre.leggauss(32))
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
        stayed, left, _ = _ways(self.r + frequency, self.alpha, self.s, self.beta, recency, age)
        alive: Numbers = special.expit(stayed - left)
        return alive

    def p_active(self, frequency: Numbers, recency: Numbers, age: Numbers, *, horizon: float) -> Numbers:
        """Give the chance of at least one purchase within the horizon.

        A member who is alive goes on as a Pareto/NBD whose gammas know the past (r + frequency, alpha + age; s,
        beta + age), and that one's likelihood of no purchase is known.
        """
        buys, rate, leaves = self.r + frequency, self.alpha + age, self.beta + age
        stayed, left, _ = _ways(buys, rate, self.s, leaves, np.zeros_like(age), np.full_like(age, horizon))
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
        start = special.gammaln(self.r + frequency) - special.gammaln(self.r)
        start += self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        stayed, left, _ = _ways(self.r + frequency, self.alpha, self.s, self.beta, recency, age)
        return float((start + np.logaddexp(stayed, left)).sum())


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
            _mean_loss,
            np.log(start),
            args=(same, counts, prior),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options=_TOLD,
        )
        for start in _STARTS
    ]
    r, alpha, s, beta = np.exp(min(found, key=lambda each: float(each.fun)).x)
    return ParetoNbd(r=float(r), alpha=float(alpha) * scale, s=float(s), beta=float(beta) * scale)


def _alike(histories: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Put members of equal history together: most bought once, and differ by their age alone."""
    same, place = np.unique(histories, axis=1, return_inverse=True)
    return same, np.bincount(place.ravel(), weights=weight).astype(np.float64)


def _mean_loss(log_parameters: Numbers, histories: Numbers, weight: Numbers, prior: float) -> tuple[float, Numbers]:
    """Give the mean negative log-likelihood with the prior's share of it, and its gradient by the logarithms."""
    r, alpha, s, beta = parameters = np.exp(log_parameters)
    frequency, recency, age = histories
    buys = r + frequency
    stayed, left, when = _ways(buys, alpha, s, beta, recency, age)
    share = special.expit(left - stayed)
    value = special.gammaln(buys) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    value += np.logaddexp(stayed, left)
    by_r = special.digamma(buys) - special.digamma(r) + np.log(alpha)
    by_r -= (1 - share) * np.log(alpha + age) + share * when.log_rate
    by_alpha = r / alpha - buys * ((1 - share) / (alpha + age) + share * when.per_rate)
    by_s = np.log(beta) - (1 - share) * np.log(beta + age) + share * (1 / s - when.log_leaves)
    by_beta = s / beta - (1 - share) * s / (beta + age) - share * (s + 1) * when.per_leaves
    whole = float(weight.sum())
    off = (log_parameters - np.log(_STARTS[0])) / _PRIOR_LOG_SD
    loss = -float(weight @ value) / whole + prior / whole * float(off @ off) / 2
    slopes = np.stack([by_r, by_alpha, by_s, by_beta]) @ weight * parameters
    return loss, -slopes / whole + prior / whole * off / _PRIOR_LOG_SD


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """The integral over the moments y at which a member may have left, as a logarithm, and means over them.

    Of the logarithms of `rate + y` and of `leaves + y`, and of one over each.
    """

    log: Numbers
    log_rate: Numbers
    per_rate: Numbers
    log_leaves: Numbers
    per_leaves: Numbers


def _ways(  # noqa: PLR0917 - the model's parameters, then a member's history
    buys: Number, rate: Number, s: Number, leaves: Number, recency: Numbers, age: Numbers
) -> tuple[Numbers, Numbers, _Leaving]:
    """Give the logarithms of the two ways a history comes about, without their common factor: alive still, or left.

    Who left did so between the last purchase and the cutoff, or between nothing and the end of a silence.
    """
    stayed: Numbers = -buys * np.log(rate + age) - s * np.log(leaves + age)
    every = np.broadcast_arrays(buys, rate, s, leaves, recency, age)
    some = range(0, max(age.size, 1), _AT_ONCE)
    parts = [_leaving(*(each[begin : begin + _AT_ONCE] for each in every)) for begin in some]
    when = _Leaving(**{
        each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Leaving)
    })  # fmt: skip
    return stayed, when.log, when


def _leaving(  # noqa: PLR0917 - the model's parameters, then a member's history
    buys: Numbers, rate: Numbers, s: Numbers, leaves: Numbers, recency: Numbers, age: Numbers
) -> _Leaving:
    """Integrate s * (rate + y) ** -buys * (leaves + y) ** -(s + 1) over y from `recency` to `age`.

    By the rule of Gauss and Legendre, on the logarithm of the smaller of the two sums, which makes the density smooth
    whatever the parameters, and only as far as there is any of it. Node after node, so that no member's bits depend on
    who stands beside.
    """
    slow = rate <= leaves
    own, other = np.where(slow, buys, s + 1), np.where(slow, s + 1, buys)
    near, far = np.minimum(rate, leaves) + recency, np.maximum(rate, leaves) + recency
    share = near / far
    span = _span(own, other, share, np.log1p((age - recency) / near))
    total, log_near, per_near, log_far, per_far = (np.zeros(age.shape) for _ in range(5))
    for place, weight in zip(_PLACES + 0.5, _WEIGHTS, strict=True):
        nearer = span * place
        grown = np.expm1(nearer)
        further = np.log1p(share * grown)
        density = weight * np.exp((1 - own) * nearer - other * further)
        total += density
        log_near += density * nearer
        per_near += density / (1 + grown)
        log_far += density * further
        per_far += density / (1 + share * grown)
    some = np.maximum(total, _NOTHING)
    log_near, log_far = np.log(near) + log_near / some, np.log(far) + log_far / some
    per_near, per_far = per_near / some / near, per_far / some / far
    return _Leaving(
        log=np.log(s) + (1 - own) * np.log(near) - other * np.log(far) + np.log(np.maximum(total * span, _NOTHING)),
        log_rate=np.where(slow, log_near, log_far),
        per_rate=np.where(slow, per_near, per_far),
        log_leaves=np.where(slow, log_far, log_near),
        per_leaves=np.where(slow, per_far, per_near),
    )


def _span(own: Numbers, other: Numbers, share: Numbers, whole: Numbers) -> Numbers:
    """Give how far the density reaches at most: its logarithm falls ever steeper, from a known slope on."""
    with np.errstate(over="ignore", divide="ignore"):
        steep = _GONE / np.maximum(own + share * other - 1, 0.0)
        ends = np.log1p(np.expm1((_GONE + whole) / other) / share)
    return np.minimum(whole, np.minimum(steep, ends))
