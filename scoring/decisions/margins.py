"""What a discount level is worth to the merchant, member by member, told cautiously."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats

CAUTION = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is known of members before an offer: members x 1 or members x levels; money in minor units.

    `anyway` is how many purchases a member would make without an offer, `redeeming` the chance that a purchase uses it.
    """

    anyway: Floats
    basket_minor: Floats
    margin_share: Floats
    redeeming: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Incremental margin and cost of each level (members x levels, minor units)."""

    margin_minor: Floats
    cost_minor: Floats


def worth_of(
    prospect: Prospect, *, effects: Floats, errors: Floats, discounts: Floats, caution: float = CAUTION
) -> Worth:
    """Give the lower bound of the incremental margin, and the cost with the discount that sure buyers take.

    `effects` are extra purchases under each level with their standard `errors` (members x levels); `discounts` the
    levels in ascending order, as shares of the basket. The lower bound lies `caution` errors below the effect, lest a
    budget buys noise. No level promises more than a deeper one does: what is claimed beyond that is noise too.
    """
    more = np.minimum.accumulate((effects - caution * errors)[:, ::-1], axis=1)[:, ::-1]
    taken = np.maximum(prospect.anyway + effects, 0) * prospect.redeeming
    cost = discounts * prospect.basket_minor * taken
    margin = prospect.margin_share * prospect.basket_minor * more - cost
    return Worth(margin_minor=margin, cost_minor=cost)
