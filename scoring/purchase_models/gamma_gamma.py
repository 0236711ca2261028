"""Gamma-gamma: what a member spends at a purchase, shrunk towards all members where few purchases are known.

Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), after Colombo and Jiang (1999). Each purchase is
gamma(p, v), and v is gamma(q, gamma) between members.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_WIDEST_LOG = 12.0
_STARTS = ((1.0, 2.0, 1.0), (5.0, 4.0, 2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaGamma:
    """A fitted model. `gamma` is in the money of the fit."""

    p: float
    q: float
    gamma: float

    def expected_basket(self, purchases: Numbers, mean_basket: Numbers) -> Numbers:
        """Give the expected basket of each member; where nothing is known, that of all members together."""
        known = np.where(purchases > 0, mean_basket, 0.0)
        return self.p * (self.gamma + purchases * known) / (self.p * purchases + self.q - 1)


def fit_gamma_gamma(purchases: Numbers, mean_basket: Numbers) -> GammaGamma | None:
    """Fit by maximum likelihood on members with at least one purchase and a positive mean basket.

    The mean between members needs q > 1, so that is the bound. Gives None where there is nothing to fit: fewer than
    two members, or all baskets alike.
    """
    usable = (purchases > 0) & (mean_basket > 0) & np.isfinite(mean_basket)
    count, mean = purchases[usable], mean_basket[usable]
    if mean.size < 2 or float(mean.std()) <= 1e-9 * float(mean.mean()):  # noqa: PLR2004
        return None
    scale = float(mean.mean())
    times, place = np.unique(count, return_inverse=True)
    told = (times, place, mean / scale)
    bounds = [(-_WIDEST_LOG, _WIDEST_LOG), (1e-3, _WIDEST_LOG), (-_WIDEST_LOG, _WIDEST_LOG)]
    found = [
        optimize.minimize(_mean_loss, np.log(start), args=told, jac=True, method="L-BFGS-B",
                          bounds=bounds, options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9})
        for start in _STARTS
    ]  # fmt: skip
    p, q, gamma = np.exp(min(found, key=lambda each: float(each.fun)).x)
    return GammaGamma(p=float(p), q=float(q), gamma=float(gamma) * scale)


def _mean_loss(log_parameters: Numbers, times: Numbers, place: Places, mean: Numbers) -> tuple[float, Numbers]:
    """Give the mean negative log-likelihood and its gradient by the logarithms of p, q, gamma.

    `times` are the different counts of purchases, of which `place` says whose is whose: the costly functions are of
    them alone.
    """
    p, q, gamma = np.exp(log_parameters)
    total, spent = p * times, gamma + times[place] * mean
    log_share = np.log(times[place] * mean) - np.log(spent)
    log_rest = np.log(gamma) - np.log(spent)
    start = special.gammaln(total + q) - special.gammaln(total) - special.gammaln(q)
    both = special.digamma(total + q)
    value = start[place] + q * log_rest + total[place] * log_share - np.log(mean)
    by_p = total[place] * ((both - special.digamma(total))[place] + log_share)
    by_q = q * ((both - special.digamma(q))[place] + log_rest)
    by_gamma = q - (total + q)[place] * (gamma / spent)
    return -float(value.mean()), -np.array([by_p.mean(), by_q.mean(), by_gamma.mean()])
