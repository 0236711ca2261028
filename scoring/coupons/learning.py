"""What coupons teach of the next ones' use, judged on later coupons first; or why nothing is told yet."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import special

from offers.model.coupon_lesson import CouponLesson, TemplateUse, UseJudged
from offers.model.programme import BASIS_POINTS
from scoring.arrays import Floats
from scoring.coupons.model import Occasions, Shift, UseModel, fit_use
from scoring.drift import LOOSE_BIAS
from scoring.exposures.outcomes import TRAIT_NAMES
from scoring.forecast.pooled import level_that_meets
from scoring.latest import latest
from scoring.metrics import bias, calibration_error

FEWEST_OCCASIONS = 200
"""Below so many, everybody is taken to use a coupon on every occasion."""
FEWEST_EARLIER = FEWEST_OCCASIONS // 2
FEWEST_LATER = 50
MOST_LEARNED = 60_000
"""The latest coupons that are learned from."""
TOO_FEW, ALL_ALIKE, NOTHING_LATER, TOTALS_OFF = "too_few_occasions", "all_alike", "nothing_later", "totals_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLearned:
    """What is published, and the model it is told by; None where the lesson has a reason."""

    lesson: CouponLesson
    model: UseModel | None = None


def latest_coupons(coupons: pl.DataFrame) -> pl.DataFrame:
    """Give those of the coupons that are learned from."""
    return latest(coupons, most=MOST_LEARNED, name=pl.col("coupon_id"))


def learn_use(coupons: pl.DataFrame, *, seed: int) -> UseLearned:
    """Learn from coupons whose life is over, as `occasions_of` gives them.

    What is learned is the expected share of the occasions of a coupon on which it is used: an occasion is a purchase
    on which it could be. Decisions expect so many occasions of a member (purchases while the coupon lives, at most its
    uses), so that occasions times this share are the uses to expect, whatever the number of uses of a coupon. The
    chance that a coupon is used at least once would count a coupon of three uses as one, and count those who do not
    come at all a second time. Each occasion is a row, so that a coupon of many weighs as much as it costs.

    Before it is published, a model of the coupons that were over tells the uses of later ones: where their total is
    off by more than 15 % (`LOOSE_BIAS`), or it cannot be judged, nothing is. What it was off by widens the errors. The
    same rows and seed give the same bits.
    """
    known = latest_coupons(coupons)
    rows = occasions(known)
    counted = CouponLesson(
        coupons=known.height,
        occasions=rows.used.size,
        used=int(rows.used.sum()),
        needed=FEWEST_OCCASIONS,
        templates=_counted(known),
    )
    if rows.used.size < FEWEST_OCCASIONS:
        return UseLearned(lesson=replace(counted, reason=TOO_FEW))
    if len(np.unique(rows.used)) == 1:
        return UseLearned(lesson=replace(counted, reason=ALL_ALIKE))
    found = _judged(rows, seed)
    if found is None:
        return UseLearned(lesson=replace(counted, reason=NOTHING_LATER))
    judged, missed, off = found
    counted = replace(counted, judged=judged)
    if abs(off) > LOOSE_BIAS:
        return UseLearned(lesson=replace(counted, reason=TOTALS_OFF))
    model = fit_use(rows, seed=seed)
    return UseLearned(lesson=_told(counted, model, rows, missed), model=model)


def occasions(coupons: pl.DataFrame) -> Occasions:
    """Give a row for each occasion of some coupons: as many that it was used on as it was, then the others."""
    there = coupons.filter(pl.col("occasions") > 0)
    each = np.repeat(np.arange(there.height), there["occasions"].to_numpy())
    place = np.arange(each.size) - np.searchsorted(each, each)
    names = tuple(there["template"].unique().sort().to_list())
    numbers = there["template"].replace_strict(dict(zip(names, range(len(names)), strict=True)), return_dtype=pl.Int64)
    owner = there["member_id"].rank("dense").cast(pl.Int64) - 1
    return Occasions(
        traits=there.select(TRAIT_NAMES).fill_null(np.nan).to_numpy()[each],
        depth=there["share_bp"].to_numpy()[each] / BASIS_POINTS,
        template=numbers.to_numpy()[each],
        names=names,
        owner=owner.to_numpy()[each],
        used=(place < there["used"].to_numpy()[each]).astype(np.float64),
        day=there["day"].cast(pl.Int64).to_numpy()[each],
        last_day=there["last_day"].cast(pl.Int64).to_numpy()[each],
    )


def _judged(rows: Occasions, seed: int) -> tuple[UseJudged, float, float] | None:
    """Judge the last third by what was over when it began; gives how far log-odds and total were off, too."""
    begins = int(np.sort(rows.day)[rows.day.size * 2 // 3])
    early, late = rows.last_day < begins, rows.day >= begins
    if int(early.sum()) < FEWEST_EARLIER or len(np.unique(rows.used[early])) == 1:
        return None
    later = rows.part(late)
    log_odds, told = fit_use(rows.part(early), seed=seed).log_odds(later)
    if int(told.sum()) < FEWEST_LATER:
        return None
    return _compared(log_odds[told], later.used[told])


def _compared(log_odds: Floats, used: Floats) -> tuple[UseJudged, float, float]:
    chance: Floats = special.expit(log_odds)
    came = float(used.sum())
    judged = UseJudged(
        occasions=used.size,
        used=int(came),
        expected=float(chance.sum()),
        error_bp=round(calibration_error(chance, used) * BASIS_POINTS),
    )
    missed = level_that_meets(log_odds, float(np.clip(came, 0.5, used.size - 0.5)))
    return judged, missed, bias(chance, used)


def _told(counted: CouponLesson, model: UseModel, rows: Occasions, missed: float) -> CouponLesson:
    others = _widened(model.others, missed)
    templates = []
    for each in counted.templates:
        shift = _widened(model.of(each.template), missed)
        templates.append(replace(each, shift=shift.shift, error=shift.error) if shift else each)
    return replace(
        counted,
        learner=model.propensity.champion,
        by_depth=model.by_depth,
        usual_depth_bp=round(model.usual_depth * BASIS_POINTS),
        least_depth_bp=round(float(rows.depth.min()) * BASIS_POINTS),
        templates=tuple(templates),
        others_shift=others.shift if others else None,
        others_error=others.error if others else 0.0,
    )


def _widened(shift: Shift | None, missed: float) -> Shift | None:
    return Shift(shift=shift.shift, error=float(np.hypot(shift.error, missed))) if shift else None


def _counted(coupons: pl.DataFrame) -> tuple[TemplateUse, ...]:
    by_template = coupons.group_by("template").agg(
        coupons=pl.len(), occasions=pl.col("occasions").sum(), used=pl.col("used").sum()
    )
    return tuple(TemplateUse(**row) for row in by_template.sort("template").iter_rows(named=True))
