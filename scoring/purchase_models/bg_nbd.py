"""BG/NBD: how often a member buys while alive, and whether a member is alive still.

Fader, Hardie and Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
Marketing Science 24 (2005); their notes on computing it without overflow are followed. While alive a member buys as a
Poisson process whose rate is gamma(r, alpha) between members; after each purchase a member leaves with a probability
that is beta(a, b) between members.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_STARTS = ((0.5, 1.0, 0.5, 2.0), (1.0, 5.0, 0.2, 2.0))
_WIDEST_LOG = 12.0
_PRIOR_LOG_SD = 2.0
_HAIR = 1e-8
_LARGE = 20.0
_TERMS = 200
_ROUNDING = 1e-16


@dataclass(frozen=True, slots=True, kw_only=True)
class BgNbd:
    """A fitted model. Time is in the unit of the fit; `alpha` has that unit too."""

    r: float
    alpha: float
    a: float
    b: float

    def p_alive(self, frequency: Numbers, recency: Numbers, age: Numbers) -> Numbers:
        """Give the chance that a member has not left yet: 1 for everyone who bought once (equation 7 of the note)."""
        log_odds_left = (
            (self.r + frequency) * np.log((self.alpha + age) / (self.alpha + recency))
            + np.log(self.a)
            - np.log(self.b + np.maximum(frequency, 1) - 1)
        )
        return np.where(frequency > 0, special.expit(-log_odds_left), 1.0)

    def p_active(self, frequency: Numbers, recency: Numbers, age: Numbers, *, horizon: float) -> Numbers:
        """Give the chance of at least one purchase within the horizon.

        A member who is alive leaves only after a purchase, so silence over the horizon means that the gamma-mixed
        Poisson process gave nothing: ((alpha + age) / (alpha + age + horizon)) ** (r + frequency).
        """
        log_silence = (self.r + frequency) * np.log((self.alpha + age) / (self.alpha + age + horizon))
        chance: Numbers = self.p_alive(frequency, recency, age) * -np.expm1(log_silence)
        return chance

    def expected_purchases(self, frequency: Numbers, recency: Numbers, age: Numbers, *, horizon: float) -> Numbers:
        """Give the expected purchases within the horizon (equation 10 of the article).

        Its hypergeometric function is negative or endless where members hardly ever leave (a + b below 1). Euler's
        transformation, 2F1(A, B; C; z) = (1 - z) ** (C - A - B) * 2F1(C - A, C - B; C; z), is finite there; where that
        one overflows (a and b of thousands, all members alike), the article's own is finite.
        """
        log_left = np.log((self.alpha + age) / (self.alpha + age + horizon))
        # Where a is 1, or a + b + frequency, the expectation is a limit (0/0); a hair beside it, it is that limit.
        less = self.a - 1 if abs(self.a - 1) > _HAIR else _HAIR
        whole = self.a + self.b + frequency - 1
        whole = np.where(np.abs(whole) < _HAIR, _HAIR, whole)
        z = -np.expm1(log_left)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            stayed = np.exp(less * log_left) * _turned(self.a + self.b - 1 - self.r, less, whole, z)
            lost = np.flatnonzero(~np.isfinite(stayed))
            plain = special.hyp2f1(self.r + frequency[lost], self.b + frequency[lost], whole[lost], z[lost])
            stayed[lost] = np.exp((self.r + frequency[lost]) * log_left[lost] + np.log(plain))
        expected: Numbers = np.maximum(whole / less * (1 - stayed), 0.0) * self.p_alive(frequency, recency, age)
        return expected


def _turned(first: float, second: float, third: Numbers, z: Numbers) -> Numbers:
    """Give 2F1(first, second; third; z) for 0 <= z < 1: from its series where the third is large, for scipy errs there.

    Beyond z = .9 scipy goes by 1 - z, which overflows or is noise from some ninety purchases on.
    """
    easy = third > _LARGE + 4 * max(abs(first), abs(second))
    found = np.empty_like(z)
    found[~easy] = special.hyp2f1(first, second, third[~easy], z[~easy])
    third, z = third[easy], z[easy]
    term, total = np.ones_like(z), np.ones_like(z)
    for n in range(_TERMS):
        term = term * ((first + n) * (second + n) / ((third + n) * (n + 1))) * z
        # What adds nothing to one member is not added to another either: nobody's bits depend on who stands beside.
        adds = np.abs(term) >= _ROUNDING
        if not adds.any():
            break
        total = total + np.where(adds, term, 0.0)
    found[easy] = total
    return found


def fit_bg_nbd(
    frequency: Numbers, recency: Numbers, age: Numbers, *, weight: Numbers | None = None, prior: float = 0.0
) -> BgNbd:
    """Fit by maximum likelihood.

    `frequency` counts repeat purchases, `recency` is the time from the first purchase to the last, `age` from the first
    to the cutoff, all of one shape and unit. `weight` counts members of equal history. `prior` pulls the parameters
    towards a quiet shop with the strength of that many members: where there are few, the likelihood has no maximum.
    """
    scale = max(float(age.max(initial=0.0)) / 10, 1e-9)
    counts = np.ones_like(age) if weight is None else weight
    known = (*np.unique(frequency, return_inverse=True), recency / scale, age / scale, counts)
    told = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9}
    bounds = [(-_WIDEST_LOG, _WIDEST_LOG)] * 4
    found = [
        optimize.minimize(
            _mean_loss, np.log(start), args=(*known, prior), jac=True, method="L-BFGS-B", bounds=bounds, options=told
        )
        for start in _STARTS
    ]
    r, alpha, a, b = np.exp(min(found, key=lambda each: float(each.fun)).x)
    return BgNbd(r=float(r), alpha=float(alpha) * scale, a=float(a), b=float(b))


def _mean_loss(  # noqa: PLR0917 - as scipy calls it
    log_parameters: Numbers, times: Numbers, place: Places, recency: Numbers, age: Numbers, weight: Numbers,
    prior: float,
) -> tuple[float, Numbers]:  # fmt: skip
    """Give the mean negative log-likelihood and its gradient by the logarithms of r, alpha, a, b.

    `times` are the different frequencies, of which `place` says whose is whose: the costly functions are of them alone.
    """
    r, alpha, a, b = np.exp(log_parameters)
    later = np.maximum(times, 1) - 1
    start = special.gammaln(r + times) - special.gammaln(r) + r * np.log(alpha)
    start += special.gammaln(a + b) + special.gammaln(b + times) - special.gammaln(b)
    start -= special.gammaln(a + b + times)
    buys, log_age, log_recency = (r + times)[place], np.log(alpha + age), np.log(alpha + recency)
    stayed = -buys * log_age
    left = np.where(times > 0, np.log(a) - np.log(b + later), -np.inf)[place] - buys * log_recency
    share_left = special.expit(left - stayed)
    value = start[place] + np.logaddexp(stayed, left)
    by_r = (special.digamma(r + times) - special.digamma(r) + np.log(alpha))[place]
    by_r -= (1 - share_left) * log_age + share_left * log_recency
    by_alpha = r / alpha - buys * ((1 - share_left) / (alpha + age) + share_left / (alpha + recency))
    both = special.digamma(a + b) - special.digamma(a + b + times)
    by_a = both[place] + share_left / a
    by_b = (both + special.digamma(b + times) - special.digamma(b))[place] - share_left / (b + later)[place]
    slopes = np.stack([by_r * r, by_alpha * alpha, by_a * a, by_b * b])
    whole = weight.sum()
    off = (log_parameters - np.log(_STARTS[1])) / _PRIOR_LOG_SD
    loss = -float(weight @ value) / whole + prior / whole * float(off @ off) / 2
    return loss, -(slopes @ weight) / whole + prior / whole * off / _PRIOR_LOG_SD
