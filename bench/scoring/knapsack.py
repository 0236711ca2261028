"""One of five discount levels for a million members under a budget: `python -m bench.scoring.knapsack [SEED]`."""

import sys
from time import perf_counter, process_time

import numpy as np

from scoring.decisions.knapsack import allocate

MEMBERS, LEVELS = 1_000_000, 5
AIM_S, AIM_GAP = 3.0, 1e-4


def main(seed: int) -> None:
    chance = np.random.default_rng(seed)
    levels = np.array([0.03, 0.05, 0.1, 0.15, 0.2])
    basket = chance.gamma(4, 250, (MEMBERS, 1))
    buys_anyway = chance.gamma(0.8, 1, (MEMBERS, 1))
    strength = chance.normal(0.1, 0.3, (MEMBERS, 1))
    more = buys_anyway * strength * (levels / 0.15) ** 0.7
    cost = np.maximum(levels * basket * (buys_anyway + more), 0)
    value = 0.35 * basket * more - cost
    worst = 0.0
    for share in (0.01, 0.1, 0.3):
        everyone = allocate(value, cost, budget=float("inf"))
        budget = everyone.cost * share
        began, cpu_began = perf_counter(), process_time()
        found = allocate(value, cost, budget=budget)
        elapsed_s, cpu_s = perf_counter() - began, process_time() - cpu_began
        assert found.cost <= budget
        worst = max(worst, cpu_s)
        print(
            f"budget {share:.0%} of what everyone's best costs: {elapsed_s:.2f} s ({cpu_s:.2f} s of CPU), "
            f"gap {found.gap:.1e}, {found.cost / budget:.6%} of it spent, {np.count_nonzero(found.options):,} members"
        )
        assert found.gap < AIM_GAP
    print(f"aim: under {AIM_S} s, gap under {AIM_GAP}; worst {worst:.2f} s of CPU")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
