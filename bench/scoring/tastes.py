"""Tastes on Online Retail II, 30 days, by `tessera score taste` itself, beside frequency and item-to-item filtering.

`python -m bench.scoring.tastes [AS_OF]`; the data folder is TESSERA_DATA, or `../shared/data` beside the project.
"""

import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from bench.importing import data_folder
from bench.scoring.histories import history
from scoring.files import score_taste

HORIZON_DAYS = 30
SILENT_DAYS = 180
KEY = ("member_id", "category")
PLACES = (1, 5)


def hits(ranked: pl.DataFrame, coming: pl.DataFrame) -> dict[int, float]:
    """Give the share of the coming's members for whom one of the first places came true."""
    best = ranked.sort("member_id", "score", "category", descending=[False, True, False])
    members = coming["member_id"].n_unique()
    found = {}
    for place in PLACES:
        first = best.group_by("member_id", maintain_order=True).head(place)
        found[place] = first.join(coming, on=KEY, how="semi")["member_id"].n_unique() / members
    return found


def frequency(past: pl.DataFrame) -> pl.DataFrame:
    """Personal frequency; ties and the rest by popularity."""
    popular = past.group_by("category").agg(all=pl.len())
    own = past.group_by(KEY).agg(own=pl.len())
    top = popular.top_k(300, by="all")
    everything = pl.concat([own.select(KEY), past.select("member_id").unique().join(top, how="cross").select(KEY)])
    joined = everything.unique().join(own, on=KEY, how="left").join(popular, on="category")
    return joined.select(*KEY, score=pl.col("own").fill_null(0) + pl.col("all") / 1e7)


def item_to_item(past: pl.DataFrame) -> pl.DataFrame:
    """Plain item-to-item filtering: cosine of who bought what, summed over what a member bought; 300 a member."""
    held = past.select("member_id", category=pl.col("category").cast(pl.Categorical)).unique()
    size = held.group_by("category").agg(size=pl.len())
    pairs = held.join(held, on="member_id", suffix="_too").filter(pl.col("category") != pl.col("category_too"))
    both = pairs.group_by("category", "category_too").agg(both=pl.len())
    both = both.join(size, on="category").join(size, left_on="category_too", right_on="category", suffix="_too")
    alike = both.select(
        "category", "category_too", cosine=pl.col("both") / (pl.col("size") * pl.col("size_too")).sqrt()
    )
    near = alike.sort("cosine", descending=True).group_by("category", maintain_order=True).head(300)
    scored = held.join(near, on="category").group_by("member_id", "category_too").agg(score=pl.col("cosine").sum())
    return scored.select("member_id", "score", category=pl.col("category_too").cast(pl.String))


def main(as_of: date) -> int:
    if not data_folder().exists():
        print(f"left out: {data_folder()} is absent; set TESSERA_DATA to the folder of the data")
        return 0
    rows = history("retail").with_columns(day=pl.col("at").dt.date())
    past = rows.filter(pl.col("day") <= as_of).select(*KEY, "day").unique()
    ahead = pl.col("day").is_between(as_of + timedelta(days=1), as_of + timedelta(days=HORIZON_DAYS))
    known = past.select("member_id").unique()
    coming = rows.filter(ahead).select(KEY).unique().join(known, on="member_id", how="semi")
    coming = coming.join(past.select("category").unique(), on="category", how="semi")
    recent = past.filter(pl.col("day") > as_of - timedelta(days=SILENT_DAYS)).select(KEY).unique()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.parquet"
        rows.drop("day").write_parquet(path)
        ours, _ = score_taste(path, as_of=as_of, zone="UTC", top=300, watch=lambda *_: None)
    ranked = {"tessera": ours, "frequency": frequency(past), "item-to-item": item_to_item(past)}
    told: dict[str, tuple[dict[int, float], dict[int, float]]] = {}
    for name, each in ranked.items():
        new = each.join(recent, on=KEY, how="anti"), coming.join(recent, on=KEY, how="anti")
        told[name] = hits(each, coming), hits(*new)
        favourite, discovery = told[name]
        print(
            f"{name}: hit@1 {favourite[1]:.4f}, hit@5 {favourite[5]:.4f}; "
            f"discovery hit@1 {discovery[1]:.4f}, hit@5 {discovery[5]:.4f}",
            flush=True,
        )
    held = all(told["tessera"][0][place] >= told["frequency"][0][place] for place in PLACES)
    held = held and told["tessera"][1][5] >= told["item-to-item"][1][5]
    print("held" if held else "MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date(2011, 9, 9)))
