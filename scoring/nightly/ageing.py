"""How last night's model has aged: did its chances come true, and do members still look as they did."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from scipy import stats

from scoring.drift import BINS, Drift, drift_of, stability_index
from scoring.history.visits import day_number

KEPT_MEMBERS = 20_000
"""As many members as a stability index needs by far."""
_CHANCE = "p_active"
_SELDOM = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a night leaves for later nights: members with their traits and chances, and until when it looked ahead.

    `members` has member_id, p_active and the traits.
    """

    as_of: date
    horizon_days: int
    members: pl.DataFrame

    @property
    def matures_on(self) -> date:
        return self.as_of + timedelta(days=self.horizon_days)

    def write(self, path: Path) -> None:
        """Keep a snapshot; one that was there stays whole until the new one is."""
        beside = path.with_suffix(".part")
        told = self.members.with_columns(as_of=pl.lit(self.as_of), horizon_days=pl.lit(self.horizon_days))
        told.write_parquet(beside)
        beside.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Snapshot | None":
        """Give a kept snapshot, or None."""
        if not path.exists():
            return None
        rows = pl.read_parquet(path)
        members = rows.drop("as_of", "horizon_days")
        return cls(as_of=rows["as_of"][0], horizon_days=int(rows["horizon_days"][0]), members=members)


def ageing(then: Snapshot, now: Snapshot, history: Path, *, zone: str) -> Drift | None:
    """Compare an older night with this one; None while its horizon is not over.

    `history` is this night's file of purchases: it tells who came within the older night's horizon.
    """
    if day_number(now.as_of) < day_number(then.as_of) + then.horizon_days or not then.members.height:
        return None
    day = pl.col("at").dt.convert_time_zone(zone).dt.date()
    last = then.as_of.toordinal() + then.horizon_days
    within = (day > then.as_of) & (day <= date.fromordinal(last))
    came = pl.scan_parquet(history).filter(within & (pl.col("amount") > 0)).select(pl.col("member_id").unique())
    came_ids = came.collect()["member_id"].cast(pl.String)
    names = tuple(sorted(set(then.members.columns) & set(now.members.columns) - {"member_id", _CHANCE}))
    return drift_of(
        names,
        then.members.select(names).to_numpy().astype(np.float64),
        now.members.select(names).to_numpy().astype(np.float64),
        chance=then.members[_CHANCE].to_numpy(),
        came=then.members["member_id"].is_in(came_ids.implode()).cast(pl.Float64).to_numpy(),
        age_days=day_number(now.as_of) - day_number(then.as_of),
    )


def members_shift(then: Snapshot, now: Snapshot) -> float:
    """Give the largest stability index of a trait between two nights, less what chance may make of so few members.

    Among alike samples the index is a chi-square of one degree less than there are bins, over the harmonic size; what
    it exceeds once in a thousand traits is taken off.
    """
    names = sorted(set(then.members.columns) & set(now.members.columns) - {"member_id", _CHANCE})
    if not then.members.height or not now.members.height:
        return 0.0
    chance = float(stats.chi2.ppf(_SELDOM, BINS - 1)) * (1 / then.members.height + 1 / now.members.height)
    found = (
        stability_index(
            then.members[name].to_numpy().astype(np.float64), now.members[name].to_numpy().astype(np.float64)
        )
        for name in names
    )
    return max(found, default=0.0) - chance
