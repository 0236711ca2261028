"""A forecast of one history from start to end: learn from all members, judge all of them, settle the totals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.forecast.candidates import Candidate, Choice, Trained
from scoring.forecast.judged import judge, settle
from scoring.forecast.learned import STEPS, Learned, Watch, learn
from scoring.forecast.slices import Slice

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Scores of every member known by the as-of day, in order of member, and how they came about.

    `seen` is what the champion looked at; `trained` is None where the history is too short for anything but the
    purchase models.
    """

    members: pl.Series
    p_active: Numbers
    expected_purchases: Numbers
    expected_spend: Numbers
    champion: Candidate
    choice: Choice | None
    seen: Slice
    learned: Learned

    @property
    def trained(self) -> Trained | None:
        return self.learned.rehearsed.trained if self.learned.rehearsed else None


def forecast(
    visits: pl.DataFrame,
    *,
    as_of_day: int,
    horizon_days: int,
    seed: int,
    threads: int,
    kept: Learned | None = None,
    watch: Watch = lambda *_: None,
) -> Forecast:
    """Forecast the horizon's days after the as-of day from the visits known by its end; later ones are never used.

    `kept` was learned of the same horizon on this day or an earlier one: then nothing is learned now.
    """
    learned = kept or learn(
        visits, as_of_day=as_of_day, horizon_days=horizon_days, seed=seed, threads=threads, watch=watch
    )
    seen, judged = judge(visits, learned, as_of_day)
    found = settle(judged, learned)
    watch(STEPS, STEPS)
    return Forecast(
        members=seen.members,
        p_active=found.p_active,
        expected_purchases=found.purchases,
        expected_spend=found.spend,
        champion=learned.champion,
        choice=learned.choice,
        seen=seen,
        learned=learned,
    )
