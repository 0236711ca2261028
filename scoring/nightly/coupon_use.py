"""How often coupons are used, learned tonight, and by it each member's share of a usual coupon's occasions."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from scipy import special

from offers.model.coupon_lesson import CouponLesson
from scoring.coupons.learning import latest_coupons, learn_use
from scoring.coupons.model import UseModel
from scoring.coupons.occasions import occasions_of, read_coupons
from scoring.exposures.outcomes import TRAIT_NAMES
from scoring.features.at_cutoff import features_at
from scoring.history.visits import day_number
from scoring.latest import digest_of
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines

USES_COUPON = "uses_coupon"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUse:
    """What coupons taught; `model` is None where nothing is told of members, `lesson` where no coupon was over.

    `digest` names the coupons; empty where there were none.
    """

    as_of_day: int
    lesson: CouponLesson | None = None
    model: UseModel | None = None
    digest: str = ""

    def beside(self, scores: pl.DataFrame, known: Known, part: int) -> pl.DataFrame:
        """Put the share beside the scores of a part's members, whose ids are words; none where nothing is told."""
        if self.model is None:
            return scores.with_columns(pl.lit(None, dtype=pl.Float64).alias(USES_COUPON))
        traits = features_at(known.take("visits", part), self.as_of_day)
        numbers = traits.select(TRAIT_NAMES).fill_null(float("nan")).to_numpy()
        ids = known.take("members", part)["member_id"].cast(pl.String).gather(traits["member"])
        told = pl.DataFrame({"member_id": ids, USES_COUPON: special.expit(self.model.members(numbers))})
        return scores.join(told, on="member_id", how="left", maintain_order="left")


def coupon_use(
    known: Known, coupons: Path | None, *, as_of: date, zone: str, seed: int, machines: Machines
) -> CouponUse:
    """Learn from the coupons in a file, where there is one."""
    day = day_number(as_of)
    over = read_coupons(coupons, as_of=as_of, zone=zone) if coupons else None
    if over is None or not over.height:
        return CouponUse(as_of_day=day)
    learned = learn_use(occasions_of(known, latest_coupons(over), machines), seed=seed)
    return CouponUse(as_of_day=day, lesson=learned.lesson, model=learned.model, digest=digest_of(over))
