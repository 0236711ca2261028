"""What was learned tonight beside the forecast: whom offers change, and how often coupons are used."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from scoring.nightly.coupon_use import CouponUse, coupon_use
from scoring.nightly.taught import Taught, taught_by
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """Files of what was done before: exposures, as `scoring.exposures` reads them, and coupons, as `scoring.coupons`
    does; None where there are none.
    """  # noqa: D205 - one thought

    exposures: Path | None = None
    coupons: Path | None = None


NO_LOGS = Logs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Lessons of exposures and of coupons, to be told of the members of each part."""

    taught: Taught
    used: CouponUse

    @property
    def digest(self) -> str:
        """Name what was learned from; empty where there was nothing."""
        return "+".join(each for each in (self.taught.digest, self.used.digest) if each)

    def beside(self, scores: pl.DataFrame, known: Known, part: int) -> pl.DataFrame:
        """Put uplift and uses_coupon beside the scores of a part's members."""
        return self.used.beside(self.taught.beside(scores, known, part), known, part)


def learn_lessons(known: Known, logs: Logs, *, as_of: date, zone: str, seed: int, machines: Machines) -> Lessons:
    return Lessons(
        taught=taught_by(known, logs.exposures, as_of=as_of, zone=zone, seed=seed, machines=machines),
        used=coupon_use(known, logs.coupons, as_of=as_of, zone=zone, seed=seed, machines=machines),
    )
