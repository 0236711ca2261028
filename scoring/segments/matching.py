"""Clusters keep their names from night to night: matched by the members they share."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from scoring.arrays import Ints
from scoring.segments.clusters import adjusted_rand, jaccard

_SAME_FROM = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """`names[cluster]` is the number a cluster goes by.

    `kept` is the share of members met before who stayed in their cluster, `agreement` the adjusted Rand index with the
    run before; both None when nobody was met before.
    """

    names: tuple[int, ...]
    likeness: tuple[float, ...]
    kept: float | None
    agreement: float | None


def match(labels: Ints, before: Ints, *, fresh: int) -> Matched:
    """Name clusters after those of the run before: `before` has the name of each member's, -1 for none.

    The assignment of the greatest total Jaccard similarity (Kuhn 1955); below 0.3 a cluster is a new one and gets a
    number that the run before did not have: from `fresh` on.
    """
    count = int(labels.max()) + 1
    met = before >= 0
    earlier, again = before[met], labels[met]
    if earlier.size == 0:
        return Matched(names=tuple(range(fresh, fresh + count)), likeness=(0.0,) * count, kept=None, agreement=None)
    likeness = jaccard(again, earlier)
    alike = [0.0] * count
    names = [-1] * count
    for cluster, name in zip(*optimize.linear_sum_assignment(-likeness), strict=True):
        if likeness[cluster, name] >= _SAME_FROM:
            names[cluster], alike[cluster] = int(name), float(likeness[cluster, name])
    for cluster in range(count):
        if names[cluster] < 0:
            names[cluster], fresh = fresh, fresh + 1
    now = np.array(names)[again]
    return Matched(
        names=tuple(names),
        likeness=tuple(alike),
        kept=float(np.mean(now == earlier)),
        agreement=adjusted_rand(again, earlier),
    )
