"""How far members moved between two nights, beyond what chance makes of few."""

from datetime import date

import numpy as np
import polars as pl

from scoring.nightly.ageing import Snapshot, members_shift

TODAY = date(2026, 3, 2)
HORIZON = 30


def test_members_shift_beyond_what_chance_makes_of_few() -> None:
    chance = np.random.default_rng(3)

    def night(members: int, middle: float) -> Snapshot:
        table = pl.DataFrame(
            {
                "member_id": [str(number) for number in range(members)],
                "p_active": 0.5,
                "recency_days": chance.normal(middle, 1, members),
            }
        )
        return Snapshot(as_of=TODAY, horizon_days=HORIZON, members=table)

    few = [members_shift(night(60, 0), night(60, 0)) for _ in range(50)]

    assert max(few) < 0.25
    assert members_shift(night(2_000, 0), night(2_000, 0)) < 0.05
    assert members_shift(night(2_000, 0), night(2_000, 1)) > 0.25
    assert members_shift(night(60, 0), night(60, 3)) > 0.25
