"""Named segments from recency, frequency and spend, measured by the merchant's own rhythm and members."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from offers.model.computed_segments import Segment
from scoring.arrays import Bools, Floats

_OVERDUE = 2.5
_GONE = 6.0
_UPPER = 0.6
_TOP = 0.8
_SHORTEST_RHYTHM_DAYS = 1.0
_RHYTHM_IF_UNKNOWN_DAYS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is counted of each member as of a cutoff: purchases are days with one, spend is in any one currency."""

    days_since_last: Floats
    days_known: Floats
    purchases: Floats
    spend: Floats


def rhythm_days(habits: Habits) -> Floats:
    """Give the days usual between two purchases: a member's own, drawn to the merchant's median while there are few.

    The median counts as one gap of the member's, so that after many purchases the own rhythm decides.
    """
    gaps = habits.purchases - 1
    between = habits.days_known - habits.days_since_last
    known = gaps > 0
    usual = float(np.median(between[known] / gaps[known])) if known.any() else _RHYTHM_IF_UNKNOWN_DAYS
    rhythm: Floats = np.maximum((between + usual) / (np.maximum(gaps, 0) + 1), _SHORTEST_RHYTHM_DAYS)
    return rhythm


def name_segments(habits: Habits) -> npt.NDArray[np.uint8]:
    """Put each member into its segment, given as its place in `Segment`: a byte for each of millions.

    Depends on nothing but the counts; equal members get equal segments.

    Silent is who has not bought for 2.5 of the own rhythms, lost for 6. Upper and top mean the upper 40 % and 20 % of
    the merchant's members who came again, by purchases and by spend.
    """
    silence = habits.days_since_last / rhythm_days(habits)
    again = habits.purchases > 1
    often, much = _rank(habits.purchases, again), _rank(habits.spend, again)
    basket = _rank(habits.spend / np.maximum(habits.purchases, 1), again)
    valued = (often > _UPPER) | (much > _UPPER)
    rules = [
        (~again & (silence <= _OVERDUE), Segment.NEW),
        (~again, Segment.ONE_TIME),
        (silence > _GONE, Segment.LOST),
        ((silence > _OVERDUE) & valued, Segment.SLIPPING),
        (silence > _OVERDUE, Segment.SLEEPING),
        ((often > _TOP) & (much > _TOP), Segment.CHAMPIONS),
        (often > _UPPER, Segment.LOYAL),
        (basket > _TOP, Segment.BIG_BASKETS),
    ]
    places = {segment: np.uint8(place) for place, segment in enumerate(Segment)}
    chosen = [places[segment] for _, segment in rules]
    return np.select([rule for rule, _ in rules], chosen, places[Segment.PROMISING]).astype(np.uint8, copy=False)


def _rank(values: Floats, among: Bools) -> Floats:
    """Give each member's place from 0 to 1 among some; equal values share their mean place."""
    ranks = np.zeros(values.size)
    if among.any():
        ranks[among] = (stats.rankdata(values[among]) - 0.5) / np.count_nonzero(among)
    return ranks
