"""Candidates for the chance of a next purchase, and the choice between them on a window that none has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from scoring.forecast.boosted import Boosted, Grower, fit_boosted, grow_here
from scoring.forecast.covariates import of_purchase_model, of_rfm
from scoring.forecast.lives import Lives, fit_lives
from scoring.forecast.pooled import Pooled, fit_pooled, level_that_meets
from scoring.forecast.slices import Slice, stack
from scoring.metrics import Quality, quality_of

Numbers = npt.NDArray[np.float64]

THIN_OUTCOMES = 100
"""With fewer members who bought, or who did not, trees learn noise: they are not even tried."""
FEW_MEMBERS = 1_000
SPARSE_SHARE = 0.3
"""Below a thousand members of whom fewer than this share come within a horizon, a merchant's own trees rank worse than
plain models do (.783 against .797 at 500 members); where trade is dense, trees win from a hundred members on."""
_STEADY_SLOPE = 1.25
"""Slopes of neighbouring windows differ by a quarter among themselves, so only what lies beyond that is corrected."""
_FURTHEST_SLOPE = 2.0


class Candidate(StrEnum):
    PURCHASE_MODEL = "bg_nbd"
    LIVES = "pareto_nbd"
    RFM = "rfm"
    BOOSTED = "boosted"
    BLEND = "blend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """All candidates trained on the same slices; a score is in log-odds beside the level of a cutoff."""

    purchase_model: Pooled
    lives: Lives
    rfm: Pooled
    boosted: Boosted | None

    @property
    def names(self) -> tuple[Candidate, ...]:
        trees = () if self.boosted is None else (Candidate.BOOSTED, Candidate.BLEND)
        return (Candidate.PURCHASE_MODEL, Candidate.LIVES, Candidate.RFM, *trees)

    def score(self, name: Candidate, known: Slice) -> Numbers:
        """Score members by one candidate; one without trees has no scores of them."""
        match name:
            case Candidate.PURCHASE_MODEL:
                return self.purchase_model.score(of_purchase_model(known))
            case Candidate.LIVES:
                return self.lives.score(known)
            case Candidate.BOOSTED if self.boosted is not None:
                return self.boosted.score(known.values)
            case Candidate.BLEND:
                parts = (Candidate.LIVES, Candidate.RFM, Candidate.BOOSTED)
                return np.asarray(np.mean([self.score(each, known) for each in parts], axis=0), dtype=np.float64)
            case _:
                return self.rfm.score(of_rfm(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The champion of an out-of-time window, the slope that calibrates it there, and how each candidate did."""

    champion: Candidate
    slope: float
    tried: dict[Candidate, Quality]


def train(
    slices: Sequence[Slice],
    directions: Sequence[int],
    *,
    horizon_days: int,
    trees: bool,
    seed: int,
    threads: int,
    grow: Grower = grow_here,
) -> Trained:
    """Train every candidate on labelled slices."""
    outcome = np.concatenate([each.bought > 0 for each in slices]).astype(np.float64)
    cutoff = stack(slices).astype(np.intp)
    plain = fit_pooled(np.concatenate([of_purchase_model(each) for each in slices]), outcome, cutoff, link="logit")
    rfm = fit_pooled(np.concatenate([of_rfm(each) for each in slices]), outcome, cutoff, link="logit")
    boosted = fit_boosted(slices, rfm.levels, directions, seed=seed, threads=threads, grow=grow) if trees else None
    lives = fit_lives(slices, horizon_days)
    return Trained(purchase_model=plain, lives=lives, rfm=rfm, boosted=boosted)


def choose(trained: Trained, window: Slice) -> Choice:
    """Choose by log loss on the window, whose labels none of the trained has seen.

    Each candidate gets the level and the slope that suit it there, for a level is forecast apart from the ranking.
    """
    outcome = (window.bought > 0).astype(np.float64)
    alone = np.zeros(outcome.size, dtype=np.intp)
    tried: dict[Candidate, Quality] = {}
    slopes: dict[Candidate, float] = {}
    losses: dict[Candidate, Numbers] = {}
    for name in trained.names:
        score = trained.score(name, window)
        fit = fit_pooled(score[:, None], outcome, alone, link="logit")
        slope = _steady(float(fit.slopes[0] / fit.spreads[0]))
        level = level_that_meets(slope * score, float(outcome.sum()))
        slopes[name] = slope
        log_odds = slope * score + level
        losses[name] = np.logaddexp(0, log_odds) - outcome * log_odds
        tried[name] = quality_of(log_odds, outcome)
    champion = _champion(losses)
    return Choice(champion=champion, slope=slopes[champion], tried=tried)


def _champion(losses: dict[Candidate, Numbers]) -> Candidate:
    """Give the best on the window; the blend, where nobody beats it by more than a standard error of the difference.

    A mean is the safer of equals: it is seldom the worst on the next window. The purchase model in it stands where a
    Christmas among the windows has taught the others what does not hold after it.
    """
    best = min(losses, key=lambda name: float(losses[name].mean()))
    if Candidate.BLEND not in losses:
        return best
    behind = losses[Candidate.BLEND] - losses[best]
    return Candidate.BLEND if float(behind.mean()) <= float(behind.std()) / np.sqrt(behind.size) else best


def is_thin(slices: Sequence[Slice]) -> bool:
    """Say whether there is too little for trees: few outcomes of a kind, or a small shop of sparse trade."""
    bought, rows = sum(int((each.bought > 0).sum()) for each in slices), sum(each.members.len() for each in slices)
    is_small = max(each.members.len() for each in slices) < FEW_MEMBERS
    return min(bought, rows - bought) < THIN_OUTCOMES or (is_small and bought < SPARSE_SHARE * rows)


def _steady(slope: float) -> float:
    """Give what is left of a slope beyond the band around 1."""
    slope = float(np.clip(slope, 1 / _FURTHEST_SLOPE, _FURTHEST_SLOPE))
    return slope / float(np.clip(slope, 1 / _STEADY_SLOPE, _STEADY_SLOPE))
