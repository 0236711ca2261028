"""Purchase models on CDNOW: the published fits come out of the authors' sample, and are likely in the whole of it.

The sample of 2,357 members follows no rule by which it could be taken from the master set: `cdnow_sample_members.txt`
lists their numbers there, as `CDNOW_sample.txt` of Fader and Hardie tells them (brucehardie.com/datasets).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from scoring.purchase_models.bg_nbd import fit_bg_nbd
from scoring.purchase_models.gamma_gamma import fit_gamma_gamma
from scoring.purchase_models.pareto_nbd import ParetoNbd, fit_pareto_nbd
from tests.import_files import real_file

Numbers = npt.NDArray[np.float64]

SAMPLE = Path(__file__).with_name("cdnow_sample_members.txt")
CALIBRATED_TO = date(1997, 9, 30)
PUBLISHED = ParetoNbd(r=0.553, alpha=10.58, s=0.606, beta=11.67)


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Of the 39 weeks: repeat purchases, weeks from the first to the last and to the end, mean of repeat baskets."""

    frequency: Numbers
    recency: Numbers
    age: Numbers
    basket: Numbers

    def every_tenth(self, first: int) -> tuple[Numbers, Numbers, Numbers]:
        return self.frequency[first::10], self.recency[first::10], self.age[first::10]


def histories(rows: pl.DataFrame) -> Histories:
    """Take them of rows of member, day and value."""
    days = rows.filter(pl.col("day") <= CALIBRATED_TO).group_by("member", "day").agg(pl.col("value").sum())
    one = days.sort("member", "day").group_by("member", maintain_order=True)
    told = one.agg(
        frequency=pl.len() - 1.0,
        recency=(pl.col("day").last() - pl.col("day").first()).dt.total_days() / 7,
        age=(pl.lit(CALIBRATED_TO) - pl.col("day").first()).dt.total_days() / 7,
        basket=pl.col("value").slice(1).mean().fill_null(0.0),
    )
    return Histories(**{name: told[name].to_numpy() for name in ("frequency", "recency", "age", "basket")})


def _rows() -> pl.DataFrame:
    rows = pl.read_parquet(real_file("cdnow_master.parquet"))
    return rows.select(member="customer_id", day=pl.col("date").cast(pl.Date), value="value")


@pytest.fixture(scope="module")
def master() -> Histories:
    return histories(_rows())


@pytest.fixture(scope="module")
def sample() -> Histories:
    numbers = [int(number) for number in SAMPLE.read_text("utf-8").split()]
    return histories(_rows().filter(pl.col("member").is_in(numbers)))


def test_the_published_fits_come_out_of_the_authors_sample(sample: Histories) -> None:
    history = (sample.frequency, sample.recency, sample.age)

    pareto, bg = fit_pareto_nbd(*history), fit_bg_nbd(*history)
    basket = fit_gamma_gamma(sample.frequency, sample.basket)

    assert sample.age.size == 2357
    assert (bg.r, bg.alpha, bg.a, bg.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    assert (pareto.r, pareto.alpha, pareto.s, pareto.beta) == pytest.approx((0.553, 10.58, 0.606, 11.67), abs=6e-3)
    assert pareto.log_likelihood(*history) == pytest.approx(-9595.0, abs=0.05)
    assert basket is not None
    assert (basket.p, basket.q, basket.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=6e-3)


def test_the_published_fit_is_about_as_likely_as_the_best_on_other_tenths(master: Histories) -> None:
    """Twice the distance is the sum of two chi-squares of four: one of the tenth, one of the published sample."""
    behind = []
    for first in range(3):
        history = master.every_tenth(first)
        best = fit_pareto_nbd(*history)
        behind.append(2 * (best.log_likelihood(*history) - PUBLISHED.log_likelihood(*history)))

    assert min(behind) >= 0
    assert np.mean(behind) < 20


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd])
def test_the_whole_of_cdnow_is_like_its_published_tenth(master: Histories, fit: Callable[..., object]) -> None:
    """What a fit says of newcomers over 39 weeks: 1.2 on the sample by either model."""
    found = fit(master.frequency, master.recency, master.age)

    nothing = np.zeros(1)
    expected = found.expected_purchases(nothing, nothing, nothing, horizon=39)[0]  # type: ignore[attr-defined]  # both models have it
    assert master.age.size == 23_570
    assert expected == pytest.approx(1.2, abs=0.1)
