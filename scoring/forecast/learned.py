"""What a forecast learns from some members' past; it holds none of them, so it can be kept, sent and asked anywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from scoring.forecast.boosted import Grower, grow_here
from scoring.forecast.calendar import Calendar, calendar, rehearsal_horizon
from scoring.forecast.candidates import Candidate, Choice, Trained, choose, is_thin, train
from scoring.forecast.counts import Counts, learn_counts
from scoring.forecast.covariates import of_rfm
from scoring.forecast.lately import Moved, learn_moved, months_of
from scoring.forecast.longer import repeats_a_day
from scoring.forecast.season import Steps, coming_basket_ratio, errors_of_levels, latest_level, learn_steps
from scoring.forecast.slices import PurchaseModels, Slice, directions, fit_purchase_models, slice_at, stack, told_by

Numbers = npt.NDArray[np.float64]
Watch = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""

STEPS = 5
_USUAL_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What labels taught. `daily_repeats` is a member's: repeat visits a day in the latest window.

    `level` is that of the latest window, in log-odds of the plain regression, as far as it is more than noise, moved
    on by where the window's last month went.
    `usual_shares` is what each column gives to the trees' score of a mean member; None without trees.
    """

    when: Calendar
    trained: Trained
    choice: Choice | None
    level: float
    steps: Steps
    counts: Counts
    basket_ratio: float
    daily_repeats: float
    usual_shares: Numbers | None

    @property
    def champion(self) -> Candidate:
        return self.choice.champion if self.choice else Candidate.RFM

    @property
    def slope(self) -> float:
        return self.choice.slope if self.choice else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Purchase models of one day, and what labels taught; None where the history is too short for any label."""

    as_of_day: int
    horizon_days: int
    models: PurchaseModels
    rehearsed: Rehearsed | None

    @property
    def champion(self) -> Candidate:
        return self.rehearsed.champion if self.rehearsed else Candidate.PURCHASE_MODEL

    @property
    def choice(self) -> Choice | None:
        return self.rehearsed.choice if self.rehearsed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What slices are taken from. `horizon_days` is that of the labels, `asked_days` that of the question."""

    visits: pl.DataFrame
    as_of_day: int
    horizon_days: int
    asked_days: int
    seed: int
    threads: int
    grow: Grower

    def slices(self, when: Calendar, models: PurchaseModels, taken: Sequence[Slice] = ()) -> list[Slice]:
        """Give the slices of a calendar; of those taken already for other models, traits and labels are used again."""
        there = {each.cutoff_day: each for each in taken}
        return [
            told_by(models, there[day], self.horizon_days)
            if day in there
            else slice_at(self.visits, day, self.horizon_days, models)
            for day in when.cutoffs
        ]

    def moved(self, when: Calendar, models: PurchaseModels) -> Moved:
        """Learn where the trade went within the latest window, if that is of several months and none too short."""
        months = months_of(when)
        if months is None or self.horizon_days != self.asked_days:
            return Moved()
        return learn_moved([slice_at(self.visits, day, months.horizon_days, models) for day in months.stacked], months)

    def train(self, slices: list[Slice], *, trees: bool) -> Trained:
        told = directions(self.horizon_days)
        return train(
            slices,
            told,
            horizon_days=self.horizon_days,
            trees=trees,
            seed=self.seed,
            threads=self.threads,
            grow=self.grow,
        )


def learn(
    visits: pl.DataFrame,
    *,
    as_of_day: int,
    horizon_days: int,
    seed: int,
    threads: int,
    grow: Grower = grow_here,
    watch: Watch = lambda *_: None,
) -> Learned:
    """Learn from the visits known by the end of the as-of day, in order of member and day; later ones are never used.

    All of a member's visits, or none: the members may be a random part of all.
    """
    visits = visits.filter(pl.col("known_day") <= as_of_day)
    first_day = int(visits["day"].min())  # type: ignore[arg-type]
    models = fit_purchase_models(visits, as_of_day)
    watch(1, STEPS)
    tried_days = rehearsal_horizon(first_day, as_of_day, horizon_days)
    when = calendar(first_day, as_of_day, tried_days)
    known = _Known(
        visits=visits,
        as_of_day=as_of_day,
        horizon_days=tried_days,
        asked_days=horizon_days,
        seed=seed,
        threads=threads,
        grow=grow,
    )
    rehearsed = None if when is None else _rehearse(known, when, calendar(first_day, when.latest, tried_days), models,
                                                    watch)  # fmt: skip
    return Learned(as_of_day=as_of_day, horizon_days=horizon_days, models=models, rehearsed=rehearsed)


def _rehearse(
    known: _Known, when: Calendar, earlier: Calendar | None, models: PurchaseModels, watch: Watch
) -> Rehearsed:
    slices = known.slices(when, models)
    watch(2, STEPS)
    trees = not is_thin(slices)
    choice = None if earlier is None else _choose(known, earlier, slices, trees=trees)
    watch(3, STEPS)
    trained = known.train(slices, trees=trees)
    watch(4, STEPS)
    members = known.visits["member"].n_unique()
    moved = known.moved(when, models)
    return Rehearsed(
        when=when,
        trained=trained,
        choice=choice,
        level=_level(trained, slices, when) + moved.chance,
        steps=learn_steps(slices, when),
        counts=learn_counts(slices, when, moved=moved.counts),
        basket_ratio=coming_basket_ratio(slices, when),
        daily_repeats=repeats_a_day(known.visits, when) / members,
        usual_shares=_usual_shares(trained, slices[0]),
    )


def _level(trained: Trained, slices: list[Slice], when: Calendar) -> float:
    levels = trained.rfm.levels
    scores = [
        special.expit(trained.rfm.score(of_rfm(each)) + level) for each, level in zip(slices, levels, strict=True)
    ]
    errors = errors_of_levels(np.concatenate(scores), stack(slices).astype(np.intp), link="logit")
    days = [each.cutoff_day for each in slices]
    return latest_level(dict(zip(days, levels.tolist(), strict=True)), dict(zip(days, errors, strict=True)), when)


def _choose(known: _Known, earlier: Calendar, slices: Sequence[Slice], *, trees: bool) -> Choice:
    """Rehearse: train as if it were one horizon ago, and judge on the horizon since, that of the first slice."""
    models = fit_purchase_models(known.visits, earlier.as_of_day)
    past = known.slices(earlier, models, slices)
    trained = known.train(past, trees=trees and not is_thin(past))
    return choose(trained, told_by(models, slices[0], known.horizon_days))


def _usual_shares(trained: Trained, latest: Slice) -> Numbers | None:
    if trained.boosted is None:
        return None
    stride = max(1, -(-latest.values.shape[0] // _USUAL_ROWS))
    usual: Numbers = trained.boosted.shares(latest.values[::stride]).mean(axis=0)
    return usual
