"""How often coupons are used, learned tonight, and each member's share of a usual coupon's occasions."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from scipy import special

from offers.model.coupon_lesson import CouponLesson
from scoring.coupons.learning import MOST_LEARNED, learn_use
from scoring.coupons.model import UseModel
from scoring.coupons.occasions import occasions_of, read_coupons
from scoring.exposures.outcomes import TRAIT_NAMES
from scoring.features.at_cutoff import features_at
from scoring.history.visits import day_number
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines

USES_COUPON = "uses_coupon"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUse:
    """`members` has member_id (as text) and USES_COUPON, no rows where nothing is told.

    `lesson` is None where no coupon was over, and `digest` names the coupons; empty where there were none.
    """

    members: pl.DataFrame
    lesson: CouponLesson | None
    digest: str


def coupon_use(
    known: Known, coupons: Path | None, *, as_of: date, zone: str, seed: int, machines: Machines
) -> CouponUse:
    """Learn from the coupons in a file, where there is one."""
    nothing = pl.DataFrame(schema={"member_id": pl.String, USES_COUPON: pl.Float64})
    over = read_coupons(coupons, as_of=as_of, zone=zone) if coupons else None
    if over is None or not over.height:
        return CouponUse(members=nothing, lesson=None, digest="")
    learned = learn_use(occasions_of(known, over.tail(MOST_LEARNED), machines), seed=seed)
    members = nothing if learned.model is None else _members(known, learned.model, day_number(as_of))
    rows = over.write_csv(include_header=False)
    return CouponUse(members=members, lesson=learned.lesson, digest=hashlib.sha256(rows.encode()).hexdigest()[:12])


def beside(scores: pl.DataFrame, found: CouponUse) -> pl.DataFrame:
    """Join each member's share to their scores, whatever kind of ids the history has."""
    ids = scores.with_columns(key=pl.col("member_id").cast(pl.String))
    members = found.members.rename({"member_id": "key"})
    return ids.join(members, on="key", how="left", maintain_order="left").drop("key")


def _members(known: Known, model: UseModel, as_of_day: int) -> pl.DataFrame:
    parts = []
    for members, visits in known.together("members", "visits"):
        traits = features_at(visits, as_of_day)
        numbers = traits.select(TRAIT_NAMES).fill_null(float("nan")).to_numpy()
        ids = members["member_id"].cast(pl.String).gather(traits["member"])
        parts.append(pl.DataFrame({"member_id": ids, USES_COUPON: special.expit(model.members(numbers))}))
    return pl.concat(parts)
