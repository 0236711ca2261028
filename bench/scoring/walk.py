"""A walk forward: many cutoffs and horizons of many shops, the champion beside the reference's baselines.

`python -m bench.scoring.walk [all|develop|confirm] [SHOP ...]`. Rules were made looking at the odd cutoffs alone
(`develop`); the even ones (`confirm`) say what they are worth. Baselines are kept in artifacts/walk, for they do not
change with the code, and so are the folds of this very code: ended midway and begun again, a walk goes on.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from scipy import special

from bench.importing import data_folder
from bench.scoring.baselines import baselines
from bench.scoring.histories import AIM_BIAS, AIM_ECE, SLACK
from bench.scoring.walked_shops import NAMES, Shop, as_date, shop
from scoring.arrays import Floats
from scoring.features.at_cutoff import labels_at
from scoring.forecast.run import forecast
from scoring.metrics import auc, bias, quality_of

KEPT = Path("artifacts") / "walk"
SCORING = Path(__file__).resolve().parents[2] / "scoring"
PARTS = ("features", "forecast", "history", "purchase_models", "metrics.py", "arrays.py")
"""What a forecast is made by, beside the shops: when none of it changed, a fold is what it was."""
FEWEST_OF_A_KIND = 30
"""With fewer members who come, or who do not, an AUC says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One forecast against what came; biases are expected over actual, less one."""

    shop: str
    cutoff: str
    horizon: int
    members: int
    share: float
    champion: str
    auc: float
    best: str
    behind: float
    ece: float
    bias_active: float
    bias_purchases: float
    bias_spend: float

    def faults(self) -> list[str]:
        found = [] if self.behind <= SLACK else ["AUC"]
        found += ["ECE"] if self.ece > AIM_ECE else []
        names = ("active", "purchases", "spend")
        return found + [name for name in names if abs(getattr(self, f"bias_{name}")) > AIM_BIAS]


def folds(asked: Shop, part: str) -> Iterator[tuple[int, int]]:
    """Give cutoff and horizon of each fold whose horizon is over by the last day."""
    for place, cutoff in enumerate(asked.cutoffs, start=1):
        if part == "all" or (part == "develop") == (place % 2 == 1):
            yield from ((cutoff, each) for each in asked.horizons if cutoff + each <= asked.last_day)


def made_by() -> str:
    """Give a digest of the code that makes forecasts."""
    told = hashlib.sha256(Path(__file__).with_name("walked_shops.py").read_bytes())
    for part in PARTS:
        path = SCORING / part
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            told.update(each.read_bytes())
    return told.hexdigest()[:12]


def walked(asked: Shop, cutoff: int, horizon: int, code: str) -> Fold:
    """Give a fold as it was kept, or walk it and keep it."""
    path = KEPT / code / f"{asked.name}-{cutoff}-{horizon}.json"
    if path.exists():
        return Fold(**json.loads(path.read_text()))
    fold = walk(asked, cutoff, horizon)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(fold)))
    return fold


def walk(asked: Shop, cutoff: int, horizon: int) -> Fold:
    found = forecast(asked.visits, as_of_day=cutoff, horizon_days=horizon, seed=0, threads=1)
    came = labels_at(asked.visits, found.members, cutoff, horizon)
    visits, spend = came["visits_to_come"].to_numpy(), came["spend_to_come"].to_numpy()
    active = (visits > 0).astype(np.float64)
    quality = quality_of(special.logit(np.clip(found.p_active, 1e-9, 1 - 1e-9)), active)
    told = _baselines(asked, cutoff, horizon, active)
    best = max(told, key=lambda name: told[name])
    thin = min(active.sum(), active.size - active.sum()) < FEWEST_OF_A_KIND
    return Fold(
        shop=asked.name,
        cutoff=as_date(cutoff).isoformat(),
        horizon=horizon,
        members=active.size,
        share=float(active.mean()),
        champion=found.champion.value,
        auc=quality.auc,
        best=best,
        behind=0.0 if thin else told[best] - quality.auc,
        ece=quality.ece,
        bias_active=quality.bias,
        bias_purchases=bias(found.expected_purchases, visits),
        bias_spend=bias(found.expected_spend, spend),
    )


def _baselines(asked: Shop, cutoff: int, horizon: int, active: Floats) -> dict[str, float]:
    """Give the AUC of each baseline, from what was kept where it was kept."""
    path = KEPT / f"{asked.name}-{cutoff}-{horizon}.json"
    if path.exists():
        kept: dict[str, float] = json.loads(path.read_text())
        return kept
    scores = baselines(asked.visits, as_of_day=cutoff, horizon_days=horizon)
    found = {name: auc(np.nan_to_num(score), active) for name, score in scores.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found))
    return found


def told(fold: Fold) -> str:
    biases = f"{fold.bias_active:+.3f} {fold.bias_purchases:+.3f} {fold.bias_spend:+.3f}"
    return (
        f"{fold.shop:9}{fold.cutoff} {fold.horizon:4} {fold.members:6,} {fold.share:5.1%} {fold.champion:8}"
        f" {fold.auc:.4f} {fold.behind:+.4f} {fold.best:10} {fold.ece:.4f}  {biases}  {' '.join(fold.faults())}"
    )


def summary(found: list[Fold]) -> Iterator[str]:
    """Say for each shop how many folds kept each aim, and the typical distance."""
    for name in dict.fromkeys(each.shop for each in found):
        mine = [each for each in found if each.shop == name]
        kept = [
            sum(fault not in each.faults() for each in mine) for fault in ("AUC", "ECE", "active", "purchases", "spend")
        ]
        biases = ("bias_active", "bias_purchases", "bias_spend")
        sizes = [np.array([abs(getattr(each, field)) for each in mine]) for field in biases]
        yield (
            f"{name:9} {len(mine)} folds; kept: AUC {kept[0]}, ECE {kept[1]}, who come {kept[2]}, purchases {kept[3]}, "
            f"spend {kept[4]}; behind the best by {np.mean([each.behind for each in mine]):+.4f} on average; "
            f"median of ECE {np.median([each.ece for each in mine]):.4f}; mean size (median) of biases "
            + ", ".join(f"{size.mean():.3f} ({np.median(size):.3f})" for size in sizes)
        )


def main(arguments: list[str]) -> int:
    part = arguments[0] if arguments and arguments[0] in {"all", "develop", "confirm"} else "all"
    names = [each for each in arguments if each in NAMES] or list(NAMES)
    if not data_folder().exists():
        print(f"the real shops are left out: {data_folder()} is absent; set TESSERA_DATA to the folder of the data")
        names = [each for each in names if each not in {"retail", "cdnow"}]
    print(", ".join(each.name for each in fields(Fold)))
    found, code = [], made_by()
    for asked in map(shop, names):
        asked_for = list(folds(asked, part))
        for place, (cutoff, horizon) in enumerate(asked_for, start=1):
            began = perf_counter()
            found.append(walked(asked, cutoff, horizon, code))
            print(told(found[-1]), f"{place}/{len(asked_for)} {perf_counter() - began:.0f}s", flush=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    pl.DataFrame([asdict(each) for each in found]).write_csv(KEPT / f"folds-{part}.csv")
    print(*summary(found), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
