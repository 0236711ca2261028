"""Why a member is likely to come, or not: the kinds of traits that weighed most, with a number a person can check."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from offers.model.scores import ReasonKind
from scoring.forecast.candidates import Candidate
from scoring.forecast.covariates import RFM_NAMES, of_rfm
from scoring.forecast.learned import Learned
from scoring.forecast.slices import Slice

Numbers = npt.NDArray[np.float64]

MOST_REASONS = 3
_WEIGHTY = 0.1
"""In log-odds: a tenth moves a chance of one half by two and a half points; less is not worth a line."""
_RECENT, _OFTEN = 0, 2
"""Families of recency and of frequency."""
REASONS = pl.List(pl.Struct({"kind": pl.String, "value": pl.Int64}))
_TREES = {Candidate.BOOSTED, Candidate.BLEND}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """Traits that say one thing: its name where it raises the chance, and where it lowers it, and its number."""

    traits: tuple[str, ...]
    raises: ReasonKind
    lowers: ReasonKind
    number: str


FAMILIES = (
    _Family(
        traits=("recency_days", "before_last_days", "third_last_days"),
        raises=ReasonKind.RECENT, lowers=ReasonKind.SILENT, number="recency_days",
    ),
    _Family(
        traits=("gap_mean_days", "gap_median_days", "gap_sd_days", "gap_last_days", "gap_longest_days", "overdue",
                "silence"),
        raises=ReasonKind.ON_TIME, lowers=ReasonKind.OVERDUE, number="gap_mean_days",
    ),
    _Family(
        traits=("visits", "visits_14d", "visits_30d", "visits_60d", "visits_90d", "visits_180d", "visits_365d",
                "rate_20d", "rate_60d", "rate_180d", "active_months"),
        raises=ReasonKind.FREQUENT, lowers=ReasonKind.RARE, number="visits_90d",
    ),
    _Family(
        traits=("spend", "spend_30d", "spend_90d", "spend_365d", "basket_mean", "basket_last", "basket_first",
                "basket_largest", "basket_sd"),
        raises=ReasonKind.SPENDS_MORE, lowers=ReasonKind.SPENDS_LESS, number="basket_mean",
    ),
    _Family(traits=("age_days",), raises=ReasonKind.LONG_KNOWN, lowers=ReasonKind.NEW, number="age_days"),
    _Family(
        traits=("year_ago_visits",),
        raises=ReasonKind.SAME_SEASON, lowers=ReasonKind.OTHER_SEASON, number="year_ago_visits",
    ),
)  # fmt: skip


def weights_of(seen: Slice, learned: Learned) -> Numbers:
    """Give what each family weighs for each member, in log-odds against a mean member: members by families.

    They are the champion's own: its log-odds split among its traits. For the purchase models, which have no traits, the
    plain regression speaks, in the blend too; where there is none, logarithms of recency and frequency stand in, to be
    standardised.
    """
    told = learned.rehearsed
    if told is None:
        weights = np.zeros((seen.members.len(), len(FAMILIES)))
        weights[:, _RECENT] = -np.log1p(seen.column("recency_days"))
        weights[:, _OFTEN] = np.log1p(seen.column("visits"))
        return weights
    plain = _summed(told.trained.rfm.shares(of_rfm(seen)), RFM_NAMES)
    if told.trained.boosted is None or told.usual_shares is None or learned.champion not in _TREES:
        return plain
    trees = _summed(told.trained.boosted.shares(seen.values) - told.usual_shares, seen.names)
    return (2 * plain + trees) / 3 if learned.champion is Candidate.BLEND else trees


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What each family weighs for a mean member, and by how much members differ."""

    means: Numbers
    spreads: Numbers

    def standard(self, weights: Numbers) -> Numbers:
        standard: Numbers = (weights - self.means) / self.spreads
        return standard


def usual_weights(column: Callable[[str], Numbers], learned: Learned) -> Usual | None:
    """Give what everybody's weights are to be standardised by, None where they tell by themselves.

    `column` gives the weights of all members by the name of the reason that a family gives where it raises the chance.
    """
    if learned.rehearsed is not None:
        return None
    told = [column(family.raises.value) for family in FAMILIES]
    spreads = [float(each.std()) for each in told]
    return Usual(
        means=np.array([each.mean() for each in told]),
        spreads=np.array([each if each > 0 else 1.0 for each in spreads]),
    )


def tell_reasons(judged: pl.DataFrame, usual: Usual | None) -> pl.Series:
    """Give up to three reasons for each of some members, the weightiest first: lists of kind and value.

    `judged` has the weight of each family, by the name of the reason that it gives where it raises the chance, and the
    families' numbers.
    """
    weights = judged.select(family.raises.value for family in FAMILIES).to_numpy()
    if usual is not None:
        weights = usual.standard(weights)
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :MOST_REASONS]
    kinds = pl.Series([kind.value for family in FAMILIES for kind in (family.lowers, family.raises)])
    numbers = np.column_stack([np.nan_to_num(judged[family.number].to_numpy()) for family in FAMILIES])
    whole = np.round(numbers).astype(np.int64)
    rows = np.arange(judged.height)
    told = {}
    for place in range(MOST_REASONS):
        family = order[:, place]
        weight = weights[rows, family]
        told[f"kind{place}"] = kinds.gather(2 * family + (weight > 0))
        told[f"value{place}"] = pl.Series(whole[rows, family])
        told[f"weighty{place}"] = pl.Series(np.abs(weight) >= _WEIGHTY)
    reasons = [
        pl.when(f"weighty{place}").then(pl.struct(kind=f"kind{place}", value=f"value{place}"))
        for place in range(MOST_REASONS)
    ]
    listed = pl.concat_list(reasons).list.drop_nulls().cast(REASONS)
    return pl.DataFrame(told).select(reasons=listed).to_series()


def _summed(shares: Numbers, names: tuple[str, ...]) -> Numbers:
    places = {name: place for place, name in enumerate(names)}
    columns = [[places[trait] for trait in family.traits if trait in places] for family in FAMILIES]
    return np.column_stack([_added(shares, each) for each in columns])


def _added(shares: Numbers, columns: list[int]) -> Numbers:
    """Add columns one after another, so that no bit depends on how many rows there are."""
    added = np.zeros(shares.shape[0])
    for place in columns:
        added += shares[:, place]
    return added
