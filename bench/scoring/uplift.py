"""Uplift on Hillstrom's e-mail trial over random halves: `python -m bench.scoring.uplift [SPLITS] [FIRST SEED]`."""

import sys
from time import perf_counter

import numpy as np
import polars as pl

from bench.importing import data_folder
from scoring.arrays import Bools, Floats, Ints
from scoring.uplift.qini import gain_under_budget, qini_area
from scoring.uplift.run import score_uplift
from scoring.uplift.tables import PREFIX, Columns

FILE = "hillstrom.parquet"
COLUMNS = Columns(arm="segment", control="No E-Mail", outcome="visit")
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
AIM_QINI, AIM_GAIN, AIM_POLICY = 3.9, 0.005, -0.001


def halves(arms: Ints, seed: int) -> Bools:
    """Draw a random half of each arm."""
    chance = np.random.default_rng(seed)
    drawn = np.zeros(arms.size, dtype=np.bool_)
    for arm in np.unique(arms):
        members = chance.permutation(np.flatnonzero(arms == arm))
        drawn[members[: members.size // 2]] = True
    return drawn


def value_of(choice: Ints, arms: Ints, outcomes: Floats) -> float:
    """Give the mean outcome where the policy's arm was drawn, arm by arm, each by its share of the policy."""
    kinds = [arm for arm in range(len(ARMS)) if np.any(choice == arm)]
    return sum(float((choice == arm).mean() * outcomes[(choice == arm) & (arms == arm)].mean()) for arm in kinds)


def judge(effects: Floats, arms: Ints, outcomes: Floats) -> dict[str, float]:
    """Judge uplift (men's, women's) on members the model had not seen."""
    told: dict[str, float] = {}
    for place, name in ((1, "men's"), (2, "women's")):
        compared = (arms == 0) | (arms == place)
        one = (effects[compared, place - 1], arms[compared] == place, outcomes[compared])
        told[f"{name} Qini x 1000"] = 1000 * qini_area(*one)
        told[f"{name} gain of the best 10%"] = gain_under_budget(*one, share=0.1)
    best = np.argmax(effects, axis=1) + 1
    told["best arm - everyone the men's"] = value_of(best, arms, outcomes) - float(outcomes[arms == 1].mean())
    first = np.argsort(-effects.max(axis=1), kind="stable")[: arms.size // 10]
    chosen = np.zeros(arms.size, dtype=np.int64)
    chosen[first] = best[first]
    chosen_value, nothing = value_of(chosen, arms, outcomes), 0.9 * float(outcomes[arms == 0].mean())
    told["best 10% - their best arm to 10% at random"] = chosen_value - nothing - 0.1 * value_of(best, arms, outcomes)
    told["best 10% - a random arm to 10% at random"] = chosen_value - nothing - 0.1 * float(outcomes[arms > 0].mean())
    return told


def main(splits: int, first_seed: int) -> None:
    file = data_folder() / FILE
    if not file.exists():
        sys.exit(f"{file} is absent: set TESSERA_DATA to the folder of the data")
    table = pl.read_parquet(file)
    names = table["segment"].to_list()
    arms = np.array([ARMS.index(name) for name in names])
    rows: list[dict[str, float]] = []
    for seed in range(first_seed, first_seed + splits):
        began = perf_counter()
        drawn = halves(arms, seed)
        test = table.filter(~drawn)
        run = score_uplift(table.filter(drawn), test.drop("segment", "visit"), COLUMNS)
        effects = run.scores.select(f"{PREFIX}{name}" for name in ARMS[1:]).to_numpy()
        rows.append(judge(effects, arms[~drawn], test["visit"].to_numpy().astype(np.float64)))
        told = ", ".join(f"{name} {value:.4f}" for name, value in rows[-1].items())
        print(f"split {seed} ({run.model.learner}, {perf_counter() - began:.0f} s): {told}", flush=True)
    print(f"left out as known only afterwards: {', '.join(run.learned_from.left_out)}")
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        print(f"{name}: mean {values.mean():.4f}, least {values.min():.4f}, deviation {values.std(ddof=1):.4f}")
    print(f"aims (means): women's Qini {AIM_QINI}, 10% gain {AIM_GAIN}, policy no worse than {AIM_POLICY}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 10, given[1] if len(given) > 1 else 0)
