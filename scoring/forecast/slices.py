"""Slices: features and labels of every known member at one cutoff."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.features.at_cutoff import features_at, labels_at
from scoring.features.traits import TRAITS, Trait, year_ago
from scoring.purchase_models.bg_nbd import BgNbd, fit_bg_nbd
from scoring.purchase_models.gamma_gamma import GammaGamma, fit_gamma_gamma

Numbers = npt.NDArray[np.float64]

FIT_MEMBERS = 20_000
"""The purchase models have seven parameters together: more members than this tell them nothing."""
THIN_MEMBERS = 200
_MODEL_TRAITS = ("model_chance", "model_purchases", "model_basket")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseModels:
    """What was fitted on the histories as of one day; `basket` is None where all baskets are alike."""

    counts: BgNbd
    basket: GammaGamma | None
    mean_basket: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """All of one cutoff; every array has one row for each of `members`. `names` are those of the columns of `values`.

    `chance` and `purchases` are what BG/NBD expects of the horizon, `basket` what gamma-gamma does. `bought` and
    `spent` are the labels: visits and money of the horizon; zeros at the as-of day, whose horizon nobody knows.
    """

    cutoff_day: int
    members: pl.Series
    names: tuple[str, ...]
    values: Numbers
    chance: Numbers
    purchases: Numbers
    basket: Numbers
    bought: Numbers
    spent: Numbers

    def column(self, name: str) -> Numbers:
        return self.values[:, self.names.index(name)]


def traits_for(horizon_days: int) -> tuple[Trait, ...]:
    return (*TRAITS, year_ago(horizon_days))


def directions(horizon_days: int) -> tuple[int, ...]:
    """Give how a purchase may depend on each column of a slice's values: rising 1, falling -1, either way 0."""
    return (*(each.direction for each in traits_for(horizon_days)), 1, 1, 0)


def fit_purchase_models(visits: pl.DataFrame, as_of_day: int) -> PurchaseModels:
    """Fit BG/NBD and gamma-gamma on what was known by the end of the as-of day."""
    wanted = [each for each in TRAITS if each.name in {"visits", "recency_days", "age_days", "basket_mean"}]
    known = features_at(visits, as_of_day, wanted)
    known = known.gather_every(max(1, known.height // FIT_MEMBERS))
    visits_so_far, mean = known["visits"].to_numpy(), known["basket_mean"].to_numpy()
    prior = 1.0 if known.height < THIN_MEMBERS else 0.0
    recency, age = known["recency_days"].to_numpy(), known["age_days"].to_numpy()
    counts = fit_bg_nbd(visits_so_far - 1, age - recency, age, prior=prior)
    return PurchaseModels(
        counts=counts, basket=fit_gamma_gamma(visits_so_far, mean), mean_basket=float(np.nan_to_num(mean).mean())
    )


def slice_at(
    visits: pl.DataFrame, cutoff_day: int, horizon_days: int, models: PurchaseModels, *, labelled: bool = True
) -> Slice:
    """Take features and, where asked for, labels at a cutoff."""
    traits = traits_for(horizon_days)
    known = features_at(visits, cutoff_day, traits)
    nothing = np.zeros(known.height)
    columns = [known[each.name].to_numpy() for each in traits]
    labels = labels_at(visits, known["member"], cutoff_day, horizon_days) if labelled else None
    bare = Slice(
        cutoff_day=cutoff_day,
        members=known["member"],
        names=(*(each.name for each in traits), *_MODEL_TRAITS),
        values=np.stack([*columns, nothing, nothing, nothing], axis=1).astype(np.float64),
        chance=nothing,
        purchases=nothing,
        basket=nothing,
        bought=nothing if labels is None else labels["visits_to_come"].to_numpy(),
        spent=nothing if labels is None else labels["spend_to_come"].to_numpy(),
    )
    return told_by(models, bare, horizon_days)


def told_by(models: PurchaseModels, known: Slice, horizon_days: int) -> Slice:
    """Give a slice as these models see it; traits and labels are the same whatever the models."""
    history = _history(known)
    horizon = float(horizon_days)
    chance = models.counts.p_active(*history, horizon=horizon)
    purchases = models.counts.expected_purchases(*history, horizon=horizon)
    basket = _basket(known, models)
    values = known.values.copy()
    values[:, -len(_MODEL_TRAITS) :] = np.stack([chance, purchases, basket], axis=1)
    return replace(
        known,
        values=values,
        chance=np.clip(chance, 1e-6, 1 - 1e-6),
        purchases=np.maximum(purchases, 1e-6),
        basket=basket,
    )


def stack(slices: Sequence[Slice]) -> Numbers:
    """Give which slice each row belongs to when their rows are put one under another."""
    return np.repeat(np.arange(len(slices)), [each.members.len() for each in slices]).astype(np.float64)


def _history(known: Slice) -> tuple[Numbers, Numbers, Numbers]:
    """Give frequency, recency and age as BG/NBD has them, in days."""
    age = known.column("age_days")
    return known.column("visits") - 1, age - known.column("recency_days"), age


def _basket(known: Slice, models: PurchaseModels) -> Numbers:
    mean = np.nan_to_num(known.column("basket_mean"))
    if models.basket is None:
        return np.where(mean > 0, mean, models.mean_basket)
    return models.basket.expected_basket(known.column("visits"), mean)
