"""Next purchase on CDNOW and Online Retail II, made by `tessera score history` itself: ranking, calibration, totals.

`python -m bench.scoring.histories [NAME ...]`; the data folder is TESSERA_DATA, or `../shared/data` beside the project.
"""

import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from scipy import special, stats

from bench.importing import data_folder
from scoring.files import score_history
from scoring.metrics import bias, quality_of, top_share

AIM_ECE = 0.03
AIM_BIAS = 0.10
SLACK = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`best_auc` is that of the best baseline of the reference."""

    name: str
    shop: str
    as_of: date
    horizon_days: int
    best_auc: float


TASKS = (
    Task(name="cdnow", shop="cdnow", as_of=date(1997, 9, 30), horizon_days=273, best_auc=0.765),
    Task(name="retail-30", shop="retail", as_of=date(2011, 9, 9), horizon_days=30, best_auc=0.802),
    Task(name="retail-90", shop="retail", as_of=date(2011, 9, 9), horizon_days=90, best_auc=0.805),
)


def history(shop: str) -> pl.DataFrame:
    """Give a shop's history in the columns of `tessera score history`."""
    if shop == "cdnow":
        rows = pl.read_parquet(data_folder() / "cdnow_master.parquet").with_row_index("row")
        return rows.select(member_id="customer_id", at="date", order_id="row", quantity="cds", amount="value")
    rows = pl.read_parquet(data_folder() / "online_retail_ii_purchases.parquet")
    money = pl.col("qty") * pl.col("price")
    return rows.select(
        member_id="customer_id", at="ts", order_id="invoice", category="stock", quantity="qty", amount=money
    )


def outcomes(rows: pl.DataFrame, scores: pl.DataFrame, as_of: date, horizon_days: int) -> pl.DataFrame:
    day = pl.col("at").dt.date()
    coming = rows.filter((day > as_of) & (day <= as_of + timedelta(days=horizon_days)))
    came = coming.group_by("member_id").agg(visits=day.n_unique(), spend=pl.col("amount").sum())
    return scores.join(came, on="member_id", how="left", maintain_order="left").with_columns(
        pl.col("visits", "spend").fill_null(0)
    )


def run(task: Task, folder: Path) -> bool:
    rows, path = history(task.shop), folder / f"{task.shop}.parquet"
    rows.write_parquet(path)
    began = perf_counter()
    found = score_history(
        path, as_of=task.as_of, horizon_days=task.horizon_days, zone="UTC", seed=0, threads=1, watch=lambda *_: None
    )
    took_s = perf_counter() - began
    told = outcomes(rows, found.scores, task.as_of, task.horizon_days)
    came = (told["visits"] > 0).to_numpy().astype(np.float64)
    visits, spend = told["visits"].to_numpy().astype(np.float64), told["spend"].to_numpy()
    quality = quality_of(special.logit(np.clip(told["p_active"].to_numpy(), 1e-9, 1 - 1e-9)), came)
    purchases, money = told["expected_purchases"].to_numpy(), told["expected_spend"].to_numpy()
    totals = {"who come": quality.bias, "purchases": bias(purchases, visits), "spend": bias(money, spend)}
    held = quality.auc >= task.best_auc - SLACK and quality.ece <= AIM_ECE
    held = held and all(abs(each) <= AIM_BIAS for each in totals.values())
    print(f"{task.name}: {len(came):,} members, {came.mean():.1%} come; champion {found.learned.champion}")
    print(f"  AUC {quality.auc:.4f} (aim {task.best_auc - SLACK:.3f}), ECE10 {quality.ece:.4f} (aim {AIM_ECE})")
    print("  total bias: " + ", ".join(f"{name} {each:+.3f}" for name, each in totals.items()) + f" (aim ±{AIM_BIAS})")
    print(
        f"  Brier {quality.brier:.4f}; spend: Spearman {stats.spearmanr(money, spend)[0]:.3f}, "
        f"top tenth holds {top_share(money, spend):.3f}; {took_s:.0f} s; {'held' if held else 'MISSED'}"
    )
    return held


def main(asked: list[str]) -> int:
    if not data_folder().exists():
        print(f"left out: {data_folder()} is absent; set TESSERA_DATA to the folder of the data")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        held = [run(task, Path(folder)) for task in TASKS if not asked or task.name in asked]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
