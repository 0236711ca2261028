"""A forecast from start to end: train, choose out of time, train again with the latest window, set the level."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from scoring.forecast.calendar import Calendar, calendar, rehearsal_horizon
from scoring.forecast.candidates import Candidate, Choice, Trained, choose, is_thin, train
from scoring.forecast.counts import expected_if_active
from scoring.forecast.covariates import of_rfm
from scoring.forecast.longer import carry, repeats_a_day
from scoring.forecast.pooled import level_that_meets
from scoring.forecast.season import chance_steps, coming_basket_ratio
from scoring.forecast.slices import Slice, directions, fit_purchase_models, slice_at

Numbers = npt.NDArray[np.float64]
Watch = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""

_STEPS = 5


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
    season_step: float
    seen: Slice
    trained: Trained | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The history with the fitted purchase models: what slices are taken from."""

    visits: pl.DataFrame
    as_of_day: int
    horizon_days: int
    seed: int
    threads: int

    def slices(self, when: Calendar) -> list[Slice]:
        models = fit_purchase_models(self.visits, when.as_of_day)
        return [slice_at(self.visits, day, self.horizon_days, models) for day in when.cutoffs]


def forecast(
    visits: pl.DataFrame, *, as_of_day: int, horizon_days: int, seed: int, threads: int, watch: Watch = lambda *_: None
) -> Forecast:
    """Forecast the horizon's days after the as-of day from the visits known by its end; later ones are never used."""
    visits = visits.filter(pl.col("known_day") <= as_of_day)
    first_day = int(visits["day"].min())  # type: ignore[arg-type]
    models = fit_purchase_models(visits, as_of_day)
    now = slice_at(visits, as_of_day, horizon_days, models, labelled=False)
    watch(1, _STEPS)
    tried_days = rehearsal_horizon(first_day, as_of_day, horizon_days)
    when = calendar(first_day, as_of_day, tried_days)
    if when is None:
        return _by_purchase_model(now)
    known = _Known(visits=visits, as_of_day=as_of_day, horizon_days=tried_days, seed=seed, threads=threads)
    earlier = calendar(first_day, as_of_day - tried_days, tried_days)
    slices = known.slices(when)
    watch(2, _STEPS)
    trees = not is_thin(slices)
    choice = None if earlier is None else _choose(known, earlier, slices[0], trees=trees)
    watch(3, _STEPS)
    trained = train(slices, directions(tried_days), trees=trees, seed=seed, threads=threads)
    watch(4, _STEPS)
    here = now if tried_days == horizon_days else slice_at(visits, as_of_day, tried_days, models, labelled=False)
    found = _level(known, trained, choice, slices, when, here, now, horizon_days)
    watch(5, _STEPS)
    return found


def _choose(known: _Known, earlier: Calendar, window: Slice, *, trees: bool) -> Choice:
    """Rehearse: train as if it were one horizon ago, and judge on the horizon since."""
    models = fit_purchase_models(known.visits, earlier.as_of_day)
    past = [slice_at(known.visits, day, known.horizon_days, models) for day in earlier.cutoffs]
    told = directions(known.horizon_days)
    trained = train(past, told, trees=trees and not is_thin(past), seed=known.seed, threads=known.threads)
    seen = slice_at(known.visits, window.cutoff_day, known.horizon_days, models)
    return choose(trained, seen)


def _level(  # noqa: PLR0917 - each is needed once, here
    known: _Known,
    trained: Trained,
    choice: Choice | None,
    slices: list[Slice],
    when: Calendar,
    here: Slice,
    now: Slice,
    asked_days: int,
) -> Forecast:
    """Rank by the champion, and let the plain regression say how many come: it is the one that holds out of time."""
    champion = choice.champion if choice else Candidate.RFM
    step = chance_steps(slices, when, here)
    total = float(special.expit(trained.rfm.score(of_rfm(here)) + trained.rfm.levels[0] + step).sum())
    log_odds = (choice.slope if choice else 1.0) * trained.scores(here)[champion]
    log_odds += step
    log_odds += level_that_meets(log_odds, total)
    if_active = expected_if_active(slices, when, here)
    p_active, purchases = special.expit(log_odds), special.expit(log_odds) * if_active
    if here is not now:
        p_active, purchases = carry(
            log_odds,
            here,
            now,
            daily=repeats_a_day(known.visits, when),
            here_days=when.horizon_days,
            horizon_days=asked_days,
        )
    return Forecast(
        members=now.members,
        p_active=p_active,
        expected_purchases=purchases,
        expected_spend=purchases * now.basket * coming_basket_ratio(slices, when),
        champion=champion,
        choice=choice,
        season_step=float(step.mean()),
        seen=here,
        trained=trained,
    )


def _by_purchase_model(now: Slice) -> Forecast:
    """A history too short for any label: the purchase models alone."""
    return Forecast(
        members=now.members,
        p_active=now.chance,
        expected_purchases=np.maximum(now.purchases, now.chance),
        expected_spend=np.maximum(now.purchases, now.chance) * now.basket,
        champion=Candidate.PURCHASE_MODEL,
        choice=None,
        season_step=0.0,
        seen=now,
    )
