"""Why a member is likely to come, or not: the kinds of traits that weighed most, with a number a person can check."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offers.model.scores import ReasonKind, ScoreReason
from scoring.forecast.candidates import Candidate
from scoring.forecast.covariates import RFM_NAMES, of_rfm
from scoring.forecast.run import Forecast
from scoring.forecast.slices import Slice

Numbers = npt.NDArray[np.float64]

MOST_REASONS = 3
_WEIGHTY = 0.1
"""In log-odds: a tenth moves a chance of one half by two and a half points; less is not worth a line."""
_ROWS_AT_ONCE = 100_000
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


def reasons_of(found: Forecast) -> list[tuple[ScoreReason, ...]]:
    """Give up to three reasons for each member, the weightiest first, in order of member.

    They are the champion's own: its log-odds split among its traits. For the purchase model, which has no traits, the
    plain regression speaks, and where there is none, recency and frequency do.
    """
    told: list[tuple[ScoreReason, ...]] = []
    for start in range(0, found.seen.members.len(), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        told += _weightiest(_by_family(found, rows), found.seen, rows)
    return told


def _by_family(found: Forecast, rows: slice) -> Numbers:
    """Sum the shares of each family: members by families, as a difference from the mean member."""
    seen = found.seen
    if found.trained is None:
        weights = np.zeros((seen.values[rows].shape[0], len(FAMILIES)))
        weights[:, 0] = -_standard(np.log1p(seen.column("recency_days")))[rows]
        weights[:, 2] = _standard(np.log1p(seen.column("visits")))[rows]
        return weights
    plain = _summed(found.trained.rfm.shares(of_rfm(seen)[rows]), RFM_NAMES)
    if found.trained.boosted is None or found.champion not in _TREES:
        return plain
    trees = _summed(found.trained.boosted.shares(seen.values[rows]), seen.names)
    trees -= trees.mean(axis=0)
    return (plain + trees) / 2 if found.champion is Candidate.BLEND else trees


def _summed(shares: Numbers, names: tuple[str, ...]) -> Numbers:
    places = {name: place for place, name in enumerate(names)}
    columns = [[places[trait] for trait in family.traits if trait in places] for family in FAMILIES]
    return np.column_stack([shares[:, each].sum(axis=1) for each in columns])


def _weightiest(weights: Numbers, seen: Slice, rows: slice) -> list[tuple[ScoreReason, ...]]:
    numbers = np.column_stack([np.nan_to_num(seen.column(family.number)[rows]) for family in FAMILIES])
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :MOST_REASONS]
    found = []
    for row, places in enumerate(order.tolist()):
        weighty = [place for place in places if abs(weights[row, place]) >= _WEIGHTY]
        found.append(tuple(_reason(place, weights[row, place], numbers[row, place]) for place in weighty))
    return found


def _reason(place: int, weight: float, number: float) -> ScoreReason:
    family = FAMILIES[place]
    return ScoreReason(kind=family.raises if weight > 0 else family.lowers, value=round(number))


def _standard(values: Numbers) -> Numbers:
    spread = float(values.std())
    standard: Numbers = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return standard
